//! Numerals: text that spells a number in plain decimals, such as `007`, `-7` or `1.50`.

use crate::value::Number;

/// What a text spells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Numeral<'t> {
    /// A whole number: its sign, and its digits without leading zeros.
    Integer { is_negative: bool, digits: &'t str },
    /// A number with digits behind a point.
    Float(f64),
}

impl<'t> Numeral<'t> {
    /// Reads ASCII digits behind a minus perhaps, and a point with digits on both sides perhaps.
    #[inline]
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let is_negative = unsigned.len() < text.len();
        if is_digits(unsigned) {
            let digits = match unsigned.trim_start_matches('0') {
                "" => "0",
                digits => digits,
            };
            return Some(Self::Integer { is_negative: is_negative && digits != "0", digits });
        }
        let (whole, fraction) = unsigned.split_once('.')?;
        let is_float = is_digits(whole) && is_digits(fraction);
        is_float.then(|| text.parse().ok()).flatten().map(Self::Float)
    }

    /// The number; whole numbers beyond 127 bits are the largest or smallest of those.
    pub(crate) fn number(self) -> Number {
        match self {
            Self::Integer { is_negative, digits } => Number::Integer(integer(is_negative, digits)),
            Self::Float(value) => Number::Float(value),
        }
    }
}

/// The whole number; beyond the reach of the type the largest or smallest.
fn integer(is_negative: bool, digits: &str) -> i128 {
    match (digits.parse::<i128>(), is_negative) {
        (Ok(value), false) => value,
        (Ok(value), true) => -value,
        (Err(_), false) => i128::MAX,
        (Err(_), true) => i128::MIN,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
