//! What Python makes of values: the reference evaluation is a Python program, and its
//! `str`, `int` and `float` decide what a condition compares with.

use std::fmt::Write;

use flagkit_core::Value;

/// A whole number, if the text is one; `Err` if it is too large to compare exactly.
pub(super) fn int(text: &str) -> Result<Option<i128>, String> {
    let Some(digits) = without_separators(text.trim_matches(is_blank)) else { return Ok(None) };
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(&digits);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let too_large = |_| format!("`{digits}` is too large to be compared exactly");
    digits.parse().map(Some).map_err(too_large)
}

/// A float, also an infinity or not-a-number.
pub(super) fn float(text: &str) -> Option<f64> {
    // Rust reads the same numbers, infinities and not-a-numbers once the underscores are gone.
    without_separators(text.trim_matches(is_blank))?.parse().ok()
}

/// The text without underscores, each of which must stand between two digits.
fn without_separators(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |place: Option<usize>| {
        place.and_then(|place| bytes.get(place)).is_some_and(u8::is_ascii_digit)
    };
    let mut underscores = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_');
    let are_inside = underscores
        .all(|(place, _)| is_digit(place.checked_sub(1)) && is_digit(place.checked_add(1)));
    are_inside.then(|| text.replace('_', ""))
}

/// What Python strips from numbers: white space, and four separators of ASCII.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}

/// Whether the text has digits of another script, which Python reads and this does not.
pub(super) fn has_foreign_digits(text: &str) -> bool {
    text.chars().any(|character| !character.is_ascii() && character.is_numeric())
}

/// The text of a value as `str` makes it.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => {
            let mut out = String::new();
            write_representation(other, &mut out);
            out
        }
    }
}

/// As `repr` writes it.
fn write_representation(value: &Value, out: &mut String) {
    match value {
        Value::Boolean(value) => out.push_str(if *value { "True" } else { "False" }),
        Value::Integer(value) => out.push_str(&value.to_string()),
        Value::Unsigned(value) => out.push_str(&value.to_string()),
        Value::Float(value) => out.push_str(&float_text(*value)),
        Value::String(text) => write_quoted(text, out),
        Value::List(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                write_representation(item, out);
            }
            out.push(']');
        }
        Value::Structure(structure) => {
            out.push('{');
            for (place, (name, value)) in structure.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                write_quoted(name, out);
                out.push_str(": ");
                write_representation(value, out);
            }
            out.push('}');
        }
        _ => out.push_str("None"),
    }
}

/// The shortest digits that mean the float: `3.0`, `1e+16`, `1e-05`.
pub(super) fn float_text(value: f64) -> String {
    flagkit_core::document::TextReading::Numerals.text(value.into()).unwrap_or_default()
}

fn write_quoted(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            plain if plain == quote => out.extend(['\\', plain]),
            plain if !is_hidden(plain) => out.push(plain),
            hidden => write_escape(hidden, out),
        }
    }
    out.push(quote);
}

fn is_hidden(character: char) -> bool {
    character.is_control() || character.is_whitespace() && character != ' '
}

fn write_escape(character: char, out: &mut String) {
    let code = u32::from(character);
    // Writing into a `String` cannot fail.
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}
