//! Times, and what is taken for them.

use crate::timestamp::Timestamp;
use crate::value::ValueRef;

/// What is taken for a time.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "plain data: a new kind must be said everywhere")]
pub enum TimeReading {
    /// RFC 3339 text, or a number of seconds since 1970.
    #[default]
    TextOrSeconds,
}

impl TimeReading {
    /// The time; `None` if the value cannot be read as one.
    pub(crate) fn read(self, value: ValueRef<'_>) -> Option<Timestamp> {
        match (self, value) {
            (Self::TextOrSeconds, ValueRef::String(text)) => Timestamp::parse(text),
            #[expect(clippy::cast_precision_loss, reason = "seconds of any calendar fit a float")]
            (Self::TextOrSeconds, ValueRef::Integer(seconds)) => {
                Timestamp::from_unix_seconds(seconds as f64)
            }
            (Self::TextOrSeconds, ValueRef::Float(seconds)) => {
                Timestamp::from_unix_seconds(seconds)
            }
            _ => None,
        }
    }
}
