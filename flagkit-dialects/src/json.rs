//! Values and contexts from and to `serde_json`.

use flagkit_core::{Context, Structure, Value};

use crate::contexts::InvalidContext;

/// The value that this JSON is; whole numbers beyond 64 bits with sign become floats.
pub fn value_from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Boolean(*value),
        serde_json::Value::Number(value) => number(value),
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(value_from_json).collect()),
        serde_json::Value::Object(entries) => {
            let entries = entries.iter().map(|(name, value)| (&**name, value_from_json(value)));
            Value::from(entries.collect::<Structure>())
        }
    }
}

/// The value that this JSON text is.
///
/// ```
/// use flagkit_dialects::value_from_text;
///
/// assert_eq!(value_from_text(r#""pro""#)?.as_str(), Some("pro"));
/// assert!(value_from_text("pro").is_err());
/// # Ok::<(), flagkit_dialects::InvalidContext>(())
/// ```
///
/// # Errors
///
/// Text that is no JSON, or that is nested deeper than 127 levels.
pub fn value_from_text(text: &str) -> Result<Value, InvalidContext> {
    let json = serde_json::from_str(text).map_err(|error| InvalidContext::no_json(&error))?;
    Ok(value_from_json(&json))
}

/// The JSON that this value is; infinities and not-a-number become `null`.
pub fn value_to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Boolean(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Unsigned(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::String(text) => (&**text).into(),
        Value::List(items) => items.iter().map(value_to_json).collect(),
        Value::Structure(structure) => {
            let entries =
                structure.iter().map(|(name, value)| (name.to_owned(), value_to_json(value)));
            serde_json::Value::Object(entries.collect())
        }
        _ => serde_json::Value::Null,
    }
}

/// The evaluation context that this object of attributes is.
///
/// The attribute `targetingKey` is the targeting key as well. Anything but an object is a
/// context without attributes.
///
/// ```
/// use flagkit_core::Context;
/// use flagkit_dialects::context_from_json;
/// use serde_json::json;
///
/// let context = context_from_json(&json!({ "targetingKey": "u-42", "plan": "pro" }));
/// assert_eq!(context, Context::new("u-42").with("plan", "pro").with("targetingKey", "u-42"));
/// ```
pub fn context_from_json(json: &serde_json::Value) -> Context {
    let Some(attributes) = json.as_object() else {
        return Context::anonymous();
    };
    let key = attributes.get(crate::lookup::TARGETING_KEY).filter(|key| !key.is_null());
    let mut context = key.map_or_else(Context::anonymous, |key| Context::new(value_from_json(key)));
    for (name, value) in attributes {
        context.insert(name.as_str(), value_from_json(value));
    }
    context
}

pub(crate) fn number(number: &serde_json::Number) -> Value {
    match (number.as_i64(), number.as_u64()) {
        (Some(integer), _) => Value::Integer(integer),
        (None, Some(integer)) => Value::Unsigned(integer),
        (None, None) => number.as_f64().map_or(Value::Null, Value::Float),
    }
}

#[cfg(test)]
mod tests;
