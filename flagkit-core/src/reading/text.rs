//! Text, and what is taken for it.

use std::fmt::Write;
use std::str;

use crate::value::ValueRef;

/// What is taken for text.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "plain data: a new kind must be said everywhere")]
pub enum TextReading {
    /// Text only.
    #[default]
    Strict,
    /// Every value: text as it is, everything else as compact JSON (`42`, `2.5`, `true`, `[1]`).
    Json,
    /// Text, and integers in decimal.
    Integers,
}

impl TextReading {
    /// Calls `then` with the text; `None` if the value cannot be read as text.
    #[inline]
    pub(crate) fn with<R>(self, value: ValueRef<'_>, then: impl FnOnce(&str) -> R) -> Option<R> {
        match (value, self) {
            (ValueRef::String(text), _) => Some(then(text)),
            (other, reading) => reading.with_other(other, then),
        }
    }

    fn with_other<R>(self, value: ValueRef<'_>, then: impl FnOnce(&str) -> R) -> Option<R> {
        match (self, value) {
            (Self::Json, _) | (Self::Integers, ValueRef::Integer(_) | ValueRef::Unsigned(_)) => {
                Some(with_printed(value, then))
            }
            (Self::Integers | Self::Strict, _) => None,
        }
    }
}

/// Calls `then` with the text of a value: text as it is, everything else as compact JSON.
#[inline]
pub(crate) fn with_text<R>(value: ValueRef<'_>, then: impl FnOnce(&str) -> R) -> R {
    match value {
        ValueRef::String(text) => then(text),
        other => with_printed(other, then),
    }
}

#[inline(never)]
fn with_printed<R>(value: ValueRef<'_>, then: impl FnOnce(&str) -> R) -> R {
    let mut short = ShortText { bytes: [0; 48], len: 0 };
    if write!(short, "{value}").is_ok() {
        let written = short.bytes.get(..short.len).and_then(|bytes| str::from_utf8(bytes).ok());
        return then(written.unwrap_or_default());
    }
    then(&value.to_string())
}

/// Room for the text of any number or boolean.
struct ShortText {
    bytes: [u8; 48],
    len: usize,
}

impl Write for ShortText {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.len + text.len();
        let place = self.bytes.get_mut(self.len..end).ok_or(std::fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
