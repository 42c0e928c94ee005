//! The older shape `rollout-rules`: a status, and rules that can only switch on.
//!
//! Where the format is silent: a disabled flag serves `default_value`, and is on if
//! that is `true`; a context that names nobody and nothing counts as none; custom
//! attributes are those in `custom_attributes`; an unknown status or strategy, and
//! parameters of a wrong type, break the flag.

use serde_json::{Value, json};

use super::{Answer, Scene, World, attribute, bucket, operator};

type Read<T> = Result<T, ()>;

/// Evaluates one flag: `document` is one flag object, a list or map of them, or either under `flags`.
///
/// A flag that cannot be read answers `ERROR` / `PARSE_ERROR`; `null` is no context.
#[must_use = "the answer is all there is"]
pub fn evaluate_rollout_rules(
    document: &Value,
    flag: &str,
    context: &Value,
    default: &Value,
    world: &World<'_>,
) -> Answer {
    let entries = entries(document, flag);
    let answer = match entries.as_slice() {
        [] => return Answer::error(default, "FLAG_NOT_FOUND"),
        [entry] => answer(entry, &Scene { document, context, world }),
        _ => Err(()),
    };
    answer.unwrap_or_else(|()| Answer::error(default, "PARSE_ERROR"))
}

fn entries<'a>(document: &'a Value, name: &str) -> Vec<&'a Value> {
    let flags = if document["flags"].is_null() { document } else { &document["flags"] };
    match flags {
        Value::Array(entries) => entries.iter().filter(|entry| entry["name"] == name).collect(),
        Value::Object(_) if flags["name"].is_string() => {
            if flags["name"] == name {
                vec![flags]
            } else {
                Vec::new()
            }
        }
        Value::Object(entries) => entries.get(name).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn answer(entry: &Value, scene: &Scene<'_>) -> Read<Answer> {
    let default = match &entry["default_value"] {
        Value::Null => json!(false),
        value => value.clone(),
    };
    let is_someone = CONTEXT.iter().any(|name| attribute::attribute(scene, name).is_some());
    let rules = list(&entry["rollout_rules"])?;
    let rules = rules.iter().map(|rule| reason(rule, scene)).collect::<Read<Vec<_>>>()?;
    match entry["status"].as_str() {
        None if !entry["status"].is_null() => Err(()),
        None | Some("disabled") => {
            let enabled = default == json!(true);
            Ok(Answer { enabled, ..Answer::off(default, "DISABLED") })
        }
        Some("enabled") => Ok(Answer::on("STATIC")),
        Some("conditional") => match rules.into_iter().flatten().next() {
            Some(reason) if is_someone => Ok(Answer::on(reason)),
            _ => Ok(Answer::off(Value::Bool(false), "DEFAULT")),
        },
        Some(_) => Err(()),
    }
}

/// A context that says none of these says nothing about anyone.
const CONTEXT: [&str; 5] =
    ["user_id", "user_type", "geographic_region", "experiment_groups", "custom_attributes"];

/// The reason with which a rule switches on, if it does.
fn reason(rule: &Value, scene: &Scene<'_>) -> Read<Option<&'static str>> {
    let parameters = &rule["parameters"];
    if !matches!(parameters, Value::Null | Value::Object(_)) {
        return Err(());
    }
    let (is_met, reason) = match rule["strategy"].as_str() {
        Some("percentage") => (percentage(parameters, scene)?, "SPLIT"),
        Some("user_list") => (user_list(parameters, scene)?, "TARGETING_MATCH"),
        Some("user_attribute") => (user_attribute(parameters, scene)?, "TARGETING_MATCH"),
        Some("geographic") => (geographic(parameters, scene)?, "TARGETING_MATCH"),
        Some("time_based") => (time_based(parameters, scene)?, "TARGETING_MATCH"),
        _ => return Err(()),
    };
    let is_enabled = boolean(&rule["enabled"], true)?;
    Ok((is_met && is_enabled).then_some(reason))
}

/// Buckets run from 1 to 100, and the name of the flag is not hashed.
fn percentage(parameters: &Value, scene: &Scene<'_>) -> Read<bool> {
    let percentage = number(&parameters["percentage"])?.unwrap_or(0.0);
    let user = attribute::attribute(scene, "user_id").unwrap_or(json!("anonymous"));
    let bucket = bucket::small(bucket::md5_modulo(&bucket::id_text(&user), 100) + 1);
    Ok(percentage >= 100.0 || (percentage > 0.0 && bucket <= percentage))
}

fn user_list(parameters: &Value, scene: &Scene<'_>) -> Read<bool> {
    let users = list(&parameters["users"])?;
    Ok(attribute::attribute(scene, "user_id").is_some_and(|user| is_any(&user, &users)))
}

fn user_attribute(parameters: &Value, scene: &Scene<'_>) -> Read<bool> {
    let name = parameters["attribute"].as_str().ok_or(())?;
    let values = list(&parameters["values"])?;
    let custom_attributes = &scene.context["custom_attributes"];
    let attribute = match name {
        "user_type" => or_else(&scene.context["user_type"], "regular"),
        "experiment_group" => scene.context["experiment_groups"].clone(),
        custom => custom_attributes[custom].clone(),
    };
    Ok(!attribute.is_null() && is_any(&attribute, &values))
}

fn geographic(parameters: &Value, scene: &Scene<'_>) -> Read<bool> {
    let regions = list(&parameters["regions"])?;
    Ok(is_any(&or_else(&scene.context["geographic_region"], "us"), &regions))
}

fn time_based(parameters: &Value, scene: &Scene<'_>) -> Read<bool> {
    let start = number(&parameters["start_time"])?;
    let end = number(&parameters["end_time"])?;
    let now = scene.world.now;
    Ok(start.is_none_or(|start| start <= now) && end.is_none_or(|end| now <= end))
}

/// Equal to one of the values, or a list with an element that is.
fn is_any(attribute: &Value, values: &[Value]) -> bool {
    values.iter().any(|value| operator::meets("equals", attribute, value, false) == Some(true))
}

fn or_else(value: &Value, default: &str) -> Value {
    if value.is_null() { Value::from(default) } else { value.clone() }
}

fn boolean(value: &Value, default: bool) -> Read<bool> {
    if value.is_null() { Ok(default) } else { value.as_bool().ok_or(()) }
}

fn number(value: &Value) -> Read<Option<f64>> {
    if value.is_null() { Ok(None) } else { value.as_f64().map(Some).ok_or(()) }
}

fn list(value: &Value) -> Read<Vec<Value>> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => Ok(items.clone()),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests;
