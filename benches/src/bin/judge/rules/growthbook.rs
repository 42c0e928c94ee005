//! A guardrail of GrowthBook's Safe Rollout: the one-sided sequential test at 5 %, refreshed every
//! minute instead of every six hours, which is its default, on the absolute difference, which is the
//! faster of its two.

use flagkit_stats::events::Look;
use flagkit_stats::growthbook::frequentist::Alternative;
use flagkit_stats::growthbook::sequential::{Settings, test};
use flagkit_stats::growthbook::statistic::Sample;
use flagkit_stats::growthbook::{Difference, Statistic};

use super::{Rule, Window, sum};
use crate::world::number;

#[derive(Debug, Default)]
pub(crate) struct GrowthBook {
    window: Window,
    all: Look,
}

impl Rule for GrowthBook {
    fn look(&mut self, second: u32, look: &Look) -> bool {
        let Some(minute) = self.window.add(second, 60, look) else { return false };
        self.all = sum(&self.all, &minute);
        let arms = self.all.exposures.zip(self.all.events).map(|(count, events)| {
            Statistic::Sample(Sample::Proportion { count, sum: number(events) })
        });
        let settings = Settings { difference: Difference::Absolute, ..Settings::default() };
        let outcome = test(&arms.control, &arms.treatment, Alternative::Greater, &settings);
        outcome.interval.0 > 0.0
    }
}
