//! Rules that decide when a release is rolled back: ours, those of others, and tests that know the
//! truth.

mod growthbook;
mod kayenta;
mod ours;
mod thresholds;

pub(crate) use ours::{Oracle, Released, Steady, Watching};

use flagkit_stats::Arms;
use flagkit_stats::events::Look;

use crate::world::World;

/// Looks at a release while it is out.
pub(crate) trait Rule {
    /// What was counted up to a second. True rolls back, at once.
    fn look(&mut self, second: u32, look: &Look) -> bool;
}

/// A rule by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Flagger,
    Argo,
    PeekingZ,
    Kayenta,
    GrowthBook,
    /// Ours, with α in millionths and seconds between looks.
    Evidence {
        alpha: u32,
        every: u32,
    },
    /// Ours for a release that may turn bad, at 0.1 %, each ten seconds.
    Watch,
    /// The same for requests that are repeated, with a dispersion that was measured before.
    Dispersed,
    /// The sequential probability ratio test that knows the ratio, by the split of events, with α in
    /// millionths.
    KnowsRatio {
        alpha: u32,
    },
    /// The same that knows both rates, so that it needs no control.
    KnowsRates {
        alpha: u32,
    },
}

impl Kind {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Flagger => "Flagger".to_owned(),
            Self::Argo => "Argo Rollouts".to_owned(),
            Self::PeekingZ => "z-test, peeking at 5 %".to_owned(),
            Self::Kayenta => "Kayenta".to_owned(),
            Self::GrowthBook => "GrowthBook, each 60 s".to_owned(),
            Self::Evidence { alpha, every } => {
                format!("FlagKit, {} %, each {every} s", in_percent(alpha))
            }
            Self::Watch => "FlagKit\'s watch, 0.1 %, each 10 s".to_owned(),
            Self::Dispersed => "FlagKit, 0.1 %, with dispersion".to_owned(),
            Self::KnowsRatio { alpha } => format!("knows the ratio ({} %)", in_percent(alpha)),
            Self::KnowsRates { alpha } => format!("knows both rates ({} %)", in_percent(alpha)),
        }
    }

    /// Begins to look at a release in a world, of which only floors know anything.
    pub(crate) fn start(self, world: &World) -> Box<dyn Rule> {
        match self {
            Self::Flagger => Box::new(thresholds::Flagger::default()),
            Self::Argo => Box::new(thresholds::Argo::default()),
            Self::PeekingZ => Box::new(thresholds::PeekingZ::default()),
            Self::Kayenta => Box::new(kayenta::Kayenta::default()),
            Self::GrowthBook => Box::new(growthbook::GrowthBook::default()),
            Self::Evidence { alpha, every } => Box::new(Steady::new(f64::from(alpha) / 1e6, every)),
            Self::Watch => Box::new(Watching::new(0.001)),
            Self::Dispersed => Box::new(Steady::dispersed(world)),
            Self::KnowsRatio { alpha } => Box::new(Oracle::of_ratio(world, f64::from(alpha) / 1e6)),
            Self::KnowsRates { alpha } => Box::new(Oracle::of_rates(world, f64::from(alpha) / 1e6)),
        }
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::Evidence { .. } | Self::Dispersed | Self::Watch)
    }

    pub(crate) fn is_floor(self) -> bool {
        matches!(self, Self::KnowsRatio { .. } | Self::KnowsRates { .. })
    }
}

/// Millionths as percent.
fn in_percent(alpha: u32) -> f64 {
    f64::from(alpha) / 10_000.0
}

/// Counts of several steps together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Window {
    sum: Look,
}

impl Window {
    /// What was counted in a window of some seconds, when it ends.
    pub(crate) fn add(&mut self, second: u32, every: u32, look: &Look) -> Option<Look> {
        self.sum = sum(&self.sum, look);
        second.is_multiple_of(every).then(|| std::mem::take(&mut self.sum))
    }
}

/// Two looks as one.
pub(crate) fn sum(one: &Look, other: &Look) -> Look {
    let add = |one: Arms<u64>, other: Arms<u64>| one.zip(other).map(|(one, other)| one + other);
    Look { exposures: add(one.exposures, other.exposures), events: add(one.events, other.events) }
}
