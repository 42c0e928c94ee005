//! Contexts in Unleash's words.

use flagkit_core::{Context, Value};
use serde_json::{Map, Value as Json};

use crate::error::DecodeError;

/// The context that this object is: `userId`, `sessionId`, `environment`, `appName`,
/// `currentTime`, `remoteAddress`, and everything else in `properties`.
///
/// All of it is text: numbers and booleans become their JSON, `null`, lists and objects count as
/// absent. Text beside the six fields is a property, and a property with the name of a field
/// stands in for it where it is absent. The user id is the targeting key as well.
///
/// # Errors
///
/// Anything but an object.
///
/// ```
/// use flagkit_core::Context;
/// use flagkit_dialects::unleash;
/// use serde_json::json;
///
/// let context = unleash::context(&json!({ "userId": "u-7", "properties": { "age": 37 } }))?;
/// assert_eq!(context, Context::new("u-7").with("age", "37").with("userId", "u-7"));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
pub fn context(json: &Json) -> Result<Context, DecodeError> {
    let fields = json.as_object().ok_or_else(|| DecodeError::new("a context is an object"))?;
    let none = Map::new();
    let properties = fields.get("properties").and_then(Json::as_object).unwrap_or(&none);
    let user = text_of(fields, USER_ID).or_else(|| text_of(properties, USER_ID));
    let mut context = user.map_or_else(Context::anonymous, Context::new);
    for name in properties.keys() {
        insert(&mut context, name, text_of(properties, name));
    }
    for (name, value) in fields {
        let is_field = FIELDS.contains(&&**name);
        if is_field || value.is_string() {
            insert(&mut context, name, text_of(fields, name));
        }
    }
    Ok(context)
}

fn insert(context: &mut Context, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        context.insert(name, value);
    }
}

fn text_of(entries: &Map<String, Json>, name: &str) -> Option<Value> {
    match entries.get(name)? {
        Json::String(text) => Some(Value::from(text.as_str())),
        Json::Number(number) => Some(Value::from(number.to_string())),
        Json::Bool(value) => Some(Value::from(value.to_string())),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// The field that most percentages are about.
pub(super) const USER_ID: &str = "userId";
/// The field that percentages are about where there is no user.
pub(super) const SESSION_ID: &str = "sessionId";
/// The field that stands for the time of the evaluation.
pub(super) const CURRENT_TIME: &str = "currentTime";
/// The field that may also be said once, by the application.
pub(super) const ENVIRONMENT: &str = "environment";
/// The field that the strategy `remoteAddress` reads.
pub(super) const REMOTE_ADDRESS: &str = "remoteAddress";
pub(super) const FIELDS: [&str; 6] =
    [USER_ID, SESSION_ID, ENVIRONMENT, "appName", CURRENT_TIME, REMOTE_ADDRESS];
