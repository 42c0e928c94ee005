//! Entries of calendars: days, hours and dates.

use jiff::civil::Date;
use serde_json::Value;

use super::length;
use super::recurrence::Recurrence;
use super::wall::{self, DAY, Day, Wall};
use crate::quantity::{Quantity, QuantityError, SpanText};

/// Times that a clock can show.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// Days of the week, one bit each, Monday's the lowest, and hours that begin on them.
    Weekly { days: u8, from: i64, length: i64 },
    /// From then until before then.
    Span { from: Wall, until: Wall },
    /// From a day of a month to another, the last one included, every year.
    Yearly { first: (i8, i8), last: (i8, i8) },
    /// An event of RFC 5545.
    Event(Recurrence),
}

/// Why a text is no entry.
pub(super) type BadEntry = QuantityError;

impl Entry {
    /// Reads everything but events.
    pub(super) fn read(text: &str) -> Result<Self, BadEntry> {
        let text = text.trim();
        if let Some((first, last)) = text.split_once("..") {
            return spanned(first.trim(), last.trim());
        }
        if text.starts_with(|character: char| character.is_ascii_digit()) && !text.contains(':') {
            return spanned(text, text);
        }
        weekly(text)
    }

    /// Whether a clock that shows this is inside.
    pub(super) fn contains(&self, wall: Wall) -> bool {
        match self {
            Self::Weekly { days, from, length } => {
                // Hours that began up to a day ago may last until now.
                (wall.day() - 1..=wall.day()).any(|day| {
                    let start = Wall::at(day, *from);
                    has(*days, day) && start <= wall && wall.0 < start.0 + length
                })
            }
            Self::Span { from, until } => (*from..*until).contains(&wall),
            Self::Yearly { first, last } => {
                let date = wall::date(wall.day()).map(|date| (date.month(), date.day()));
                date.is_some_and(|date| {
                    if first <= last {
                        *first <= date && date <= *last
                    } else {
                        *first <= date || date <= *last
                    }
                })
            }
            Self::Event(recurrence) => recurrence.contains(wall),
        }
    }

    /// The next time after this at which it begins or ends.
    pub(super) fn next_boundary(&self, after: Wall) -> Option<Wall> {
        match self {
            Self::Weekly { days, from, length } => {
                let near = (after.day() - 1..=after.day() + 7).filter(|day| has(*days, *day));
                let ends = near.flat_map(|day| {
                    let start = Wall::at(day, *from);
                    [start, Wall(start.0 + length)]
                });
                ends.filter(|boundary| *boundary > after).min()
            }
            Self::Span { from, until } => [*from, *until].into_iter().find(|end| *end > after),
            Self::Yearly { first, last } => {
                let year = wall::date(after.day())?.year();
                let begin = |year| Some(Wall::at(day_of(year, *first)?, 0));
                let end = |year| Some(Wall::at(day_of(year, *last)? + 1, 0));
                let near = (year.saturating_sub(1)..=year.saturating_add(9))
                    .flat_map(|year| [begin(year), end(year)]);
                near.flatten().filter(|boundary| *boundary > after).min()
            }
            Self::Event(recurrence) => recurrence.next_boundary(after),
        }
    }

    /// The first date that it names, if it names years.
    pub(super) fn first(&self) -> Option<Wall> {
        match self {
            Self::Weekly { .. } | Self::Yearly { .. } => None,
            Self::Span { from, .. } => Some(*from),
            Self::Event(recurrence) => Some(recurrence.first()),
        }
    }
}

/// Whether the weekday of this day is among these.
fn has(days: u8, day: Day) -> bool {
    days & (1 << wall::weekday(day)) != 0
}

/// The day of a month in a year; 29 February is 1 March where there is none.
fn day_of(year: i16, (month, day): (i8, i8)) -> Option<Day> {
    let first = wall::day(Date::new(year, month, 1).ok()?);
    Some(first + i64::from(day) - 1)
}

/// `2026-11-23..2026-11-30`, `12-24..01-02`, `2026-11-23T18:00..2026-11-30T06:00`.
fn spanned(first: &str, last: &str) -> Result<Entry, BadEntry> {
    let bad = |text: &str| {
        let problem = format!("`{text}` is no date");
        BadEntry::new(problem, "write `2026-11-23`, `2026-11-23T18:00` or `12-24`")
    };
    if let (Some(first), Some(last)) = (month_day(first), month_day(last)) {
        return Ok(Entry::Yearly { first, last });
    }
    let (from, _) = moment(first).ok_or_else(|| bad(first))?;
    let (until, is_day) = moment(last).ok_or_else(|| bad(last))?;
    // The last day is included, the last moment is not.
    let until = if is_day { Wall(until.0 + DAY) } else { until };
    if until <= from {
        let problem = format!("`{first}..{last}` ends before it begins");
        return Err(BadEntry::new(problem, "exchange the two"));
    }
    Ok(Entry::Span { from, until })
}

/// A date, or a date and a time, and whether it is the former.
fn moment(text: &str) -> Option<(Wall, bool)> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let day = wall::day(date.parse::<Date>().ok().filter(|_| date.len() == 10)?);
    let second = time.map_or(Some(0), clock)?;
    Some((Wall::at(day, second), time.is_none()))
}

/// `12-24`.
fn month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (two_digits(month)?, two_digits(day)?);
    // A year in which every day exists.
    Date::new(2024, month, day).ok().map(|_| (month, day))
}

fn two_digits(text: &str) -> Option<i8> {
    let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

/// `02:00`, `14:30:15`, `24:00`, in seconds of the day.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hour = i64::from(two_digits(parts.next()?)?);
    let minute = i64::from(two_digits(parts.next()?)?);
    let second = i64::from(parts.next().map_or(Some(0), two_digits)?);
    let sum = hour * 3600 + minute * 60 + second;
    (parts.next().is_none() && minute < 60 && second < 60 && sum <= DAY).then_some(sum)
}

/// `Tue,Thu 02:00-04:00`, `daily 10:00 for 1h`, `Sun`.
fn weekly(text: &str) -> Result<Entry, BadEntry> {
    let (days, hours) = match text.split_once(char::is_whitespace) {
        Some((days, hours)) => (Some(days), Some(hours.trim())),
        None if text.contains(':') => (None, Some(text)),
        None => (Some(text), None),
    };
    let starts_with_hours = days.is_some_and(|days| days.contains(':'));
    let (days, hours) = if starts_with_hours { (None, Some(text)) } else { (days, hours) };
    let days = days.map_or(Ok(EVERY_DAY), weekdays)?;
    let (from, length) = hours.map_or(Ok((0, DAY)), self::hours)?;
    Ok(Entry::Weekly { days, from, length })
}

/// `Tue,Thu`, `Mon-Fri`, `Sat-Mon`, `daily`, as bits.
fn weekdays(text: &str) -> Result<u8, BadEntry> {
    if text.eq_ignore_ascii_case("daily") {
        return Ok(EVERY_DAY);
    }
    let bad = |text: &str| {
        let problem = format!("`{text}` is no day of the week");
        BadEntry::new(problem, "write days and hours, such as `Tue,Thu 02:00-04:00`")
    };
    let mut days = 0_u8;
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut at, last) =
            (named_day(first).ok_or_else(|| bad(part))?, named_day(last).ok_or_else(|| bad(part))?);
        days |= 1 << at;
        while at != last {
            at = (at + 1) % 7;
            days |= 1 << at;
        }
    }
    Ok(days)
}

/// 0 for Monday, by its name or the first two or three letters of it.
fn named_day(text: &str) -> Option<u8> {
    let lower = text.trim().to_ascii_lowercase();
    let is_short = |name: &str| lower.len() >= 2 && lower.len() <= 3 && name.starts_with(&lower);
    let place = NAMES.iter().position(|name| *name == lower || is_short(name));
    place.and_then(|place| u8::try_from(place).ok())
}

/// `02:00-04:00`, `22:00-06:00`, `14:00 for 1h`: the first second and how many.
fn hours(text: &str) -> Result<(i64, i64), BadEntry> {
    let bad = || {
        let problem = format!("`{text}` are no hours");
        BadEntry::new(problem, "write `02:00-04:00` or `14:00 for 1h`")
    };
    if let Some((start, span)) = text.split_once(" for ") {
        let from = clock(start.trim()).filter(|from| *from < DAY).ok_or_else(bad)?;
        let SpanText(span) = SpanText::read(&Value::from(span.trim()))?;
        let seconds = i64::try_from(span.ms() / 1000).unwrap_or(i64::MAX);
        return Ok((from, length::within_a_day(seconds)?));
    }
    let Some((start, end)) = text.split_once('-') else {
        if clock(text).is_none() {
            return Err(bad());
        }
        let problem = format!("`{text}` does not say until when");
        return Err(BadEntry::new(problem, format!("write `{text} for 1h`, or both ends")));
    };
    let (from, to) = (clock(start.trim()), clock(end.trim()));
    let (Some(from), Some(to)) = (from.filter(|from| *from < DAY), to) else { return Err(bad()) };
    if from == to {
        let problem = format!("`{text}` begins when it ends");
        return Err(BadEntry::new(problem, "leave the hours out for a whole day"));
    }
    let over_midnight = if to < from { DAY } else { 0 };
    Ok((from, to - from + over_midnight))
}

const EVERY_DAY: u8 = 0b111_1111;
const NAMES: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
