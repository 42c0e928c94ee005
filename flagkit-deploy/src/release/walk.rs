//! One event, walked: the state that becomes the next one, and what follows.

use crate::event::What;
use crate::order::Wanted;
use crate::record::Decision;
use crate::release::{Next, Release, Stage, State, Status};
use crate::time::Time;

/// A state on its way to the next one.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) release: &'a Release,
    pub(super) state: State,
    pub(super) now: Time,
    pub(super) orders: Vec<(u32, Wanted)>,
    pub(super) decisions: Vec<Decision>,
}

impl<'a> Walk<'a> {
    /// Begins at a state. Time never goes back.
    pub(super) fn new(release: &'a Release, state: &State, now: Time) -> Self {
        let now = now.max(state.now);
        let state = State { now, ..state.clone() };
        Self { release, state, now, orders: Vec::new(), decisions: Vec::new() }
    }

    /// Takes what happened, and goes as far as that leads.
    pub(super) fn take(&mut self, what: &What) {
        if self.state.status.is_final() && !matches!(what, What::Came { .. } | What::Time) {
            let status = self.state.status;
            return self.ignore(format!("the release is {status}; plan another one"));
        }
        match what {
            What::Time => {}
            What::Came { order, outcome } => self.came(*order, outcome),
            What::Facts(facts) => self.facts(facts),
            What::Command { by, command } => self.command(by, command),
        }
        self.retry_orders();
        self.look();
        self.go();
        self.look();
    }

    /// Walks until something outside must happen first.
    fn go(&mut self) {
        // Each round enters, works or leaves a step; none has more than a few stages.
        let rounds = 16 + 8 * self.release.plan.steps.len();
        for _ in 0..rounds {
            let status = self.state.status;
            let moved = match self.state.status {
                Status::Waiting | Status::Progressing => self.forward(),
                Status::RollingBack => self.back(),
                _ => false,
            };
            // A step that ends in a rollback has not moved, but the rollback begins now: nothing else
            // may come to begin it, least of all from a metrics system that is dead.
            if !moved && self.state.status == status {
                return;
            }
        }
    }

    /// What came of it; nothing at all if nothing changed but the time.
    pub(super) fn finish(mut self, before: &State) -> Next {
        if self.orders.is_empty() && self.decisions.is_empty() {
            let now = std::mem::replace(&mut self.state.now, before.now);
            if self.state != *before {
                self.state.now = now;
            }
        }
        Next { state: self.state, orders: self.orders, decisions: self.decisions }
    }

    /// Writes down that something changed nothing.
    pub(super) fn ignore(&mut self, why: impl Into<String>) {
        self.decisions.push(Decision::Ignored { why: why.into() });
    }

    /// Writes down that a condition did not hold.
    pub(super) fn refuse(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.decisions.push(Decision::Refused { what: what.into(), why: why.into() });
    }

    /// Changes the status or the step, and says why.
    pub(super) fn move_to(&mut self, status: Status, stage: Stage, why: impl Into<String>) {
        self.state.status = status;
        self.state.stage = stage;
        let inside = (usize::from(self.state.step) < self.release.plan.steps.len())
            && matches!(status, Status::Waiting | Status::Progressing | Status::Paused);
        self.decisions.push(Decision::Moved {
            status: status.as_str().to_owned(),
            step: inside.then_some(self.state.step),
            why: why.into(),
        });
        if status.is_final() {
            self.state.ended = Some(self.now);
            self.state.look.at = None;
        }
    }
}
