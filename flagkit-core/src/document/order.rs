//! Orders: how an attribute may stand to an operand.

/// How two values stand to each other.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Order {
    /// The attribute equals the operand.
    Equal,
    /// The attribute is smaller or earlier.
    Less,
    /// The attribute is smaller, earlier or equal.
    LessOrEqual,
    /// The attribute is larger or later.
    Greater,
    /// The attribute is larger, later or equal.
    GreaterOrEqual,
}
