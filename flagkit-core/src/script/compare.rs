//! Truth, equality and order.

use std::cmp::Ordering;

use super::number;
use super::text::{self, with_text};
use crate::value::ValueRef;

/// Whether a condition takes the value for true: not false, 0, not-a-number, empty or null.
pub(crate) fn is_truthy(value: ValueRef<'_>) -> bool {
    match value {
        ValueRef::Null => false,
        ValueRef::Boolean(value) => value,
        ValueRef::String(text) => !text.is_empty(),
        ValueRef::List(_) | ValueRef::Structure(_) => true,
        number => number::float(number).is_some_and(|float| float != 0.0 && !float.is_nan()),
    }
}

/// `===`: the same kind and equal; lists and objects never are.
pub(crate) fn are_identical(left: ValueRef<'_>, right: ValueRef<'_>) -> bool {
    match (left, right) {
        (ValueRef::Null, ValueRef::Null) => true,
        (ValueRef::Boolean(left), ValueRef::Boolean(right)) => left == right,
        (ValueRef::String(left), ValueRef::String(right)) => left == right,
        _ => match (number::float(left), number::float(right)) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        },
    }
}

/// How two values stand to each other: two texts by their code units, everything else as
/// numbers; `None` if one of them is no number.
pub(crate) fn compare(left: ValueRef<'_>, right: ValueRef<'_>) -> Option<Ordering> {
    if text::is_primitively_text(left) && text::is_primitively_text(right) {
        let by_units = |left: &str, right: &str| left.encode_utf16().cmp(right.encode_utf16());
        return Some(with_text(left, |left| with_text(right, |right| by_units(left, right))));
    }
    number_of(left).partial_cmp(&number_of(right))
}

/// The number of any value: 0 for null, false and blank text, not-a-number for most others.
pub(crate) fn number_of(value: ValueRef<'_>) -> f64 {
    match value {
        ValueRef::Null => 0.0,
        ValueRef::Boolean(value) => f64::from(u8::from(value)),
        ValueRef::String(text) => number::parse(text),
        ValueRef::List(_) => with_text(value, number::parse),
        ValueRef::Structure(_) => f64::NAN,
        number => number::float(number).unwrap_or(f64::NAN),
    }
}
