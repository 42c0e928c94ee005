//! Durable timers: when a release must be told the time, computed from its state.

use crate::plan::{Does, Gate};
use crate::release::{Back, Purpose, Release, Stage, State, Status, Work};
use crate::time::{Span, Time};

impl Release {
    /// When this release must be told the time at the latest; never if there is no such time.
    ///
    /// Telling it earlier does no harm. After a restart a time that has passed is told once.
    pub fn wake_at(&self, state: &State) -> Option<Time> {
        if state.status.is_final() || state.status == Status::Planned {
            return retries(state).min();
        }
        retries(state).chain(self.looks(state)).chain(self.stage(state)).min()
    }

    /// When metrics are looked at, and when their silence is too long.
    fn looks(&self, state: &State) -> impl Iterator<Item = Time> + use<> {
        let looking = state.look.at.is_some();
        let under_way = state.orders.iter().any(|order| order.purpose == Purpose::Look);
        let next = state.look.at.filter(|_| !under_way);
        let silence = state.look.heard + self.plan.judging.silence;
        next.into_iter().chain((looking && !state.look.told).then_some(silence))
    }

    /// When what it waits for is over.
    fn stage(&self, state: &State) -> impl Iterator<Item = Time> + use<> {
        if !matches!(state.status, Status::Waiting | Status::Progressing | Status::RollingBack) {
            return Vec::new().into_iter();
        }
        let times = match &state.stage {
            Stage::Gated { since, ask_at } => {
                let limits = self.plan.gates.iter().filter_map(|gate: &Gate| gate.at_most);
                let first = limits.map(|most| *since + most).filter(|at| *at > state.now).min();
                vec![Some(*ask_at), first]
            }
            Stage::Working(work) => self.work(state, work),
            Stage::Back(Back::Between { until } | Back::Keep { until }) => vec![Some(*until)],
            Stage::Back(Back::Verify(checks)) => {
                checks.iter().map(|check| check.again_at).collect()
            }
            _ => Vec::new(),
        };
        times.into_iter().flatten().collect::<Vec<_>>().into_iter()
    }

    /// When the work of a step is over, or is looked at again.
    fn work(&self, state: &State, work: &Work) -> Vec<Option<Time>> {
        let step = self.plan.steps.get(usize::from(state.step)).map(|step| &step.does);
        let later = |at: Time| Some(at).filter(|at| *at > state.now);
        let limit = |since: Time, most: Option<Span>| most.and_then(|most| later(since + most));
        match (work, step) {
            (Work::Until(until), _) => vec![*until],
            (Work::Evidence { since, late }, Some(Does::Judge(judgement))) => {
                let end = later(*since + judgement.at_most).filter(|_| !late);
                vec![later(*since + judgement.at_least), end]
            }
            (Work::People { since }, Some(Does::Approve(approval))) => {
                vec![limit(*since, approval.at_most)]
            }
            (Work::Checks(checks), _) => checks.iter().map(|check| check.again_at).collect(),
            (Work::Rule { since, ask_at }, Some(Does::Until { at_most, .. })) => {
                vec![Some(*ask_at), limit(*since, *at_most)]
            }
            _ => Vec::new(),
        }
    }
}

/// When orders are tried again.
fn retries(state: &State) -> impl Iterator<Item = Time> {
    state.orders.iter().filter_map(|order| order.retry_at)
}
