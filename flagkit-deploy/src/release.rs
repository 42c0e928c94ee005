//! One release: a plan that was checked, and the machine that walks it.
//!
//! [`Release::step`] is the only way in which a state changes. It has no clock, no chance and no
//! IO: the same state and the same event give the same next state, orders and decisions, always.
//!
//! ```text
//!            start            gates hold                  last step
//!  Planned ────────► Waiting ───────────► Progressing ──────────────► Done
//!     │ abort          │  ▲                │   ▲ │
//!     ▼                │  └────────────────┘   │ │ harm, a failed check or order, abort
//!  Cancelled ◄─────────┘   each step that      │ ▼
//!           (untouched)    changes something  Paused ─► RollingBack ─────────► RolledBack
//!                                                            │ no safe side
//!                                                            ▼
//!                                                          Frozen: a person is paged
//! ```
//!
//! While traffic reaches a new arm the metrics are looked at in every status, and evidence of harm
//! rolls back at once. A rollback asks no gate, cannot be stopped by another one, and goes to the
//! control, whatever a step had in mind.

use crate::event::{Actor, Event};
use crate::judge;
use crate::order::{ReleaseId, Wanted};
use crate::plan::Plan;
use crate::policy::Policies;
use crate::record::Decision;
use crate::refusal::Refusal;
use crate::time::Time;

mod approval;
mod attributes;
mod check;
mod forward;
mod judging;
mod orders;
mod people;
mod rollback;
mod rules;
mod state;
mod telling;
mod timers;
mod verification;
mod walk;

pub use state::{
    Approved, Back, CheckState, Frozen, Look, Outstanding, Paused, Purpose, Stage, State, Status,
    Work,
};

use walk::Walk;

/// A plan that can run, ready to walk.
#[derive(Debug)]
pub struct Release {
    id: ReleaseId,
    plan: Plan,
    author: Actor,
    policies: Policies,
    judge: judge::Rules,
    /// For each hook, in the order in which they are called: those it comes after, and itself.
    hooks: std::collections::BTreeMap<String, Vec<String>>,
    /// The targets whose releases its conditions ask about.
    others: std::collections::BTreeSet<String>,
    /// The step after which no step gives the new arms more traffic.
    last_growth: Option<u16>,
}

/// What follows from an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Next {
    /// The state after it.
    pub state: State,
    /// What is to be done outside, in order: number and what shall be.
    pub orders: Vec<(u32, Wanted)>,
    /// What was decided, for the journal.
    pub decisions: Vec<Decision>,
}

impl Release {
    /// Checks a plan, and the state of a release of it that has not been started.
    ///
    /// # Errors
    ///
    /// Every reason why the plan cannot run, each with its path and how to mend it.
    pub fn new(
        id: ReleaseId,
        plan: Plan,
        author: Actor,
        now: Time,
    ) -> Result<(Self, State), Vec<Refusal>> {
        let checked = check::check(&id, &plan, now)?;
        let state = State::planned(&plan, checked.judge.begin(now), now);
        let release = Self {
            id,
            author,
            policies: checked.policies,
            judge: checked.judge,
            hooks: checked.hooks,
            others: checked.others,
            last_growth: check::last_growth(&plan),
            plan,
        };
        Ok((release, state))
    }

    /// What follows from an event. Total: an event that makes no sense is a decision that says so.
    ///
    /// An event that changes nothing gives the same state, no orders and no decisions; a journal
    /// need not keep it.
    #[must_use]
    pub fn step(&self, state: &State, event: &Event) -> Next {
        let mut walk = Walk::new(self, state, event.now);
        walk.take(&event.what);
        walk.finish(state)
    }

    /// Its name.
    pub fn id(&self) -> &ReleaseId {
        &self.id
    }

    /// Its plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Who planned it.
    pub fn author(&self) -> &Actor {
        &self.author
    }

    /// The targets whose releases its conditions ask about, by `releases.TARGET.status` and the
    /// like. Whoever runs several releases tells it these facts.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.others.iter().map(String::as_str)
    }

    /// What the judge knows, as evidence for each metric and new arm.
    pub fn evidence(&self, state: &State) -> Vec<judge::Evidence> {
        self.judge.evidence(&state.judge)
    }
}

#[cfg(test)]
mod tests;
