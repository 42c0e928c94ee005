//! Spots: values of a document that know where they stand.

use std::borrow::Cow;
use std::rc::Rc;

use super::yaml::{Content, Marked};
use super::{Place, json, yaml};
use crate::node::is_json;

/// A value and its place. JSON is opened level by level, YAML was read as a whole.
#[derive(Clone)]
pub(super) enum Spot<'a> {
    Json { raw: &'a str, at: usize },
    Yaml(Rc<Marked<'a>>),
}

/// What is inside a value.
pub(super) enum Inside<'a> {
    Scalar(Cow<'a, str>),
    List(Vec<Spot<'a>>),
    Map(Vec<Entry<'a>>),
}

/// A key, its place, and its value.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) place: Place,
    pub(super) spot: Spot<'a>,
}

impl<'a> Spot<'a> {
    /// The whole document; nothing if it cannot be read.
    pub(super) fn root(text: &'a str) -> Option<Self> {
        if is_json(text) { json::root(text) } else { yaml::root(text).map(Self::Yaml) }
    }

    pub(super) fn inside(&self) -> Inside<'a> {
        match self {
            Self::Json { raw, at } => json::inside(raw, *at),
            Self::Yaml(marked) => match &marked.content {
                Content::Scalar(text) => Inside::Scalar(text.clone()),
                Content::List(items) => {
                    Inside::List(items.iter().cloned().map(Self::Yaml).collect())
                }
                Content::Map(entries) => {
                    let entry = |(key, position, value): &(_, _, Rc<Marked<'a>>)| Entry {
                        key: Cow::clone(key),
                        place: Place::Position(*position),
                        spot: Self::Yaml(value.clone()),
                    };
                    Inside::Map(entries.iter().map(entry).collect())
                }
            },
        }
    }

    /// A number that no other value of the document has.
    pub(super) fn identity(&self) -> usize {
        match self {
            Self::Json { at, .. } => *at,
            Self::Yaml(marked) => Rc::as_ptr(marked).addr(),
        }
    }

    pub(super) fn place(&self) -> Place {
        match self {
            Self::Json { at, .. } => Place::Byte(*at),
            Self::Yaml(marked) => Place::Position(marked.position),
        }
    }

    pub(super) fn is_scalar(&self) -> bool {
        match self {
            Self::Json { raw, .. } => !raw.starts_with(['{', '[']),
            Self::Yaml(marked) => matches!(marked.content, Content::Scalar(_)),
        }
    }

    /// The text under the key `name`, if this is a map.
    pub(super) fn name(&self) -> Option<Cow<'a, str>> {
        let Inside::Map(entries) = self.inside() else {
            return None;
        };
        let name = entries.into_iter().find(|entry| entry.key == "name")?;
        match name.spot.inside() {
            Inside::Scalar(text) => Some(text),
            _ => None,
        }
    }
}
