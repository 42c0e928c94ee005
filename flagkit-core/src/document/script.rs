//! Tests by the rules of a scripting language.

use super::order::Order;
use crate::value::Value;

/// What a value is tested for, as scripting languages (ECMA-262) convert and compare.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Script {
    /// Neither false, 0, not-a-number, empty text nor null.
    Truthy,
    /// Of this kind.
    IsA(Kind),
    /// `===`: the same kind and equal; lists and objects never are.
    Identical(Value),
    /// Its text in lower case is this, which must be in lower case.
    LowercaseText(String),
    /// Identical to one of these, texts in lower case, which these must be in; an element of a
    /// list counts for the list.
    LowercaseOneOf(Vec<Value>),
    /// Its compact JSON is this one's: `1.0` is `1`, and the order of keys counts.
    SameJson(Value),
    /// `<`, `<=`, `>`, `>=`: two texts by their code units, everything else as numbers.
    Ordered(Order, Value),
    /// A version whose parts of digits are padded to five places, compared as text: `1.2.10` is
    /// above `1.2.9`, and a release above its pre-releases.
    PaddedVersion(Order, String),
}

/// Kinds of values as a scripting language names them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Kind {
    /// `null`.
    Null,
    /// `boolean`.
    Boolean,
    /// `number`.
    Number,
    /// `string`.
    String,
    /// `array`.
    List,
    /// `object`.
    Object,
}
