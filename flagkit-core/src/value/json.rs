//! Values as JSON text, written without allocating.

use std::fmt::{self, Write};

use super::ValueRef;

/// Compact JSON.
impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_json(f)
    }
}

impl ValueRef<'_> {
    /// `{"a":[1,"ü"]}`, as [`Display`](fmt::Display) writes it.
    pub(crate) fn write_json(self, out: &mut dyn Write) -> fmt::Result {
        write(self, Style::Compact, out)
    }

    /// `{"a": [1, "\u00fc"]}`.
    pub(crate) fn write_spaced_json(self, out: &mut dyn Write) -> fmt::Result {
        write(self, Style::Spaced, out)
    }
}

/// How JSON is written where the standard leaves a choice.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Style {
    /// `{"a":[1,"ü"]}`; floats as `1e-6` and `1e+16`; `null` for what JSON cannot say.
    Compact,
    /// `{"a": [1, "\u00fc"]}`: blanks after separators, nothing but ASCII; floats as `1e-06` and
    /// `1e+16`; `NaN`, `Infinity` and `-Infinity` for what JSON cannot say.
    Spaced,
}

fn write(value: ValueRef<'_>, style: Style, out: &mut dyn Write) -> fmt::Result {
    match value {
        ValueRef::Boolean(value) => write!(out, "{value}"),
        ValueRef::Integer(value) => write!(out, "{value}"),
        ValueRef::Unsigned(value) => write!(out, "{value}"),
        ValueRef::Float(value) if value.is_finite() => write_float(value, style, out),
        ValueRef::Float(value) if style == Style::Spaced => out.write_str(beyond_json(value)),
        // JSON has no infinities and no not-a-number.
        ValueRef::Float(_) | ValueRef::Null => out.write_str("null"),
        ValueRef::String(text) => write_text(text, style, out),
        ValueRef::List(list) => {
            out.write_char('[')?;
            for (position, item) in list.iter().enumerate() {
                separate(position, style, out)?;
                write(item, style, out)?;
            }
            out.write_char(']')
        }
        ValueRef::Structure(attributes) => {
            out.write_char('{')?;
            let (mut position, mut result) = (0, Ok(()));
            attributes.each_attribute(&mut |name, value| {
                result = result.and_then(|()| write_entry(position, (name, value), style, out));
                position += 1;
            });
            result?;
            out.write_char('}')
        }
    }
}

/// As JSON writers and most languages print floats: `1.0`, `0.00001`, `1e-6`, `1e+16`.
fn write_float(value: f64, style: Style, out: &mut dyn Write) -> fmt::Result {
    if style == Style::Compact && (1e-5..1e-4).contains(&value.abs()) {
        return write!(out, "{value}");
    }
    let mut digits = Digits { bytes: [0; 32], len: 0 };
    write!(digits, "{value:?}")?;
    let Some((digits, exponent)) = digits.text().split_once('e') else {
        return out.write_str(digits.text());
    };
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    let zero = if style == Style::Spaced && exponent.len() == 1 { "0" } else { "" };
    write!(out, "{digits}e{sign}{zero}{exponent}")
}

/// Room for the shortest text of any float.
struct Digits {
    bytes: [u8; 32],
    len: usize,
}

impl Digits {
    fn text(&self) -> &str {
        let written = self.bytes.get(..self.len).and_then(|bytes| str::from_utf8(bytes).ok());
        written.unwrap_or_default()
    }
}

impl Write for Digits {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

fn beyond_json(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

fn write_entry(
    position: usize,
    (name, value): (&str, ValueRef<'_>),
    style: Style,
    out: &mut dyn Write,
) -> fmt::Result {
    separate(position, style, out)?;
    write_text(name, style, out)?;
    out.write_str(if style == Style::Spaced { ": " } else { ":" })?;
    write(value, style, out)
}

fn separate(position: usize, style: Style, out: &mut dyn Write) -> fmt::Result {
    match style {
        _ if position == 0 => Ok(()),
        Style::Compact => out.write_char(','),
        Style::Spaced => out.write_str(", "),
    }
}

fn write_text(text: &str, style: Style, out: &mut dyn Write) -> fmt::Result {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            '\u{8}' => out.write_str("\\b")?,
            '\u{c}' => out.write_str("\\f")?,
            control if control < ' ' => write!(out, "\\u{:04x}", u32::from(control))?,
            other if style == Style::Spaced && !(' '..='~').contains(&other) => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
            plain => out.write_char(plain)?,
        }
    }
    out.write_char('"')
}
