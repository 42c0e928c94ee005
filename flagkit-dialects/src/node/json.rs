//! JSON text to nodes.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::{DEPTH_MAX, Entry, NODES_MAX, Node, too_deep, too_many};
use crate::error::{DecodeError, Position};

pub(crate) fn read(text: &str) -> Result<Node<'_>, DecodeError> {
    let state = State::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Reader { depth: 0, state: &state }.deserialize(&mut deserializer);
    let read = read.and_then(|node| deserializer.end().map(|()| node));
    read.map_err(|error| unreadable(text, &error))
}

fn unreadable(text: &str, error: &serde_json::Error) -> DecodeError {
    let position = position_at(text, error.line(), error.column());
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&suffix).unwrap_or(&message);
    let message = match error.classify() {
        Category::Eof => format!("the document ends too early: {}", message.to_lowercase()),
        Category::Syntax => format!("this is no JSON: {message}"),
        Category::Data | Category::Io => message.to_owned(),
    };
    DecodeError::new(message).at(Some(position))
}

/// The place at this byte of a line, both from 1.
pub(crate) fn position_at(text: &str, line: usize, column_bytes: usize) -> Position {
    let content = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let before = content.bytes().take(column_bytes.saturating_sub(1));
    // Every character has one byte that does not continue another one.
    let characters = before.filter(|byte| byte & 0xc0 != 0x80).count();
    Position { line: line.max(1), column: characters + 1 }
}

/// Reads one value and counts what it finds.
#[derive(Clone, Copy)]
struct Reader<'s, 'de> {
    depth: usize,
    state: &'s State<'de>,
}

/// What is read and still open. Lists and maps grow here, and leave with exactly the room that
/// they need: most are small, and a vector that grows would hold space for four.
#[derive(Default)]
struct State<'de> {
    nodes: Cell<usize>,
    items: RefCell<Vec<Node<'de>>>,
    entries: RefCell<Vec<Entry<'de>>>,
}

impl Reader<'_, '_> {
    fn count<E: serde::de::Error>(self) -> Result<(), E> {
        let nodes = self.state.nodes.get() + 1;
        self.state.nodes.set(nodes);
        if nodes > NODES_MAX { Err(E::custom(too_many())) } else { Ok(()) }
    }

    /// The reader of what is inside a list or map.
    fn inside<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > DEPTH_MAX { Err(E::custom(too_deep())) } else { Ok(Self { depth, ..self }) }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_, 'de> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_, 'de> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'de>, E> {
        Ok(Node::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node<'de>, E> {
        Ok(Node::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node<'de>, E> {
        Ok(i64::try_from(value).map_or(Node::Unsigned(value), Node::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node<'de>, E> {
        Ok(Node::Float(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node<'de>, A::Error> {
        let inside = self.inside()?;
        let open = &self.state.items;
        let start = open.borrow().len();
        while let Some(item) = items.next_element_seed(inside)? {
            open.borrow_mut().push(item);
        }
        Ok(Node::List(open.borrow_mut().drain(start..).collect()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node<'de>, A::Error> {
        let inside = self.inside()?;
        let open = &self.state.entries;
        let start = open.borrow().len();
        while let Some(key) = entries.next_key_seed(Key)? {
            let value = entries.next_value_seed(inside)?;
            open.borrow_mut().push((key, value));
        }
        Ok(Node::Map(open.borrow_mut().drain(start..).collect()))
    }
}

/// Reads a key, borrowed where it has no escapes; serde's own `Cow` always copies.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
