//! Unleash's APIs as its SDKs use them.

use serde_json::{Value, json};

use crate::client::Client;
use crate::server::{FLAGS, PRODUCTION, TestServer};

const DOCUMENT: &str = r#"{"version":2, "features":[
    {"name":"on","type":"release","enabled":true,"project":"shop","impressionData":true,"strategies":[{"name":"default"}],
     "variants":[{"name":"green","weight":1000,"payload":{"type":"string","value":"0f0"}}]},
    {"name":"pros","enabled":true,"strategies":[{"name":"default","segments":[3]}]}
 ], "segments":[{"id":3,"name":"pros","constraints":[{"contextName":"plan","operator":"IN","values":["pro"]}]}]}"#;

fn import(server: &TestServer, text: &str) {
    let path = format!("{PRODUCTION}/import?keep=true");
    server.admin.ask("POST", &path, &[], text.as_bytes()).is(200);
}

#[test]
fn a_document_that_is_kept_is_served_untouched() {
    let server = TestServer::start();
    import(&server, DOCUMENT);
    let sdk = server.client("server");
    // Its SDKs send the bare key.
    let nobody = Client { key: None, address: sdk.address };
    let bare = [("authorization", sdk.key.as_deref().unwrap())];
    let features = nobody.get_with("/api/client/features", &bare).is(200);
    assert_eq!(features.text(), DOCUMENT);
    let tag = features.header("etag").to_owned();
    sdk.get_with("/api/client/features", &[("if-none-match", &tag)]).is(304);
    import(&server, &DOCUMENT.replace("green", "blue"));
    sdk.get_with("/api/client/features", &[("if-none-match", &tag)]).is(200);
    server.client("client").get("/api/client/features").is(403);
    let left_out = server.admin.get(&format!("{PRODUCTION}/unleash/left-out")).is(200).json();
    assert_eq!(left_out["items"], json!([]));
}

#[test]
fn native_flags_are_features_where_that_is_exact() {
    let server = TestServer::start();
    server.put("all", &json!({ "enabled": true, "rollout_percentage": 100 }));
    server.put(
        "staff",
        &json!({ "enabled": true, "targeting_rules": [{ "when": "user_id == \"u-1\"" }] }),
    );
    server.put("half", &json!({ "enabled": true, "rollout_percentage": 50 }));
    let sdk = server.client("server");
    let features = sdk.get("/api/client/features").is(200);
    let document = features.json();
    let names: Vec<&str> = document["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["name"].as_str().unwrap())
        .collect();
    assert_eq!((document["version"].as_u64(), names), (Some(2), vec!["all", "staff"]));
    let constraint = &document["features"][1]["strategies"][0]["constraints"][0];
    assert_eq!(
        (constraint["contextName"].as_str(), constraint["values"][0].as_str()),
        (Some("userId"), Some("u-1"))
    );
    let left_out = server.admin.get(&format!("{PRODUCTION}/unleash/left-out")).is(200).json();
    assert_eq!(left_out["items"][0]["flag"], "half");
    let export = server.admin.get(&format!("{PRODUCTION}/export?dialect=unleash")).is(200);
    assert_eq!(export.json(), document);
}

#[test]
fn the_stream_begins_with_everything_and_tells_what_changes() {
    let server = TestServer::with(&[("heartbeat", "10m")]);
    server.put("beta", &json!({ "enabled": true, "rollout_percentage": 100 }));
    server.put("gone", &json!({ "enabled": true, "rollout_percentage": 100 }));
    let mut events =
        server.client("server").events("/api/client/streaming", &[("accept", "text/event-stream")]);
    let connected = events.expect("unleash-connected").json();
    let hydration = &connected["events"][0];
    assert_eq!(
        (hydration["type"].as_str(), hydration["features"].as_array().unwrap().len()),
        (Some("hydration"), 2)
    );
    let mut last = hydration["eventId"].as_u64().unwrap();
    let mut next = || {
        let update = events.expect("unleash-updated").json();
        for event in update["events"].as_array().unwrap() {
            let id = event["eventId"].as_u64().unwrap();
            assert!(id > last, "{id} after {last}");
            last = id;
        }
        update
    };
    server.put("beta", &json!({ "enabled": false }));
    let update = next();
    assert_eq!(
        (update["events"][0]["type"].as_str(), update["events"][0]["feature"]["enabled"].as_bool()),
        (Some("feature-updated"), Some(false))
    );
    server.admin.ask("DELETE", &format!("{FLAGS}/gone"), &[], b"").is(200);
    let update = next();
    assert_eq!(
        update["events"][0],
        json!({ "eventId": update["events"][0]["eventId"], "type": "feature-removed", "featureName": "gone", "project": "default" })
    );
    // What becomes unsayable is gone for these clients.
    server.put("beta", &json!({ "enabled": true, "rollout_percentage": 3 }));
    assert_eq!(next()["events"][0]["type"], "feature-removed");
    import(&server, DOCUMENT);
    let kinds: Vec<Value> =
        next()["events"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds, ["segment-updated", "feature-updated", "feature-updated"]);
}

#[test]
fn who_asks_for_changes_gets_everything_once_and_then_what_changed() {
    let server = TestServer::start();
    server.put("beta", &json!({ "enabled": true, "rollout_percentage": 100 }));
    server.put("gone", &json!({ "enabled": true, "rollout_percentage": 100 }));
    let sdk = server.client("server");
    let delta = |tag: &str| sdk.get_with("/api/client/delta", &[("if-none-match", tag)]);
    let kinds = |message: &Value| -> Vec<String> {
        let events = message["events"].as_array().unwrap();
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    };
    let all = sdk.get("/api/client/delta").is(200);
    assert_eq!(kinds(&all.json()), ["hydration"]);
    assert_eq!(all.json()["events"][0]["features"].as_array().unwrap().len(), 2);
    let tag = all.header("etag").to_owned();
    delta(&tag).is(304);
    delta(&format!("W/{tag}")).is(304);
    server.put("beta", &json!({ "enabled": false }));
    sdk.get("/api/client/delta").is(200);
    server.admin.ask("DELETE", &format!("{FLAGS}/gone"), &[], b"").is(200);
    // Of two changes at once, one after the other.
    let changed = delta(&tag).is(200);
    assert_eq!(kinds(&changed.json()), ["feature-updated", "feature-removed"]);
    assert_eq!(changed.json()["events"][0]["feature"]["enabled"], false);
    delta(changed.header("etag")).is(304);
    // Whoever has something of another history gets everything.
    assert_eq!(kinds(&delta("\"other:1\"").is(200).json()), ["hydration"]);
    assert_eq!(kinds(&delta("no tag of ours").is(200).json()), ["hydration"]);
    server.client("client").get("/api/client/delta").is(403);
}

#[test]
fn frontends_get_what_is_on_for_them() {
    let server = TestServer::start();
    import(&server, DOCUMENT);
    let frontend = server.client("client");
    let toggles = frontend.get("/api/frontend?userId=u-1&properties%5Bplan%5D=pro").is(200);
    let wanted = json!({ "toggles": [
        { "name": "on", "enabled": true, "impressionData": true, "variant": {
            "name": "green", "enabled": true, "feature_enabled": true,
            "payload": { "type": "string", "value": "0f0" },
        } },
        { "name": "pros", "enabled": true, "impressionData": false,
          "variant": { "name": "disabled", "enabled": false, "feature_enabled": true } },
    ] });
    assert_eq!(toggles.json(), wanted);
    let tag = toggles.header("etag").to_owned();
    let path = "/api/frontend?userId=u-1&properties[plan]=pro";
    frontend.get_with(path, &[("if-none-match", &tag)]).is(304);
    let context = json!({ "context": { "userId": "u-1", "properties": { "plan": "pro" } } });
    let posted = frontend.send("POST", "/api/frontend", &context).is(200);
    assert_eq!(posted.json(), wanted);
    let free = frontend.get("/api/frontend?properties[plan]=free").is(200).json();
    assert_eq!(free["toggles"].as_array().unwrap().len(), 1);
    frontend.ask("POST", "/api/frontend", &[], b"{").is(400);
    frontend.send("POST", "/api/frontend", &json!({ "context": [1] })).is(400);
}

#[test]
fn sdks_register_and_tell_what_they_evaluated() {
    let mut server = TestServer::start();
    let sdk = server.client("server");
    let hello = json!({ "appName": "shop", "instanceId": "i", "strategies": ["default"], "interval": 1000 });
    for path in ["/api/client/register", "/api/frontend/client/register"] {
        sdk.send("POST", path, &hello).is(202);
    }
    let report = json!({ "appName": "shop", "bucket": {
        "start": "2026-12-01T00:00:00Z", "stop": "2026-12-01T00:01:00Z",
        "toggles": { "beta": { "yes": 7, "no": 2, "variants": { "green": 4, "disabled": 2 } } },
    } });
    sdk.send("POST", "/api/client/metrics", &report).is(202);
    server.client("client").send("POST", "/api/frontend/client/metrics", &report).is(202);
    let bulk =
        json!({ "applications": [], "metrics": [{ "featureName": "beta", "yes": 1, "no": 0 }] });
    sdk.send("POST", "/api/client/metrics/bulk", &bulk).is(202);
    sdk.send("POST", "/api/client/metrics", &json!({ "appName": "shop" })).is(400);
    sdk.ask("POST", "/api/client/metrics", &[], b"no").is(400);
    server.restart();
    let usage = server.admin.get(&format!("{PRODUCTION}/usage?flag=beta")).json();
    let count = |variant: &str, reason: &str| {
        let items = usage["items"].as_array().unwrap().iter();
        let found = items.filter(|item| item["variant"] == variant && item["reason"] == reason);
        found.map(|item| item["count"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((count("green", "UNKNOWN"), count("", "UNKNOWN"), count("", "DISABLED")), (8, 7, 4));
}
