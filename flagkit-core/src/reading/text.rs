//! Text, and what is taken for it.

use std::fmt::{self, Write};
use std::str;

use crate::reading::number::double;
use crate::reading::numeral::Numeral;
use crate::script;
use crate::text::ShortText;
use crate::value::ValueRef;

/// What is taken for text.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(clippy::exhaustive_enums, reason = "plain data: a new kind must be said everywhere")]
pub enum TextReading {
    /// Text only.
    #[default]
    Strict,
    /// Every value: text as it is, everything else as compact JSON (`42`, `2.5`, `true`, `[1]`).
    Json,
    /// Every value: text as it is, everything else as JSON with blanks after its separators, and
    /// in ASCII (`42`, `1e-05`, `true`, `["a", "\u00fc"]`).
    SpacedJson,
    /// Text, and integers in decimal.
    Integers,
    /// Text in lower case, character by character and each to one character.
    Lowercase,
    /// Text, numbers and booleans as Python prints them (`True`, `3.0`, `1e-05`); text that
    /// spells a number in plain decimals is that number (`007` is `7`, `1.50` is `1.5`).
    Numerals,
    /// Integers in decimal, also those that text spells (`007` is `7`), and text that spells no
    /// number.
    WholeNumerals,
    /// Text, booleans, and numbers as doubles written out, never with an exponent: `1`, `0.5`,
    /// `1000000000000000000000`, `NaN`.
    Doubles,
    /// The same, and lists as compact JSON.
    DoublesAndLists,
    /// Every value, as scripting languages convert it: `1` for `1.0`, `null`, `a,b` for a list,
    /// `[object Object]`.
    Script,
    /// The same with every UTF-16 code unit as a character of its own. The two units that a
    /// character beyond U+FFFF needs are moved from U+D800 to [`SURROGATES`](crate::document::SURROGATES).
    ScriptUnits,
    /// Every value: text as it is, numbers as scripting languages print them (`1`, `1e+21`,
    /// `NaN`), `True` and `False`, everything else as compact JSON.
    ScriptNumbers,
}

impl TextReading {
    /// Calls `then` with the text; `None` if the value cannot be read as text.
    #[inline]
    pub(crate) fn with<R>(self, value: ValueRef<'_>, then: impl FnOnce(&str) -> R) -> Option<R> {
        match (value, self) {
            (ValueRef::String(text), Self::Numerals | Self::WholeNumerals) => {
                self.with_numeral(text, then)
            }
            (ValueRef::String(text), Self::Lowercase) => Some(with_lowercase(text, then)),
            (_, Self::ScriptUnits) => Some(script::with_units(value, then)),
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
        !matches!(self, Self::Numerals | Self::WholeNumerals | Self::ScriptUnits | Self::Lowercase)
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
            (Self::SpacedJson, _) => Some(with_printed(value, ValueRef::write_spaced_json, then)),
            (Self::Numerals | Self::ScriptNumbers, ValueRef::Boolean(value)) => {
                Some(then(if value { "True" } else { "False" }))
            }
            (Self::Numerals, ValueRef::Float(value)) => Some(with_python_float(value, then)),
            (Self::Doubles | Self::DoublesAndLists, ValueRef::Boolean(value)) => {
                Some(then(if value { "true" } else { "false" }))
            }
            (Self::DoublesAndLists, ValueRef::List(_)) => {
                Some(with_printed(value, ValueRef::write_json, then))
            }
            (Self::Doubles | Self::DoublesAndLists, _) => Some(with_digits(double(value)?, then)),
            (Self::Script | Self::ScriptUnits, _) | (Self::ScriptNumbers, ValueRef::Float(_)) => {
                Some(script::with_text(value, then))
            }
            (Self::Json | Self::ScriptNumbers, _)
            | (
                Self::Integers | Self::Numerals | Self::WholeNumerals,
                ValueRef::Integer(_) | ValueRef::Unsigned(_),
            ) => Some(with_printed(value, ValueRef::write_json, then)),
            (
                Self::Integers
                | Self::Lowercase
                | Self::Strict
                | Self::Numerals
                | Self::WholeNumerals,
                _,
            ) => None,
        }
    }
}

/// Calls `then` with a value that is no text, as JSON.
#[inline(never)]
fn with_printed<'v, R>(
    value: ValueRef<'v>,
    print: fn(ValueRef<'v>, &mut dyn Write) -> fmt::Result,
    then: impl FnOnce(&str) -> R,
) -> R {
    let mut short = ShortText::<PLAIN>::new();
    if print(value, &mut short).is_ok() {
        return then(short.as_str());
    }
    let mut long = String::new();
    // INVARIANT: a string takes whatever is written.
    let _ = print(value, &mut long);
    then(&long)
}

/// Calls `then` with the shortest digits that mean the float, as Python arranges them.
#[inline(never)]
fn with_python_float<R>(value: f64, then: impl FnOnce(&str) -> R) -> R {
    let mut short = ShortText::<PLAIN>::new();
    // INVARIANT: a double has at most 17 digits and at most 16 of them before the point.
    let _ = write_python_float(value, &mut short);
    then(short.as_str())
}

/// `3.0`, `1e+16`, `1e-05`, `inf`, `nan`.
fn write_python_float(value: f64, out: &mut ShortText<PLAIN>) -> fmt::Result {
    if value.is_nan() {
        return out.write_str("nan");
    }
    if value.is_infinite() {
        return write!(out, "{value}");
    }
    if value == 0.0 || (1e-4..1e16).contains(&value.abs()) {
        return write!(out, "{value:?}");
    }
    let mut scientific = ShortText::<PLAIN>::new();
    write!(scientific, "{value:e}")?;
    let (digits, exponent) = scientific.as_str().split_once('e').unwrap_or_default();
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |e| ('-', e));
    write!(out, "{digits}e{sign}{exponent:0>2}")
}

/// Calls `then` with the double written out.
#[inline(never)]
fn with_digits<R>(number: f64, then: impl FnOnce(&str) -> R) -> R {
    let mut short = ShortText::<DIGITS>::new();
    // INVARIANT: no double is longer than `DIGITS` when it is written out.
    let _ = write!(short, "{number}");
    then(short.as_str())
}

/// Calls `then` with text in lower case; text that is so already is not copied.
fn with_lowercase<R>(text: &str, then: impl FnOnce(&str) -> R) -> R {
    let lower = |character: char| character.to_lowercase().next().unwrap_or(character);
    if text.chars().all(|character| lower(character) == character) {
        return then(text);
    }
    let mut short = ShortText::<LOWERED>::new();
    if text.chars().try_for_each(|character| short.write_char(lower(character))).is_ok() {
        return then(short.as_str());
    }
    then(&text.chars().map(lower).collect::<String>())
}

/// How long text may be that is put into lower case without allocating.
const LOWERED: usize = 512;

/// Room for any number or boolean as JSON.
const PLAIN: usize = 48;
/// Room for any double: the smallest ones have a sign, `0.`, 323 zeros and a few digits.
const DIGITS: usize = 352;

#[cfg(test)]
mod tests;
