//! Triggers: conditions that end a release at once, or pause it, when they have held often enough.
//!
//! A trigger is a threshold: it has no error control, and with little traffic it fires on noise. It
//! is for what must never be, whatever the control does, and for facts that are no statistics.
//! What counts is the time of the windows, not the time of telling: a window that is late, or told
//! twice, does not breach twice.

use std::collections::BTreeMap;

use flagkit_core::{Attributes, ValueRef};
use serde::{Deserialize, Serialize};

use crate::judge::Window;
use crate::plan::{Plan, Trigger};
use crate::policy::{Facts, Policies};
use crate::time::Time;

/// When each trigger was breached lately. A trigger remembers fewer breaches than make it fire.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub struct State {
    /// By the trigger's place in the plan; ends of windows, the oldest first.
    breaches: BTreeMap<u16, Vec<Time>>,
}

/// A trigger that has held often enough.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Fired {
    /// Its place in the plan.
    pub trigger: u16,
    /// What was asked, what was found, and how often.
    pub why: String,
}

/// Asks every trigger about windows that have just been closed, the oldest first, and says which
/// have now held often enough.
///
/// `metrics.*` and names of metrics are those of the window; all else is taken from the facts. A
/// trigger that fires begins to count anew.
pub fn check(
    plan: &Plan,
    policies: &Policies,
    state: &mut State,
    windows: &[Window],
    facts: &dyn Attributes,
) -> Vec<Fired> {
    let seen = |window| seen(plan, window, facts);
    ask_all(policies, state, &windows.iter().map(seen).collect::<Vec<_>>(), plan)
}

/// Asks every trigger about facts alone, as if a window without metrics ended now. For facts that
/// have just arrived: an alert need not wait for the next window.
pub fn check_facts(
    plan: &Plan,
    policies: &Policies,
    state: &mut State,
    facts: &dyn Attributes,
    now: Time,
) -> Vec<Fired> {
    let none = Facts::default();
    ask_all(policies, state, &[Seen { plan, numbers: &none, facts, end: now }], plan)
}

fn ask_all(policies: &Policies, state: &mut State, seen: &[Seen<'_>], plan: &Plan) -> Vec<Fired> {
    let mut all = Vec::new();
    for (trigger, at) in plan.triggers.iter().zip(0_u16..) {
        // One that fires in several windows of one call is told once.
        let fired = seen.iter().filter(|seen| {
            policies.holds(&trigger.rule, *seen, seen.end) && state.note(at, trigger, seen.end)
        });
        if let Some(seen) = fired.last() {
            let why = policies.ask(&trigger.rule, seen, seen.end).why;
            let often = match trigger.times {
                0 | 1 => String::new(),
                times => format!(", {times} times within {}", trigger.within),
            };
            all.push(Fired { trigger: at, why: format!("{why}{often}") });
        }
    }
    all
}

/// What a trigger sees of one window.
struct Seen<'a> {
    plan: &'a Plan,
    numbers: &'a Facts,
    facts: &'a dyn Attributes,
    end: Time,
}

fn seen<'a>(plan: &'a Plan, window: &'a Window, facts: &'a dyn Attributes) -> Seen<'a> {
    Seen { plan, numbers: &window.attributes, facts, end: window.end }
}

impl Attributes for Seen<'_> {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        if let Some(number) = self.numbers.attribute(name) {
            return Some(number);
        }
        // Facts have the metrics of the whole release: a window without data must not be judged
        // by those.
        let of_metrics = name.starts_with("metrics.") || self.plan.metric(name).is_some();
        if of_metrics { None } else { self.facts.attribute(name) }
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        self.numbers.each_attribute(visit);
        self.facts.each_attribute(&mut |name, value| {
            let of_metrics = name.starts_with("metrics.") || self.plan.metric(name).is_some();
            if !of_metrics {
                visit(name, value);
            }
        });
    }
}

impl State {
    /// Notes a breach in a window that ended then. Says whether that makes enough of them, which
    /// forgets them.
    fn note(&mut self, at: u16, trigger: &Trigger, end: Time) -> bool {
        let breaches = self.breaches.entry(at).or_default();
        if let Err(place) = breaches.binary_search(&end) {
            breaches.insert(place, end);
        }
        let newest = breaches.last().copied().unwrap_or(end);
        breaches.retain(|breach| newest - *breach <= trigger.within);
        let is_enough = breaches.len() >= usize::from(trigger.times.max(1));
        if is_enough {
            self.breaches.remove(&at);
        }
        is_enough
    }
}

#[cfg(test)]
mod tests;
