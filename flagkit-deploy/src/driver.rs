//! Drivers: what carries orders out.
//!
//! A driver is level-triggered: an order says how things shall be. [`Driver::observe`] looks whether
//! they are, [`Driver::apply`] makes them so, and doing it twice is doing it once. After a crash the
//! executor observes every order that has an intent and no outcome, and applies it only where it is
//! not in place. A driver whose receiver cannot be looked at passes [`OrderId`] on as an
//! idempotency key, and says in its documentation what happens if the receiver ignores it.

#[cfg(feature = "drivers")]
pub mod envoy;
#[cfg(feature = "drivers")]
pub mod flags;
#[cfg(feature = "drivers")]
pub mod haproxy;
#[cfg(feature = "drivers")]
mod headers;
#[cfg(feature = "drivers")]
pub mod http;
#[cfg(feature = "drivers")]
mod layout;
#[cfg(feature = "drivers")]
pub mod measure;
#[cfg(feature = "drivers")]
pub mod notify;
#[cfg(feature = "drivers")]
pub mod probe;
#[cfg(feature = "drivers")]
pub mod process;
#[cfg(feature = "drivers")]
pub mod prometheus;
#[cfg(feature = "drivers")]
pub mod push;
#[cfg(feature = "drivers")]
mod replace;
#[cfg(feature = "drivers")]
mod template;

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::order::{Failure, FailureKind, Fence, Order, OrderId, Outcome, Wanted};
use crate::plan::{Does, Plan};
use crate::refusal::Refusal;

/// What a driver's work is while it is under way.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// Whether an order is carried out already.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Seen {
    /// Things are as wanted.
    InPlace,
    /// They are not.
    NotInPlace,
    /// Nobody can tell. The order is applied again with the same key.
    Unknown,
}

/// Something that carries orders out.
pub trait Driver: Send + Sync {
    /// Whether it carries out orders like this one.
    fn takes(&self, order: &Order, plan: &Plan) -> bool;

    /// Looks whether the order is carried out already. Changes nothing.
    fn observe<'a>(&'a self, order: &'a Order, plan: &'a Plan) -> Work<'a, Seen>;

    /// Carries the order out, and returns once it is.
    fn apply<'a>(&'a self, order: &'a Order, plan: &'a Plan) -> Work<'a, Outcome>;

    /// Makes ready for a release of this plan: it was planned just now, or an engine goes on with it.
    fn begin(&self, _plan: &Plan) {}

    /// What would make a release of this plan find less than it could, as sentences with numbers. May ask
    /// whatever it is connected to; nothing depends on the answer, and a failure means that nobody knows.
    fn warnings<'a>(&'a self, _plan: &'a Plan) -> Work<'a, Vec<String>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// What of the plan is this driver's business and beyond it. Asked before a release begins.
    fn refusals(&self, _plan: &Plan) -> Vec<Refusal> {
        Vec::new()
    }
}

/// Every reason why these drivers cannot carry a plan out: what one of them says, or a step that none takes.
pub fn refusals(plan: &Plan, drivers: &[Arc<dyn Driver>]) -> Vec<Refusal> {
    let mut refusals: Vec<Refusal> =
        drivers.iter().flat_map(|driver| driver.refusals(plan)).collect();
    for (at, order) in orders(plan) {
        let path = path(at);
        let is_taken = drivers.iter().any(|driver| driver.takes(&order, plan));
        if !is_taken && !refusals.iter().any(|refusal| refusal.path == path) {
            let problem = format!("no driver of this engine takes `{}`", order.wanted.thing());
            let mend = "give the engine a driver that does, or leave the step out";
            refusals.push(Refusal::new(path, problem, mend));
        }
    }
    refusals
}

/// Every reason why a plan cannot be carried out as things outside are: a flag that is not there, a server
/// that the proxy does not know. The drivers look at what the steps will order and change nothing. What
/// only fails for the moment is no reason: a release waits for it. Nor is what is missing once a hook has been
/// called, which may be there by then.
pub async fn obstacles(plan: &Plan, drivers: &[Arc<dyn Driver>]) -> Vec<Refusal> {
    let mut obstacles = Vec::new();
    // Later steps meet the same again.
    let mut known = BTreeSet::new();
    let end = hooked(plan);
    for (at, order) in orders(plan).take_while(|(at, _)| *at < end) {
        let thing = order.wanted.thing();
        let driver = drivers.iter().find(|driver| driver.takes(&order, plan));
        let Some(driver) = driver.filter(|_| !known.contains(&thing)) else { continue };
        let Err(failure) = driver.observe(&order, plan).await else { continue };
        if failure.kind == FailureKind::Permanent {
            let mend = "nothing was changed; mend that, or correct `drivers`, and run again";
            obstacles.push(Refusal::new(path(at), failure.message, mend));
            known.insert(thing);
        }
    }
    obstacles
}

/// What the steps of a plan will order, where that is settled by the plan, with the numbers of the steps.
fn orders(plan: &Plan) -> impl Iterator<Item = (usize, Order)> {
    plan.steps.iter().enumerate().filter_map(|(at, step)| {
        let id = OrderId { release: "planned".into(), number: 0 };
        let wanted = wanted(&step.does, plan)?;
        Some((at, Order { id, fence: Fence(0), wanted }))
    })
}

/// The first step that begins after a hook was called.
fn hooked(plan: &Plan) -> usize {
    let first = plan.steps.iter().enumerate().find_map(|(at, step)| {
        let is_hook = !step.before.is_empty() || matches!(step.does, Does::Hook { .. });
        if is_hook { Some(at) } else { (!step.after.is_empty()).then_some(at + 1) }
    });
    first.unwrap_or(plan.steps.len())
}

fn path(step: usize) -> String {
    format!("steps[{step}]")
}

/// What a step will order, where that is settled by the plan.
fn wanted(does: &Does, plan: &Plan) -> Option<Wanted> {
    let route = || plan.route.clone();
    Some(match does {
        Does::Split { split } => {
            let arms = plan.arms.iter().map(|arm| arm.name.clone()).collect();
            Wanted::Split { route: route()?, arms, split: split.clone() }
        }
        Does::Mirror { arm, share } => {
            Wanted::Mirror { route: route()?, arm: arm.clone(), share: *share }
        }
        Does::Route { arm, headers } => {
            Wanted::Route { route: route()?, arm: arm.clone(), headers: headers.clone() }
        }
        Does::Scale { arm, replicas } => {
            let found = plan.arms.iter().find(|one| one.name == *arm)?;
            let (version, replicas) = (found.version.clone(), *replicas);
            Wanted::Scale { workload: found.workload.clone()?, arm: arm.clone(), version, replicas }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
