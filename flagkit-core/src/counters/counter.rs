//! A counter and how much of it has been told, side by side.

use crate::sync::{AtomicU64, Ordering};

/// Adds to a counter of the calling thread's own.
#[inline]
pub(super) fn add(counter: &AtomicU64, times: u64) {
    // Relaxed: nobody else writes here, and whoever reads wants this number and no other.
    counter.store(counter.load(Ordering::Relaxed).wrapping_add(times), Ordering::Relaxed);
}

/// How much was counted since the last call. One collects at a time.
pub(super) fn untold(counted: &AtomicU64, told: &AtomicU64) -> u64 {
    // Relaxed: a number that is missed now is told next time. Whoever wants all of them has made
    // sure that the threads that count are done, and sees what they did.
    let now = counted.load(Ordering::Relaxed);
    let times = now.wrapping_sub(told.load(Ordering::Relaxed));
    if times > 0 {
        told.store(now, Ordering::Relaxed);
    }
    times
}
