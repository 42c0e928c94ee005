//! Lengths as numbers to calculate with, and numbers as places in the order of all numbers.

pub(crate) use crate::arms::number;

/// A length as a number; above 2^53 it is known to 16 digits, and no statistic asks for more.
#[expect(clippy::cast_precision_loss, reason = "16 digits are enough, see above")]
pub(crate) fn number_of(length: usize) -> f64 {
    length as f64
}

/// Numbers in order as whole numbers in order, for a bisection that ends at the last bit.
pub(crate) fn place(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

/// The number at a place.
pub(crate) fn at(place: i64) -> f64 {
    let bits = if place < 0 { place ^ i64::MAX } else { place };
    f64::from_bits(bits.cast_unsigned())
}
