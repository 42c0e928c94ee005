//! What must hold at every moment, whatever goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::executor::Executor;
use crate::journal::memory::Memory;
use crate::order::{OrderId, ReleaseId, Wanted};
use crate::record::{Entry, Record};
use crate::release::{Release, State, Status};
use crate::simulation::chaos::world::{Effect, World};
use crate::split::WHOLE;
use crate::time::Span;

mod back;
mod checks;
mod steps;
mod trace;
mod whole;

use trace::{Group, Trace};

/// A promise that was broken, and where to find it again.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Broken {
    /// What.
    pub what: String,
    /// The seed of the scenario.
    pub seed: u64,
    /// The step of the run.
    pub step: u64,
    /// The time since the start of the scenario.
    pub after: Span,
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, seed, step, after } = self;
        write!(formatter, "seed {seed}, step {step}, after {after}: {what}")
    }
}

impl std::error::Error for Broken {}

/// Watches a run.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// What was written about each release.
    traces: BTreeMap<ReleaseId, Trace>,
    /// Effects that were looked at.
    seen: usize,
    /// The orders that changed each thing.
    changed: BTreeMap<String, BTreeSet<OrderId>>,
    /// What the new arms of each route had by the last split, in millionths.
    treated: BTreeMap<String, u32>,
}

impl Watch {
    /// After a batch was written. Answers with the releases that are planned by it.
    pub(super) fn written(&mut self, records: &[Record]) -> Result<Vec<ReleaseId>, String> {
        let mut planned = Vec::new();
        let mut rest = records;
        while let Some((record, more)) = rest.split_first() {
            rest = more;
            match &record.entry {
                Entry::Planned { now, author, plan } => {
                    self.planned(&record.release, plan)?;
                    let trace = Trace::planned((**plan).clone(), author.name.clone(), *now);
                    self.traces.insert(record.release.clone(), trace);
                    planned.push(record.release.clone());
                }
                Entry::Happened(event) => {
                    let (mut decisions, mut intents) = (Vec::new(), Vec::new());
                    while let Some((next, more)) = rest.split_first() {
                        match &next.entry {
                            Entry::Decided(decision) => decisions.push(decision),
                            Entry::Intent { order, wanted } => intents.push((*order, wanted)),
                            _ => break,
                        }
                        rest = more;
                    }
                    let Some(trace) = self.traces.get_mut(&record.release) else {
                        return Err(format!("{} was never planned", record.release));
                    };
                    let group = Group { event, decisions, intents };
                    trace.take(&group).map_err(|what| format!("{}: {what}", record.release))?;
                    if trace.status == Status::Planned && !trace.intents.is_empty() {
                        return Err(format!("{} orders and was not started", record.release));
                    }
                }
                _ => return Err("a decision without the event that led to it".to_owned()),
            }
        }
        Ok(planned)
    }

    /// At most one release of a target is under way.
    fn planned(&mut self, id: &ReleaseId, plan: &crate::plan::Plan) -> Result<(), String> {
        if let Some(other) = self.under_way(&plan.environment, &plan.target) {
            return Err(format!("{id} is planned for {} beside {other}", plan.target));
        }
        if let Some(route) = &plan.route {
            self.treated.remove(route);
        }
        Ok(())
    }

    /// The release of a target that is under way, as far as it is written.
    pub(super) fn under_way(&self, environment: &str, target: &str) -> Option<&ReleaseId> {
        let mut all = self.traces.iter();
        let is_there = |trace: &Trace| {
            let plan = &trace.plan;
            plan.target == target && plan.environment == environment && !trace.status.is_final()
        };
        all.find(|(_, trace)| is_there(trace)).map(|(id, _)| id)
    }

    /// The step for which a release waits for people, by its written story.
    pub(super) fn asks(&self, id: &str) -> Option<u16> {
        let trace = self.traces.get(id)?;
        let does = trace.does().map(|step| &step.does);
        let is_asking = matches!(does, Some(crate::plan::Does::Approve(_)))
            && trace.entered.is_some()
            && Trace::is_forward(trace.status);
        is_asking.then_some(trace.step)
    }

    /// How many commands to a release were written.
    pub(super) fn heard(&self, id: &str) -> u64 {
        self.traces.get(id).map_or(0, |trace| trace.heard)
    }

    /// After each step.
    pub(super) fn step(&mut self, engine: &Executor<Release>, world: &World) -> Result<(), String> {
        // Until its plan is written, what lies outside belongs to the release before it.
        let is_planned = |id: &ReleaseId| self.traces.contains_key(id);
        for (id, release, state) in engine.releases().filter(|(id, ..)| is_planned(id)) {
            self.look(release, state, world).map_err(|what| format!("{id}: {what}"))?;
        }
        Ok(())
    }

    /// How one release stands.
    fn look(&self, release: &Release, state: &State, world: &World) -> Result<(), String> {
        let sum: u64 = state.split_wanted.weights().iter().map(|w| u64::from(w.ppm())).sum();
        if sum != u64::from(WHOLE) {
            return Err(format!("the weights add up to {sum}"));
        }
        let plan = release.plan();
        let route = plan.route.as_ref();
        let in_effect = route.and_then(|route| world.splits.get(route));
        if state.status == Status::RolledBack
            && in_effect.is_some_and(|(_, split)| *split != plan.base)
        {
            return Err("it is rolled back, and the traffic is not where it was".to_owned());
        }
        let treated = route.and_then(|route| self.treated.get(route));
        if state.status == Status::Cancelled && treated.is_some_and(|treated| *treated > 0) {
            return Err("it was cancelled after traffic had moved".to_owned());
        }
        if state.status.is_final() { Ok(()) } else { control(release, world) }
    }

    /// What was changed since the last look.
    pub(super) fn effects(&mut self, world: &World) -> Result<(), String> {
        for effect in world.effects.get(self.seen..).unwrap_or_default() {
            self.seen += 1;
            let thing = effect.wanted.thing();
            let before = self.changed.entry(thing.clone()).or_default();
            if !before.insert(effect.id.clone()) {
                return Err(format!("order {} changed {thing} twice", effect.id));
            }
            self.effect(effect, world)?;
        }
        Ok(())
    }

    /// What was done is what was written, and may be done now.
    fn effect(&mut self, effect: &Effect, world: &World) -> Result<(), String> {
        let id = &effect.id;
        let unwritten = || format!("order {id} was carried out and never written");
        let trace = self.traces.get(&id.release).ok_or_else(unwritten)?;
        let written = trace.intents.get(&id.number).ok_or_else(unwritten)?;
        if *written != effect.wanted {
            return Err(format!("order {id} was carried out as something else"));
        }
        let is_back = trace.way.orders.contains(&id.number);
        let is_level = !matches!(effect.wanted, Wanted::Hook { .. } | Wanted::Notify { .. });
        if trace.status.is_final() && is_level {
            let thing = effect.wanted.thing();
            return Err(format!("{id} changed {thing}, and the release is {}", trace.status));
        }
        let plan = &trace.plan;
        let in_effect = plan.route.as_ref().and_then(|route| world.splits.get(route));
        let is_base = in_effect.is_none_or(|(_, split)| *split == plan.base);
        match &effect.wanted {
            Wanted::Split { route, split, .. } => {
                let treated = split.treated().ppm();
                if treated > plan.exposure_max().ppm() {
                    return Err(format!("more traffic than the plan ever gives: {split}"));
                }
                let before = self.treated.insert(route.clone(), treated).unwrap_or_default();
                if treated > before && is_back {
                    return Err(format!("a rollback gave the new side more traffic: {split}"));
                }
            }
            Wanted::Scale { arm, .. } if is_back && plan.arm(arm) != Some(0) && !is_base => {
                return Err(format!("a rollback takes {arm} away while it has traffic"));
            }
            Wanted::Hook { moment, .. } if moment == "on_rollback" && !is_base => {
                return Err("a hook of a rollback is called before traffic is back".to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    /// At the end: the journal is whole, and gives the same again.
    pub(super) fn whole(journal: &mut Memory) -> Result<(), String> {
        whole::whole(journal)
    }
}

/// The control is never taken away while traffic goes to it.
fn control(release: &Release, world: &World) -> Result<(), String> {
    let plan = release.plan();
    let (Some(route), Some(control)) = (&plan.route, plan.arms.first()) else { return Ok(()) };
    let Some(workload) = &control.workload else { return Ok(()) };
    let key = (workload.clone(), control.name.clone());
    let is_gone = world.instances.get(&key).is_some_and(|instances| instances.wanted == 0);
    let split = world.splits.get(route);
    let weight = split.map_or(0, |(_, split)| split.of(0).ppm());
    if is_gone && weight > 0 && control.replicas > 0 && plan.strategy != "recreate" {
        return Err(format!("the control has {weight} ppm of the traffic and no instances"));
    }
    Ok(())
}
