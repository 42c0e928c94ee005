//! The smallest scenario that still breaks the promise.

use crate::simulation::chaos::invariant::Broken;
use crate::simulation::chaos::runner::run;
use crate::simulation::chaos::scenario::Scenario;

/// Leaves out faults, commands and steps of the plan, one after another, as long as something stays
/// broken. The scenario comes back as it is if nothing is.
///
/// ```
/// use flagkit_deploy::simulation::chaos::{Scenario, smallest};
///
/// let (small, broken) = smallest(&Scenario::random(1), 1_000);
/// assert!(broken.is_none() && small == Scenario::random(1));
/// ```
pub fn smallest(scenario: &Scenario, steps_max: u64) -> (Scenario, Option<Broken>) {
    let mut best = scenario.clone();
    let Err(mut broken) = run(&best, steps_max) else { return (best, None) };
    loop {
        let smaller = parts(&best).into_iter().find_map(|smaller| {
            let broken = run(&smaller, steps_max).err()?;
            // A plan that is refused is another failure.
            (!broken.what.starts_with("the plan was refused")).then_some((smaller, broken))
        });
        let Some((smaller, found)) = smaller else { return (best, Some(broken)) };
        (best, broken) = (smaller, found);
    }
}

/// The scenario without one of its parts.
fn parts(scenario: &Scenario) -> Vec<Scenario> {
    let mut smaller = Vec::new();
    for place in 0..scenario.faults.len() {
        let mut part = scenario.clone();
        part.faults.remove(place);
        smaller.push(part);
    }
    for place in 0..scenario.said.len() {
        let mut part = scenario.clone();
        part.said.remove(place);
        smaller.push(part);
    }
    for place in 0..scenario.plan.steps.len() {
        let mut part = scenario.clone();
        part.plan.steps.remove(place);
        smaller.push(part);
    }
    smaller
}
