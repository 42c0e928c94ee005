//! Values as compact JSON text, written without allocating.

use std::fmt::{self, Write};

use super::ValueRef;

/// Compact JSON.
impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(*self, f)
    }
}

fn write(value: ValueRef<'_>, out: &mut dyn Write) -> fmt::Result {
    match value {
        ValueRef::Boolean(value) => write!(out, "{value}"),
        ValueRef::Integer(value) => write!(out, "{value}"),
        ValueRef::Unsigned(value) => write!(out, "{value}"),
        ValueRef::Float(value) if value.is_finite() => write_float(value, out),
        // JSON has no infinities and no not-a-number.
        ValueRef::Float(_) | ValueRef::Null => out.write_str("null"),
        ValueRef::String(text) => write_text(text, out),
        ValueRef::List(list) => {
            out.write_char('[')?;
            for (position, item) in list.iter().enumerate() {
                separate(position, out)?;
                write(item, out)?;
            }
            out.write_char(']')
        }
        ValueRef::Structure(attributes) => {
            out.write_char('{')?;
            let (mut position, mut result) = (0, Ok(()));
            attributes.each_attribute(&mut |name, value| {
                result = result.and_then(|()| write_entry(position, name, value, out));
                position += 1;
            });
            result?;
            out.write_char('}')
        }
    }
}

/// As JSON writers and most languages print floats: `1.0`, `0.00001`, `1e-6`, `1e+16`.
fn write_float(value: f64, out: &mut dyn Write) -> fmt::Result {
    if (1e-5..1e-4).contains(&value.abs()) {
        return write!(out, "{value}");
    }
    write!(SignedExponent(out), "{value:?}")
}

/// Puts a plus in front of exponents that have no sign.
struct SignedExponent<'o>(&'o mut dyn Write);

impl Write for SignedExponent<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => {
                write!(self.0, "{digits}e+{exponent}")
            }
            _ => self.0.write_str(text),
        }
    }
}

fn write_entry(
    position: usize,
    name: &str,
    value: ValueRef<'_>,
    out: &mut dyn Write,
) -> fmt::Result {
    separate(position, out)?;
    write_text(name, out)?;
    out.write_char(':')?;
    write(value, out)
}

fn separate(position: usize, out: &mut dyn Write) -> fmt::Result {
    if position == 0 { Ok(()) } else { out.write_char(',') }
}

fn write_text(text: &str, out: &mut dyn Write) -> fmt::Result {
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
            plain => out.write_char(plain)?,
        }
    }
    out.write_char('"')
}
