//! Text, and what is taken for it.

use std::fmt::Write;
use std::str;

use crate::reading::numeral::Numeral;
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
    /// Text, numbers and booleans as Python prints them (`True`, `3.0`, `1e-05`); text that
    /// spells a number in plain decimals is that number (`007` is `7`, `1.50` is `1.5`).
    Numerals,
    /// Integers in decimal, also those that text spells (`007` is `7`), and text that spells no
    /// number.
    WholeNumerals,
}

impl TextReading {
    /// Calls `then` with the text; `None` if the value cannot be read as text.
    #[inline]
    pub(crate) fn with<R>(self, value: ValueRef<'_>, then: impl FnOnce(&str) -> R) -> Option<R> {
        match (value, self) {
            (ValueRef::String(text), Self::Numerals | Self::WholeNumerals) => {
                self.with_numeral(text, then)
            }
            (ValueRef::String(text), _) => Some(then(text)),
            (other, reading) => reading.with_other(other, then),
        }
    }

    /// The text, for those who keep it; `None` if the value cannot be read as text.
    pub fn text(self, value: ValueRef<'_>) -> Option<String> {
        self.with(value, str::to_owned)
    }

    /// Whether text is read as it is.
    pub(crate) fn keeps_text(self) -> bool {
        !matches!(self, Self::Numerals | Self::WholeNumerals)
    }

    fn with_numeral<R>(self, text: &str, then: impl FnOnce(&str) -> R) -> Option<R> {
        match (Numeral::parse(text), self) {
            (None, _) => Some(then(text)),
            (Some(Numeral::Integer { is_negative: false, digits }), _) => Some(then(digits)),
            (Some(Numeral::Integer { is_negative: true, digits }), _) => {
                let is_canonical = text.len() == digits.len() + 1;
                Some(if is_canonical { then(text) } else { then(&format!("-{digits}")) })
            }
            (Some(Numeral::Float(value)), Self::Numerals) => Some(with_python_float(value, then)),
            (Some(Numeral::Float(_)), _) => None,
        }
    }

    fn with_other<R>(self, value: ValueRef<'_>, then: impl FnOnce(&str) -> R) -> Option<R> {
        match (self, value) {
            (Self::Json, _) => Some(with_printed(value, then)),
            (
                Self::Integers | Self::Numerals | Self::WholeNumerals,
                ValueRef::Integer(_) | ValueRef::Unsigned(_),
            ) => Some(with_printed(value, then)),
            (Self::Numerals, ValueRef::Boolean(value)) => {
                Some(then(if value { "True" } else { "False" }))
            }
            (Self::Numerals, ValueRef::Float(value)) => Some(with_python_float(value, then)),
            (Self::Integers | Self::Strict | Self::Numerals | Self::WholeNumerals, _) => None,
        }
    }
}

/// Calls `then` with a value that is no text, as compact JSON.
#[inline(never)]
fn with_printed<R>(value: ValueRef<'_>, then: impl FnOnce(&str) -> R) -> R {
    let mut short = ShortText { bytes: [0; 48], len: 0 };
    if write!(short, "{value}").is_ok() {
        let written = short.bytes.get(..short.len).and_then(|bytes| str::from_utf8(bytes).ok());
        return then(written.unwrap_or_default());
    }
    then(&value.to_string())
}

/// Calls `then` with the shortest digits that mean the float, as Python arranges them.
#[inline(never)]
fn with_python_float<R>(value: f64, then: impl FnOnce(&str) -> R) -> R {
    let mut short = ShortText { bytes: [0; 48], len: 0 };
    // INVARIANT: a double has at most 17 digits and at most 16 of them before the point.
    let _ = write_python_float(value, &mut short);
    let written = short.bytes.get(..short.len).and_then(|bytes| str::from_utf8(bytes).ok());
    then(written.unwrap_or_default())
}

/// `3.0`, `1e+16`, `1e-05`, `inf`, `nan`.
fn write_python_float(value: f64, out: &mut ShortText) -> std::fmt::Result {
    if value.is_nan() {
        return out.write_str("nan");
    }
    if value.is_infinite() {
        return write!(out, "{value}");
    }
    if value == 0.0 || (1e-4..1e16).contains(&value.abs()) {
        return write!(out, "{value:?}");
    }
    let mut scientific = ShortText { bytes: [0; 48], len: 0 };
    write!(scientific, "{value:e}")?;
    let text = scientific.bytes.get(..scientific.len).and_then(|bytes| str::from_utf8(bytes).ok());
    let (digits, exponent) = text.and_then(|text| text.split_once('e')).unwrap_or_default();
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |e| ('-', e));
    write!(out, "{digits}e{sign}{exponent:0>2}")
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
