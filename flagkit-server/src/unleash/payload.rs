//! What a variant carries, in Unleash's words.

use flagkit_core::document::Variant;
use flagkit_core::{Resolution, Structure, Value};
use serde::Serialize;
use serde_json::json;

/// Text, and what kind of text that is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Payload {
    /// `string`, `number` or `json`, or what a document of Unleash calls it.
    #[serde(rename = "type")]
    kind: String,
    /// The text.
    value: String,
}

/// What a variant carries; a value that is its name is none.
pub(super) fn payload(variant: &Variant) -> Option<Payload> {
    of(variant.key.as_deref(), &variant.value, variant.metadata.as_deref())
}

fn of(name: Option<&str>, value: &Value, metadata: Option<&Structure>) -> Option<Payload> {
    if let Some(payload) = metadata.and_then(of_unleash) {
        return Some(payload);
    }
    let kind = match value {
        Value::String(text) if name == Some(&**text) => return None,
        Value::String(text) => {
            return Some(Payload { kind: "string".to_owned(), value: text.to_string() });
        }
        Value::Boolean(_) => "string",
        Value::Integer(_) | Value::Unsigned(_) | Value::Float(_) => "number",
        _ => "json",
    };
    Some(Payload { kind: kind.to_owned(), value: value.to_string() })
}

/// As a document of Unleash says it.
fn of_unleash(metadata: &Structure) -> Option<Payload> {
    let kind = metadata.get("payloadType")?.as_str()?.to_owned();
    let value = metadata.get("payloadValue")?.as_str()?.to_owned();
    Some(Payload { kind, value })
}

/// The variant that a flag serves, as Unleash's frontend API has it; the flag is on.
pub(crate) fn served(found: &Resolution<'_>) -> serde_json::Value {
    let (Some(name), Some(value)) = (found.variant(), found.value()) else {
        return json!({ "name": "disabled", "enabled": false, "feature_enabled": true });
    };
    let mut variant = json!({ "name": name, "enabled": true, "feature_enabled": true });
    let payload = of(Some(name), value, found.variant_metadata().map(|metadata| &**metadata));
    if let (Some(payload), Some(fields)) = (payload, variant.as_object_mut()) {
        fields.insert("payload".to_owned(), json!(payload));
    }
    variant
}
