//! What JavaScript makes of the values of a document.

use std::borrow::Cow;
use std::collections::HashMap;

use flagkit_core::document::TextReading;
use flagkit_core::{Structure, Value};

use crate::json::value_from_json;
use crate::node::{Entry, Node};

/// Whether `if` takes the value for true.
pub(super) fn is_truthy(node: &Node<'_>) -> bool {
    match node {
        Node::Null => false,
        Node::Boolean(value) => *value,
        Node::Text(text) => !text.is_empty(),
        Node::List(_) | Node::Map(_) => true,
        number => number.as_float().is_some_and(|float| float != 0.0),
    }
}

/// The same for a value.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Boolean(value) => *value,
        Value::String(text) => !text.is_empty(),
        Value::List(_) | Value::Structure(_) => true,
        number => number.as_float().is_some_and(|float| float != 0.0),
    }
}

/// The value of a node with numbers as JavaScript holds them.
pub(super) fn value(node: &Node<'_>) -> Value {
    match node {
        Node::List(items) => Value::List(items.iter().map(value).collect()),
        Node::Map(entries) => {
            let entries = entries.iter().map(|(key, node)| (*key, value(node)));
            Value::from(entries.collect::<Structure>())
        }
        other => as_double(other.to_value()),
    }
}

/// The same for JSON that somebody else has read.
pub(super) fn value_of_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Array(items) => Value::List(items.iter().map(value_of_json).collect()),
        serde_json::Value::Object(entries) => {
            let entries = entries.iter().map(|(key, json)| (&**key, value_of_json(json)));
            Value::from(entries.collect::<Structure>())
        }
        other => as_double(value_from_json(other)),
    }
}

/// A number beyond the whole numbers that a float holds, as the float it becomes.
fn as_double(value: Value) -> Value {
    let is_exact = |integer: i64| integer.unsigned_abs() <= 1 << 53;
    match value {
        Value::Integer(integer) if is_exact(integer) => Value::Integer(integer),
        Value::Integer(_) | Value::Unsigned(_) => {
            value.as_float().map_or(Value::Null, Value::Float)
        }
        other => other,
    }
}

/// `String(value)`.
pub(super) fn text(value: &Value) -> String {
    TextReading::Script.text(value.borrow()).unwrap_or_default()
}

/// `JSON.stringify(value)`.
pub(super) fn json(value: &Value) -> String {
    let joined = |parts: Vec<String>| parts.join(",");
    match value {
        Value::String(text) => serde_json::Value::from(&**text).to_string(),
        Value::List(items) => format!("[{}]", joined(items.iter().map(json).collect())),
        Value::Structure(structure) => {
            let entry = |(name, value): (&str, &Value)| {
                format!("{}:{}", serde_json::Value::from(name), json(value))
            };
            format!("{{{}}}", joined(structure.iter().map(entry).collect()))
        }
        scalar => text(scalar),
    }
}

/// What `Object.entries` lists: of a key that is there twice, the last value. `None` for null,
/// which has no entries but an error.
pub(super) fn entries<'n>(node: &Node<'n>) -> Option<Vec<(Cow<'n, str>, Node<'n>)>> {
    match *node {
        Node::Null => None,
        Node::Map(entries) => Some(unique(entries)),
        Node::List(items) => Some(indexed(items.iter().copied())),
        Node::Text(text) => Some(indexed(text.split("").filter(|c| !c.is_empty()).map(Node::Text))),
        _ => Some(Vec::new()),
    }
}

fn indexed<'n>(items: impl Iterator<Item = Node<'n>>) -> Vec<(Cow<'n, str>, Node<'n>)> {
    items.enumerate().map(|(place, item)| (place.to_string().into(), item)).collect()
}

fn unique<'n>(entries: &'n [Entry<'n>]) -> Vec<(Cow<'n, str>, Node<'n>)> {
    let mut places = HashMap::new();
    let mut kept: Vec<(Cow<'n, str>, Node<'n>)> = Vec::with_capacity(entries.len());
    for (key, node) in entries {
        // Most objects are small: comparing a few keys is cheaper than a table.
        let place = if entries.len() <= FEW {
            kept.iter().position(|(other, _)| other == key).unwrap_or(kept.len())
        } else {
            *places.entry(*key).or_insert(kept.len())
        };
        match kept.get_mut(place) {
            Some(entry) => entry.1 = *node,
            None => kept.push((Cow::Borrowed(*key), *node)),
        }
    }
    kept
}

/// A small count as a value.
pub(super) fn number(count: usize) -> Value {
    i64::try_from(count).map_or(Value::Null, Value::Integer)
}

/// The place that a number names among this many things, if it names one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
#[expect(clippy::cast_precision_loss, reason = "counts of variations are small")]
pub(super) fn place(number: f64, count: usize) -> Option<usize> {
    let is_place = number >= 0.0 && number < count as f64 && number.fract() == 0.0;
    is_place.then_some(number as usize)
}

/// Up to so many keys are compared one by one.
const FEW: usize = 16;
