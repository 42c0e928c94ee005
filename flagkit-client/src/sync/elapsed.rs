//! Time that only goes forward, however the caller's clock jumps.

use std::time::Duration;

/// Adds up the steps between the times that are passed in; a step back counts as none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Elapsed {
    /// The last time of the caller's.
    last: Duration,
    now: Duration,
}

impl Elapsed {
    /// Takes a time of the caller's and says which one it is here.
    pub(super) fn advance(&mut self, now: Duration) -> Duration {
        self.now = self.now.saturating_add(now.saturating_sub(self.last));
        self.last = now;
        self.now
    }

    /// A time here as a time of the caller's.
    pub(super) fn for_caller(&self, time: Duration) -> Duration {
        match time.checked_sub(self.now) {
            Some(ahead) => self.last.saturating_add(ahead),
            None => self.last.saturating_sub(self.now.saturating_sub(time)),
        }
    }
}
