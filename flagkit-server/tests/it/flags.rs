//! Flags and segments by REST: what comes back, conflicts, refusals.

use serde_json::json;

use crate::server::{FLAGS, PRODUCTION, TestServer, number};

#[test]
fn a_flag_is_created_read_replaced_patched_and_deleted() {
    let server = TestServer::start();
    let (admin, beta) = (&server.admin, format!("{FLAGS}/beta"));
    let text = r#"{ "enabled": true, "variants": { "z": {"weight": 1.0}, "a": {"weight": 3} } }"#;
    let created = admin.ask("PUT", &beta, &[], text.as_bytes()).is(201);
    assert_eq!(
        (created.header("etag"), created.json()["changed"].as_bool()),
        ("\"1\"", Some(true))
    );

    let read = admin.get(&beta).is(200);
    assert_eq!(read.text(), text.replace(' ', ""));
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(admin.get_with(&beta, &[("if-none-match", "\"1\"")]).is(304).body, b"");

    let patched = admin.send("PATCH", &beta, &json!({ "rollout_percentage": 5, "variants": null }));
    assert_eq!(patched.is(200).json()["revision"], 2);
    assert_eq!(admin.get(&beta).json(), json!({ "enabled": true, "rollout_percentage": 5 }));

    let same =
        admin.send("PUT", &beta, &json!({ "enabled": true, "rollout_percentage": 5 })).is(200);
    assert_eq!(same.json()["changed"], false);
    assert_eq!(same.header("etag"), "\"2\"");

    let list = admin.get(FLAGS).is(200).json();
    assert_eq!(list["items"][0]["key"], "beta");
    assert_eq!(list["items"][0]["document"]["rollout_percentage"], 5);
    assert_eq!(admin.get(&format!("{FLAGS}?q=ALPHA")).json()["items"], json!([]));

    assert_eq!(admin.ask("DELETE", &beta, &[], b"").is(200).json()["changed"], true);
    admin.get(&beta).is(404);
}

#[test]
fn segments_work_like_flags() {
    let server = TestServer::start();
    let segments = format!("{PRODUCTION}/segments");
    let staff = format!("{segments}/staff");
    server.admin.send("PUT", &staff, &json!({ "include": ["u-1"] })).is(201);
    server.put(
        "beta",
        &json!({ "enabled": true, "targeting_rules": [{ "when": "in_segment \"staff\"" }] }),
    );
    assert_eq!(server.admin.get(&segments).json()["items"][0]["key"], "staff");
    let refused = server.admin.ask("DELETE", &staff, &[], b"").is(422);
    assert_eq!(refused.code(), "invalid_document");
    assert!(
        refused.json()["path"].as_str().unwrap().starts_with("flags.beta"),
        "{}",
        refused.text()
    );
    server.admin.send("PATCH", &staff, &json!({ "include": ["u-2"] })).is(200);
    server.admin.get(&format!("{segments}/stafff")).is(404);
}

#[test]
fn a_change_of_something_else_than_expected_is_a_conflict_with_both_versions() {
    let server = TestServer::start();
    let (admin, beta) = (&server.admin, format!("{FLAGS}/beta"));
    server.put("beta", &json!({ "enabled": false }));
    let version = server.put("beta", &json!({ "enabled": true }));
    let body = br#"{"enabled":false}"#;
    for (header, value) in [("if-match", "\"1\""), ("if-none-match", "*")] {
        for method in ["PUT", "PATCH", "DELETE"] {
            if (header, method) == ("if-none-match", "PATCH") {
                continue;
            }
            let refused = admin.ask(method, &beta, &[(header, value)], body).is(409);
            assert_eq!(refused.code(), "conflict");
            let details = &refused.json()["details"];
            assert_eq!(details["actual_revision"], version, "{method} {header}");
            assert_eq!(details["current"], json!({ "enabled": true }));
        }
    }
    assert_eq!(
        admin.ask("PUT", &beta, &[("if-match", "beta")], body).is(400).code(),
        "invalid_request"
    );
    admin.ask("PUT", &beta, &[("if-match", &format!("\"{version}\""))], body).is(200);
    admin.ask("PUT", &format!("{FLAGS}/new"), &[("if-none-match", "*")], body).is(201);
}

#[test]
fn bad_input_is_told_with_its_place_and_changes_nothing() {
    let server = TestServer::start();
    server.put("beta", &json!({ "enabled": true }));
    let before = server.admin.get(FLAGS).text().to_owned();
    let cases: [(&str, &str, &[u8], u16, &str); 10] = [
        ("PUT", "beta", b"", 400, "invalid_json"),
        ("PUT", "beta", b"{", 400, "invalid_json"),
        ("PUT", "beta", b"[]", 422, "invalid_document"),
        ("PUT", "beta", b"{\"enabled\":1}", 422, "invalid_document"),
        ("PUT", "beta", b"{\"rollout_percentage\":101}", 422, "invalid_document"),
        ("PUT", "beta", b"{\"enabled\":true,\"enabled\":false}", 422, "invalid_document"),
        ("PUT", "beta", b"{\"dependencies\":[\"betta\"]}", 422, "invalid_document"),
        ("PATCH", "beta", b"7", 400, "invalid_request"),
        ("PATCH", "betta", b"{}", 404, "not_found"),
        ("DELETE", "betta", b"", 404, "not_found"),
    ];
    for (method, key, body, status, code) in cases {
        let refused = server.admin.ask(method, &format!("{FLAGS}/{key}"), &[], body);
        assert_eq!((refused.status, refused.code().as_str()), (status, code), "{}", refused.text());
        let problem = refused.json();
        assert!(problem["message"].as_str().is_some_and(|message| !message.is_empty()));
        if code == "invalid_document" {
            assert!(problem["path"].as_str().unwrap().starts_with("flags.beta"), "{problem}");
            assert!(
                problem["details"]["diagnostics"].as_array().is_some_and(|all| !all.is_empty())
            );
        }
        if code == "not_found" {
            assert_eq!(problem["hint"], "did you mean `beta`?");
        }
    }
    let long = "x".repeat(300);
    for key in [long.as_str(), "%00", "a%0Ab"] {
        let refused = server.admin.send("PUT", &format!("{FLAGS}/{key}"), &json!({}));
        assert_eq!(refused.is(400).code(), "invalid_request");
    }
    assert_eq!(server.admin.get(FLAGS).text(), before);
}

#[test]
fn keys_may_hold_everything_that_a_path_can_carry() {
    let server = TestServer::start();
    for key in ["a%2Fb", "a%20b", "%C3%BC", "a.b", "a%25"] {
        server.admin.send("PUT", &format!("{FLAGS}/{key}"), &json!({ "enabled": true })).is(201);
        assert_eq!(
            server.admin.get(&format!("{FLAGS}/{key}")).is(200).json(),
            json!({ "enabled": true })
        );
    }
    let keys = server.admin.get(FLAGS).json();
    let keys: Vec<&str> = keys["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys, ["a b", "a%", "a.b", "a/b", "ü"]);
}

#[test]
fn a_dry_run_says_what_would_be_and_changes_nothing() {
    let server = TestServer::start();
    let beta = format!("{FLAGS}/beta?dry_run=true");
    let would = server.admin.send("PUT", &beta, &json!({ "enabled": true, "colour": 1 })).is(201);
    assert_eq!(would.json()["changed"], true);
    assert_eq!(would.json()["warnings"][0]["path"], "flags.beta.colour");
    assert_eq!(
        server.admin.send("PUT", &beta, &json!({ "enabled": 1 })).is(422).code(),
        "invalid_document"
    );
    server.admin.get(&format!("{FLAGS}/beta")).is(404);
}

#[test]
fn what_is_stored_is_there_after_a_restart_with_its_history() {
    let mut server = TestServer::start();
    let path = format!("{FLAGS}/beta?reason=launch%20day");
    let version =
        number(&server.admin.send("PUT", &path, &json!({ "enabled": true })).json()["version"]);
    server.restart();
    let beta = server.admin.get(&format!("{FLAGS}/beta")).is(200);
    assert_eq!(
        (beta.json(), beta.header("etag")),
        (json!({ "enabled": true }), &*format!("\"{version}\""))
    );
    let history = server.admin.get(&format!("{PRODUCTION}/history?kind=flag")).is(200).json();
    let change = &history["items"][0];
    assert_eq!(
        (change["key"].as_str(), change["reason"].as_str()),
        (Some("beta"), Some("launch day"))
    );
    assert_eq!(change["actor"], "first admin key");
}

#[test]
fn paths_and_methods_that_are_none_are_told_so() {
    let server = TestServer::start();
    let admin = &server.admin;
    assert_eq!(
        admin.get("/api/v1/projcts").is(404).json()["hint"],
        "did you mean `/api/v1/projects`?"
    );
    let refused = admin.ask("POST", FLAGS, &[], b"");
    assert_eq!(refused.is(405).code(), "method_not_allowed");
    let near = admin.get("/api/v1/projects/shop/environments/productio/flags").is(404).json();
    assert_eq!(near["hint"], "did you mean `production`?");
    let near = admin.get("/api/v1/projects/shopp/environments/production/flags").is(404).json();
    assert_eq!(near["hint"], "did you mean `shop`?");
}
