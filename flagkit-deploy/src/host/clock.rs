//! The engine's time: the system's clock, without its jumps.
//!
//! Waits are lengths of time, so they follow a clock that nobody sets. The system's clock may be set;
//! then the engine says so and approaches it, gaining or losing one second in ten, so that no wait is cut
//! short by more than a tenth. A suspended machine is no jump: time has passed there as everywhere.

use std::time::SystemTime;

use crate::time::{Span, Time};

/// The engine's time.
#[derive(Debug)]
pub(super) struct Clock {
    source: Source,
    /// In microseconds, so that the smallest steps add up.
    now: u64,
    /// The unset clock when that was so.
    elapsed: u64,
    /// How far the system's clock was ahead then.
    ahead: i64,
}

impl Clock {
    /// It begins with the system's clock.
    pub(super) fn new() -> Self {
        let source = Source::new();
        let now = wall();
        Self { elapsed: source.elapsed(), source, now, ahead: 0 }
    }

    /// The time, and in words if the system's clock was set since the last look.
    pub(super) fn now(&mut self) -> (Time, Option<String>) {
        let elapsed = self.source.elapsed();
        let told = self.advance(wall(), elapsed);
        (Time::from_unix_ms(self.now / 1000), told)
    }

    fn advance(&mut self, wall: u64, elapsed: u64) -> Option<String> {
        let passed = elapsed.saturating_sub(self.elapsed);
        self.elapsed = self.elapsed.max(elapsed);
        let expected = self.now.saturating_add(passed);
        let ahead = wall.cast_signed().saturating_sub(expected.cast_signed());
        let jumped = ahead.saturating_sub(self.ahead);
        let most = (passed / 10).cast_signed();
        let correction = ahead.clamp(-most, most);
        self.now = expected.saturating_add_signed(correction);
        self.ahead = ahead.saturating_sub(correction);
        (jumped.unsigned_abs() >= JUMP).then(|| words(jumped, self.ahead))
    }
}

/// What happened to the clock.
fn words(jumped: i64, ahead: i64) -> String {
    let span = |micros: i64| Span::from_ms(micros.unsigned_abs() / 1000);
    let side = |micros: i64, more, less| if micros > 0 { more } else { less };
    format!(
        "the system's clock was set {} by {}; the engine is {} {} it and approaches it by 6s a minute, so \
         that no wait is cut short; restart it to take over the new time at once",
        side(jumped, "forward", "back"),
        span(jumped),
        span(ahead),
        side(ahead, "behind", "ahead of"),
    )
}

/// The system's clock in microseconds since 1970.
fn wall() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// A clock that nobody sets, and that goes on while the machine is suspended.
#[derive(Debug)]
struct Source {
    #[cfg(not(target_os = "linux"))]
    start: std::time::Instant,
}

#[cfg(target_os = "linux")]
impl Source {
    fn new() -> Self {
        Self {}
    }

    #[expect(clippy::unused_self, reason = "elsewhere it has a start")]
    fn elapsed(&self) -> u64 {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
        let nanos = u64::try_from(time.tv_nsec).unwrap_or_default();
        seconds.saturating_mul(1_000_000).saturating_add(nanos / 1000)
    }
}

#[cfg(not(target_os = "linux"))]
impl Source {
    fn new() -> Self {
        Self { start: std::time::Instant::now() }
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// A difference that is told, in microseconds: two seconds.
const JUMP: u64 = 2_000_000;

#[cfg(test)]
mod tests;
