//! Operands that are more than a value.

use std::fmt;

/// An operand for each kind that a value may be of.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct ByKind {
    /// For booleans; `false` is smaller than `true`.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub boolean: Option<bool>,
    /// For whole numbers.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub integer: Option<i128>,
    /// For numbers with a fraction; it may be infinite or not-a-number.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub float: Option<f64>,
    /// For text.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub text: Option<TextOperand>,
}

/// An operand for text.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum TextOperand {
    /// Text, compared byte by byte.
    Text(String),
    /// A semantic version; text that is none cannot be read.
    Version(String),
}

/// A pattern that an engine outside of this crate has compiled, for languages of patterns that
/// need more than linear time.
pub trait ForeignPattern: fmt::Debug + Send + Sync {
    /// Whether it matches; `None` if its engine gave up.
    fn matches(&self, text: &str) -> Option<bool>;

    /// The pattern as its author wrote it.
    fn source(&self) -> &str;
}

impl PartialEq for dyn ForeignPattern {
    /// The very same pattern: two that match the same texts are not known to be equal.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::addr_eq(self, other)
    }
}

/// How one set stands to another; of a list, as many elements as are equal count as one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum SetRelation {
    /// It contains all of them.
    ContainsAll,
    /// It contains at least one of them.
    ContainsAny,
    /// It contains exactly them.
    Equals,
    /// It contains nothing but them, and something.
    PartOf,
}
