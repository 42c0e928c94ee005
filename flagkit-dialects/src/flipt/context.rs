//! Contexts in Flipt's words.

use flagkit_core::Context;
use serde_json::Value as Json;

use crate::error::DecodeError;

/// The context that this request is: who asks in `entityId`, text about them in `context`.
///
/// Numbers and booleans stand for their JSON; `null`, lists and objects count as absent.
///
/// # Errors
///
/// Anything but an object.
///
/// ```
/// use flagkit_core::Context;
/// use flagkit_dialects::flipt;
/// use serde_json::json;
///
/// let context = flipt::context(&json!({ "entityId": "u-7", "context": { "plan": "pro" } }))?;
/// assert_eq!(context, Context::new("u-7").with("plan", "pro"));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
pub fn context(json: &Json) -> Result<Context, DecodeError> {
    let request = json.as_object().ok_or_else(|| DecodeError::new("a context is an object"))?;
    let entity = request.get("entityId").and_then(text_of);
    let mut context = entity.map_or_else(Context::anonymous, Context::new);
    let properties = request.get("context").and_then(Json::as_object);
    for (name, value) in properties.into_iter().flatten() {
        if let Some(text) = text_of(value) {
            context.insert(name.as_str(), text);
        }
    }
    Ok(context)
}

fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}
