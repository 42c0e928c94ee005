//! JSON as text, with its keys in their order.
//!
//! What people write is stored and sent as they wrote it, without the blanks: the order of
//! variants decides who gets which, and no number is written anew.

use std::borrow::Cow;
use std::fmt;

use flagkit_protocol::Problem;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The same JSON without white space between its tokens.
pub(crate) fn compact(json: &RawValue) -> String {
    let text = json.get();
    let mut compact = String::with_capacity(text.len());
    let (mut is_inside, mut is_escaped) = (false, false);
    for character in text.chars() {
        match (is_inside, character) {
            (false, ' ' | '\n' | '\r' | '\t') => continue,
            (false, '"') => is_inside = true,
            (true, '"') if !is_escaped => is_inside = false,
            _ => {}
        }
        is_escaped = is_inside && character == '\\' && !is_escaped;
        compact.push(character);
    }
    compact
}

/// Reads a body as JSON text.
pub(crate) fn parse(body: &[u8]) -> Result<&RawValue, Box<Problem>> {
    if body.is_empty() {
        let problem = Problem::new("invalid_json", "the body is empty");
        return Err(problem.hint("send JSON").into());
    }
    serde_json::from_slice(body).map_err(|error| {
        let problem = Problem::new("invalid_json", format!("the body is no JSON: {error}"));
        problem.hint("mend the JSON at that place").into()
    })
}

/// The entries of an object in their order; of a key that is there twice both.
#[derive(Debug)]
pub(crate) struct Entries<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Entries<'a> {
    /// Those of this JSON; none if it is no object.
    pub(crate) fn of(json: &'a RawValue) -> Option<Self> {
        if !json.get().starts_with('{') {
            return None;
        }
        serde_json::from_str(json.get()).ok()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Key<'de>>()? {
            entries.push((key.0, map.next_value()?));
        }
        Ok(Entries(entries))
    }
}

/// A key that borrows where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// A JSON merge patch (RFC 7396): objects are merged, `null` removes, everything else replaces.
/// What is not in the patch keeps its place and its text.
///
/// # Errors
///
/// A patch that nests deeper than documents may.
pub(crate) fn merge_patch(
    target: Option<&RawValue>,
    patch: &RawValue,
) -> Result<String, Box<Problem>> {
    let mut merged = String::new();
    merge(target, patch, &mut merged, 0)?;
    Ok(merged)
}

fn merge(
    target: Option<&RawValue>,
    patch: &RawValue,
    merged: &mut String,
    depth: usize,
) -> Result<(), Box<Problem>> {
    if depth > DEPTH_MAX {
        let problem = format!("the patch has more than {DEPTH_MAX} levels");
        let problem = Problem::new("invalid_document", problem);
        return Err(problem.hint("send the whole part instead").into());
    }
    let Some(Entries(changes)) = Entries::of(patch) else {
        merged.push_str(&compact(patch));
        return Ok(());
    };
    let Entries(old) = target.and_then(Entries::of).unwrap_or(Entries(Vec::new()));
    let changed = |key: &str| changes.iter().rev().find(|(changed, _)| changed == key);
    merged.push('{');
    let is_new = |key: &str| !old.iter().any(|(known, _)| known == key);
    let mut separator = "";
    for (key, value) in &old {
        let change = changed(key).map(|(_, change)| *change);
        if change.is_some_and(is_null) {
            continue;
        }
        open(merged, &mut separator, key);
        match change {
            Some(change) => merge(Some(value), change, merged, depth + 1)?,
            None => merged.push_str(&compact(value)),
        }
    }
    let mut added = changes.iter().filter(|(key, change)| is_new(key) && !is_null(change));
    added.try_for_each(|(key, change)| {
        open(merged, &mut separator, key);
        merge(None, change, merged, depth + 1)
    })?;
    merged.push('}');
    Ok(())
}

fn open(merged: &mut String, separator: &mut &'static str, key: &str) {
    merged.push_str(separator);
    *separator = ",";
    merged.push_str(&quoted(key));
    merged.push(':');
}

/// The text as JSON.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn is_null(json: &RawValue) -> bool {
    json.get() == "null"
}

/// As in documents.
const DEPTH_MAX: usize = 64;

#[cfg(test)]
mod tests;
