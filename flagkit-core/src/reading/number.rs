//! Numbers, and what is taken for them.

use crate::reading::numeral::Numeral;
use crate::script;
use crate::timestamp::Timestamp;
use crate::value::{Number, ValueRef};

/// What is taken for a number.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(clippy::exhaustive_enums, reason = "plain data: a new kind must be said everywhere")]
pub enum NumberReading {
    /// Numbers only.
    #[default]
    Strict,
    /// Numbers, and text that is a finite number once blanks around it are removed.
    InText,
    /// Numbers, text that spells one in plain decimals (`007`, `-1.50`), and booleans as 1 and 0.
    NumeralsAndBooleans,
    /// Doubles: numbers are rounded to one, and text counts that is one without blanks around
    /// it, `inf` and `NaN` included.
    Doubles,
    /// Milliseconds since 1970: whole numbers, text that is one, and times as text of 8 to 20
    /// bytes that [`Timestamp::parse_leniently`] reads. What is less than 10¹⁰ away from 1970 was
    /// meant in seconds.
    Milliseconds,
    /// Integers, and text that is one: blanks around it, a sign, and single `_` between its digits
    /// count for nothing (` +1_000 `).
    IntegersInText,
    /// 32-bit integers, and text that is one without blanks: `5`, `+5`, `007`.
    Int32InText,
    /// Numbers rounded to a double and cut to a whole number, towards zero.
    CutDoubles,
    /// Every value, as scripting languages convert it: 0 for false and blank text, 31 for
    /// `0x1F`, not-a-number, which equals nothing, for most others.
    Script,
    /// Numbers rounded to floats, `true` and `false` as 1 and 0, and text that is a number once
    /// blanks around it are removed and a comma counts as the point; `NaN` and `Infinity` count.
    DecimalComma,
}

impl NumberReading {
    /// The number; `None` if the value cannot be read as one.
    #[inline]
    pub(crate) fn read(self, value: ValueRef<'_>) -> Option<Number> {
        match (self, value) {
            (Self::InText, ValueRef::String(text)) => Number::parse(text),
            (Self::NumeralsAndBooleans, ValueRef::String(text)) => {
                Numeral::parse(text).map(Numeral::number)
            }
            (Self::NumeralsAndBooleans, ValueRef::Boolean(value)) => {
                Some(Number::Integer(value.into()))
            }
            (Self::Milliseconds, value) => milliseconds(value),
            (Self::IntegersInText, ValueRef::String(text)) => Number::parse_integer(text),
            (Self::IntegersInText, ValueRef::Float(_)) => None,
            (Self::CutDoubles, value) => cut(double(value)?),
            (Self::Doubles, ValueRef::String(text)) => text.parse().ok().map(Number::Float),
            (Self::Doubles, value) => double(value).map(Number::Float),
            (Self::Int32InText, ValueRef::String(text)) => {
                text.parse().ok().map(|number: i32| Number::Integer(number.into()))
            }
            (Self::Int32InText, value) => int_32(value),
            (Self::Script, value) => Some(Number::Float(script::number_of(value))),
            (Self::DecimalComma, value) => with_comma(value).map(Number::Float),
            (_, value) => number(value),
        }
    }
}

fn int_32(value: ValueRef<'_>) -> Option<Number> {
    let number = number(value).filter(|number| matches!(number, Number::Integer(_)))?;
    i32::try_from(number.to_integer()?).ok().map(|_| number)
}

#[expect(clippy::cast_precision_loss, reason = "this reading rounds")]
fn with_comma(value: ValueRef<'_>) -> Option<f64> {
    match value {
        ValueRef::Integer(value) => Some(value as f64),
        ValueRef::Unsigned(value) => Some(value as f64),
        ValueRef::Float(value) => Some(value),
        ValueRef::Boolean(value) => Some(f64::from(u8::from(value))),
        ValueRef::String(text) => match text.trim().split_once(',') {
            None => text.trim().parse().ok(),
            Some((whole, fraction)) => with_point(whole, fraction),
        },
        _ => None,
    }
}

/// The two parts with a point between them; nothing longer is a number that anybody writes.
fn with_point(whole: &str, fraction: &str) -> Option<f64> {
    let mut bytes = [0; LONGEST];
    let (len, end) = (whole.len(), whole.len() + 1 + fraction.len());
    bytes.get_mut(..len)?.copy_from_slice(whole.as_bytes());
    *bytes.get_mut(len)? = b'.';
    bytes.get_mut(len + 1..end)?.copy_from_slice(fraction.as_bytes());
    str::from_utf8(bytes.get(..end)?).ok()?.parse().ok()
}

fn milliseconds(value: ValueRef<'_>) -> Option<Number> {
    let given = match value {
        ValueRef::String(text) => text.parse().ok().or_else(|| of_time(text))?,
        value => number(value)?.to_integer().and_then(|whole| i64::try_from(whole).ok())?,
    };
    let is_in_seconds = given.unsigned_abs() < 10_000_000_000;
    Some(Number::from(if is_in_seconds { given * 1000 } else { given }))
}

fn of_time(text: &str) -> Option<i64> {
    let is_plausible = (8..=20).contains(&text.len());
    is_plausible.then(|| Timestamp::parse_leniently(text))?.map(Timestamp::unix_milliseconds)
}

/// The number that a value is.
pub(crate) fn number(value: ValueRef<'_>) -> Option<Number> {
    match value {
        ValueRef::Integer(value) => Some(value.into()),
        ValueRef::Unsigned(value) => Some(value.into()),
        ValueRef::Float(value) => Some(Number::Float(value)),
        _ => None,
    }
}

/// A double without its fraction; `None` beyond 64 bits.
#[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
fn cut(double: f64) -> Option<Number> {
    let fits = double.abs() < 9_223_372_036_854_775_808.0;
    fits.then_some(Number::Integer(i128::from(double as i64)))
}

/// The double that is nearest to a number.
#[expect(clippy::cast_precision_loss, reason = "the reading asks for a double")]
pub(super) fn double(value: ValueRef<'_>) -> Option<f64> {
    match value {
        ValueRef::Integer(value) => Some(value as f64),
        ValueRef::Unsigned(value) => Some(value as f64),
        ValueRef::Float(value) => Some(value),
        _ => None,
    }
}

/// The longest decimal expansion of a float has fewer characters.
const LONGEST: usize = 1280;

#[cfg(test)]
mod tests;
