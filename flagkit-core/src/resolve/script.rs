//! Does a value meet a test by the rules of a scripting language?

use std::cmp::Ordering;

use crate::document::{Kind, Order, Script};
use crate::script::{self, are_identical, are_same_json, is_lowercase_of, with_text};
use crate::value::{Value, ValueRef};

impl Script {
    /// Whether a value that is there meets this.
    pub(super) fn is_met_by(&self, value: ValueRef<'_>) -> bool {
        match self {
            Self::Truthy => script::is_truthy(value),
            Self::IsA(kind) => *kind == Kind::of(value),
            Self::Identical(operand) => are_identical(value, operand.borrow()),
            Self::LowercaseText(operand) => with_text(value, |text| is_lowercase_of(operand, text)),
            Self::LowercaseOneOf(operands) => match value {
                ValueRef::List(list) => list.iter().any(|element| is_among(element, operands)),
                other => is_among(other, operands),
            },
            Self::SameJson(operand) => are_same_json(value, operand.borrow()),
            Self::Ordered(order, operand) => order.admits(script::compare(value, operand.borrow())),
            Self::PaddedVersion(order, operand) => {
                order.admits(Some(script::compare_versions(value, operand)))
            }
        }
    }
}

impl Kind {
    fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Boolean(_) => Self::Boolean,
            ValueRef::Integer(_) | ValueRef::Unsigned(_) | ValueRef::Float(_) => Self::Number,
            ValueRef::String(_) => Self::String,
            ValueRef::List(_) => Self::List,
            ValueRef::Structure(_) => Self::Object,
        }
    }
}

impl Order {
    /// Whether things that compare like this are in this order; incomparable ones never are.
    fn admits(self, found: Option<Ordering>) -> bool {
        found.is_some_and(|found| match self {
            Self::Equal => found.is_eq(),
            Self::Less => found.is_lt(),
            Self::LessOrEqual => found.is_le(),
            Self::Greater => found.is_gt(),
            Self::GreaterOrEqual => found.is_ge(),
        })
    }
}

/// Whether a value is one of these once its text is in lower case.
fn is_among(value: ValueRef<'_>, operands: &[Value]) -> bool {
    operands.iter().any(|operand| match (value, operand) {
        (ValueRef::String(text), Value::String(operand)) => is_lowercase_of(operand, text),
        (value, operand) => are_identical(value, operand.borrow()),
    })
}

#[cfg(test)]
mod tests;
