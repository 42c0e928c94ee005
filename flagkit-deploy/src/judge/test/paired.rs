//! Events of two sides: one test that remembers everything, and one that begins anew.

use flagkit_stats::events::{EventTest, LateTest, Look};
use flagkit_stats::{Arms, Error};
use serde::{Deserialize, Serialize};

/// Is the ratio of the rates above a margin, or below? Harm is asked of both tests together.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Paired {
    pub(super) all: EventTest,
    pub(super) late: LateTest,
}

impl Paired {
    pub(super) fn new(margin: f64) -> Result<Self, Error> {
        Ok(Self { all: EventTest::new(margin)?, late: LateTest::new(margin)? })
    }

    /// One window, with the power of its evidence.
    pub(super) fn add(&mut self, look: &Look, power: f64) {
        self.all.add_tempered(look, power);
        self.late.add(look, power, &self.all);
    }
}

/// The same window with the sides in each other's place.
pub(super) fn swapped(look: &Look) -> Look {
    let swap = |arms: Arms<u64>| Arms { control: arms.treatment, treatment: arms.control };
    Look { exposures: swap(look.exposures), events: swap(look.events) }
}
