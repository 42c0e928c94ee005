//! Which units were seen before, since collecting began.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::time::Time;

/// Units of a target that were seen, each with its metric, as 64 bits.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    units: HashSet<u64>,
    since: Option<Time>,
    has_lost: bool,
}

impl Seen {
    /// Notes a unit of a metric. Whether it is seen for the first time, which is not known any more
    /// once there are too many.
    pub(super) fn is_first(&mut self, (metric, unit): (u16, &str), now: Time, most: usize) -> bool {
        self.since.get_or_insert(now);
        if self.has_lost {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        (metric, unit).hash(&mut hasher);
        let is_first = self.units.insert(hasher.finish());
        if self.units.len() > most {
            self.lose();
        }
        is_first
    }

    /// Some unit was not noted. From now on nobody knows who is new.
    pub(super) fn lose(&mut self) {
        self.has_lost = true;
        self.units = HashSet::new();
    }

    /// Whether every unit was noted.
    pub(super) fn is_complete(&self) -> bool {
        !self.has_lost
    }

    /// Since when.
    pub(super) fn since(&self) -> Time {
        self.since.unwrap_or_default()
    }
}
