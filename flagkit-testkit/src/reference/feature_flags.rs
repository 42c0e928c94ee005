//! The older shape `feature-flags`: one top key, and the first way in counts.
//!
//! Where the format is silent: a percentage may lie above 100 and then takes
//! everyone; `scheduled_rollout` changes no answer here, because the format does not
//! say from which percentage its ramp starts; wrong types break the flag.

use serde_json::{Value, json};

use super::{Answer, Scene, World, attribute, bucket, operator};

type Read<T> = Result<T, ()>;

/// Evaluates one flag of `{feature_flags: {<name>: {…}}}`.
///
/// Any other document answers `ERROR` / `PROVIDER_NOT_READY`, a flag that cannot be
/// read `ERROR` / `PARSE_ERROR`.
#[must_use = "the answer is all there is"]
pub fn evaluate_feature_flags(
    document: &Value,
    flag: &str,
    context: &Value,
    default: &Value,
    world: &World<'_>,
) -> Answer {
    let Some(flags) = document["feature_flags"].as_object() else {
        return Answer::error(default, "PROVIDER_NOT_READY");
    };
    let Some(entry) = flags.get(flag) else {
        return Answer::error(default, "FLAG_NOT_FOUND");
    };
    let answer = answer(entry, flag, &Scene { document, context, world });
    answer.unwrap_or_else(|()| Answer::error(default, "PARSE_ERROR"))
}

fn answer(entry: &Value, name: &str, scene: &Scene<'_>) -> Read<Answer> {
    if !entry.is_object() {
        return Err(());
    }
    let is_match =
        is_in_groups(entry, scene)? | is_targeted(entry, scene)? | is_in_environment(entry, scene)?;
    let percentage = optional(&entry["percentage"], Value::as_f64)?.unwrap_or(0.0);
    if !optional(&entry["enabled"], Value::as_bool)?.unwrap_or(false) {
        return Ok(Answer::off(Value::Bool(false), "DISABLED"));
    }
    let (is_on, reason) = match percentage {
        percentage if percentage > 0.0 => (bucket(name, scene) < percentage, "SPLIT"),
        _ if is_match => (true, "TARGETING_MATCH"),
        _ => (false, "DEFAULT"),
    };
    Ok(if is_on { Answer::on(reason) } else { Answer::off(Value::Bool(false), reason) })
}

/// From 0 to 99.
fn bucket(name: &str, scene: &Scene<'_>) -> f64 {
    let user = attribute::attribute(scene, "user_id").unwrap_or(json!("anonymous"));
    let text = format!("{name}:{}", bucket::id_text(&user));
    bucket::small(bucket::md5_modulo(&text, 100))
}

/// In one of the groups, or listed as a user.
fn is_in_groups(entry: &Value, scene: &Scene<'_>) -> Read<bool> {
    let groups = list(&entry["user_groups"])?;
    let attributes = ["groups", "user_groups", "user_id"];
    Ok(attributes.iter().any(|name| is_any(scene, name, &groups)))
}

fn is_targeted(entry: &Value, scene: &Scene<'_>) -> Read<bool> {
    let targeting = &entry["targeting"];
    if !matches!(targeting, Value::Null | Value::Object(_)) {
        return Err(());
    }
    let mut is_targeted = false;
    for wanted in list(&targeting["user_attributes"])? {
        let wanted = wanted.as_object().filter(|wanted| wanted.len() == 1).ok_or(())?;
        is_targeted |= wanted.iter().any(|(name, value)| match value {
            Value::Array(values) => is_any(scene, name, values),
            value => is_any(scene, name, std::slice::from_ref(value)),
        });
    }
    Ok(is_targeted)
}

fn is_in_environment(entry: &Value, scene: &Scene<'_>) -> Read<bool> {
    let environments = list(&entry["environments"])?;
    let environment = match scene.world.environment {
        Some(environment) => Some(Value::from(environment)),
        None => attribute::own(scene, "environment"),
    };
    Ok(environment.is_some_and(|environment| environments.contains(&environment)))
}

fn is_any(scene: &Scene<'_>, name: &str, values: &[Value]) -> bool {
    let is_met = |attribute: Value| {
        let mut results =
            values.iter().map(|value| operator::meets("equals", &attribute, value, false));
        results.any(|result| result == Some(true))
    };
    attribute::attribute(scene, name).is_some_and(is_met)
}

fn list(value: &Value) -> Read<Vec<Value>> {
    Ok(optional(value, |value| value.as_array().cloned())?.unwrap_or_default())
}

fn optional<T>(value: &Value, read: impl FnOnce(&Value) -> Option<T>) -> Read<Option<T>> {
    if value.is_null() { Ok(None) } else { read(value).map(Some).ok_or(()) }
}

#[cfg(test)]
mod tests;
