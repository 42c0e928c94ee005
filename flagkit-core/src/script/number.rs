//! Numbers from values, and numbers as text.

use std::fmt::{self, Write};

use crate::value::ValueRef;

/// The number that a value is, where it is one.
#[expect(clippy::cast_precision_loss, reason = "scripting languages know floats only")]
pub(super) fn float(value: ValueRef<'_>) -> Option<f64> {
    match value {
        ValueRef::Integer(value) => Some(value as f64),
        ValueRef::Unsigned(value) => Some(value as f64),
        ValueRef::Float(value) => Some(value),
        _ => None,
    }
}

/// The number that a text is, blanks around it aside; not-a-number if it is none.
pub(super) fn parse(text: &str) -> f64 {
    let text = text.trim_matches(is_blank);
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => (-1.0, text.get(1..).unwrap_or_default()),
        Some(b'+') => (1.0, text.get(1..).unwrap_or_default()),
        _ => (1.0, text),
    };
    if digits == "Infinity" {
        return sign * f64::INFINITY;
    }
    if text.is_empty() {
        return 0.0;
    }
    if let Some(radix) = radix(text) {
        return text.get(2..).map_or(f64::NAN, |digits| integer(digits, radix));
    }
    // The language of the standard library knows names for infinity, too.
    let is_decimal = |byte: u8| byte.is_ascii_digit() || b".eE+-".contains(&byte);
    if !text.bytes().all(is_decimal) {
        return f64::NAN;
    }
    text.parse().unwrap_or(f64::NAN)
}

fn radix(text: &str) -> Option<u32> {
    match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => Some(16),
        [b'0', b'o' | b'O', ..] => Some(8),
        [b'0', b'b' | b'B', ..] => Some(2),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "such literals are rounded to a float")]
fn integer(digits: &str, radix: u32) -> f64 {
    if digits.is_empty() {
        return f64::NAN;
    }
    let mut exact = Some(0_u128);
    let mut rough = 0.0;
    for character in digits.chars() {
        let Some(digit) = character.to_digit(radix) else { return f64::NAN };
        exact = exact
            .and_then(|value| value.checked_mul(radix.into()))
            .and_then(|value| value.checked_add(digit.into()));
        rough = rough * f64::from(radix) + f64::from(digit);
    }
    exact.map_or(rough, |value| value as f64)
}

/// White space and line ends of the language; Unicode's own list lacks the byte order mark
/// and has U+0085.
fn is_blank(character: char) -> bool {
    character == '\u{feff}' || character.is_whitespace() && character != '\u{85}'
}

/// `1`, `0.5`, `1e+21`, `1e-7`: the fewest digits that read back as the same float.
pub(super) fn write(value: f64, out: &mut dyn Write) -> fmt::Result {
    if value.is_nan() {
        return out.write_str("NaN");
    }
    if value < 0.0 {
        out.write_char('-')?;
    }
    let value = value.abs();
    if value.is_infinite() {
        return out.write_str("Infinity");
    }
    let mut printed = Scientific::default();
    write!(printed, "{value:e}")?;
    let (digits, exponent) = printed.parts();
    // How many digits stand before the point.
    let before = exponent + 1;
    match usize::try_from(before) {
        Ok(before @ 1..=21) if digits.len() <= before => {
            out.write_str(digits)?;
            (digits.len()..before).try_for_each(|_| out.write_char('0'))
        }
        Ok(before @ 1..=21) => {
            let (whole, fraction) = digits.split_at_checked(before).unwrap_or((digits, ""));
            write!(out, "{whole}.{fraction}")
        }
        _ if (-5..=0).contains(&before) => {
            out.write_str("0.")?;
            (before..0).try_for_each(|_| out.write_char('0'))?;
            out.write_str(digits)
        }
        _ => {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
            let point = if rest.is_empty() { "" } else { "." };
            write!(out, "{first}{point}{rest}e{exponent:+}")
        }
    }
}

/// What the standard library prints as `1.25e-7`, without the point.
#[derive(Default)]
struct Scientific {
    bytes: [u8; 32],
    len: usize,
}

impl Scientific {
    fn parts(&self) -> (&str, i32) {
        let written = self.bytes.get(..self.len).unwrap_or_default();
        let written = std::str::from_utf8(written).unwrap_or_default();
        let (digits, exponent) = written.split_once('e').unwrap_or((written, ""));
        (digits, exponent.parse().unwrap_or_default())
    }
}

impl Write for Scientific {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes().filter(|byte| *byte != b'.') {
            *self.bytes.get_mut(self.len).ok_or(fmt::Error)? = byte;
            self.len += 1;
        }
        Ok(())
    }
}
