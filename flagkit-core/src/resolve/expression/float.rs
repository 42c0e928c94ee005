//! Floats as the texts that expressions make of them, written without allocating.

use std::fmt::{self, Write};

use crate::text::ShortText;

/// The shortest text that reads as the same float: `1.0`, `0.1`, `1e+16`, `1e-05`.
pub(super) fn write_shortest(value: f64, out: &mut dyn Write) -> fmt::Result {
    if write_special(value, out)? {
        return Ok(());
    }
    let mut text = Short::new();
    write!(text, "{value:e}")?;
    write_scientific(text.as_str(), 16, true, out)
}

/// At most 15 digits, as C prints with `%.15g`: `1`, `0.1`, `1e+15`, `1e-05`.
pub(super) fn write_15_digits(value: f64, out: &mut dyn Write) -> fmt::Result {
    if write_special(value, out)? {
        return Ok(());
    }
    let mut text = Short::new();
    write!(text, "{value:.14e}")?;
    write_scientific(text.as_str(), 15, false, out)
}

fn write_special(value: f64, out: &mut dyn Write) -> Result<bool, fmt::Error> {
    if value.is_nan() {
        out.write_str("nan")?;
    } else if value.is_infinite() {
        out.write_str(if value > 0.0 { "inf" } else { "-inf" })?;
    }
    Ok(!value.is_finite())
}

/// Lays out digits and exponent, such as `-1.25e3`: with the exponent only where it is below −4
/// or at least `limit`.
fn write_scientific(text: &str, limit: i32, point: bool, out: &mut dyn Write) -> fmt::Result {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().map_err(|_| fmt::Error)?;
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (first, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    out.write_str(sign)?;
    if exponent < -4 || exponent >= limit {
        out.write_str(first)?;
        if !fraction.is_empty() {
            write!(out, ".{fraction}")?;
        }
        return write!(out, "e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
    }
    if exponent < 0 {
        let zeros = usize::try_from(-1 - exponent).unwrap_or_default();
        return write!(out, "0.{:0<zeros$}{first}{fraction}", "");
    }
    let whole = usize::try_from(exponent).unwrap_or_default();
    match fraction.split_at_checked(whole) {
        Some((before, "")) if point => write!(out, "{first}{before}.0"),
        Some((before, "")) => write!(out, "{first}{before}"),
        Some((before, after)) => write!(out, "{first}{before}.{after}"),
        None if point => write!(out, "{first}{fraction:0<whole$}.0"),
        None => write!(out, "{first}{fraction:0<whole$}"),
    }
}

/// Room for any float with its exponent, and for any integer.
pub(super) type Short = ShortText<48>;
