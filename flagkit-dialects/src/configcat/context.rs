//! The user object, as an evaluation context.

use flagkit_core::{Context, Timestamp, Value};
use serde_json::Value as Json;

use crate::json::value_from_json;

/// The context that this user object is.
///
/// Attributes keep their names: `Identifier`, `Email`, `Country` and those of the application.
/// The identifier is the targeting key as well, empty if there is none; `null` is no user, to
/// whom no rule and no percentage applies. Two kinds of values have no JSON of their own:
/// `{"$float": "NaN" | "Infinity" | "-Infinity"}`, and `{"$date": "2023-04-01T00:00:00Z"}` for
/// a time, which is no number but can be compared with times.
///
/// ```
/// use flagkit_core::Context;
/// use flagkit_dialects::configcat::context;
/// use serde_json::json;
///
/// let user = context(&json!({ "Identifier": "u-42", "Plan": "pro" })).unwrap();
/// assert_eq!(user, Context::new("u-42").with("Identifier", "u-42").with("Plan", "pro"));
/// assert_eq!(context(&json!(null)).unwrap(), Context::anonymous());
/// ```
///
/// # Errors
///
/// Anything but an object or null, and a `$float` or `$date` that is none.
pub fn context(json: &Json) -> Result<Context, String> {
    let attributes = match json {
        Json::Null => return Ok(Context::anonymous()),
        Json::Object(attributes) => attributes,
        _ => return Err("a user is an object of attributes, or null".to_owned()),
    };
    let identifier = attributes.get("Identifier").filter(|value| !value.is_null());
    let identifier = identifier.map_or(Ok(Value::from("")), value)?;
    let mut context = Context::new(identifier);
    for (name, json) in attributes {
        context.insert(name.as_str(), value(json)?);
    }
    Ok(context)
}

fn value(json: &Json) -> Result<Value, String> {
    let tagged = |tag| json.as_object().filter(|object| object.len() == 1)?.get(tag)?.as_str();
    if let Some(name) = tagged("$float") {
        return float(name).map(Value::Float).ok_or_else(|| format!("`{name}` is no float"));
    }
    match tagged(DATE) {
        Some(text) => {
            let time = Timestamp::parse(text).ok_or_else(|| format!("`{text}` is no time"))?;
            let seconds = Value::Float(milliseconds(time.unix_seconds()) / 1000.0);
            Ok(Value::from([(DATE, seconds)].into_iter().collect::<flagkit_core::Structure>()))
        }
        None => Ok(value_from_json(json)),
    }
}

fn float(name: &str) -> Option<f64> {
    match name {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        number => number.parse().ok(),
    }
}

/// Times count in whole milliseconds.
fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round()
}

/// The name under which a context holds the seconds of a time.
pub(super) const DATE: &str = "$date";
