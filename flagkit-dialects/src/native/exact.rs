//! The exact form: a flag or segment as FlagKit's common document holds it, written out.
//!
//! The other keys of the format cannot say everything that flags from elsewhere mean: how
//! an attribute that is missing counts, how text becomes a bucket, what a percentage does
//! with those outside. `exact` says all of it, so a converted flag answers as it did.

use std::sync::Arc;

use flagkit_core::Structure;
use flagkit_core::document::{Condition, Flag, Rule, Variant};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::PARSE_ERROR;
use super::flag::FLAG_KEYS;
use crate::error::{DecodeError, WrongShape};
use crate::fields::Fields;
use crate::node::{self, Draft, Node, Tree};
use crate::report::Report;

/// What `exact` holds for a flag: everything but its key.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Exact {
    variants: Vec<Variant>,
    rules: Vec<Rule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metadata: Option<Arc<Structure>>,
}

/// The flag under the key `exact`, if that is there; a broken one fails for everybody.
pub(super) fn flag(key: &str, fields: &Fields<'_, '_>, report: &mut Report) -> Option<Flag> {
    let node = fields.node(KEY)?;
    for name in FLAG_KEYS.iter().filter(|name| !NOTES.contains(name)) {
        if fields.node(name).is_some() {
            let problem = format!("`{name}` contradicts `{KEY}`, which says everything");
            report.error(&fields.at(name), problem, "keep one of them");
        }
    }
    let Some(Exact { variants, rules, version, metadata }) = read(node, fields, report) else {
        return Some(Flag::broken(key.to_owned(), PARSE_ERROR));
    };
    Some(Flag { key: key.to_owned(), variants, rules, version, metadata })
}

/// The condition under the key `exact` of a segment.
pub(super) fn condition(fields: &Fields<'_, '_>, report: &mut Report) -> Option<Condition> {
    let node = fields.node(KEY)?;
    Some(read(node, fields, report).unwrap_or(Condition::Fails(PARSE_ERROR)))
}

/// What the document says at its top about all of its flags: `references`, `flag_keys`.
pub(super) fn at_top<T: Default + DeserializeOwned>(
    name: &'static str,
    fields: &Fields<'_, 'static>,
) -> Result<T, WrongShape> {
    let Some(node) = fields.node(name) else {
        return Ok(T::default());
    };
    typed(node).map_err(|problem| WrongShape::new(name, problem))
}

/// A flag of the native format that says exactly what this one does.
pub(crate) fn flag_node(flag: &Flag) -> Result<Draft<'static>, DecodeError> {
    node_of(&Exact {
        variants: flag.variants.clone(),
        rules: flag.rules.clone(),
        version: flag.version,
        metadata: flag.metadata.clone(),
    })
}

/// The same for a segment's condition.
pub(crate) fn condition_node(condition: &Condition) -> Result<Draft<'static>, DecodeError> {
    node_of(condition)
}

fn read<T: DeserializeOwned>(
    node: &Node<'_>,
    fields: &Fields<'_, '_>,
    report: &mut Report,
) -> Option<T> {
    match typed(node) {
        Ok(read) => Some(read),
        Err(problem) => {
            report.error(&fields.at(KEY), problem, "correct it, or convert the flag again");
            None
        }
    }
}

/// Read by way of text: that keeps the order of keys.
fn typed<T: DeserializeOwned>(node: &Node<'_>) -> Result<T, String> {
    serde_json::from_str(&node.to_value().to_string()).map_err(|error| {
        let message = error.to_string();
        // The place is one in our own text, which nobody sees.
        message.rsplit_once(" at line ").map_or(message.clone(), |(problem, _)| problem.to_owned())
    })
}

/// Written as text and read again: a tree keeps the order of the fields that way.
pub(crate) fn node_of(value: &impl Serialize) -> Result<Draft<'static>, DecodeError> {
    let text = serde_json::to_string(value).map_err(|error| DecodeError::new(error.to_string()))?;
    let mut tree = Tree::default();
    node::read_json(&text, &mut tree).map(|node| node.to_draft())
}

pub(crate) const KEY: &str = "exact";

/// What only people and other tools read; every other key of a flag contradicts `exact`.
const NOTES: [&str; 6] = ["name", "description", "tags", "created_at", "updated_at", KEY];

#[cfg(test)]
mod tests;
