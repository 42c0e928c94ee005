//! Points in time and spans, in whole milliseconds.
//!
//! Nothing here reads a clock: `now` comes with every event. Arithmetic saturates, so
//! a time far in the future is never in the past.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use flagkit_core::Timestamp;
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
///
/// ```
/// use flagkit_deploy::{Span, Time};
///
/// let start = Time::from_unix_ms(1_000);
/// assert_eq!(start + Span::from_secs(2), Time::from_unix_ms(3_000));
/// assert_eq!(Time::from_unix_ms(3_000) - start, Span::from_secs(2));
/// assert_eq!(start - Time::from_unix_ms(3_000), Span::ZERO);
/// ```
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(transparent)]
pub struct Time(u64);

impl Time {
    /// The time this many milliseconds after 1970.
    pub const fn from_unix_ms(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    pub const fn unix_ms(self) -> u64 {
        self.0
    }

    /// The same time for the evaluation of conditions; none beyond the year 262,000.
    #[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years of milliseconds")]
    pub fn timestamp(self) -> Option<Timestamp> {
        Timestamp::from_unix_seconds(self.0 as f64 / 1000.0)
    }
}

impl Add<Span> for Time {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub for Time {
    type Output = Span;

    /// How long after `earlier` this is; nothing if it is not.
    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

/// RFC 3339 in UTC.
impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.timestamp() {
            Some(timestamp) => write!(formatter, "{timestamp}"),
            None => write!(formatter, "{} ms after 1970", self.0),
        }
    }
}

/// A length of time in milliseconds.
///
/// ```
/// use flagkit_deploy::Span;
///
/// assert_eq!(Span::from_secs(90).to_string(), "1m 30s");
/// assert_eq!(Span::from_ms(250).to_string(), "250ms");
/// ```
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(transparent)]
pub struct Span(u64);

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// This many milliseconds.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms)
    }

    /// This many seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// The length in milliseconds.
    pub const fn ms(self) -> u64 {
        self.0
    }

    /// The length in seconds.
    #[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years of milliseconds")]
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// This many times as long.
    pub const fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl Add for Span {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        Self::from_millis(span.0)
    }
}

/// The two largest units that are needed: `2h 5m`, `1m 30s`, `250ms`.
impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 5] =
            [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")];
        let mut left = self.0;
        let mut written = 0;
        for (size, unit) in UNITS {
            let count = left / size;
            if count == 0 || written == 2 {
                continue;
            }
            let blank = if written == 0 { "" } else { " " };
            write!(formatter, "{blank}{count}{unit}")?;
            left %= size;
            written += 1;
        }
        if written == 0 { formatter.write_str("0s") } else { Ok(()) }
    }
}
