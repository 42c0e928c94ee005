//! Projects, environments, history, promotion, whole documents, usage, evaluation.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::server::{FLAGS, PRODUCTION, STAGING, TestServer};

#[test]
fn projects_and_environments_are_created_renamed_and_deleted() {
    let server = TestServer::start();
    let admin = &server.admin;
    let projects = admin.get("/api/v1/projects").is(200).json();
    assert_eq!(projects["items"][0]["environments"][0]["key"], "production");
    assert_eq!(projects["items"][0]["environments"][0]["production"], true);
    admin.send("POST", "/api/v1/projects", &json!({ "key": "web" })).is(201);
    for (body, status) in [
        (json!({ "key": "web" }), 409),
        (json!({ "key": "../etc" }), 400),
        (json!({ "kex": "web" }), 400),
        (json!(7), 400),
    ] {
        admin.send("POST", "/api/v1/projects", &body).is(status);
    }
    assert_eq!(admin.ask("DELETE", "/api/v1/projects/shop", &[], b"").is(409).code(), "exists");
    admin.ask("DELETE", "/api/v1/projects/web", &[], b"").is(204);
    admin.get("/api/v1/projects/web").is(404);

    let renamed = admin.send("PATCH", STAGING, &json!({ "name": "Try it", "production": true }));
    assert_eq!(renamed.is(200).json()["name"], "Try it");
    assert_eq!(admin.get(STAGING).json()["production"], true);
    let environments = "/api/v1/projects/shop/environments";
    admin.send("POST", environments, &json!({ "key": "staging" })).is(409);
    admin.send("POST", "/api/v1/projects/none/environments", &json!({ "key": "x" })).is(404);
    assert_eq!(admin.get(environments).json()["items"].as_array().unwrap().len(), 2);
    admin.ask("DELETE", STAGING, &[], b"").is(204);
    admin.get(STAGING).is(404);
}

#[test]
fn history_tells_who_what_and_why_and_a_change_is_taken_back() {
    let server = TestServer::start();
    let (admin, beta) = (&server.admin, format!("{FLAGS}/beta"));
    server.put("beta", &json!({ "enabled": false }));
    let headers = [("flagkit-reason", "more of it")];
    admin.ask("PATCH", &beta, &headers, br#"{"enabled":true}"#).is(200);
    let history = admin.get(&format!("{PRODUCTION}/history?key=beta")).is(200).json();
    let (update, create) = (&history["items"][0], &history["items"][1]);
    assert_eq!(
        (update["action"].as_str(), create["action"].as_str()),
        (Some("update"), Some("create"))
    );
    assert_eq!(update["reason"], "more of it");
    assert_eq!(update["before"], json!({ "enabled": false }));
    let one = admin.get(&format!("{PRODUCTION}/history/{}", update["id"])).is(200).json();
    assert_eq!(one["diff"], json!([{ "path": "enabled", "before": false, "after": true }]));

    let page = admin.get(&format!("{PRODUCTION}/history?limit=1&key=beta")).json();
    let next = admin.get(&format!("{PRODUCTION}/history?key=beta&before={}", page["next"])).json();
    assert_eq!(next["items"][0]["id"], create["id"]);
    assert!(admin.get("/api/v1/history?kind=project").json()["items"][0]["key"] == "shop");

    let revert = |id: &Value, body: &Value| {
        admin.send("POST", &format!("{PRODUCTION}/history/{id}/revert"), body)
    };
    let refused = revert(&create["id"], &json!({})).is(409);
    assert_eq!(refused.json()["details"]["current"], json!({ "enabled": true }));
    revert(&update["id"], &json!({ "reason": "too much" })).is(200);
    assert_eq!(admin.get(&beta).json(), json!({ "enabled": false }));
    revert(&create["id"], &json!({ "force": true })).is(200);
    admin.get(&beta).is(404);
    let last = admin.get(&format!("{PRODUCTION}/history")).json();
    assert_eq!(last["items"][0]["action"], "revert");
    admin.get(&format!("{PRODUCTION}/history/99999")).is(404);
    admin.get(&format!("{PRODUCTION}/history/x")).is(404);
    admin.get(&format!("{STAGING}/history/{}", create["id"])).is(404);
    assert_eq!(
        admin.get("/api/v1/history?kind=flagg").is(400).json()["hint"],
        "did you mean `flag`?"
    );
}

#[test]
fn a_flag_is_promoted_with_a_diff() {
    let server = TestServer::start();
    let admin = &server.admin;
    let flag = json!({ "enabled": true, "targeting_rules": [{ "when": "in_segment \"staff\"" }] });
    admin.send("PUT", &format!("{STAGING}/segments/staff"), &json!({ "include": ["u"] })).is(201);
    admin.send("PUT", &format!("{STAGING}/flags/beta"), &flag).is(201);
    let promote = |what: &str, body: &Value| admin.send("POST", &format!("{STAGING}/{what}"), body);
    let to = json!({ "to": "production", "reason": "it works" });
    let refused = promote("flags/beta/promote", &to).is(422);
    assert!(refused.json()["hint"].as_str().unwrap().contains("promote what it refers to first"));
    promote("segments/staff/promote", &to).is(200);
    let would = promote("flags/beta/promote?dry_run=true", &to).is(200).json();
    assert_eq!(
        (would["dry_run"].as_bool(), would["diff"][0]["after"]["enabled"].as_bool()),
        (Some(true), Some(true))
    );
    admin.get(&format!("{FLAGS}/beta")).is(404);
    promote("flags/beta/promote", &to).is(200);
    assert_eq!(admin.get(&format!("{FLAGS}/beta")).json(), flag);
    assert_eq!(promote("flags/beta/promote", &to).is(200).json()["diff"], json!([]));
    assert_eq!(promote("flags/betta/promote", &to).is(404).json()["hint"], "did you mean `beta`?");
    promote("flags/beta/promote", &json!({ "to": "productio" })).is(404);
    promote("flags/beta/promote", &json!({})).is(400);
}

const UNLEASH: &str = r#"{"version":2,"features":[
    {"name":"on","enabled":true,"strategies":[{"name":"default"}]},
    {"name":"odd","enabled":true,"strategies":[{"name":"flexibleRollout","parameters":{"rollout":"900"}}]}
]}"#;

#[test]
fn a_vendors_document_is_kept_byte_for_byte_or_converted() {
    let server = TestServer::start();
    let admin = &server.admin;
    let import = |query: &str, body: &str| {
        admin.ask("POST", &format!("{PRODUCTION}/import?{query}"), &[], body.as_bytes())
    };
    server.put("old", &json!({ "enabled": true }));
    let kept = import("keep=true&reason=move", UNLEASH).is(200).json();
    assert_eq!(
        (kept["dialect"].as_str(), kept["left_out"][0]["flag"].as_str()),
        (Some("unleash"), Some("odd"))
    );
    let export = admin.get(&format!("{PRODUCTION}/export")).is(200);
    assert_eq!(export.text(), UNLEASH);
    let environment = admin.get(PRODUCTION).json();
    assert_eq!(environment["dialect"], "unleash");
    assert!(environment["diagnostics"].as_array().is_some_and(|found| !found.is_empty()));
    assert_eq!(
        admin.send("PUT", &format!("{FLAGS}/new"), &json!({})).is(409).code(),
        "vendor_document"
    );
    let native = admin.get(&format!("{PRODUCTION}/export?dialect=native")).json();
    assert_eq!(native["flags"].as_object().unwrap().keys().collect::<Vec<_>>(), ["on"]);
    let mut events = server.client("server").events("/stream", &[]);
    let snapshot = events.expect("snapshot").json();
    assert_eq!(snapshot["document"]["contexts"], "unleash");
    assert!(snapshot["document"]["flags"]["old"].is_null());

    let refused = import("", UNLEASH).is(422);
    assert_eq!(refused.code(), "not_convertible");
    assert_eq!(refused.json()["details"]["left_out"][0]["flag"], "odd");
    import("partial=true", UNLEASH).is(200);
    assert_eq!(admin.get(PRODUCTION).json()["dialect"], "native");
    admin.get(&format!("{FLAGS}/on")).is(200);
    events.expect("snapshot");

    let history = admin.get(&format!("{PRODUCTION}/history?kind=document")).json();
    assert_eq!(history["items"][1]["reason"], "move");
}

#[test]
fn a_native_document_is_imported_merged_and_exported() {
    let server = TestServer::start();
    let admin = &server.admin;
    server.put("old", &json!({ "enabled": true }));
    let import = |query: &str, body: &str| {
        admin.ask("POST", &format!("{PRODUCTION}/import?{query}"), &[], body.as_bytes())
    };
    let yaml = "schema: flagkit/1\nenvironment: elsewhere\nhash: xxh3\nflags:\n  beta: { enabled: true }\n";
    import("merge=true", yaml).is(200);
    admin.get(&format!("{FLAGS}/old")).is(200);
    let exported = admin.get(&format!("{PRODUCTION}/export")).json();
    assert_eq!(
        (exported["hash"].as_str(), exported["environment"].as_str()),
        (Some("xxh3"), Some("production"))
    );
    let listed = r#"{"schema":"flagkit/1","flags":[{"name":"gamma","enabled":true}]}"#;
    assert_eq!(import("dry_run=true", listed).is(200).json()["result"]["changed"], true);
    admin.get(&format!("{FLAGS}/old")).is(200);
    import("", listed).is(200);
    assert_eq!(admin.get(FLAGS).json()["items"].as_array().unwrap().len(), 1);
    assert!(admin.get(&format!("{PRODUCTION}/export")).json()["hash"].is_null());
    let yaml = admin.get(&format!("{PRODUCTION}/export?format=yaml")).is(200);
    assert!(yaml.text().contains("gamma:"), "{}", yaml.text());
    let older = r#"{"feature_flags":{"delta":{"enabled":true,"user_groups":["staff"]}}}"#;
    assert_eq!(import("keep=true", older).is(200).json()["dialect"], "feature-flags");
    assert_eq!(admin.get(PRODUCTION).json()["dialect"], "native");

    for (query, body, status) in [
        ("", "", 422),
        ("", "{", 422),
        ("", r#"{"flags":{"a":{"enabled":1}}}"#, 422),
        ("dialect=unleas", "{}", 400),
        ("keep=true&merge=true", UNLEASH, 400),
        ("keep=perhaps", "{}", 400),
    ] {
        let refused = import(query, body);
        assert_eq!(refused.status, status, "{query} {body}: {}", refused.text());
    }
    admin.get(&format!("{PRODUCTION}/export?dialect=launchdarkly")).is(422);
    admin.get(&format!("{PRODUCTION}/export?format=toml")).is(400);
    admin.get(&format!("{FLAGS}/delta")).is(200);
}

#[test]
fn a_document_is_checked_without_being_stored() {
    let server = TestServer::start();
    let validate = |body: &str| {
        server.admin.ask("POST", &format!("{PRODUCTION}/validate"), &[], body.as_bytes())
    };
    let found = validate("schema: flagkit/1\nflags:\n  beta:\n    enabled: 3\n").is(200).json();
    assert_eq!(
        (found["valid"].as_bool(), found["dialect"].as_str()),
        (Some(false), Some("native"))
    );
    let first = &found["diagnostics"][0];
    assert_eq!(
        (first["line"].as_u64(), first["path"].as_str()),
        (Some(4), Some("flags.beta.enabled"))
    );
    let found = validate(UNLEASH).is(200).json();
    assert_eq!((found["dialect"].as_str(), found["flags"].as_u64()), (Some("unleash"), Some(2)));
    assert_eq!(validate("schema: flagkit/1\nflags: {}\n").json()["valid"], true);
    assert_eq!(validate("[").is(422).code(), "invalid_document");
}

#[test]
fn flags_are_evaluated_and_explained() {
    let server = TestServer::start();
    let rules = json!([{ "id": "eu", "when": "country in [\"DE\", \"FR\"]", "variant": "big" }]);
    server.put(
        "limit",
        &json!({
            "enabled": true, "default": 1.0, "targeting_rules": rules,
            "variants": { "big": { "value": 2.0 } }, "metadata": { "team": "pay" },
        }),
    );
    let client = server.client("client");
    let body = json!({ "flag": "limit", "context": { "targetingKey": "u", "country": "DE" } });
    let answer = client.send("POST", "/api/v1/evaluate", &body).is(200);
    assert!(answer.text().contains(r#""value":2.0"#), "{}", answer.text());
    let wanted = json!({
        "flag": "limit", "enabled": true, "value": 2.0, "variant": "big",
        "reason": "TARGETING_MATCH", "rule": "eu", "error": null,
    });
    assert_eq!(answer.json()["flags"][0], wanted);
    let body = json!({ "flags": ["limit", "none"], "default": 7 });
    let answers = client.send("POST", "/api/v1/evaluate", &body).is(200).json();
    assert_eq!(answers["flags"][0]["value"], 1.0);
    assert_eq!(answers["flags"][1]["error"]["code"], "FLAG_NOT_FOUND");
    assert_eq!(answers["flags"][1]["value"], 7);

    let backend = server.client("server");
    let body =
        json!({ "flag": "limit", "context": { "country": "FR" }, "now": "2026-12-01T00:00:00Z" });
    let explained = backend.send("POST", "/api/v1/explain", &body).is(200).json();
    assert!(explained["steps"].as_array().unwrap().len() > 2);
    assert_eq!(explained["answer"]["variant"], "big");
    client.send("POST", "/api/v1/explain", &body).is(403);
    for (path, body, status) in [
        ("evaluate", json!({ "flag": "a", "flags": [] }), 400),
        ("evaluate", json!({ "contxt": {} }), 400),
        ("evaluate", json!({ "now": "tomorrow" }), 400),
        ("explain", json!({}), 400),
        ("explain", json!({ "flag": "limits" }), 404),
    ] {
        backend.send("POST", &format!("/api/v1/{path}"), &body).is(status);
    }
}

#[test]
fn usage_is_counted_once_for_each_report() {
    let server = TestServer::start();
    server.put("beta", &json!({ "enabled": true }));
    let client = server.client("server");
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let report = |id: &str| {
        json!({
            "id": id, "instance": "i-1", "sdk": "test/1", "from_ms": now - 1_000, "to_ms": now,
            "counts": [
                { "flag": "beta", "variant": "on", "reason": "STATIC", "count": 7 },
                { "flag": "gone", "reason": "FLAG_NOT_FOUND", "count": 2 },
            ],
            "exposures": [{ "flag": "beta", "unit": "u-1", "variant": "on", "at_ms": now }],
        })
    };
    for id in ["a", "a", "b"] {
        client.send("POST", "/api/v1/usage", &report(id)).is(202);
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(report("c").to_string().as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    client.ask("POST", "/api/v1/usage", &[("content-encoding", "gzip")], &packed).is(202);
    let usage = server.admin.get(&format!("{PRODUCTION}/usage?flag=beta")).is(200).json();
    assert_eq!(
        (usage["items"][0]["count"].as_u64(), usage["items"].as_array().unwrap().len()),
        (Some(21), 1)
    );
    let seen = server.admin.get(&format!("{PRODUCTION}/last-seen")).is(200).json();
    assert_eq!(
        (seen["items"][1]["flag"].as_str(), seen["items"][1]["exists"].as_bool()),
        (Some("gone"), Some(false))
    );
    let exposures = server.admin.get(&format!("{FLAGS}/beta/exposures")).is(200).json();
    assert_eq!(exposures["items"][0]["unit"], "u-1");
    for (headers, body, status) in [
        (vec![], &b"{}"[..], 400),
        (vec![("content-encoding", "gzip")], b"plain", 400),
        (vec![("content-encoding", "br")], b"{}", 415),
    ] {
        client.ask("POST", "/api/v1/usage", &headers, body).is(status);
    }
}

#[test]
fn the_server_says_how_it_is() {
    let server = TestServer::start();
    assert_eq!(server.admin.get("/healthz").is(200).text(), "ok\n");
    let ready = server.admin.get("/readyz").is(200).json();
    assert_eq!(ready, json!({ "ready": true, "database": "ok", "environments": 2 }));
    server.put("beta", &json!({}));
    let metrics = server.admin.get("/metrics").is(200);
    for wanted in [
        "flagkit_environment_flags{project=\"shop\",environment=\"production\"} 1\n",
        "flagkit_events_total{event=\"change\"} 1\n",
        "flagkit_http_requests_total{method=\"GET\",route=\"/readyz\",status=\"200\"} 1\n",
    ] {
        assert!(metrics.text().contains(wanted), "{wanted}\n{}", metrics.text());
    }
    assert!(!metrics.text().contains(server.admin.key.as_deref().unwrap()));
}
