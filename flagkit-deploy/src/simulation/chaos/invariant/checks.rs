//! Checks: how often each of them passed and failed.

use std::collections::BTreeMap;

use crate::plan::{Check, Plan, Then};

/// The checks of a step, or of a rollback.
#[derive(Clone, Debug, Default)]
pub(super) struct Checks {
    /// Looks under way, by the number of the order.
    looks: BTreeMap<u32, String>,
    counts: BTreeMap<String, Count>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    passed: u32,
    failed: u32,
}

impl Checks {
    /// A look is taken.
    pub(super) fn ordered(&mut self, number: u32, check: &str) {
        self.looks.insert(number, check.to_owned());
    }

    /// A look came back: of which check.
    pub(super) fn ended(&mut self, number: u32) -> Option<String> {
        self.looks.remove(&number)
    }

    /// Counts it: passes in a row, and all failures.
    pub(super) fn note(&mut self, name: String, is_good: bool, check: &Check) {
        let count = self.counts.entry(name).or_default();
        if is_good {
            count.passed += 1;
        } else if count.passed < check.passes {
            (count.passed, count.failed) = (0, count.failed + 1);
        }
    }

    /// Whether each has passed often enough, or failed without consequence.
    pub(super) fn settled(&self, names: &[String], plan: &Plan, is_accepted: bool) -> bool {
        names.iter().all(|name| {
            let count = self.counts.get(name).copied().unwrap_or_default();
            plan.checks.get(name).is_some_and(|check| {
                let is_lost = count.failed >= check.tries;
                // Whoever resumes a pause or a freeze accepts what it was for.
                let is_harmless = check.then == Then::Tell || is_accepted;
                count.passed >= check.passes || (is_lost && is_harmless)
            })
        })
    }

    /// A check that has failed for good, and what its plan wants then.
    pub(super) fn lost<'a>(&'a self, plan: &Plan) -> Option<(&'a str, Then)> {
        let mut counts = self.counts.iter();
        counts.find_map(|(name, count)| {
            let check = plan.checks.get(name)?;
            (count.failed >= check.tries).then_some((name.as_str(), check.then))
        })
    }
}
