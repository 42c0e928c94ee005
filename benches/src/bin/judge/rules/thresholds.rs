//! Rules that look at the treatment alone, and a test that is repeated as if it were not.

use flagkit_stats::events::Look;

use super::{Rule, Window, sum};
use crate::world::number;

/// Success of at least 99 % in each minute. Failed checks add up and are never forgotten; the
/// fifth makes the next tick roll back.
#[derive(Debug, Default)]
pub(crate) struct Flagger {
    window: Window,
    failed: u32,
}

impl Rule for Flagger {
    fn look(&mut self, second: u32, look: &Look) -> bool {
        let Some(minute) = self.window.add(second, MINUTE, look) else { return false };
        if self.failed >= 5 {
            return true;
        }
        self.failed += u32::from(is_failed(&minute));
        false
    }
}

/// The same condition; more than three failed measurements end the release.
#[derive(Debug, Default)]
pub(crate) struct Argo {
    window: Window,
    failed: u32,
}

impl Rule for Argo {
    fn look(&mut self, second: u32, look: &Look) -> bool {
        let Some(minute) = self.window.add(second, MINUTE, look) else { return false };
        self.failed += u32::from(is_failed(&minute));
        self.failed > 3
    }
}

/// No requests are no success either.
fn is_failed(minute: &Look) -> bool {
    let requests = number(minute.exposures.treatment);
    let failures = number(minute.events.treatment);
    requests == 0.0 || 1.0 - failures / requests < 0.99
}

/// The two-sided z-test for two proportions at 5 %, over everything so far, every ten seconds; it
/// rolls back if the treatment is the worse side.
#[derive(Debug, Default)]
pub(crate) struct PeekingZ {
    window: Window,
    all: Look,
}

impl Rule for PeekingZ {
    fn look(&mut self, second: u32, look: &Look) -> bool {
        let Some(window) = self.window.add(second, 10, look) else { return false };
        self.all = sum(&self.all, &window);
        let exposures = self.all.exposures.map(number);
        let events = self.all.events.map(number);
        let pooled =
            (events.control + events.treatment) / (exposures.control + exposures.treatment);
        let parts = 1.0 / exposures.control + 1.0 / exposures.treatment;
        let difference =
            events.treatment / exposures.treatment - events.control / exposures.control;
        difference > TWO_SIDED_5_PERCENT * (pooled * (1.0 - pooled) * parts).sqrt()
    }
}

const MINUTE: u32 = 60;
/// The 97.5th percentile of the normal distribution.
const TWO_SIDED_5_PERCENT: f64 = 1.959_963_984_540_054;
