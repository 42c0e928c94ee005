//! Clocks on walls: what they show, and when they are set.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::time::Time;

/// Seconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Instant(pub(super) i64);

impl Instant {
    pub(super) fn of(time: Time) -> Self {
        Self(i64::try_from(time.unix_ms() / 1000).unwrap_or(i64::MAX))
    }

    pub(super) fn time(self) -> Time {
        Time::from_unix_ms(u64::try_from(self.0).unwrap_or_default().saturating_mul(1000))
    }

    pub(super) fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

/// What a clock shows, in seconds since 1970-01-01 00:00 on the same clock.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Wall(pub(super) i64);

/// A day, counted from 1970-01-01.
pub(super) type Day = i64;

/// The seconds of a day that a clock counts.
pub(super) const DAY: i64 = 86_400;

impl Wall {
    pub(super) fn at(day: Day, second: i64) -> Self {
        Self(day.saturating_mul(DAY).saturating_add(second))
    }

    pub(super) fn day(self) -> Day {
        self.0.div_euclid(DAY)
    }
}

/// The date of a day; none beyond the years -9999 to 9999.
pub(super) fn date(day: Day) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(day).ok()?).ok()
}

/// The day of a date.
pub(super) fn day(date: Date) -> Day {
    date.duration_since(EPOCH).as_secs().div_euclid(DAY)
}

/// The day of the week, 0 on Monday.
pub(super) fn weekday(day: Day) -> u8 {
    // 1970-01-01 was a Thursday.
    u8::try_from((day + 3).rem_euclid(7)).unwrap_or_default()
}

/// How many seconds the clocks of a zone are ahead of UTC.
pub(super) fn offset(zone: &TimeZone, now: Instant) -> i64 {
    i64::from(zone.to_offset(timestamp(now)).seconds())
}

/// When the clocks of a zone are set next.
pub(super) fn next_set(zone: &TimeZone, after: Instant) -> Option<Instant> {
    let transition = zone.following(timestamp(after)).next()?;
    Some(Instant(transition.timestamp().as_second()))
}

/// The time as the library has it; the ends of its reach beyond them.
fn timestamp(now: Instant) -> Timestamp {
    let end = if now.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(now.0).unwrap_or(end)
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);
