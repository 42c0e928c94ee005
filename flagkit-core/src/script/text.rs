//! The text of a value.

use std::fmt::{self, Write};
use std::str;

use super::number;
use crate::text::ShortText;
use crate::value::ValueRef;

/// Calls `then` with the text of a value: `1`, `true`, `null`, `a,b` for a list.
#[inline]
pub(crate) fn with_text<R>(value: ValueRef<'_>, then: impl FnOnce(&str) -> R) -> R {
    match value {
        ValueRef::String(text) => then(text),
        ValueRef::Structure(_) => then(OBJECT),
        other => with_printed(|out| write(other, out), then),
    }
}

/// The same with every UTF-16 code unit as one character: those of a pair, which a character
/// beyond U+FFFF needs, stand as themselves, moved from U+D800 to [`SURROGATES`].
pub(crate) fn with_units<R>(value: ValueRef<'_>, then: impl FnOnce(&str) -> R) -> R {
    with_text(value, |text| {
        // The first byte of a character beyond U+FFFF is 0xF0 or higher.
        if text.bytes().any(|byte| byte >= 0xf0) {
            with_printed(|out| write_units(text, out), then)
        } else {
            then(text)
        }
    })
}

/// Whether ordering takes the value for text: lists and objects have no other primitive form.
pub(super) fn is_primitively_text(value: ValueRef<'_>) -> bool {
    matches!(value, ValueRef::String(_) | ValueRef::List(_) | ValueRef::Structure(_))
}

fn write(value: ValueRef<'_>, out: &mut dyn Write) -> fmt::Result {
    match value {
        ValueRef::Null => out.write_str("null"),
        ValueRef::Boolean(value) => write!(out, "{value}"),
        ValueRef::String(text) => out.write_str(text),
        ValueRef::Structure(_) => out.write_str(OBJECT),
        ValueRef::List(list) => {
            for (position, element) in list.iter().enumerate() {
                if position > 0 {
                    out.write_char(',')?;
                }
                if !element.is_null() {
                    write(element, out)?;
                }
            }
            Ok(())
        }
        number => number::write(number::float(number).unwrap_or(f64::NAN), out),
    }
}

fn write_units(text: &str, out: &mut dyn Write) -> fmt::Result {
    for unit in text.encode_utf16() {
        let moved = match unit {
            0xd800..=0xdfff => SURROGATES + u32::from(unit) - 0xd800,
            other => other.into(),
        };
        out.write_char(char::from_u32(moved).unwrap_or(char::REPLACEMENT_CHARACTER))?;
    }
    Ok(())
}

/// Calls `then` with what `print` writes, without the heap if it is short.
#[inline(never)]
fn with_printed<R>(
    print: impl Fn(&mut dyn Write) -> fmt::Result,
    then: impl FnOnce(&str) -> R,
) -> R {
    let mut short = ShortText::<SHORT>::new();
    if print(&mut short).is_ok() {
        return then(short.as_str());
    }
    let mut long = String::new();
    // Writing to a string cannot fail.
    let _ = print(&mut long);
    then(&long)
}

const OBJECT: &str = "[object Object]";
const SHORT: usize = 256;
/// Where `with_units` moves the code units U+D800 to U+DFFF: the end of a private plane.
pub const SURROGATES: u32 = 0x10_f800;
