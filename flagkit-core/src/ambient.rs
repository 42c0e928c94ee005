//! The world as an argument: the time and a random number.
//!
//! The core never asks the operating system. Whoever evaluates passes an
//! [`Ambient`]; it is asked only when a rule that decides the evaluation looks at
//! the clock or draws a number, so flags without a schedule never cost a clock read.

use crate::timestamp::Timestamp;

/// What an evaluation may ask of the outside world.
pub trait Ambient {
    /// The time of the evaluation. An evaluation asks at most once.
    fn now(&self) -> Timestamp;

    /// A uniformly distributed random number.
    fn random(&self) -> u64;
}

/// A world that stands still: for tests, replays and `--now`.
///
/// ```
/// use flagkit_core::{Ambient, Fixed, Timestamp};
///
/// let world = Fixed::at(Timestamp::parse("2026-12-01T00:00:00Z").unwrap());
/// assert_eq!(world.now().to_string(), "2026-12-01T00:00:00Z");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fixed {
    now: Timestamp,
    random: u64,
}

impl Fixed {
    /// A world at this time, whose random number is 0.
    pub const fn at(now: Timestamp) -> Self {
        Self { now, random: 0 }
    }

    /// The same world with another random number.
    pub fn with_random(self, random: u64) -> Self {
        Self { random, ..self }
    }
}

impl Ambient for Fixed {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn random(&self) -> u64 {
        self.random
    }
}
