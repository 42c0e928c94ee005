//! Times, and what is taken for them.

use crate::timestamp::Timestamp;
use crate::value::ValueRef;

/// What is taken for a time.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(clippy::exhaustive_enums, reason = "plain data: a new kind must be said everywhere")]
pub enum TimeReading {
    /// RFC 3339 text, or a number of seconds since 1970.
    #[default]
    TextOrSeconds,
    /// RFC 3339 text, or a number of milliseconds since 1970, whose fraction does not count.
    TextOrMilliseconds,
    /// Text that [`Timestamp::parse_loosely`] reads, or a number of seconds since 1970.
    LooseTextOrSeconds,
    /// Text that [`Timestamp::parse_whole_seconds`] reads, or a number of seconds since 1970.
    WholeSeconds,
}

impl TimeReading {
    /// The time; `None` if the value cannot be read as one.
    pub fn read(self, value: ValueRef<'_>) -> Option<Timestamp> {
        match (self, value) {
            (Self::LooseTextOrSeconds, ValueRef::String(text)) => Timestamp::parse_loosely(text),
            (Self::WholeSeconds, ValueRef::String(text)) => Timestamp::parse_whole_seconds(text),
            (_, ValueRef::String(text)) => Timestamp::parse(text),
            (Self::TextOrSeconds | Self::LooseTextOrSeconds | Self::WholeSeconds, value) => {
                Timestamp::from_unix_seconds(float(value)?)
            }
            (Self::TextOrMilliseconds, ValueRef::Integer(milliseconds)) => {
                Timestamp::from_unix_milliseconds(milliseconds)
            }
            (Self::TextOrMilliseconds, ValueRef::Float(milliseconds)) => whole(milliseconds),
            (Self::TextOrMilliseconds, _) => None,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds of any calendar fit a float")]
fn float(value: ValueRef<'_>) -> Option<f64> {
    match value {
        ValueRef::Integer(value) => Some(value as f64),
        ValueRef::Float(value) => Some(value),
        _ => None,
    }
}

/// Milliseconds without their fraction.
#[expect(clippy::cast_possible_truncation, reason = "out of range saturates and is no time")]
fn whole(milliseconds: f64) -> Option<Timestamp> {
    if milliseconds.is_nan() {
        return None;
    }
    Timestamp::from_unix_milliseconds(milliseconds as i64)
}

#[cfg(test)]
mod tests;
