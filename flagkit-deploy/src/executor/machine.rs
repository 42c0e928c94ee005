//! What an executor runs: machines that only compute.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::event::{Actor, Event};
use crate::order::{ReleaseId, Wanted};
use crate::plan::Plan;
use crate::record::Decision;
use crate::refusal::Refusal;
use crate::release::{Release, State};
use crate::time::Time;

/// A machine: all that never changes about one release, and the function that moves its state.
///
/// The state is plain data. As JSON it is what a journal keeps, so what it forgets there is
/// forgotten after a restart.
pub trait Machine: Sized + Send + Sync {
    /// Where it stands.
    type State: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// Checks a plan. Gives the machine, and the state of a release that was not started.
    ///
    /// # Errors
    ///
    /// Every reason why the plan cannot run.
    fn planned(
        id: ReleaseId,
        plan: Plan,
        author: Actor,
        now: Time,
    ) -> Result<(Self, Self::State), Vec<Refusal>>;

    /// Its plan.
    fn plan(&self) -> &Plan;

    /// What follows from an event. Total, and the same for the same state and event, always.
    fn step(&self, state: &Self::State, event: &Event) -> Next<Self::State>;

    /// When it wants to be told the time; never before that.
    fn wake_at(&self, state: &Self::State) -> Option<Time>;

    /// Orders without an outcome, except those that wait for another try.
    fn outstanding(state: &Self::State) -> Vec<(u32, Wanted)>;

    /// The number that its next new order will have. An order with a smaller one is another try.
    fn next_order(state: &Self::State) -> u32;

    /// The status in a word.
    fn status(state: &Self::State) -> &str;

    /// Whether it has come to its end. Messages about that may still be outstanding.
    fn is_final(state: &Self::State) -> bool;

    /// Whether nothing will ever happen to it any more.
    fn is_over(&self, state: &Self::State) -> bool {
        Self::is_final(state)
            && self.wake_at(state).is_none()
            && Self::outstanding(state).is_empty()
    }
}

impl Machine for Release {
    type State = State;

    fn planned(
        id: ReleaseId,
        plan: Plan,
        author: Actor,
        now: Time,
    ) -> Result<(Self, State), Vec<Refusal>> {
        Self::new(id, plan, author, now)
    }

    fn plan(&self) -> &Plan {
        self.plan()
    }

    fn step(&self, state: &State, event: &Event) -> Next<State> {
        let crate::release::Next { state, orders, decisions } = self.step(state, event);
        Next { state, orders, decisions }
    }

    fn wake_at(&self, state: &State) -> Option<Time> {
        self.wake_at(state)
    }

    fn outstanding(state: &State) -> Vec<(u32, Wanted)> {
        state.outstanding().map(|(number, wanted)| (number, wanted.clone())).collect()
    }

    fn next_order(state: &State) -> u32 {
        state.next_order
    }

    fn status(state: &State) -> &str {
        state.status().as_str()
    }

    fn is_final(state: &State) -> bool {
        state.status().is_final()
    }
}

/// What follows from an event.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever writes a machine makes these")]
pub struct Next<S> {
    /// The state after it.
    pub state: S,
    /// What is to be done outside, in order: number and what shall be.
    pub orders: Vec<(u32, Wanted)>,
    /// What was decided.
    pub decisions: Vec<Decision>,
}
