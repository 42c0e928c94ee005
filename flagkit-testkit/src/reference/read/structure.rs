//! Small structures of a flag, in all the forms in which they may be written.

use serde_json::Value;

/// One variant of a flag, its defaults filled in.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) weight: f64,
    pub(crate) value: Value,
}

/// The variants in document order: a map, or a list of objects with `name`.
pub(crate) fn variants(flag: &Value) -> Option<Vec<Variant>> {
    match &flag["variants"] {
        Value::Null => Some(Vec::new()),
        Value::Object(entries) => {
            entries.iter().map(|(name, entry)| variant(name, entry)).collect()
        }
        Value::Array(entries) => {
            let read = |entry: &Value| variant(entry["name"].as_str()?, entry);
            entries.iter().map(read).collect()
        }
        _ => None,
    }
}

fn variant(name: &str, entry: &Value) -> Option<Variant> {
    if !matches!(entry, Value::Null | Value::Object(_)) {
        return None;
    }
    let weight = match &entry["weight"] {
        Value::Null => 0.0,
        given => weight(given)?,
    };
    let value = entry.get("value").cloned().unwrap_or_else(|| Value::from(name));
    Some(Variant { name: name.to_owned(), weight, value })
}

fn weight(value: &Value) -> Option<f64> {
    value.as_f64().filter(|weight| weight.is_finite() && *weight >= 0.0)
}

/// The variants of a rule's rollout: a map from name to weight.
pub(crate) fn weights(rollout_variants: &Value) -> Option<Vec<(String, f64)>> {
    match rollout_variants {
        Value::Null => Some(Vec::new()),
        Value::Object(entries) => {
            entries.iter().map(|(name, entry)| Some((name.clone(), weight(entry)?))).collect()
        }
        _ => None,
    }
}

/// A flag that must be on first, with the variants of it that will do.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) flag: String,
    pub(crate) variants: Vec<String>,
}

/// The dependencies: each a name, or an object with `flag` and `variants`.
pub(crate) fn dependencies(flag: &Value) -> Option<Vec<Dependency>> {
    match &flag["dependencies"] {
        Value::Null => Some(Vec::new()),
        Value::Array(entries) => entries.iter().map(dependency).collect(),
        _ => None,
    }
}

/// One entry of `dependencies`.
fn dependency(entry: &Value) -> Option<Dependency> {
    if let Some(flag) = entry.as_str() {
        return Some(Dependency { flag: flag.to_owned(), variants: Vec::new() });
    }
    let flag = entry["flag"].as_str()?.to_owned();
    let variants = match &entry["variants"] {
        Value::Null => Vec::new(),
        Value::Array(names) => {
            let names = names.iter().map(|name| name.as_str().map(str::to_owned));
            names.collect::<Option<Vec<String>>>()?
        }
        _ => return None,
    };
    Some(Dependency { flag, variants })
}

/// The `conditions` of a rule or segment and, as one more at the end, its `when`.
pub(crate) fn conditions(owner: &Value) -> Vec<Value> {
    let mut conditions = owner["conditions"].as_array().cloned().unwrap_or_default();
    if !owner["when"].is_null() {
        conditions.push(owner["when"].clone());
    }
    conditions
}

/// The line of text of a condition that is written as one.
pub(crate) fn condition_text(condition: &Value) -> Option<&str> {
    condition.as_str().or(condition["when"].as_str())
}

/// The values of a condition; one value need not be written as a list.
pub(crate) fn values(condition: &Value) -> Option<Vec<Value>> {
    if let Some(values) = condition.get("values") {
        return Some(values.as_array().cloned().unwrap_or_else(|| vec![values.clone()]));
    }
    let value = condition.get("value")?;
    Some(value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]))
}
