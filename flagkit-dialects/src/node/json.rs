//! JSON text to nodes.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::tree::{self, Growing, Grown, Growth, Key, Span, Tree};
use super::{NODES_MAX, Node, too_deep, too_many};
use crate::error::{DecodeError, Position};

pub(crate) fn read<'a>(text: &'a str, tree: &'a mut Tree<'a>) -> Result<Node<'a>, DecodeError> {
    let mut growth = Growth::default();
    let Growth { texts, levels } = &mut growth;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Reader { nodes: &mut 0, texts, levels }.deserialize(&mut deserializer);
    let read = read.and_then(|root| deserializer.end().map(|()| root));
    let root = read.map_err(|error| unreadable(text, &error))?;
    Ok(growth.freeze(root, tree))
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
struct Reader<'s, 'de> {
    nodes: &'s mut usize,
    texts: &'s mut String,
    /// The levels below the value.
    levels: &'s mut [Growing<'de>],
}

impl<'s, 'de> Reader<'s, 'de> {
    /// The level of what is inside of a list or map, and the reader of it.
    fn inside<E: serde::de::Error>(self) -> Result<(&'s mut Growing<'de>, Self), E> {
        let (level, levels) = self.levels.split_first_mut().ok_or_else(|| E::custom(too_deep()))?;
        Ok((level, Self { levels, ..self }))
    }

    fn again(&mut self) -> Reader<'_, 'de> {
        Reader { nodes: self.nodes, texts: self.texts, levels: self.levels }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_, 'de> {
    type Value = Grown<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Grown<'de>, D::Error> {
        *self.nodes += 1;
        if *self.nodes > NODES_MAX {
            return Err(serde::de::Error::custom(too_many()));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_, 'de> {
    type Value = Grown<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Grown<'de>, E> {
        Ok(Grown::Scalar(Node::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Grown<'de>, E> {
        Ok(Grown::Scalar(Node::Boolean(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Grown<'de>, E> {
        Ok(Grown::Scalar(Node::Integer(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Grown<'de>, E> {
        let integer = i64::try_from(value).map_or(Node::Unsigned(value), Node::Integer);
        Ok(Grown::Scalar(integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Grown<'de>, E> {
        Ok(Grown::Scalar(Node::Float(value)))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Grown<'de>, E> {
        Ok(Grown::Scalar(Node::Text(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Grown<'de>, E> {
        Ok(Grown::Text(tree::keep(self.texts, text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Grown<'de>, A::Error> {
        let (level, mut inside) = self.inside()?;
        let start = level.items.len();
        while let Some(item) = items.next_element_seed(inside.again())? {
            level.items.push(item);
        }
        Ok(Grown::List(Span::new(start, level.items.len())))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Grown<'de>, A::Error> {
        let (level, mut inside) = self.inside()?;
        let start = level.entries.len();
        while let Some(key) = entries.next_key_seed(KeyReader { texts: inside.texts })? {
            let value = entries.next_value_seed(inside.again())?;
            level.entries.push((key, value));
        }
        Ok(Grown::Map(Span::new(start, level.entries.len())))
    }
}

/// Reads a key, borrowed where it has no escapes.
struct KeyReader<'s> {
    texts: &'s mut String,
}

impl<'de> DeserializeSeed<'de> for KeyReader<'_> {
    type Value = Key<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key<'de>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeyReader<'_> {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
        Ok(Key::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
        Ok(Key::Text(tree::keep(self.texts, text)))
    }
}
