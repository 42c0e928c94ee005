//! Users in Statsig's words.

use flagkit_core::Context;

use crate::json::{context_from_json, value_from_json};

use super::lookup::USER_ID;

/// The evaluation context that Statsig calls a user.
///
/// `userID` is the targeting key; everything else keeps its name: `email`, `ip`, `country`,
/// `locale`, `appVersion`, `userAgent`, and the objects `customIDs`, `custom`,
/// `privateAttributes` and `statsigEnvironment`.
///
/// ```
/// use flagkit_core::{Attributes, ValueRef};
/// use flagkit_dialects::statsig;
/// use serde_json::json;
///
/// let user = statsig::context(&json!({ "userID": "u-42", "custom": { "plan": "pro" } }));
/// assert!(matches!(user.targeting_key(), Some(ValueRef::String("u-42"))));
/// ```
pub fn context(json: &serde_json::Value) -> Context {
    let attributes = context_from_json(json);
    let Some(user_id) = json.get(USER_ID).filter(|user_id| !user_id.is_null()) else {
        return attributes;
    };
    let mut context = Context::new(value_from_json(user_id));
    flagkit_core::Attributes::each_attribute(&attributes, &mut |name, value| {
        context.insert(name, value.to_value());
    });
    context
}
