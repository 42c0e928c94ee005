//! Contexts in Flagsmith's words.

use flagkit_core::{Context, Structure, Value};

use crate::json::value_from_json;

use super::property::IDENTITY;
use super::python;

/// The evaluation context that Flagsmith calls one: an object with an `identity`.
///
/// The identifier is the targeting key and every trait is an attribute. Traits that are lists
/// or objects are their text in Python, as conditions see them. An identity without `key` gets
/// that of the environment and the identifier, if the object also has an `environment`; without
/// one, flags make it up themselves.
///
/// ```
/// use flagkit_core::{Attributes, ValueRef};
/// use flagkit_dialects::flagsmith;
/// use serde_json::json;
///
/// let context = flagsmith::context(&json!({
///     "identity": { "identifier": "user-42", "traits": { "plan": "pro" } }
/// }));
/// assert!(matches!(context.targeting_key(), Some(ValueRef::String("user-42"))));
/// assert!(matches!(context.attribute("plan"), Some(ValueRef::String("pro"))));
/// ```
pub fn context(json: &serde_json::Value) -> Context {
    let Some(identity) = json.get("identity").and_then(serde_json::Value::as_object) else {
        return Context::anonymous();
    };
    let identifier = identity.get("identifier").filter(|identifier| !identifier.is_null());
    let mut context = match identifier {
        Some(identifier) => Context::new(value_from_json(identifier)),
        None => Context::anonymous(),
    };
    if let Some(traits) = identity.get("traits").and_then(serde_json::Value::as_object) {
        for (name, value) in traits {
            context.insert(name.as_str(), plain(value_from_json(value)));
        }
    }
    let mut entries: Vec<(String, Value)> = identity
        .iter()
        .filter(|(name, _)| *name != "key")
        .map(|(name, value)| (name.clone(), value_from_json(value)))
        .collect();
    let environment = json.get("environment").and_then(|environment| environment.get("key"));
    if let Some(key) = key(identity, environment) {
        entries.push(("key".to_owned(), key));
    }
    context.insert(IDENTITY, Value::from(entries.into_iter().collect::<Structure>()));
    context
}

/// The identity's key, or what stands for it.
fn key(
    identity: &serde_json::Map<String, serde_json::Value>,
    environment: Option<&serde_json::Value>,
) -> Option<Value> {
    let given = identity.get("key").map(value_from_json).filter(|key| !is_falsy(key));
    given.or_else(|| {
        let identifier = identity.get("identifier").map(value_from_json)?;
        let environment = value_from_json(environment?);
        let key = format!("{}_{}", python::text(&environment), python::text(&identifier));
        Some(Value::from(key))
    })
}

/// What counts as no key at all.
fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Boolean(false) | Value::Integer(0) => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn plain(value: Value) -> Value {
    match value {
        Value::List(_) | Value::Structure(_) => Value::from(python::text(&value)),
        scalar => scalar,
    }
}
