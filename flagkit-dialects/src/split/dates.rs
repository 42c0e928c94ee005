//! Dates: documents hold milliseconds, contexts seconds, and both are cut to whole minutes or
//! days before they are compared.
//!
//! Cutting the context's time is the same as asking for a range of times, so nothing is cut
//! when flags are evaluated.

use flagkit_core::Number;

/// Milliseconds of a document as seconds, cut to a multiple of this.
///
/// As the SDKs calculate: in doubles, and towards the past.
#[expect(clippy::cast_possible_truncation, reason = "a double of that size is whole")]
fn cut(milliseconds: f64, multiple: f64) -> Option<i128> {
    let seconds = milliseconds / 1000.0;
    let rest = seconds % multiple;
    let rest = if rest < 0.0 { rest + multiple } else { rest };
    let cut = seconds - rest;
    (cut.fract() == 0.0 && cut.abs() < LARGEST).then_some(cut as i128)
}

/// Times whose minute is not before that of the milliseconds: from here.
pub(super) fn not_before_minute(milliseconds: f64) -> Option<Number> {
    let cut = cut(milliseconds, MINUTE)?;
    let rest = cut.rem_euclid(60);
    Some(Number::Integer(if rest == 0 { cut } else { cut - rest + 60 }))
}

/// Times whose minute is not after that of the milliseconds: up to here.
pub(super) fn not_after_minute(milliseconds: f64) -> Option<Number> {
    let cut = cut(milliseconds, MINUTE)?;
    Some(Number::Integer(cut - cut.rem_euclid(60) + 59))
}

/// Times of the same day in UTC: from here to there.
pub(super) fn same_day(milliseconds: f64) -> Option<(Number, Number)> {
    let cut = cut(milliseconds, DAY).filter(|cut| cut % 86_400 == 0)?;
    Some((Number::Integer(cut), Number::Integer(cut + 86_399)))
}

const MINUTE: f64 = 60.0;
const DAY: f64 = 86_400.0;
/// Doubles below it hold every whole number.
const LARGEST: f64 = 9_007_199_254_740_992.0;
