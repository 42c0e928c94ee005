//! OFREP as its providers speak it.

use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::server::{PRODUCTION, TestServer};

fn with_flags() -> TestServer {
    let server = TestServer::start();
    server.put("beta", &json!({ "enabled": true, "rollout_percentage": 100 }));
    server.put(
        "price",
        &json!({
            "enabled": true, "default": 1.0, "metadata": { "team": "pay", "list": [1], "tries": 3 },
            "targeting_rules": [{ "id": "pro", "when": "plan == \"pro\"", "variant": "high" }],
            "variants": { "high": { "value": 2.0 } },
        }),
    );
    server.put("off", &json!({ "enabled": false, "default": "no" }));
    server
}

fn one(client: &Client, key: &str, context: &Value) -> Answer {
    client.send("POST", &format!("/ofrep/v1/evaluate/flags/{key}"), &json!({ "context": context }))
}

#[test]
fn one_flag_is_evaluated_with_openfeatures_words() {
    let server = with_flags();
    let client = server.client("client");
    let context = json!({ "targetingKey": "u-1", "plan": "pro" });
    let found = one(&client, "price", &context).is(200);
    assert!(found.text().contains(r#""value":2.0"#), "{}", found.text());
    let version = server.admin.get(PRODUCTION).json()["version"].clone();
    let wanted = json!({
        "key": "price", "value": 2.0, "reason": "TARGETING_MATCH", "variant": "high",
        "metadata": {
            "version": version, "flagSetId": "shop/production", "rule": "pro",
            "team": "pay", "tries": 3,
        },
    });
    assert_eq!(found.json(), wanted);
    let found = one(&client, "beta", &context).is(200).json();
    assert_eq!((found["value"].as_bool(), found["reason"].as_str()), (Some(true), Some("STATIC")));
    let found = one(&client, "off", &json!({})).is(200).json();
    assert_eq!((found["value"].as_str(), found["reason"].as_str()), (Some("no"), Some("DISABLED")));
    // A request without a body is one without a context.
    client.ask("POST", "/ofrep/v1/evaluate/flags/beta", &[], b"").is(200);
}

#[test]
fn what_cannot_be_answered_is_told_in_the_protocols_words() {
    let server = with_flags();
    let client = server.client("server");
    let missing = one(&client, "betta", &json!({})).is(404).json();
    assert_eq!(missing["errorCode"], "FLAG_NOT_FOUND");
    assert_eq!(missing["key"], "betta");
    assert!(missing["errorDetails"].as_str().unwrap().contains("did you mean `beta`?"));
    let path = "/ofrep/v1/evaluate/flags/beta";
    for (body, code) in [
        (&b"{"[..], "PARSE_ERROR"),
        (b"[]", "PARSE_ERROR"),
        (br#"{"context":"u-1"}"#, "INVALID_CONTEXT"),
        (br#"{"context":[1]}"#, "INVALID_CONTEXT"),
    ] {
        for path in [path, "/ofrep/v1/evaluate/flags"] {
            let refused = client.ask("POST", path, &[], body).is(400).json();
            assert_eq!(refused["errorCode"], code, "{refused}");
            assert!(refused["errorDetails"].is_string());
        }
    }
    let nobody = Client { key: None, address: client.address };
    nobody.send("POST", path, &json!({})).is(401);
    let key = client.key.as_deref().unwrap();
    let by_header = nobody.ask("POST", path, &[("x-api-key", key)], b"{}");
    by_header.is(200);
}

#[test]
fn all_flags_are_evaluated_and_not_sent_twice() {
    let server = with_flags();
    let client = server.client("client");
    let path = "/ofrep/v1/evaluate/flags";
    let body = br#"{"context":{"targetingKey":"u-1","plan":"pro"}}"#;
    let all = client.ask("POST", path, &[], body).is(200);
    let flags = all.json()["flags"].clone();
    let keys: Vec<&str> =
        flags.as_array().unwrap().iter().map(|flag| flag["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["beta", "off", "price"]);
    assert_eq!(
        flags[2],
        one(&client, "price", &json!({ "targetingKey": "u-1", "plan": "pro" })).json()
    );
    assert_eq!(all.json()["metadata"]["flagSetId"], "shop/production");
    let tag = all.header("etag").to_owned();
    let same = client.ask("POST", path, &[("if-none-match", &tag)], body).is(304);
    assert_eq!((same.body.len(), same.header("etag")), (0, tag.as_str()));
    let other = br#"{"context":{"targetingKey":"u-1"}}"#;
    client.ask("POST", path, &[("if-none-match", &tag)], other).is(200);
    server.put("beta", &json!({ "enabled": false }));
    client.ask("POST", path, &[("if-none-match", &tag)], body).is(200);
}

#[test]
fn the_stream_says_when_to_ask_again() {
    let server = with_flags();
    let client = server.client("client");
    let all =
        client.send("POST", "/ofrep/v1/evaluate/flags", &json!({ "context": {} })).is(200).json();
    let stream = &all["eventStreams"][0];
    assert_eq!(
        (stream["type"].as_str(), stream["inactivityDelaySec"].as_u64()),
        (Some("sse"), Some(120))
    );
    let url = stream["url"].as_str().unwrap();
    let path = url.strip_prefix("http://test").unwrap_or_else(|| panic!("{url}"));
    // A browser's event source sends no key.
    let nobody = Client { key: None, ..client };
    let mut events = nobody.events(path, &[]);
    let version = server.put("beta", &json!({ "enabled": false }));
    let event = events.expect("message");
    let said = event.json();
    assert_eq!(said["type"], "refetchEvaluation");
    assert!(said["etag"].as_str().unwrap().ends_with(&format!(":{version}\"")), "{said}");
    assert!(said["lastModified"].is_u64());
    server.put("beta", &json!({ "enabled": true }));
    events.expect("message");
    // Who comes back with an old id is told at once.
    let mut again = nobody.events(path, &[("last-event-id", &event.id)]);
    again.expect("message");
    let bad = path.replace("token=", "token=0");
    nobody.get(&bad).is(401);
    nobody.get("/ofrep/v1/events").is(401);
}

#[test]
fn evaluations_are_counted() {
    let server = with_flags();
    let client = server.client("server");
    for _ in 0..3 {
        one(&client, "price", &json!({ "targetingKey": "u", "plan": "pro" })).is(200);
    }
    one(&client, "gone", &json!({})).is(404);
    let usage = server.admin.get(&format!("{PRODUCTION}/usage")).json();
    let count = |flag: &str| {
        usage["items"].as_array().unwrap().iter().find(|item| item["flag"] == flag).cloned()
    };
    let price = count("price").unwrap();
    assert_eq!((price["variant"].as_str(), price["count"].as_u64()), (Some("high"), Some(3)));
    assert_eq!(count("gone").unwrap()["reason"], "FLAG_NOT_FOUND");
}
