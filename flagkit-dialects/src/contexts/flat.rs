//! Contexts in OpenFeature's words, which are flat: a `targetingKey`, and attributes beside it.
//!
//! Every vendor has its own place for the id of a user and for attributes of an application. Where
//! the flags expect a vendor's context, a flat one is put into its words first.

use flagkit_core::{Attributes, Context};
use serde_json::{Map, Value, json};

use super::{InvalidContext, context};
use crate::dialect::Dialect;
use crate::json::{context_from_json, value_to_json};
use crate::lookup::TARGETING_KEY;

/// The evaluation context that this object of a `targetingKey` and attributes is for the flags of
/// a dialect.
///
/// ```
/// use flagkit_dialects::{Dialect, flat_context};
/// use serde_json::json;
///
/// let flat = json!({ "targetingKey": "u-42", "plan": "pro" });
/// let user = flat_context(Dialect::Native, &flat)?;
/// # assert_eq!(user, flagkit_core::Context::new("u-42").with("plan", "pro").with("targetingKey", "u-42"));
/// # Ok::<(), flagkit_dialects::InvalidContext>(())
/// ```
///
/// # Errors
///
/// What is no object, and whatever the vendor's own SDK refuses: some want a targeting key.
pub fn flat_context(dialect: Dialect, json: &Value) -> Result<Context, InvalidContext> {
    let Some(attributes) = json.as_object() else {
        return Err(InvalidContext { problem: "a context is an object".to_owned() });
    };
    match in_words_of(dialect, attributes) {
        Some(words) => context(dialect, &words),
        None => Ok(context_from_json(json)),
    }
}

/// A flat context in a vendor's words; `None` where the flags of this dialect take it as it is.
///
/// ```
/// use flagkit_dialects::{Dialect, context_in_words_of};
///
/// assert_eq!(context_in_words_of(Dialect::Native, &()), Ok(None));
/// ```
///
/// # Errors
///
/// As [`flat_context`].
pub fn context_in_words_of<C: Attributes + ?Sized>(
    dialect: Dialect,
    flat: &C,
) -> Result<Option<Context>, InvalidContext> {
    if in_words_of(dialect, &Map::new()).is_none() {
        return Ok(None);
    }
    let mut attributes = Map::new();
    flat.each_attribute(&mut |name, value| {
        attributes.insert(name.to_owned(), value_to_json(&value.to_value()));
    });
    if let Some(key) = flat.targeting_key() {
        attributes.insert(TARGETING_KEY.to_owned(), value_to_json(&key.to_value()));
    }
    flat_context(dialect, &Value::Object(attributes)).map(Some)
}

/// What a vendor's own SDK would be given; none where that is what OpenFeature is given.
fn in_words_of(dialect: Dialect, attributes: &Map<String, Value>) -> Option<Value> {
    let key = attributes.get(TARGETING_KEY).filter(|key| !key.is_null());
    let mut rest = attributes.clone();
    rest.remove(TARGETING_KEY);
    Some(match dialect {
        Dialect::Unleash => {
            let mut fields = split_off(&mut rest, &UNLEASH_FIELDS);
            put(&mut fields, "userId", key);
            fields.insert("properties".to_owned(), with_inner(rest, "properties"));
            Value::Object(fields)
        }
        Dialect::LaunchDarkly => {
            rest.entry("kind").or_insert_with(|| "user".into());
            put(&mut rest, "key", key);
            Value::Object(rest)
        }
        Dialect::Flagsmith => json!({ "identity": { "identifier": key, "traits": rest } }),
        Dialect::ConfigCat => {
            put(&mut rest, "Identifier", key);
            Value::Object(rest)
        }
        Dialect::Split => json!({ "key": key, "attributes": rest }),
        Dialect::Eppo => json!({ "subjectKey": key, "attributes": rest }),
        Dialect::Flipt => json!({ "entityId": key, "context": rest }),
        Dialect::GrowthBook => {
            put(&mut rest, "id", key);
            Value::Object(rest)
        }
        Dialect::Statsig => {
            let mut fields = split_off(&mut rest, &STATSIG_FIELDS);
            put(&mut fields, "userID", key);
            fields.insert("custom".to_owned(), with_inner(rest, "custom"));
            Value::Object(fields)
        }
        Dialect::Flagd | Dialect::GoFeatureFlag | Dialect::OpenFeature => {
            Value::Object(attributes.clone())
        }
        _ => return None,
    })
}

/// Takes out what the vendor has a field for.
fn split_off(rest: &mut Map<String, Value>, fields: &[&str]) -> Map<String, Value> {
    let taken = fields.iter().filter_map(|field| rest.remove_entry(*field));
    taken.collect()
}

/// What stands beside an inner object and what is in it; what is in it counts.
fn with_inner(mut rest: Map<String, Value>, name: &str) -> Value {
    if let Some(Value::Object(inner)) = rest.remove(name) {
        rest.extend(inner);
    }
    Value::Object(rest)
}

/// Puts the targeting key where the vendor looks for it, unless something is there.
fn put(fields: &mut Map<String, Value>, name: &str, key: Option<&Value>) {
    if let Some(key) = key {
        fields.entry(name).or_insert_with(|| key.clone());
    }
}

const UNLEASH_FIELDS: [&str; 6] =
    ["userId", "sessionId", "environment", "appName", "currentTime", "remoteAddress"];
const STATSIG_FIELDS: [&str; 10] = [
    "userID",
    "customIDs",
    "email",
    "ip",
    "userAgent",
    "country",
    "locale",
    "appVersion",
    "privateAttributes",
    "statsigEnvironment",
];

#[cfg(test)]
mod tests;
