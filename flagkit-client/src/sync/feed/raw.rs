//! JSON taken apart without looking into the parts.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// An object, each value as the bytes that were sent.
pub(super) type Object<'a> = BTreeMap<String, &'a RawValue>;

/// Parts that are kept, by key.
pub(super) type Parts = BTreeMap<String, Box<RawValue>>;

pub(super) fn object(json: &RawValue) -> serde_json::Result<Object<'_>> {
    serde_json::from_str(json.get())
}

pub(super) fn list(json: &RawValue) -> serde_json::Result<Vec<&RawValue>> {
    serde_json::from_str(json.get())
}

/// A text in an object; none if it is absent or no text.
pub(super) fn text(object: &Object<'_>, key: &str) -> Option<String> {
    serde_json::from_str(object.get(key)?.get()).ok()
}

/// A whole number in an object; none if it is absent or no such number.
pub(super) fn number(object: &Object<'_>, key: &str) -> Option<u64> {
    serde_json::from_str(object.get(key)?.get()).ok()
}

/// The elements of a list as JSON.
pub(super) fn joined<'a>(elements: impl IntoIterator<Item = &'a str>) -> String {
    let mut all = String::new();
    for json in elements {
        if !all.is_empty() {
            all.push(',');
        }
        all.push_str(json);
    }
    all
}

/// The members of an object as JSON.
pub(super) fn members<'a>(members: impl IntoIterator<Item = (&'a String, &'a str)>) -> String {
    let mut all = String::new();
    for (key, json) in members {
        if !all.is_empty() {
            all.push(',');
        }
        // A text as JSON: quoted, with escapes.
        all.push_str(&serde_json::Value::from(key.as_str()).to_string());
        all.push(':');
        all.push_str(json);
    }
    all
}
