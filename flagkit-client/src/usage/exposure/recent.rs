//! What was seen within the last hour, by numbers in a table that all threads share.
//!
//! A number stands in one of four places. If all of them are taken, the oldest makes room: then
//! something is told twice within an hour, which does no harm.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Hashes with the second in which each was seen: 40 bits and 24 bits.
#[derive(Debug)]
pub(super) struct Recent {
    rows: Box<[[AtomicU64; WIDTH]]>,
}

impl Recent {
    pub(super) fn new() -> Self {
        let row = || std::array::from_fn(|_| AtomicU64::new(0));
        Self { rows: (0..ROWS).map(|_| row()).collect() }
    }

    /// Whether this hash was seen within the last hour. If not, it is from now on.
    pub(super) fn is_known(&self, hash: u64, now: Duration) -> bool {
        let row = usize::try_from(hash % ROWS as u64).ok().and_then(|row| self.rows.get(row));
        let Some(row) = row else { return false };
        // Not 0, which is an empty place. Seconds wrap after half a year.
        let (tag, now) = (hash >> SECOND_BITS << SECOND_BITS, now.as_secs().wrapping_add(1));
        let entry = tag | (now & SECONDS);
        for _ in 0..ATTEMPTS {
            // Relaxed: a number stands for itself, and nothing hangs on it.
            let found = row.each_ref().map(|place| (place, place.load(Ordering::Relaxed)));
            let age =
                |seen: u64| if seen == 0 { SECONDS } else { now.wrapping_sub(seen) & SECONDS };
            let same = found.iter().find(|(_, seen)| *seen != 0 && seen & !SECONDS == tag);
            if same.is_some_and(|(_, seen)| age(*seen) < HOUR) {
                return true;
            }
            let oldest = || found.iter().max_by_key(|(_, seen)| age(*seen));
            let Some((place, seen)) = same.or_else(oldest) else { return false };
            // Of two threads that see the same for the first time, one is the first.
            let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
            if place.compare_exchange(*seen, entry, success, failure).is_ok() {
                return false;
            }
        }
        false
    }
}

/// A number that many threads change.
#[derive(Debug, Default)]
pub(super) struct Gauge(AtomicU64);

impl Gauge {
    // Relaxed everywhere: only the sum matters.

    pub(super) fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    pub(super) fn subtract(&self, number: u64) {
        self.0.fetch_sub(number, Ordering::Relaxed);
    }

    pub(super) fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }

    pub(super) fn value(&self) -> u64 {
        // For a moment, what is taken may have been subtracted before it was added.
        let value = self.0.load(Ordering::Relaxed);
        if value > u64::MAX / 2 { 0 } else { value }
    }
}

const ROWS: usize = 1 << 14;
const WIDTH: usize = 4;
const SECOND_BITS: u32 = 24;
const SECONDS: u64 = (1 << SECOND_BITS) - 1;
const HOUR: u64 = 60 * 60;
/// So often another thread may be faster.
const ATTEMPTS: usize = 8;

#[cfg(test)]
mod tests;
