//! Attributes of the context, with the names that stand in for one another.

use serde_json::Value;

use super::Scene;

/// The attribute a condition or a bucket reads; missing and `null` are both nothing.
pub(crate) fn attribute(scene: &Scene<'_>, name: &str) -> Option<Value> {
    let own = own(scene, name);
    match name {
        "user_id" => own.or_else(|| self::own(scene, "targetingKey")),
        "targetingKey" => own.or_else(|| self::own(scene, "user_id")),
        "environment" => own.or_else(|| environment(scene).map(Value::from)),
        "now" => own.or_else(|| Some(Value::from(scene.world.now))),
        _ => own,
    }
}

/// What the context itself says, by exact name or by walking along the dots.
///
/// A name that is there exactly wins even if its value is `null`.
pub(crate) fn own(scene: &Scene<'_>, name: &str) -> Option<Value> {
    let context = scene.context.as_object()?;
    let found = match context.get(name) {
        Some(exact) => Some(exact),
        None => name.split('.').try_fold(scene.context, |value, step| value.as_object()?.get(step)),
    };
    found.filter(|value| !value.is_null()).cloned()
}

/// The environment of the application, else that of the document.
pub(crate) fn environment(scene: &Scene<'_>) -> Option<String> {
    let environment = scene.world.environment.or(scene.document["environment"].as_str());
    environment.map(str::to_owned)
}
