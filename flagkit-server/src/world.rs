//! The world that evaluations ask: the clock and random numbers.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use flagkit_core::{Ambient, Timestamp};

/// The machine's clock, or a time that somebody asks about; random numbers from a small generator.
#[derive(Debug)]
pub(crate) struct World {
    fixed: Option<Timestamp>,
    state: Cell<u64>,
}

impl World {
    /// Now.
    pub(crate) fn now() -> Self {
        Self::new(None)
    }

    /// At this time.
    pub(crate) fn at(time: Timestamp) -> Self {
        Self::new(Some(time))
    }

    fn new(fixed: Option<Timestamp>) -> Self {
        // Its keys are new and random each time.
        Self { fixed, state: Cell::new(RandomState::new().hash_one(0_u8)) }
    }
}

impl Ambient for World {
    fn now(&self) -> Timestamp {
        self.fixed.unwrap_or_else(|| Timestamp::from_unix_nanoseconds(nanoseconds_since_1970()))
    }

    /// `SplitMix64`: enough for "ten percent of requests", useless for secrets.
    fn random(&self) -> u64 {
        let state = self.state.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.state.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

/// The time in milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    u64::try_from(since_1970().as_millis()).unwrap_or(u64::MAX)
}

/// Zero for a clock before 1970, the end of what fits for one after 2262.
fn nanoseconds_since_1970() -> i64 {
    i64::try_from(since_1970().as_nanos()).unwrap_or(i64::MAX)
}

fn since_1970() -> std::time::Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
