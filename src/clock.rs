//! The world as it is: the system's clock and randomness.

use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use flagkit_core::{Ambient, Timestamp};

/// Asked only by flags whose rules look at the time or draw a number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct System;

impl Ambient for System {
    fn now(&self) -> Timestamp {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix_nanoseconds(i64::try_from(elapsed.as_nanos()).unwrap_or(i64::MAX))
    }

    /// Every `RandomState` is seeded anew: good enough to assign contexts without a key.
    fn random(&self) -> u64 {
        RandomState::new().hash_one(0)
    }
}
