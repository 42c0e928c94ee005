//! What must hold at every moment, whatever goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::journal::Journal;
use crate::journal::memory::Memory;
use crate::order::{OrderId, Wanted};
use crate::record::{Entry, Record};
use crate::release::{Release, State, Status};
use crate::simulation::chaos::world::World;
use crate::split::WHOLE;
use crate::time::Span;

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
    /// Effects that were looked at.
    seen: usize,
    /// The orders that changed each thing.
    changed: BTreeMap<String, BTreeSet<OrderId>>,
    /// What the new arms had by the last split, in millionths.
    treated: u32,
    /// The number of the first order of the rollback.
    back: Option<u32>,
    /// Whether the window was open, and what the new arms were to have, at the last look.
    was_open: bool,
    wanted: u32,
}

impl Watch {
    /// Another process leads: what the one before had in mind and did not write never was.
    pub(super) fn restarted(&mut self) {
        self.back = None;
        (self.was_open, self.wanted) = (true, u32::MAX);
    }

    /// After each step.
    pub(super) fn step(
        &mut self,
        release: &Release,
        state: &State,
        world: &World,
    ) -> Result<(), String> {
        let sum: u64 = state.split_wanted.weights().iter().map(|w| u64::from(w.ppm())).sum();
        if sum != u64::from(WHOLE) {
            return Err(format!("the weights add up to {sum}"));
        }
        let is_back = matches!(state.status, Status::RollingBack | Status::RolledBack);
        if is_back && self.back.is_none() {
            self.back = Some(state.next_order);
        }
        self.effects(release, world)?;
        self.gates(release, state)?;
        let plan = release.plan();
        let in_effect = plan.route.as_ref().and_then(|route| world.splits.get(route));
        if state.status == Status::RolledBack
            && in_effect.is_some_and(|(_, split)| *split != plan.base)
        {
            return Err("it is rolled back, and the traffic is not where it was".to_owned());
        }
        if state.status == Status::Cancelled && self.treated > 0 {
            return Err("it was cancelled after traffic had moved".to_owned());
        }
        Ok(())
    }

    /// What was changed since the last look.
    fn effects(&mut self, release: &Release, world: &World) -> Result<(), String> {
        let plan = release.plan();
        for effect in world.effects.get(self.seen..).unwrap_or_default() {
            self.seen += 1;
            let thing = effect.wanted.thing();
            let before = self.changed.entry(thing.clone()).or_default();
            if !before.insert(effect.id.clone()) {
                return Err(format!("order {} changed {thing} twice", effect.id));
            }
            if let Wanted::Split { split, .. } = &effect.wanted {
                let treated = split.treated().ppm();
                if treated > plan.exposure_max().ppm() {
                    return Err(format!("more traffic than the plan ever gives: {split}"));
                }
                if treated > self.treated && self.back.is_some_and(|back| effect.id.number >= back)
                {
                    return Err(format!("a rollback gave the new side more traffic: {split}"));
                }
                self.treated = treated;
            }
        }
        control(release, world)
    }

    /// No step that changes something begins while a gate does not hold: of the facts before the
    /// event, and those after it, one must have let it through.
    fn gates(&mut self, release: &Release, state: &State) -> Result<(), String> {
        let asks = |rule: &str| rule.contains("calendar.window");
        let is_open = state.facts.get("calendar.window") == Some(&true.into());
        let was_open = std::mem::replace(&mut self.was_open, is_open);
        let wanted = state.split_wanted.treated().ppm();
        let grew = wanted > std::mem::replace(&mut self.wanted, wanted);
        if grew && !is_open && !was_open && release.plan().gates.iter().any(|gate| asks(&gate.rule))
        {
            return Err("traffic grows while the window is closed".to_owned());
        }
        Ok(())
    }

    /// At the end: the journal is whole, has an intent for every effect, and gives the same again.
    pub(super) fn whole(journal: &mut Memory, world: &World) -> Result<(), String> {
        journal
            .verify()
            .map_err(|error| format!("the journal is not what was written: {error}"))?;
        let records = journal.records(None).map_err(|error| error.to_string())?;
        let records: Vec<&Record> = records.iter().map(|stored| &stored.record).collect();
        let intents: BTreeSet<u32> = records
            .iter()
            .filter_map(|record| match &record.entry {
                Entry::Intent { order, .. } => Some(*order),
                _ => None,
            })
            .collect();
        let unwritten = world.effects.iter().find(|effect| !intents.contains(&effect.id.number));
        if let Some(effect) = unwritten {
            return Err(format!("order {} was carried out and never written", effect.id));
        }
        replay(&records, journal)
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

/// The events of the journal give the same decisions and the same state again.
fn replay(records: &[&Record], journal: &mut Memory) -> Result<(), String> {
    let Some((first, rest)) = records.split_first() else { return Ok(()) };
    let Entry::Planned { now, author, plan } = &first.entry else {
        return Err("the journal does not begin with the plan".to_owned());
    };
    let planned = Release::new(first.release.clone(), (**plan).clone(), author.clone(), *now);
    let (release, mut state) = planned.map_err(|_| "the plan is refused at replay".to_owned())?;
    let mut decided = Vec::new();
    for record in rest {
        match &record.entry {
            Entry::Happened(event) => {
                if !decided.is_empty() {
                    return Err("a replay decides more than was decided".to_owned());
                }
                let next = release.step(&state, event);
                state = next.state;
                decided = next.decisions;
                decided.reverse();
            }
            Entry::Decided(decision) if decided.pop().as_ref() != Some(decision) => {
                return Err(format!("a replay does not decide again: {decision:?}"));
            }
            _ => {}
        }
    }
    let kept = journal.kept(&first.release).map_err(|error| error.to_string())?;
    let again = serde_json::to_vec(&state).map_err(|error| error.to_string())?;
    match kept {
        Some(kept) if kept.state == again => Ok(()),
        _ => Err("a replay ends in another state than the journal keeps".to_owned()),
    }
}
