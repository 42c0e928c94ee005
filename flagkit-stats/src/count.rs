//! Lengths as numbers to calculate with.

pub(crate) use crate::arms::number;

/// A length as a number; above 2^53 it is known to 16 digits, and no statistic asks for more.
#[expect(clippy::cast_precision_loss, reason = "16 digits are enough, see above")]
pub(crate) fn number_of(length: usize) -> f64 {
    length as f64
}
