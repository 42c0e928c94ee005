//! Plain scalars of YAML: the core schema decides what is text.

use std::borrow::Cow;

use crate::node::Draft;

/// The value of a scalar that was written without quotes.
pub(super) fn plain(text: Cow<'_, str>) -> Result<Draft<'_>, String> {
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Ok(Draft::Null),
        "true" | "True" | "TRUE" => Ok(Draft::Boolean(true)),
        "false" | "False" | "FALSE" => Ok(Draft::Boolean(false)),
        _ if text.starts_with(is_number_start) => number(text),
        _ => Ok(Draft::Text(text)),
    }
}

fn is_number_start(character: char) -> bool {
    character.is_ascii_digit() || "+-.".contains(character)
}

fn number(text: Cow<'_, str>) -> Result<Draft<'_>, String> {
    if let Some(digits) = text.strip_prefix("0o") {
        return Ok(based(digits, 8).unwrap_or(Draft::Text(text)));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return Ok(based(digits, 16).unwrap_or(Draft::Text(text)));
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
    if is_infinity(unsigned) || matches!(&*text, ".nan" | ".NaN" | ".NAN") {
        return Err(format!("`{text}` cannot be used: numbers must be finite"));
    }
    if is_digits(unsigned) {
        if let Ok(integer) = text.parse() {
            return Ok(Draft::Integer(integer));
        }
        if let Ok(integer) = text.parse() {
            return Ok(Draft::Unsigned(integer));
        }
    } else if !is_float(unsigned) {
        return Ok(Draft::Text(text));
    }
    match text.parse::<f64>() {
        Ok(float) if float.is_finite() => Ok(Draft::Float(float)),
        _ => Err(format!("the number `{text}` is too large")),
    }
}

fn based(digits: &str, radix: u32) -> Option<Draft<'static>> {
    let is_plain = digits.chars().all(|digit| digit.is_digit(radix));
    i64::from_str_radix(digits, radix).ok().filter(|_| is_plain).map(Draft::Integer)
}

/// `[0-9]+`
fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let is_exponent = |text: &str| is_digits(text.strip_prefix(['+', '-']).unwrap_or(text));
    let is_mantissa = match mantissa.split_once('.') {
        None => is_digits(mantissa),
        Some(("", fraction)) => is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && (fraction.is_empty() || is_digits(fraction)),
    };
    is_mantissa && exponent.is_none_or(is_exponent)
}

fn is_infinity(text: &str) -> bool {
    matches!(text, ".inf" | ".Inf" | ".INF")
}
