//! Trees that are built piece by piece: what YAML is composed into and conversion writes out.

use std::borrow::Cow;

use flagkit_core::{Structure, Value};

use super::tree::{self, Growing, Grown, Growth, Key, Span, Tree};
use super::{Entry, Node, too_deep};
use crate::error::DecodeError;

/// A value that owns what is inside of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Draft<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    Text(Cow<'a, str>),
    List(Vec<Draft<'a>>),
    Map(Vec<DraftEntry<'a>>),
}

/// A key and its value.
pub(crate) type DraftEntry<'a> = (Cow<'a, str>, Draft<'a>);

impl<'a> Draft<'a> {
    /// The same as nodes.
    pub(super) fn freeze(self, tree: &'a mut Tree<'a>) -> Result<Node<'a>, DecodeError> {
        let mut growth = Growth::default();
        let Growth { texts, levels } = &mut growth;
        let root = self.grow(texts, levels).ok_or_else(|| DecodeError::new(too_deep()))?;
        Ok(growth.freeze(root, tree))
    }

    /// Puts what is inside on these levels; nothing if they are too few.
    fn grow(self, texts: &mut String, levels: &mut [Growing<'a>]) -> Option<Grown<'a>> {
        Some(match self {
            Self::Null => Grown::Scalar(Node::Null),
            Self::Boolean(value) => Grown::Scalar(Node::Boolean(value)),
            Self::Integer(value) => Grown::Scalar(Node::Integer(value)),
            Self::Unsigned(value) => Grown::Scalar(Node::Unsigned(value)),
            Self::Float(value) => Grown::Scalar(Node::Float(value)),
            Self::Text(Cow::Borrowed(text)) => Grown::Scalar(Node::Text(text)),
            Self::Text(Cow::Owned(text)) => Grown::Text(tree::keep(texts, &text)),
            Self::List(items) => {
                let (level, below) = levels.split_first_mut()?;
                let start = level.items.len();
                for item in items {
                    level.items.push(item.grow(texts, below)?);
                }
                Grown::List(Span::new(start, level.items.len()))
            }
            Self::Map(entries) => {
                let (level, below) = levels.split_first_mut()?;
                let start = level.entries.len();
                for (key, value) in entries {
                    let key = match key {
                        Cow::Borrowed(key) => Key::Borrowed(key),
                        Cow::Owned(key) => Key::Text(tree::keep(texts, &key)),
                    };
                    level.entries.push((key, value.grow(texts, below)?));
                }
                Grown::Map(Span::new(start, level.entries.len()))
            }
        })
    }
}

impl Draft<'_> {
    /// The value under this key, if this is a map; the first of several.
    pub(crate) fn entry(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => {
                entries.iter().find(|(other, _)| other == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The same as a value of the core; of a key that is there twice the last counts.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(&**text),
            Self::List(items) => Value::List(items.iter().map(Draft::to_value).collect()),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (&**key, value.to_value()));
                Value::from(entries.collect::<Structure>())
            }
            scalar => scalar.scalar().to_value(),
        }
    }

    /// What kind of value this is, in the words of messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::List(_) => Node::List(&[]).kind(),
            Self::Map(_) => Node::Map(&[]).kind(),
            scalar => scalar.scalar().kind(),
        }
    }

    /// The same as a node, if nothing is inside; else null.
    fn scalar(&self) -> Node<'_> {
        match self {
            Self::Boolean(value) => Node::Boolean(*value),
            Self::Integer(value) => Node::Integer(*value),
            Self::Unsigned(value) => Node::Unsigned(*value),
            Self::Float(value) => Node::Float(*value),
            Self::Text(text) => Node::Text(text),
            Self::Null | Self::List(_) | Self::Map(_) => Node::Null,
        }
    }
}

impl Node<'_> {
    /// A copy that borrows nothing.
    #[expect(clippy::wrong_self_convention, reason = "lists are mapped by reference")]
    pub(crate) fn to_draft(&self) -> Draft<'static> {
        match self {
            Self::Null => Draft::Null,
            Self::Boolean(value) => Draft::Boolean(*value),
            Self::Integer(value) => Draft::Integer(*value),
            Self::Unsigned(value) => Draft::Unsigned(*value),
            Self::Float(value) => Draft::Float(*value),
            Self::Text(text) => Draft::Text(Cow::Owned((*text).to_owned())),
            Self::List(items) => Draft::List(items.iter().map(Node::to_draft).collect()),
            Self::Map(entries) => {
                let owned =
                    |(key, value): &Entry<'_>| (Cow::Owned((*key).to_owned()), value.to_draft());
                Draft::Map(entries.iter().map(owned).collect())
            }
        }
    }
}
