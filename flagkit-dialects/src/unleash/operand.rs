//! Operands of ordering constraints, and text that Unleash's engine quotes.
//!
//! The engine writes a flag's strategies as one line of its own rule language and reads that
//! line. So what an operand *looks like* says what is compared, not the operator's name:
//! `SEMVER_GT` with `5` compares numbers.

use std::borrow::Cow;

use flagkit_core::Timestamp;
use flagkit_core::document::VersionReading;

/// An operand of an ordering constraint.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Time(Timestamp),
    Version(String),
    Number(f64),
}

/// What this operand looks like; `None` breaks the flag.
pub(super) fn operand(text: &str) -> Option<Operand> {
    let text = text.trim_matches([' ', '\t']);
    if is_time(text) {
        return Timestamp::parse(text).map(Operand::Time);
    }
    if VersionReading::Strict.parse(text).is_some() {
        return Some(Operand::Version(text.to_owned()));
    }
    is_number(text).then(|| text.parse().ok().map(Operand::Number)).flatten()
}

/// Date, `T`, time with a fraction of exactly three digits or none, and a zone.
fn is_time(text: &str) -> bool {
    let Some((time, zone)) = text.split_at_checked(19) else { return false };
    let zone = match zone.strip_prefix('.') {
        Some(rest) => rest.split_at_checked(3).filter(|(fraction, _)| has_shape(fraction, "000")),
        None => Some(("", zone)),
    };
    let is_zone =
        |zone: &str| zone == "Z" || has_shape(zone, "+00:00") || has_shape(zone, "-00:00");
    has_shape(time, "0000-00-00T00:00:00") && zone.is_some_and(|(_, zone)| is_zone(zone))
}

/// Whether the text has a digit wherever the shape has `0`, and otherwise the same characters.
fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(byte, wanted): (u8, u8)| match wanted {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

/// A sign, digits, a point with digits or none behind it, an exponent.
fn is_number(text: &str) -> bool {
    let (number, exponent) =
        text.split_once(['e', 'E']).map_or((text, None), |(n, exponent)| (n, Some(exponent)));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    is_integer(whole)
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && exponent.is_none_or(is_integer)
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Text as the engine reads it back from between its quotes: `\"` is a quote. `None` if it would
/// not end where it should, which breaks the flag.
pub(super) fn quoted(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(['"', '\\']) {
        return Some(Cow::Borrowed(text));
    }
    let without_escapes = text.replace("\\\"", "");
    let is_closed = !without_escapes.contains('"') && !text.ends_with('\\');
    is_closed.then(|| Cow::Owned(text.replace("\\\"", "\"")))
}

/// Whether the engine's quotes around a text whose own quotes it escapes end where they should.
pub(super) fn can_be_quoted(text: &str) -> bool {
    !text.ends_with('\\')
}
