//! The smallest scenario that still breaks the promise.

use crate::plan::Plan;
use crate::simulation::chaos::invariant::Broken;
use crate::simulation::chaos::runner::run;
use crate::simulation::chaos::scenario::Scenario;

/// Leaves out faults, commands, people, further releases and parts of plans, one after another, as long as something stays
/// broken. The scenario comes back as it is if nothing is.
///
/// ```
/// use flagkit_deploy::simulation::chaos::{Scenario, smallest};
///
/// let (small, broken) = smallest(&Scenario::random(1), 1_000);
/// assert!(broken.is_none() && small == Scenario::random(1));
/// ```
pub fn smallest(scenario: &Scenario, steps_max: u64) -> (Scenario, Option<Broken>) {
    smallest_by(scenario, |scenario| run(scenario, steps_max).err())
}

/// The same for any way of running a scenario.
pub(super) fn smallest_by(
    scenario: &Scenario,
    run: impl Fn(&Scenario) -> Option<Broken>,
) -> (Scenario, Option<Broken>) {
    let mut best = scenario.clone();
    let Some(mut broken) = run(&best) else { return (best, None) };
    loop {
        let smaller = parts(&best).into_iter().find_map(|smaller| {
            let broken = run(&smaller)?;
            // A plan that is refused is another failure.
            (!broken.what.contains("was refused: ")).then_some((smaller, broken))
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
    for place in 0..scenario.people.len() {
        let mut part = scenario.clone();
        part.people.remove(place);
        smaller.push(part);
    }
    for place in (0..scenario.offers.len()).rev() {
        let mut part = scenario.clone();
        part.offers.remove(place);
        smaller.push(part);
    }
    smaller.extend(plans(&scenario.plan).into_iter().map(|plan| {
        let mut part = scenario.clone();
        part.plan = plan;
        part
    }));
    for (place, offer) in scenario.offers.iter().enumerate() {
        for plan in plans(&offer.plan) {
            let mut part = scenario.clone();
            if let Some(offer) = part.offers.get_mut(place) {
                offer.plan = plan;
            }
            smaller.push(part);
        }
    }
    smaller
}

/// The plan without one of its steps, gates, triggers, or hooks around steps.
fn plans(plan: &Plan) -> Vec<Plan> {
    let mut smaller = Vec::new();
    let mut without = |change: &dyn Fn(&mut Plan)| {
        let mut part = plan.clone();
        change(&mut part);
        smaller.push(part);
    };
    for place in 0..plan.steps.len() {
        without(&|part| drop(part.steps.remove(place)));
    }
    for place in 0..plan.gates.len() {
        without(&|part| drop(part.gates.remove(place)));
    }
    for place in 0..plan.triggers.len() {
        without(&|part| drop(part.triggers.remove(place)));
    }
    for (place, step) in plan.steps.iter().enumerate() {
        if !step.before.is_empty() {
            without(&|part| {
                part.steps.iter_mut().skip(place).take(1).for_each(|s| s.before.clear());
            });
        }
        if !step.after.is_empty() {
            without(&|part| {
                part.steps.iter_mut().skip(place).take(1).for_each(|s| s.after.clear());
            });
        }
    }
    if !plan.rollback.verify.is_empty() {
        without(&|part| part.rollback.verify.clear());
    }
    if !plan.rollback.hooks.is_empty() {
        without(&|part| part.rollback.hooks.clear());
    }
    smaller
}
