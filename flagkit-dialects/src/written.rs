//! Text as it was written: YAML or JSON as a tree, for formats that are not about flags.

use crate::error::DecodeError;
use crate::node::{self, Node, Tree};

/// A value as it was written. Maps keep the order of keys, and keys that are there twice.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "these are the values of JSON, and there are no others"
)]
pub enum Written {
    /// `null`, or nothing.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number within 64 bits.
    Integer(i64),
    /// Any other number; always finite.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Written>),
    /// Keys and values.
    Map(Vec<(String, Written)>),
}

impl Written {
    /// What kind of value this is, in the words of messages: `a list`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }

    /// What is there, for messages: ``the text `yes` ``, `a list`.
    pub fn summary(&self) -> String {
        match self {
            Self::Text(text) => format!("the text `{}`", node::shortened(text)),
            Self::Boolean(value) => format!("`{value}`"),
            Self::Integer(value) => format!("`{value}`"),
            Self::Float(value) => format!("`{value}`"),
            Self::Null | Self::List(_) | Self::Map(_) => self.kind().to_owned(),
        }
    }
}

/// Reads text as JSON if it begins like JSON, else as YAML, as a tree of at most so many values.
///
/// ```
/// use flagkit_dialects::{Written, written};
///
/// let tree = written("weight: 5%", 100)?;
/// assert_eq!(tree, Written::Map(vec![("weight".into(), Written::Text("5%".into()))]));
/// assert!(written("[1, 2, 3]", 3).is_err());
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
///
/// # Errors
///
/// Text that is neither, with line and column; 64 levels of nesting; more values than allowed, those
/// that aliases repeat included.
pub fn written(text: &str, values_max: usize) -> Result<Written, DecodeError> {
    let mut tree = Tree::default();
    let root = node::read(node::without_mark(text), &mut tree)?;
    let mut left = values_max;
    copy(&root, &mut left)
        .ok_or_else(|| DecodeError::new(format!("the text has more than {values_max} values")))
}

/// A copy, if there are not too many values.
fn copy(node: &Node<'_>, left: &mut usize) -> Option<Written> {
    *left = left.checked_sub(1)?;
    let copied = match node {
        Node::Null => Written::Null,
        Node::Boolean(value) => Written::Boolean(*value),
        Node::Integer(value) => Written::Integer(*value),
        Node::Unsigned(_) | Node::Float(_) => Written::Float(node.as_float()?),
        Node::Text(text) => Written::Text((*text).to_owned()),
        Node::List(items) => {
            Written::List(items.iter().map(|item| copy(item, left)).collect::<Option<_>>()?)
        }
        Node::Map(entries) => {
            let copied =
                |(key, value): &(&str, Node<'_>)| Some(((*key).to_owned(), copy(value, left)?));
            Written::Map(entries.iter().map(copied).collect::<Option<_>>()?)
        }
    };
    Some(copied)
}
