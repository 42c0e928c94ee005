//! Expressions: logic that computes a value instead of matching one.
//!
//! A small closed language, `JsonLogic` in its reach: constants, attributes, comparisons that
//! convert, arithmetic, text, lists. It is for flag management systems whose rules are such
//! trees; conditions say the rest better, and in words that explain themselves.

use std::sync::Arc;

use crate::bucketing::{Hash, Units};
use crate::reason::ErrorCode;
use crate::value::Value;

/// A tree of operations over the context.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Expression {
    /// What is computed.
    pub term: Term,
    /// Names at the top of the data that the context's attributes cannot take.
    pub supplied: Vec<(String, Supplied)>,
    /// What a failing evaluation comes to: this value, or the failure itself.
    pub when_failing: Option<Value>,
}

/// Something that the data has besides the context's attributes.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Supplied {
    /// Always this.
    Value(Value),
    /// The targeting key; null if the context has none.
    TargetingKey,
    /// The time of the evaluation in whole seconds since 1970.
    Seconds,
    /// An object of such things.
    Object(Vec<(String, Supplied)>),
}

/// A part of an expression.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Term {
    /// Always this.
    Value(Value),
    /// A list of what these come to.
    List(Vec<Term>),
    /// A function of these arguments. What lacks is null, what is too much is computed and ignored.
    Call(Function, Vec<Term>),
    /// A part that other expressions have, too: compiled once.
    Shared(Arc<Term>),
}

/// What a term does with its arguments.
///
/// Where a number is needed, null is 0, booleans are 0 and 1, text is the number it spells, an
/// empty list is 0, a list of one is that one; everything else is not a number. Where text is
/// needed, numbers are written with at most 15 digits, `true` is `True`, null is `null`, lists are
/// joined by commas, an object is `[object Object]`. False are null, `false`, 0, not-a-number,
/// empty text and the empty list.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Function {
    /// What the data has under this dotted path; the second argument where that is null.
    Attribute,
    /// The list of those paths under which the data has nothing or empty text.
    Missing,
    /// The same, but empty if at least this many of the second argument's paths are there.
    MissingSome,
    /// The value behind the first condition that is true, otherwise the last argument alone.
    If,
    /// The first that is false, otherwise the last.
    And,
    /// The first that is true, otherwise the last.
    Or,
    /// Whether it is false.
    Not,
    /// Whether it is true.
    IsTrue,
    /// Equal once converted: numbers win over text, a list or an object equals only itself.
    ConvertedEqual,
    /// The opposite.
    ConvertedUnequal,
    /// Equal in kind and value, part by part; booleans are the numbers 0 and 1.
    Equal,
    /// The opposite.
    Unequal,
    /// Smaller: as numbers if one of them is a number, otherwise as texts if one is text. A third
    /// argument makes it a chain.
    Less,
    /// Smaller or equal, in the same way.
    LessOrEqual,
    /// Larger, in the same way.
    Greater,
    /// Larger or equal, in the same way.
    GreaterOrEqual,
    /// The sum.
    Add,
    /// The product.
    Multiply,
    /// The difference, or the opposite number.
    Subtract,
    /// The quotient, a float; a division by zero fails.
    Divide,
    /// The remainder with the divisor's sign; a division by zero fails.
    Remainder,
    /// The first of the smallest.
    Minimum,
    /// The first of the largest.
    Maximum,
    /// What the second argument comes to for each element of the first.
    Map,
    /// Those elements for which the second argument is true.
    Filter,
    /// The last `accumulator` that the second argument made of `current` and the one before. The
    /// third argument is the first; it is a constant.
    Reduce,
    /// Whether the second argument is true for each element, and there is one.
    Every,
    /// Whether it is true for some element.
    Some,
    /// Whether it is true for no element.
    None,
    /// All in one list; lists give their elements.
    Merge,
    /// Whether the second, a list or a text, has the first inside.
    In,
    /// All as one text.
    Join,
    /// The part of a text from an index, and of a length; negative ones count from the end.
    Substring,
    /// The first argument.
    Same,
    /// Whether one text starts with another; null unless there are exactly two texts.
    StartsWith,
    /// Whether one text ends with another; null unless there are exactly two texts.
    EndsWith,
    /// Whether a version stands so to another: `1.2`, `=`, `v1.2.0`. Null if a version cannot be
    /// read or the operator is unknown. `^` is the same major, `~` the same major and minor.
    Version,
    /// A bucket chooses among pairs of result and weight.
    Fractional(Fractional),
    /// Computes its arguments and fails.
    Fails(ErrorCode),
}

/// How a bucket chooses. The first argument is the subject; if it is a list, or is no text where
/// only text is hashed, subject is who is evaluated, together with the flag.
///
/// Null is chosen where there is no subject, where a weight is no integer, and where the weights
/// add up to 0 or to more than 2³¹ − 1. A negative weight counts as 0.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub struct Fractional {
    /// The hash function.
    pub hash: Hash,
    /// What is hashed: with [`Units::Cbor`] any subject, and flag and targeting key as a list of
    /// two; otherwise text alone, and the two keys joined.
    pub units: Units,
    /// From the hash to the choice.
    pub spread: Spread,
    /// Path of the flag's key in the data.
    pub flag_path: Arc<str>,
    /// Path of the targeting key in the data.
    pub subject_path: Arc<str>,
}

/// From a hash to one of several weights.
#[derive(Clone, Copy, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Spread {
    /// The absolute value of the hash as a signed number, in per cent of 2³¹ − 1, against the
    /// weights in per cent of their sum.
    Percentage,
    /// `hash · sum >> 32` against the weights.
    Product,
}
