//! Reading single values and small structures: nothing means "cannot be read".

mod structure;

use std::{cmp::Ordering, net::IpAddr};

use chrono::DateTime;
use regex::{Regex, RegexBuilder};
use semver::{Version, VersionReq};
use serde_json::Value;

pub(crate) use self::structure::{
    condition_text, conditions, dependencies, values, variants, weights,
};

/// A number that keeps whole numbers exact.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    Whole(i128),
    Float(f64),
}

impl Number {
    #[expect(clippy::cast_possible_truncation, reason = "whole and far below 2^127")]
    fn from_float(float: f64) -> Option<Self> {
        match float {
            _ if !float.is_finite() => None,
            _ if float.fract() == 0.0 && float.abs() < 1e30 => Some(Self::Whole(float as i128)),
            _ => Some(Self::Float(float)),
        }
    }

    /// Exact: a float that is not [`Number::Whole`] is either a fraction below 2^53 or
    /// beyond every whole number that can be read, so rounding the other side is harmless.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (*self, *other) {
            (Self::Whole(left), Self::Whole(right)) => Some(left.cmp(&right)),
            (Self::Whole(left), Self::Float(right)) => (left as f64).partial_cmp(&right),
            (Self::Float(left), Self::Whole(right)) => left.partial_cmp(&(right as f64)),
            (Self::Float(left), Self::Float(right)) => left.partial_cmp(&right),
        }
    }
}

/// A number, or text that reads as one after trimming; `inf` and `nan` are words.
pub(crate) fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Some(Number::Whole(i128::from(whole))),
            (_, Some(whole)) => Some(Number::Whole(i128::from(whole))),
            _ => Number::from_float(number.as_f64()?),
        },
        Value::String(text) => match text.trim().parse::<i64>() {
            Ok(whole) => Some(Number::Whole(i128::from(whole))),
            Err(_) => match text.trim().parse::<u64>() {
                Ok(whole) => Some(Number::Whole(i128::from(whole))),
                Err(_) => Number::from_float(text.trim().parse().ok()?),
            },
        },
        _ => None,
    }
}

/// Unix seconds: a number, or RFC 3339 text.
pub(crate) fn seconds(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let time = DateTime::parse_from_rfc3339(text).ok()?;
            #[expect(clippy::cast_precision_loss, reason = "years have four digits")]
            let whole = time.timestamp() as f64;
            Some(whole + f64::from(time.timestamp_subsec_nanos()) / 1e9)
        }
        _ => None,
    }
}

pub(crate) fn version(value: &Value) -> Option<Version> {
    Version::parse(value.as_str()?).ok()
}

pub(crate) fn requirement(value: &Value) -> Option<VersionReq> {
    VersionReq::parse(value.as_str()?).ok()
}

pub(crate) fn pattern(text: &str, is_case_insensitive: bool) -> Option<Regex> {
    RegexBuilder::new(text).case_insensitive(is_case_insensitive).build().ok()
}

/// `HH:MM-HH:MM`, seconds optional, as seconds of the day.
pub(crate) fn hours(text: &str) -> Option<(f64, f64)> {
    let (start, end) = text.split_once('-')?;
    Some((time_of_day(start)?, time_of_day(end)?))
}

fn time_of_day(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').collect();
    let part = |index: usize, limit: u32| {
        let digits = parts.get(index)?;
        let is_plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u32>().ok().filter(|number| is_plain && *number < limit)
    };
    let seconds = match parts.len() {
        2 => 0,
        3 => part(2, 60)?,
        _ => return None,
    };
    Some(f64::from(part(0, 24)? * 3600 + part(1, 60)? * 60 + seconds))
}

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A day's English name, whole or its first three letters.
pub(crate) fn weekday(text: &str) -> Option<&'static str> {
    let text = text.to_ascii_lowercase();
    WEEKDAYS.into_iter().find(|day| text == *day || day.get(..3) == Some(text.as_str()))
}

/// The day of a time in UTC. The first of January 1970 was a Thursday.
pub(crate) fn weekday_of(seconds: f64) -> &'static str {
    let index = ((seconds / 86_400.0).floor() + 3.0).rem_euclid(7.0);
    let is_it = |position: u32| (f64::from(position) - index).abs() < 0.5;
    let days = (0..7).zip(WEEKDAYS);
    days.filter(|(position, _)| is_it(*position)).map(|(_, day)| day).next().unwrap_or("monday")
}

/// An address with the number of its leading bits that count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    pub(crate) address: IpAddr,
    pub(crate) prefix: u32,
}

pub(crate) fn network(text: &str) -> Option<Network> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let Some(digits) = prefix else {
        return Some(Network { address, prefix: bits });
    };
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let prefix: u32 = digits.parse().ok()?;
    (is_plain && prefix <= bits).then_some(Network { address, prefix })
}

/// Simple case folding: only mappings of one character to one character count.
pub(crate) fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

fn fold_char(char: char) -> char {
    if char == '\u{131}' {
        return char;
    }
    let upper = only(char.to_uppercase()).unwrap_or(char);
    only(upper.to_lowercase()).unwrap_or(upper)
}

fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next();
    if chars.next().is_some() { None } else { first }
}

#[cfg(test)]
mod tests;
