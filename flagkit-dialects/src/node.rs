//! Nodes: a document as a tree, before anything is known about its meaning.
//!
//! JSON and YAML end in the same tree. It keeps the order of keys and keeps keys
//! that are there twice, so that the reader can complain about them. Nodes only borrow:
//! text from the document where it was written without escapes, all else from a [`Tree`].

use std::borrow::Cow;

use flagkit_core::{Structure, Value};

use crate::error::DecodeError;

mod draft;
mod json;
mod tree;
mod yaml;

pub(crate) use draft::{Draft, DraftEntry};
pub(crate) use json::position_at;
pub(crate) use json::read as read_json;
pub(crate) use tree::Tree;
pub(crate) use yaml::position as yaml_position;

/// One value of a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Node<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    /// A whole number beyond `i64`.
    Unsigned(u64),
    Float(f64),
    Text(&'a str),
    List(&'a [Node<'a>]),
    Map(&'a [Entry<'a>]),
}

/// A key and its value.
pub(crate) type Entry<'a> = (&'a str, Node<'a>);

/// Reads text as JSON if it begins like JSON, else as YAML.
pub(crate) fn read<'a>(text: &'a str, tree: &'a mut Tree<'a>) -> Result<Node<'a>, DecodeError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(DecodeError::new(format!(
            "the document has {} bytes; at most {TEXT_BYTES_MAX} are allowed",
            text.len()
        )));
    }
    let root = if is_json(text) { json::read(text, tree) } else { yaml::read(text, tree) };
    root.map_err(|error| {
        let position = error.position().map(|position| position.within(text));
        error.at(position)
    })
}

/// Whether the text begins like JSON: with brackets, and a quote behind them.
///
/// JSON with a mistake could often be read as YAML, but it would mean something else. A flow
/// map of YAML begins with a key without quotes: `{flags: {a: {enabled: true}}}`.
pub(crate) fn is_json(text: &str) -> bool {
    let inside = |character: char| !character.is_whitespace() && !"{[".contains(character);
    let text = text.trim_start();
    text.starts_with(['{', '['])
        && text.find(inside).is_some_and(|first| text.split_at(first).1.starts_with('"'))
}

impl<'a> Node<'a> {
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(crate) fn as_text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "the reader asks for a float")]
    pub(crate) fn as_float(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Unsigned(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_list(&self) -> Option<&'a [Node<'a>]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn as_map(&self) -> Option<&'a [Entry<'a>]> {
        match self {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under this key, if this is a map; the first of several.
    pub(crate) fn entry(&self, key: &str) -> Option<&'a Node<'a>> {
        self.as_map()?.iter().find(|(other, _)| *other == key).map(|(_, value)| value)
    }

    /// The same as a value of the core; of a key that is there twice the last counts.
    #[expect(clippy::wrong_self_convention, reason = "lists are mapped by reference")]
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Unsigned(value) => Value::Unsigned(*value),
            Self::Float(value) => Value::Float(*value),
            Self::Text(text) => Value::from(*text),
            Self::List(items) => Value::List(items.iter().map(Node::to_value).collect()),
            Self::Map(entries) => Value::from(to_structure(entries)),
        }
    }

    /// What kind of value this is, in the words of messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) | Self::Unsigned(_) | Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }

    /// What is there, for messages: ``the text `yes` ``, `a list`.
    pub(crate) fn summary(&self) -> String {
        match self {
            Self::Text(text) => format!("the text `{}`", shortened(text)),
            Self::Null | Self::List(_) | Self::Map(_) => self.kind().to_owned(),
            scalar => format!("`{}`", scalar.to_value()),
        }
    }
}

/// The entries as a structure of the core.
pub(crate) fn to_structure(entries: &[Entry<'_>]) -> Structure {
    entries.iter().map(|(key, value)| (*key, value.to_value())).collect()
}

/// At most forty characters of a text.
pub(crate) fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SUMMARY_CHARACTERS_MAX) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

/// How many things to make room for that a list of so many nodes becomes. They are larger than
/// nodes, and a list may have millions that become nothing.
pub(crate) fn room(nodes: usize) -> usize {
    nodes.min(ROOM_MAX)
}

/// The text without the byte order mark that some editors write.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The largest document.
pub const TEXT_BYTES_MAX: usize = 64 << 20;
/// The deepest nesting of lists and maps; the document itself is level one.
pub(crate) const DEPTH_MAX: usize = 64;
/// The most values of one document.
pub(crate) const NODES_MAX: usize = 40_000_000;
const SUMMARY_CHARACTERS_MAX: usize = 40;
const ROOM_MAX: usize = 64;

/// The message for a document that is too deep.
fn too_deep() -> String {
    format!("lists and maps are nested deeper than {DEPTH_MAX} levels")
}

/// The message for a document of too many values.
fn too_many() -> String {
    format!("the document has more than {NODES_MAX} values")
}

#[cfg(test)]
mod tests;
