//! Events of RFC 5545 as text: `DTSTART`, `DTEND` or `DURATION`, `RRULE`, `EXDATE`, `RDATE`.

use jiff::civil::Date;

use super::entry::BadEntry;
use super::length;
use super::wall::{self, DAY, Wall};

/// What the properties of an event say.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// The zone of its start, if the event names one.
    pub(super) zone: Option<String>,
    pub(super) start: Stamp,
    /// In seconds.
    pub(super) length: i64,
    pub(super) rule: Option<Rule>,
    pub(super) except: Vec<Stamp>,
    pub(super) also: Vec<Stamp>,
}

/// A time as an event writes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    pub(super) wall: Wall,
    pub(super) is_utc: bool,
    pub(super) is_date: bool,
}

/// How an event recurs.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) frequency: Frequency,
    pub(super) interval: i64,
    pub(super) count: Option<usize>,
    pub(super) until: Option<Stamp>,
    /// The months, January's bit the second lowest; none for all of them.
    pub(super) months: u16,
    pub(super) month_days: Vec<i16>,
    /// Which of them, 0 for all, and the day of the week.
    pub(super) days: Vec<(i16, u8)>,
    pub(super) positions: Vec<i16>,
    /// The day on which weeks begin.
    pub(super) week_start: u8,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

impl Event {
    /// Reads the properties of an event; nothing if the text has none.
    pub(super) fn read(text: &str) -> Result<Option<Self>, BadEntry> {
        let text = text.trim_start();
        let upper: String = text.chars().take(8).collect::<String>().to_ascii_uppercase();
        if !PROPERTIES.iter().any(|name| upper.starts_with(name)) {
            return Ok(None);
        }
        let mut parts = Parts::default();
        for property in text.split_whitespace() {
            parts.add(property)?;
        }
        parts.event().map(Some)
    }
}

/// The properties of an event as they come.
#[derive(Default)]
struct Parts {
    zone: Option<String>,
    start: Option<Stamp>,
    end: Option<Stamp>,
    length: Option<i64>,
    rule: Option<Rule>,
    except: Vec<Stamp>,
    also: Vec<Stamp>,
}

impl Parts {
    fn add(&mut self, property: &str) -> Result<(), BadEntry> {
        let Some((head, value)) = property.split_once(':') else {
            let problem = format!("`{property}` is no property of an event");
            return Err(BadEntry::new(problem, "write `NAME:VALUE`"));
        };
        let mut head = head.split(';');
        let name = head.next().unwrap_or_default().to_ascii_uppercase();
        let zone = head.find_map(|parameter| {
            let zone = parameter.strip_prefix("TZID=")?;
            Some(zone.trim_matches('"').to_owned())
        });
        match &*name {
            "DTSTART" => {
                self.start = Some(stamp(value)?);
                self.zone = zone;
            }
            "DTEND" => self.end = Some(stamp(value)?),
            "DURATION" => self.length = Some(length::duration(value)?),
            "RRULE" => self.rule = Some(Rule::read(value)?),
            "EXDATE" => self.except.extend(stamps(value)?),
            "RDATE" => self.also.extend(stamps(value)?),
            _ => {
                let problem = format!("`{name}` is no property that a calendar reads");
                return Err(BadEntry::new(problem, "leave it out"));
            }
        }
        Ok(())
    }

    fn event(self) -> Result<Event, BadEntry> {
        let Some(start) = self.start else {
            let mend = "add `DTSTART:20260106T020000`, the first time";
            return Err(BadEntry::new("the event does not say when it begins", mend));
        };
        let length = match (self.length, self.end) {
            (Some(length), None) => length,
            (None, Some(end)) => length::within_a_year(end.wall.0 - start.wall.0)?,
            (None, None) if start.is_date => DAY,
            (None, None) => {
                let mend = "add `DURATION:PT2H` or `DTEND`";
                return Err(BadEntry::new("the event does not say how long it lasts", mend));
            }
            (Some(_), Some(_)) => {
                let problem = "the event says twice how long it lasts";
                return Err(BadEntry::new(problem, "leave `DURATION` or `DTEND` out"));
            }
        };
        let zone = if start.is_utc { Some("UTC".to_owned()) } else { self.zone };
        let (rule, except, also) = (self.rule, self.except, self.also);
        Ok(Event { zone, start, length, rule, except, also })
    }
}

fn stamps(text: &str) -> Result<Vec<Stamp>, BadEntry> {
    text.split(',').map(stamp).collect()
}

/// `20260106`, `20260106T020000`, `20260106T020000Z`.
fn stamp(text: &str) -> Result<Stamp, BadEntry> {
    let bad = || {
        let problem = format!("`{text}` is no time of an event");
        BadEntry::new(problem, "write `20260106T020000`, with `Z` for UTC, or `20260106`")
    };
    let (local, is_utc) = match text.strip_suffix('Z') {
        Some(local) => (local, true),
        None => (text, false),
    };
    let (date, time) = match local.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (local, None),
    };
    let plain =
        |text: &str, len| text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(date, 8) || !time.is_none_or(|time| plain(time, 6)) {
        return Err(bad());
    }
    let number = |text: &str, from: usize, to: usize| {
        text.get(from..to).and_then(|digits| digits.parse::<i16>().ok()).unwrap_or_default()
    };
    let small = |from, to| i8::try_from(number(date, from, to)).unwrap_or_default();
    let day = Date::new(number(date, 0, 4), small(4, 6), small(6, 8)).map_err(|_| bad())?;
    let second = time.map_or(Some(0), |time| {
        let [hour, minute, second] =
            [(0, 2), (2, 4), (4, 6)].map(|(from, to)| i64::from(number(time, from, to)));
        (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
    });
    let second = second.ok_or_else(bad)?;
    Ok(Stamp { wall: Wall::at(wall::day(day), second), is_utc, is_date: time.is_none() })
}

impl Rule {
    /// Reads the value of `RRULE`.
    fn read(text: &str) -> Result<Self, BadEntry> {
        let (mut frequency, mut rule) = (None, Self::plain());
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let bad = || {
                let problem = format!("`{part}` of the `RRULE` cannot be read");
                BadEntry::new(problem, "see RFC 5545, 3.3.10")
            };
            match &*name.to_ascii_uppercase() {
                "FREQ" => frequency = Some(Frequency::read(value)?),
                "INTERVAL" => {
                    rule.interval = number(value, 1, 10_000).map(i64::from).ok_or_else(bad)?;
                }
                "COUNT" => {
                    let count = number(value, 1, 10_000).ok_or_else(bad)?;
                    rule.count = usize::try_from(count).ok();
                }
                "UNTIL" => rule.until = Some(stamp(value)?),
                "WKST" => rule.week_start = weekday(value).ok_or_else(bad)?,
                "BYMONTH" => {
                    for month in numbers(value, 1, 12).ok_or_else(bad)? {
                        rule.months |= 1 << month;
                    }
                }
                "BYMONTHDAY" => rule.month_days = either_way(value, 31).ok_or_else(bad)?,
                "BYSETPOS" => rule.positions = either_way(value, 366).ok_or_else(bad)?,
                "BYDAY" => {
                    let days: Option<Vec<_>> = value.split(',').map(nth_weekday).collect();
                    rule.days = days.ok_or_else(bad)?;
                }
                _ => {
                    let problem = format!("a calendar does not read `{part}` of the `RRULE`");
                    return Err(BadEntry::new(problem, MEND_PARTS));
                }
            }
        }
        let missing = || BadEntry::new("the `RRULE` has no `FREQ`", "add `FREQ=WEEKLY`");
        rule.frequency = frequency.ok_or_else(missing)?;
        rule.checked()
    }

    /// Every day.
    fn plain() -> Self {
        Self {
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            months: 0,
            month_days: Vec::new(),
            days: Vec::new(),
            positions: Vec::new(),
            week_start: 0,
        }
    }

    fn checked(self) -> Result<Self, BadEntry> {
        let counts = self.days.iter().any(|(which, _)| *which != 0);
        let is_coarse = matches!(self.frequency, Frequency::Monthly | Frequency::Yearly);
        if counts && !is_coarse {
            let problem = "`BYDAY` counts days in a rule that is neither monthly nor yearly";
            return Err(BadEntry::new(problem, "write `MO` instead of `1MO`"));
        }
        if self.frequency == Frequency::Weekly && !self.month_days.is_empty() {
            let problem = "`BYMONTHDAY` cannot stand in a weekly rule";
            return Err(BadEntry::new(problem, "use `FREQ=MONTHLY`"));
        }
        if self.count.is_some() && self.until.is_some() {
            let problem = "the `RRULE` has `COUNT` and `UNTIL`";
            return Err(BadEntry::new(problem, "leave one of them out"));
        }
        Ok(self)
    }
}

impl Frequency {
    fn read(text: &str) -> Result<Self, BadEntry> {
        match &*text.to_ascii_uppercase() {
            "DAILY" => Ok(Self::Daily),
            "WEEKLY" => Ok(Self::Weekly),
            "MONTHLY" => Ok(Self::Monthly),
            "YEARLY" => Ok(Self::Yearly),
            _ => {
                let problem = format!("no window recurs `{text}`");
                Err(BadEntry::new(problem, "use `DAILY`, `WEEKLY`, `MONTHLY` or `YEARLY`"))
            }
        }
    }
}

fn number(text: &str, min: u32, max: u32) -> Option<u32> {
    text.parse().ok().filter(|number| (min..=max).contains(number))
}

fn numbers(text: &str, min: u32, max: u32) -> Option<Vec<u32>> {
    text.split(',').map(|part| number(part, min, max)).collect()
}

/// Numbers from either end, none of them 0.
fn either_way(text: &str, max: i16) -> Option<Vec<i16>> {
    let read = |part: &str| {
        let number: i16 = part.parse().ok()?;
        (number != 0 && number.abs() <= max).then_some(number)
    };
    text.split(',').map(read).collect()
}

/// `MO`, `1MO`, `-1FR`.
fn nth_weekday(text: &str) -> Option<(i16, u8)> {
    let (which, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let which = if which.is_empty() { 0 } else { *either_way(which, 53)?.first()? };
    Some((which, weekday(day)?))
}

fn weekday(text: &str) -> Option<u8> {
    let upper = text.to_ascii_uppercase();
    let place = WEEKDAYS.iter().position(|name| *name == upper)?;
    u8::try_from(place).ok()
}

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const PROPERTIES: [&str; 6] = ["DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE"];
const MEND_PARTS: &str = "it reads `FREQ`, `INTERVAL`, `COUNT`, `UNTIL`, `BYMONTH`, `BYMONTHDAY`, \
                          `BYDAY`, `BYSETPOS` and `WKST`";
