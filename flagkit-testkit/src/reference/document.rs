//! The top of a document: its own words, and finding flags and segments in it.

use serde_json::Value;

/// The deepest nesting that is read; the document itself is level one.
const DEPTH_MAX: usize = 64;

/// Tells why there is no document, leaving the flags and segments to `check`.
pub(crate) fn check(document: &Value) -> Result<(), String> {
    if !document.is_object() {
        return Err("the document is no map".to_owned());
    }
    if is_deeper_than(document, DEPTH_MAX) {
        return Err(format!("nested deeper than {DEPTH_MAX}"));
    }
    let schema = &document["schema"];
    if !schema.is_null() && schema != "flagkit/1" {
        return Err(format!("schema: {schema} is unknown"));
    }
    if !matches!(document["environment"], Value::Null | Value::String(_)) {
        return Err("environment: not text".to_owned());
    }
    if !document["revision"].is_null() && !document["revision"].is_u64() {
        return Err("revision: no whole number".to_owned());
    }
    if !matches!(document["segments"], Value::Null | Value::Object(_)) {
        return Err("segments: no map".to_owned());
    }
    if !matches!(document["flags"], Value::Array(_) | Value::Object(_)) {
        return Err("flags: neither a map nor a list".to_owned());
    }
    hash(document)
}

/// Accepts the known hashes, and none.
pub(crate) fn hash(owner: &Value) -> Result<(), String> {
    match &owner["hash"] {
        Value::Null => Ok(()),
        Value::String(name) if name == "md5" || name == "xxh3" => Ok(()),
        other => Err(format!("hash: {other} is unknown")),
    }
}

/// Every flag of that name: more than one if a list repeats it.
pub(crate) fn entries<'a>(document: &'a Value, name: &str) -> Vec<&'a Value> {
    match &document["flags"] {
        Value::Object(flags) => flags.get(name).into_iter().collect(),
        Value::Array(flags) => flags.iter().filter(|flag| flag["name"] == name).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn flag_names(document: &Value) -> Vec<String> {
    let mut names: Vec<String> = match &document["flags"] {
        Value::Object(flags) => flags.keys().cloned().collect(),
        Value::Array(flags) => {
            flags.iter().filter_map(|flag| flag["name"].as_str()).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    };
    names.sort();
    names.dedup();
    names
}

/// The segment of that name; present but `null` is still there (and broken).
pub(crate) fn segment<'a>(document: &'a Value, name: &str) -> Option<&'a Value> {
    document["segments"].as_object()?.get(name)
}

fn is_deeper_than(value: &Value, levels: usize) -> bool {
    let is_inner_deeper = |inner: &Value| match levels.checked_sub(1) {
        Some(left) => is_deeper_than(inner, left),
        None => true,
    };
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(is_inner_deeper),
        Value::Object(entries) => levels == 0 || entries.values().any(is_inner_deeper),
        _ => false,
    }
}
