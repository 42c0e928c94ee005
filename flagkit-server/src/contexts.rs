//! Evaluation contexts, in the words of whoever the flags come from.

use flagkit_core::Context;
use flagkit_dialects::{Dialect, context, context_from_json};
use serde_json::{Map, Value, json};

use crate::refusal::{Answer, Refusal};

/// A context for documents of this dialect: in the vendor's words, or in OpenFeature's, which
/// have a `targetingKey`.
///
/// # Errors
///
/// 400 for what is no context.
pub(crate) fn read(dialect: Dialect, json: &Value) -> Answer<Context> {
    if json.get(TARGETING_KEY).is_some() {
        return read_flat(dialect, json);
    }
    context(dialect, json).map_err(|error| invalid(&error.to_string()))
}

/// A context in OpenFeature's words: a `targetingKey`, and attributes beside it.
///
/// # Errors
///
/// 400 for what is no context.
pub(crate) fn read_flat(dialect: Dialect, json: &Value) -> Answer<Context> {
    let Some(attributes) = json.as_object() else {
        return Err(invalid("a context is an object"));
    };
    let Some(words) = in_words_of(dialect, attributes) else {
        return Ok(context_from_json(json));
    };
    context(dialect, &words).map_err(|error| invalid(&error.to_string()))
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

fn invalid(problem: &str) -> Refusal {
    let refusal = Refusal::bad_request(format!("the context cannot be used: {problem}"));
    refusal.path("context")
}

const TARGETING_KEY: &str = "targetingKey";
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
