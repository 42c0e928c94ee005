//! Points in time, to the nanosecond.
//!
//! Read from RFC 3339 text or from a number of seconds since 1970; everything is
//! UTC. Years 0 to 9999 can be said in text, a wider range in seconds.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDateTime, SecondsFormat, Timelike, Utc};

/// A point in time.
///
/// ```
/// use flagkit_core::Timestamp;
///
/// let start = Timestamp::parse("2026-12-01T01:00:00+01:00").unwrap();
/// assert_eq!(Some(start), Timestamp::from_unix_seconds(1_796_083_200.0));
/// assert!(Timestamp::parse("2026-12-01").is_none());
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(DateTime::UNIX_EPOCH);

    /// Reads RFC 3339 text: date, `T`, time, and a zone (`Z` or `+hh:mm`).
    pub fn parse(text: &str) -> Option<Self> {
        let separated = matches!(text.as_bytes().get(10), Some(b'T' | b't'));
        let parsed = separated.then(|| DateTime::parse_from_rfc3339(text).ok()).flatten()?;
        Some(Self(parsed.with_timezone(&Utc)))
    }

    /// Reads text as [`Timestamp::parse`] does, also with a blank for the `T`, and forgets the
    /// fraction of its second. A leap second is the one before it.
    ///
    /// ```
    /// use flagkit_core::Timestamp;
    ///
    /// let whole = Timestamp::parse("2026-01-02T03:04:05Z");
    /// assert_eq!(Timestamp::parse_whole_seconds("2026-01-02 03:04:05.999Z"), whole);
    /// ```
    pub fn parse_whole_seconds(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text).ok()?;
        DateTime::from_timestamp(time.timestamp(), 0).map(Self)
    }

    /// Reads text as [`Timestamp::parse`] does, and looser forms: a blank for the `T`, blanks
    /// around parts, one digit where two are usual, a zone without colon, years with a sign.
    ///
    /// ```
    /// use flagkit_core::Timestamp;
    ///
    /// let strict = Timestamp::parse("2026-01-02T03:04:05Z");
    /// assert_eq!(Timestamp::parse_loosely("2026-1-2 3:4:5 +0000"), strict);
    /// assert!(Timestamp::parse_loosely("2026-01-02").is_none());
    /// ```
    pub fn parse_loosely(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// Reads text as [`Timestamp::parse`] does, with a blank for the `T` perhaps, and
    /// `2026-1-2 3:04:05` without a zone, which is UTC.
    pub fn parse_leniently(text: &str) -> Option<Self> {
        let zoned = || DateTime::parse_from_rfc3339(text).ok();
        let plain = || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok();
        zoned()
            .map(|time| Self(time.with_timezone(&Utc)))
            .or_else(|| plain().map(|time| Self(time.and_utc())))
    }

    /// The time this many seconds after 1970; `None` beyond what a calendar can say.
    #[expect(clippy::cast_possible_truncation, reason = "out of range saturates, then fails below")]
    #[expect(clippy::cast_sign_loss, reason = "the fraction above the floor is never negative")]
    pub fn from_unix_seconds(seconds: f64) -> Option<Self> {
        if !seconds.is_finite() {
            return None;
        }
        let whole = seconds.floor();
        let nanoseconds = ((seconds - whole) * 1e9).round().min(999_999_999.0) as u32;
        DateTime::from_timestamp(whole as i64, nanoseconds).map(Self)
    }

    /// The time this many milliseconds after 1970; `None` beyond what a calendar can say.
    pub fn from_unix_milliseconds(milliseconds: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(milliseconds).map(Self)
    }

    /// The time this many nanoseconds after 1970.
    pub fn from_unix_nanoseconds(nanoseconds: i64) -> Self {
        Self(DateTime::from_timestamp_nanos(nanoseconds))
    }

    /// Whole milliseconds since 1970.
    pub fn unix_milliseconds(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Seconds since 1970, to about a microsecond.
    #[expect(clippy::cast_precision_loss, reason = "seconds of this era fit a float exactly")]
    pub fn unix_seconds(self) -> f64 {
        self.0.timestamp() as f64 + f64::from(self.0.timestamp_subsec_nanos()) / 1e9
    }

    /// Seconds since midnight, UTC: 0 to 86,399.
    pub fn second_of_day(self) -> u32 {
        self.0.num_seconds_from_midnight()
    }

    /// The day of the week, UTC: 0 is Monday, 6 is Sunday.
    pub fn weekday(self) -> u8 {
        u8::try_from(self.0.weekday().num_days_from_monday()).unwrap_or_default()
    }
}

/// RFC 3339 in UTC, with as many decimals as there are.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

#[cfg(test)]
mod tests;
