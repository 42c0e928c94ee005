//! Quantities in configuration: ratios, shares of traffic, lengths of time and counts, as text or
//! as bare numbers where a bare number can mean one thing only.
//!
//! ```
//! use flagkit_deploy::quantity::{Ratio, Quantity, SpanText};
//! use flagkit_deploy::Span;
//!
//! // One ratio, three spellings.
//! assert_eq!(Ratio::read(&"5%".into())?, Ratio::read(&0.05.into())?);
//! assert_eq!(Ratio::read(&"5%".into())?, Ratio::read(&"50000ppm".into())?);
//! assert_eq!(SpanText::read(&"5m".into())?.0, Span::from_secs(300));
//!
//! let error = Ratio::read(&5.into()).unwrap_err();
//! assert_eq!(error.to_string(), "5 is no ratio; say 5% or 0.05");
//! # Ok::<(), flagkit_deploy::quantity::QuantityError>(())
//! ```
//!
//! All of them are `serde` types, so a struct of configuration has them as fields.

use std::fmt;

use flagkit_dialects::condition::{self, Unit};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::refusal::Refusal;
use crate::split::{WHOLE, Weight};
use crate::time::Span;

/// Something that configuration says as a number, with a unit or without.
pub trait Quantity: Sized {
    /// Reads a JSON number or text.
    ///
    /// # Errors
    ///
    /// What it is not, and what to write instead.
    fn read(value: &Value) -> Result<Self, QuantityError>;
}

/// Why something is no such quantity.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QuantityError {
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub mend: String,
}

impl QuantityError {
    pub(crate) fn new(problem: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { problem: problem.into(), mend: mend.into() }
    }

    /// The refusal of a plan that holds it at this path.
    pub fn at(self, path: impl Into<String>) -> Refusal {
        Refusal::new(path, self.problem, self.mend)
    }
}

impl fmt::Display for QuantityError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}; {}", self.problem, self.mend)
    }
}

impl std::error::Error for QuantityError {}

/// A ratio: `5%`, `50000ppm` or `0.05`. At least 0; only a unit takes it beyond 1: `150%`.
///
/// A bare whole number above 0 is refused, because half of the world means percent by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Ratio(pub f64);

impl Quantity for Ratio {
    fn read(value: &Value) -> Result<Self, QuantityError> {
        let read = Written::new(value, "ratio", MEND_RATIO)?;
        let (text, number) = (read.text, read.number);
        match read.unit {
            Some(unit) if unit.is_time() => {
                Err(QuantityError::new(format!("{text} is a length of time"), MEND_RATIO))
            }
            None if is_whole(&text) && number >= 1.0 => {
                let problem = format!("{text} is no ratio");
                Err(QuantityError::new(problem, format!("say {text}% or {}", number / 100.0)))
            }
            None if number > 1.0 => {
                let percent = number * 100.0;
                let problem = format!("{text} is more than the whole");
                Err(QuantityError::new(problem, format!("say {percent}% if that is meant")))
            }
            _ if number < 0.0 => {
                Err(QuantityError::new(format!("{text} is less than nothing"), MEND_RATIO))
            }
            _ => Ok(Self(number)),
        }
    }
}

/// A share of the traffic: a [`Ratio`] of at most the whole, in whole millionths.
impl Quantity for Weight {
    fn read(value: &Value) -> Result<Self, QuantityError> {
        let Ratio(ratio) = Ratio::read(value)?;
        let ppm = ratio * f64::from(WHOLE);
        let whole = ppm.round();
        if whole > f64::from(WHOLE) {
            let problem = format!("{} is more than all traffic", plain(value));
            return Err(QuantityError::new(problem, "write at most 100%"));
        }
        // What is written in decimals is off by the rounding of floats, never by a thousandth.
        if (ppm - whole).abs() > 1e-3 {
            let problem = format!("{} is finer than a millionth", plain(value));
            return Err(QuantityError::new(
                problem,
                "write at most four digits behind the percent",
            ));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and a million"
        )]
        let ppm = whole as u32;
        Ok(Self::from_ppm(ppm).unwrap_or_default())
    }
}

/// A length of time: `300s`, `5m`, `200ms`, `2h`, `1d`, and sums of them: `1h 30m`. Zero needs no
/// unit; every other bare number is refused.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct SpanText(pub Span);

impl Quantity for SpanText {
    fn read(value: &Value) -> Result<Self, QuantityError> {
        let text = plain(value);
        let mut sum = Span::ZERO;
        let parts = text.split_whitespace();
        if parts.clone().next().is_none() {
            return Err(QuantityError::new("the length of time is empty", MEND_SPAN));
        }
        for part in parts {
            sum = Span::from_ms(sum.ms().saturating_add(span(part)?.ms()));
        }
        Ok(Self(sum))
    }
}

/// A whole number of things, at least 0.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Count(pub u64);

impl Quantity for Count {
    fn read(value: &Value) -> Result<Self, QuantityError> {
        let text = plain(value);
        let count = text.replace('_', "").parse();
        count
            .map(Self)
            .map_err(|_| QuantityError::new(format!("{text} is no count"), "write a whole number"))
    }
}

/// One part of a length of time.
fn span(text: &str) -> Result<Span, QuantityError> {
    let read = Written::new(&Value::from(text), "length of time", MEND_SPAN)?;
    match read.unit {
        Some(unit) if !unit.is_time() => {
            return Err(QuantityError::new(format!("{text} is a ratio"), MEND_SPAN));
        }
        None if read.number != 0.0 => {
            let mend = format!("say {text}s or {text}m");
            return Err(QuantityError::new(format!("{text} has no unit"), mend));
        }
        _ => {}
    }
    let ms = (read.number * 1000.0).round();
    if !(0.0..=SPAN_MS_MAX).contains(&ms) {
        let problem = format!("{text} is no time that anybody waits");
        return Err(QuantityError::new(problem, "write 0 to 36500 days"));
    }
    if read.number > 0.0 && (read.number * 1000.0 - ms).abs() > 1e-3 {
        let problem = format!("{text} is finer than a millisecond");
        return Err(QuantityError::new(problem, "write whole milliseconds"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and a hundred years"
    )]
    let ms = ms as u64;
    Ok(Span::from_ms(ms))
}

/// A number as it stands in configuration.
struct Written {
    text: String,
    number: f64,
    unit: Option<Unit>,
}

impl Written {
    fn new(value: &Value, kind: &str, mend: &str) -> Result<Self, QuantityError> {
        if !value.is_number() && !value.is_string() {
            return Err(QuantityError::new(format!("{value} is no {kind}"), mend));
        }
        let text = plain(value);
        let quantity = condition::Quantity::parse(&text).ok();
        let read = quantity.and_then(|read| Some((read.number()?, read.unit)));
        let Some((number, unit)) = read else {
            return Err(QuantityError::new(format!("{text:?} is no {kind}"), mend));
        };
        Ok(Self { text, number, unit })
    }
}

/// The text, or the number as text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}

fn is_whole(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

const MEND_RATIO: &str = "write a ratio, such as 5%, 50000ppm or 0.05";
const MEND_SPAN: &str = "write a length of time, such as 200ms, 30s, 5m, 2h or 1d";

/// A hundred years.
const SPAN_MS_MAX: f64 = 36_500.0 * 86_400_000.0;

fn deserialized<'de, Q: Quantity, D: Deserializer<'de>>(deserializer: D) -> Result<Q, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Q::read(&value).map_err(serde::de::Error::custom)
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialized(deserializer)
    }
}

impl<'de> Deserialize<'de> for SpanText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialized(deserializer)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialized(deserializer)
    }
}

/// As it can be read again.
impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 <= 1.0 {
            return serializer.serialize_f64(self.0);
        }
        serializer.collect_str(&format_args!("{}%", self.0 * 100.0))
    }
}

/// `1h 30m`, or milliseconds where two units are not enough.
impl Serialize for SpanText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.to_string();
        let again = Self::read(&Value::from(text.as_str()));
        match again {
            Ok(again) if again == *self => serializer.serialize_str(&text),
            _ => serializer.collect_str(&format_args!("{}ms", self.0.ms())),
        }
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

#[cfg(test)]
mod tests;
