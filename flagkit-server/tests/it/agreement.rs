//! The same flag answers alike, whichever way it is asked.

use flagkit_core::{Fixed, Resolution, Snapshot, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, context_from_json, decode};
use flagkit_testkit::{Choices, generate};
use serde_json::{Map, Value, json};

use crate::client::Client;
use crate::server::{PRODUCTION, TestServer};

/// A context without what needs a clock: the answers are made at slightly different times.
fn context(choices: &mut Choices) -> Map<String, Value> {
    let mut attributes = Map::new();
    let generated = generate::context(choices);
    for (name, value) in generated.as_object().into_iter().flatten() {
        // Unleash's contexts have nothing but text.
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => continue,
        };
        let is_user = matches!(name.as_str(), "user_id" | "targetingKey");
        attributes
            .insert(if is_user { "targetingKey".to_owned() } else { name.clone() }, text.into());
    }
    attributes
}

/// Flags that do not look at the clock, nor through their segments.
fn document(choices: &mut Choices) -> Value {
    let mut document = generate::document(choices);
    if looks_at_the_clock(&document["segments"]) || document["flags"].is_array() {
        return json!({ "schema": "flagkit/1", "flags": {} });
    }
    if let Some(flags) = document["flags"].as_object_mut() {
        flags.retain(|_, flag| !looks_at_the_clock(flag));
        let names: Vec<String> = flags.keys().cloned().collect();
        flags.retain(|_, flag| {
            let needs = flag["dependencies"].as_array().into_iter().flatten();
            needs
                .map(|need| need["flag"].as_str().or(need.as_str()).unwrap_or_default())
                .all(|need| names.iter().any(|name| name == need))
        });
    }
    document
}

fn looks_at_the_clock(part: &Value) -> bool {
    let text = part.to_string();
    ["schedule", "time", "weekday", "now"].iter().any(|word| text.contains(word))
}

#[test]
fn every_protocol_gives_the_answer_of_the_core() {
    let server = TestServer::with(&[("changes-per-minute-max", "0")]);
    let (client, import) = (server.client("server"), format!("{PRODUCTION}/import"));
    let mut compared = 0;
    for seed in 0..150 {
        let mut choices = Choices::from_seed(seed);
        let text = document(&mut choices).to_string();
        if server.admin.ask("POST", &import, &[], text.as_bytes()).status != 200 {
            continue;
        }
        let exported = server.admin.get(&format!("{PRODUCTION}/export")).is(200);
        let environment = Some("production".to_owned());
        let settings = Settings { environment, ..Settings::default() };
        let decoded = decode(Dialect::Native, exported.text(), &settings).unwrap();
        let snapshot = compile(decoded.document).snapshot;
        for _ in 0..5 {
            compared += compare(&client, &snapshot, &context(&mut choices));
        }
        compare_singly(&client);
    }
    assert!(compared > 500, "{compared}");
}

/// Asks for all flags in each way; says how many there were.
fn compare(client: &Client, snapshot: &Snapshot, attributes: &Map<String, Value>) -> usize {
    let own = context_from_json(&Value::Object(attributes.clone()));
    let asked = json!({ "context": attributes });
    let bulk = client.send("POST", "/ofrep/v1/evaluate/flags", &asked).is(200).json();
    let evaluated = client.send("POST", "/api/v1/evaluate", &asked).is(200).json();
    let mut words = json!({ "properties": attributes });
    if let Some(user) = attributes.get("targetingKey") {
        words["userId"] = user.clone();
    }
    let frontend = client.send("POST", "/api/frontend", &json!({ "context": words }));
    let frontend = frontend.is(200).json();
    let (bulk, evaluated) = (&bulk["flags"], evaluated["flags"].as_array().unwrap());
    for (ofrep, evaluate) in bulk.as_array().unwrap().iter().zip(evaluated) {
        let key = ofrep["key"].as_str().unwrap();
        assert_eq!(evaluate["flag"], key);
        let mut toggles = frontend["toggles"].as_array().unwrap().iter();
        let toggle = toggles.find(|toggle| toggle["name"] == key);
        let world = Fixed::at(Timestamp::EPOCH);
        match snapshot.resolve(key, &own, &world, &mut ()) {
            Ok(found) => agree(&found, (ofrep, evaluate, toggle), &format!("{key} {asked}")),
            Err(code) => {
                assert_eq!(ofrep["errorCode"], code.name());
                assert_eq!(evaluate["error"]["code"], code.name());
                assert!(toggle.is_none());
            }
        }
    }
    evaluated.len()
}

fn agree(
    found: &Resolution<'_>,
    (ofrep, evaluate, toggle): (&Value, &Value, Option<&Value>),
    asked: &str,
) {
    let value = found.value().map(flagkit_dialects::value_to_json);
    assert_eq!(ofrep.get("value"), value.as_ref(), "{asked}");
    assert_eq!(evaluate["value"], value.unwrap_or_default(), "{asked}");
    let reason = found.reason().name();
    assert_eq!(evaluate["reason"], reason, "{asked}");
    // OpenFeature has no word for it.
    let known = if reason == "PREREQUISITE_FAILED" { "DEFAULT" } else { reason };
    assert_eq!(ofrep["reason"], known, "{asked}");
    for answer in [ofrep, evaluate] {
        assert_eq!(answer["variant"].as_str(), found.variant(), "{asked}");
    }
    assert_eq!(evaluate["enabled"], found.is_enabled(), "{asked}");
    assert_eq!(toggle.is_some(), found.is_enabled(), "{asked}");
    if let Some(toggle) = toggle {
        assert_eq!(toggle["variant"]["name"], found.variant().unwrap_or("disabled"), "{asked}");
    }
}

/// Asked for one by one, flags answer as they do together.
fn compare_singly(client: &Client) {
    let all = client.send("POST", "/api/v1/evaluate", &json!({})).json();
    for flag in all["flags"].as_array().unwrap().iter().take(3) {
        let key = flag["flag"].as_str().unwrap().replace('%', "%25");
        let key = key.replace(' ', "%20").replace('/', "%2F");
        let path = format!("/ofrep/v1/evaluate/flags/{key}");
        let one = client.send("POST", &path, &json!({})).json();
        assert_eq!(one.get("value").unwrap_or(&Value::Null), &flag["value"]);
    }
}
