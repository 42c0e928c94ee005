//! How long to wait after a failure.

use std::time::Duration;

use super::random::Random;

mod retry_after;

pub(crate) use retry_after::retry_after;

/// Waits that double from failure to failure, up to a bound.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    /// The first wait, doubled up to the longest.
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, failures: 0 }
    }

    /// For what may be over in a moment: half a second, doubled up to 30 seconds or the longest
    /// that is given, if that is longer.
    pub(crate) fn quick(longest: Duration) -> Self {
        Self { first: QUICK.0, longest: longest.max(QUICK.1), failures: 0 }
    }

    /// For what somebody has to mend: one minute, doubled up to 15.
    pub(crate) fn slow() -> Self {
        Self { first: SLOW.0, longest: SLOW.1, failures: 0 }
    }

    /// The bound of the next wait, which then doubles.
    pub(crate) fn next(&mut self) -> Duration {
        let factor = 1_u32.checked_shl(self.failures).unwrap_or(u32::MAX);
        self.failures = self.failures.saturating_add(1);
        self.first.saturating_mul(factor).min(self.longest)
    }

    /// Full jitter: a random part of the next wait, so that clients that lost one server do not
    /// come back together.
    pub(crate) fn next_jittered(&mut self, random: &mut Random) -> Duration {
        let wait = self.next();
        random.part_of(wait)
    }

    /// The next wait and up to a tenth more, for waits that must not be short.
    pub(crate) fn next_spread(&mut self, random: &mut Random) -> Duration {
        let wait = self.next();
        random.spread(wait)
    }

    /// Begins anew.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

const QUICK: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
const SLOW: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(15 * 60));

#[cfg(test)]
mod tests;
