//! Times: points, spans of the day and days of the week as documents write them, and now.

use flagkit_core::document::{
    Condition, Lookup, Operator, Order, Readings, Test, TimeSpan, Unreadable,
};
use flagkit_core::{Case, Timestamp, Value};

/// RFC 3339 text or a number of unix seconds.
pub(crate) fn point(value: &Value) -> Option<Timestamp> {
    match value.as_str() {
        Some(text) => Timestamp::parse(text),
        None => value.as_float().and_then(Timestamp::from_unix_seconds),
    }
}

/// `HH:MM-HH:MM`, seconds optional.
pub(crate) fn span(text: &str) -> Option<TimeSpan> {
    let (from, to) = text.split_once('-')?;
    Some(TimeSpan { from: second_of_day(from)?, to: second_of_day(to)? })
}

fn second_of_day(text: &str) -> Option<u32> {
    let mut parts = text.split(':');
    let hours = two_digits(parts.next()?, 24)?;
    let minutes = two_digits(parts.next()?, 60)?;
    let seconds = parts.next().map_or(Some(0), |seconds| two_digits(seconds, 60))?;
    parts.next().is_none().then_some(hours * 3600 + minutes * 60 + seconds)
}

fn two_digits(text: &str, limit: u32) -> Option<u32> {
    let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_plain && *number < limit)
}

/// A day's English name, whole or its first three letters, in any case; 0 is Monday.
pub(crate) fn weekday(text: &str) -> Option<u8> {
    let text = text.to_ascii_lowercase();
    let is_day = |day: &str| day == text || day.get(..3) == Some(&*text);
    let place = WEEKDAYS.iter().position(|day| is_day(day))?;
    u8::try_from(place).ok()
}

/// A length of time in seconds: `1d`, `24h`, `1 day`, `daily`, or a number of seconds.
pub(crate) fn interval_seconds(value: &Value) -> Option<f64> {
    let seconds = match value.as_str() {
        Some(text) => interval_text(&text.trim().to_ascii_lowercase())?,
        None => value.as_float()?,
    };
    (seconds.is_finite() && seconds > 0.0).then_some(seconds)
}

fn interval_text(text: &str) -> Option<f64> {
    let every = EVERY.iter().find(|(name, _)| *name == text);
    if let Some((_, seconds)) = every {
        return Some(*seconds);
    }
    let unit_at = text.find(|character: char| character.is_ascii_alphabetic());
    let (amount, unit) = text.split_at(unit_at.unwrap_or(text.len()));
    let amount: f64 = amount.trim().parse().ok()?;
    let (_, seconds) = UNITS.iter().find(|(names, _)| names.contains(&unit))?;
    Some(amount * seconds)
}

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const EVERY: [(&str, f64); 3] = [("hourly", HOUR), ("daily", DAY), ("weekly", 7.0 * DAY)];

const UNITS: [(&[&str], f64); 5] = [
    (&["", "s", "sec", "second", "seconds"], 1.0),
    (&["m", "min", "minute", "minutes"], 60.0),
    (&["h", "hour", "hours"], HOUR),
    (&["d", "day", "days"], DAY),
    (&["w", "week", "weeks"], 7.0 * DAY),
];

const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;

/// Holds when the time of the evaluation, whatever the context says, is in this order.
pub(crate) fn now(order: Order, at: Timestamp) -> Condition {
    Condition::Test(Test {
        lookup: Lookup::Now,
        operator: Operator::Time(order, vec![at]),
        case: Case::Sensitive,
        reads: Readings::STRICT,
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    })
}

#[cfg(test)]
mod tests;
