//! Values compared with the operand of their own kind, and remainders.

use crate::document::{ByKind, Order, TextOperand};
use crate::reading::{Numeral, number};
use crate::semantic_version::SemanticVersion;
use crate::value::{Number, ValueRef};

impl ByKind {
    /// `None` if there is no operand for a value of this kind.
    pub(super) fn compare(&self, order: Order, value: ValueRef<'_>) -> Option<bool> {
        match value {
            ValueRef::Boolean(value) => Some(order.holds(&value, &self.boolean?)),
            ValueRef::String(text) => match Numeral::parse(text) {
                Some(numeral) => self.compare_number(order, numeral.number()),
                None => self.text.as_ref()?.compare(order, text),
            },
            other => self.compare_number(order, number(other)?),
        }
    }

    fn compare_number(&self, order: Order, value: Number) -> Option<bool> {
        match value {
            Number::Integer(value) => Some(order.holds(&value, &self.integer?)),
            Number::Float(value) => Some(order.holds(&value, &self.float?)),
        }
    }
}

impl TextOperand {
    fn compare(&self, order: Order, text: &str) -> Option<bool> {
        match self {
            Self::Text(operand) => Some(order.holds(&text, &operand.as_str())),
            Self::Version(operand) => {
                let version = SemanticVersion::parse(text)?;
                Some(order.holds(&version, &SemanticVersion::parse(operand)?))
            }
        }
    }
}

/// What is left of a division that rounds down, so that it has the sign of the divisor.
pub(super) fn modulo(value: Number, divisor: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "the divisor is a float, too")]
    let value = match value {
        Number::Integer(value) => value as f64,
        Number::Float(value) => value,
    };
    let left = value % divisor;
    if left != 0.0 && (left < 0.0) != (divisor < 0.0) { left + divisor } else { left }
}

#[cfg(test)]
mod tests;
