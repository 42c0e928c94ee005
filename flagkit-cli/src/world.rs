//! The world that evaluations ask: the clock and random numbers.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use flagkit_core::{Ambient, Timestamp};

/// The machine's clock, or one that stands still; random numbers from a small generator.
#[derive(Debug)]
pub(crate) struct World {
    fixed: Option<Timestamp>,
    state: Cell<u64>,
}

impl World {
    /// A world at this time, or one that goes with the machine's clock.
    pub(crate) fn new(fixed: Option<Timestamp>) -> Self {
        let seed = nanoseconds_since_1970().unsigned_abs();
        Self { fixed, state: Cell::new(seed) }
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

/// Zero for a clock before 1970, the end of what fits for one after 2262.
fn nanoseconds_since_1970() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_nanos()).unwrap_or(i64::MAX)
}
