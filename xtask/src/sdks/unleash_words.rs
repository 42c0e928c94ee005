//! Native flags as Unleash's SDKs see them.

use serde_json::{Map, Value, json};

use super::sheet::Asked;

/// Whether the flag is on and which variant it serves, for the context in Unleash's words.
pub(super) fn asked(question: &Value, core: &Value) -> Vec<Asked> {
    let enabled = core.get("enabled") == Some(&Value::Bool(true));
    let ask = |kind: &str, value: Value| Asked {
        question: json!({
            "flag": question.get("flag"), "type": kind, "context": context(question),
        }),
        expected: json!({ "value": value }),
    };
    vec![ask("enabled", enabled.into()), ask("variant", variant(enabled, core))]
}

/// The question with a context that Unleash's SDKs can send: attributes are text.
pub(super) fn with_texts(question: &Value) -> Value {
    let given = question.get("context").and_then(Value::as_object);
    let texts = given.into_iter().flatten().filter_map(|(name, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            _ => return None,
        };
        Some((name.clone(), text.into()))
    });
    let context: Map<String, Value> = texts.collect();
    json!({ "flag": question.get("flag"), "context": context })
}

/// The same context in Unleash's words.
fn context(question: &Value) -> Value {
    let mut properties = with_texts(question).get("context").cloned().unwrap_or_default();
    let user = properties.as_object_mut().and_then(|all| all.remove("targetingKey"));
    let mut context = Map::new();
    context.extend(user.map(|user| ("userId".to_owned(), user)));
    context.insert("properties".to_owned(), properties);
    context.into()
}

fn variant(enabled: bool, core: &Value) -> Value {
    let name = core.get("variant").filter(|_| enabled).and_then(Value::as_str);
    let Some(name) = name else {
        return json!({
            "name": "disabled", "enabled": false, "feature_enabled": enabled, "payload": null,
        });
    };
    // A variant that serves its own name needs no payload to say so.
    let payload = core.get("value").filter(|value| *value != name).map(payload);
    json!({ "name": name, "enabled": true, "feature_enabled": true, "payload": payload })
}

fn payload(value: &Value) -> Value {
    match value {
        Value::String(text) => json!({ "type": "string", "value": text }),
        Value::Number(number) => json!({ "type": "number", "value": number.to_string() }),
        other => json!({ "type": "json", "value": other.to_string() }),
    }
}
