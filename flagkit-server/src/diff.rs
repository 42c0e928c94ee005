//! What differs between two JSON texts, for people.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One place where they differ.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Difference {
    /// Where: `targeting_rules[0].rollout.percentage`; empty for the whole.
    pub(crate) path: String,
    /// What was there; none where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) before: Option<Value>,
    /// What is there now; none where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) after: Option<Value>,
}

/// All differences, by path. The order of keys is none.
///
/// Text that is no JSON counts as text.
pub(crate) fn diff(before: Option<&str>, after: Option<&str>) -> Vec<Difference> {
    let read = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    let (before, after): (Option<Value>, Option<Value>) = (before.map(read), after.map(read));
    let mut found = Vec::new();
    compare(String::new(), (before.as_ref(), after.as_ref()), &mut found);
    found
}

fn compare(path: String, sides: (Option<&Value>, Option<&Value>), found: &mut Vec<Difference>) {
    match sides {
        (Some(before), Some(after)) if before == after => {}
        (None, None) => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let added = after.keys().filter(|key| !before.contains_key(*key));
            let mut keys: Vec<&String> = before.keys().chain(added).collect();
            keys.sort_unstable();
            for key in keys {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(path, (before.get(key), after.get(key)), found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for place in 0..before.len().max(after.len()) {
                let path = format!("{path}[{place}]");
                compare(path, (before.get(place), after.get(place)), found);
            }
        }
        (before, after) => {
            found.push(Difference { path, before: before.cloned(), after: after.cloned() });
        }
    }
}

#[cfg(test)]
mod tests;
