//! A machine that walks steps without judging: enough for an executor to run.

use serde::{Deserialize, Serialize};

use crate::event::{Actor, Command, Event, What};
use crate::executor::{Machine, Next};
use crate::order::{Outcome, ReleaseId, Wanted};
use crate::plan::{Does, Plan};
use crate::record::Decision;
use crate::refusal::Refusal;
use crate::split::Split;
use crate::time::{Span, Time};

#[derive(Debug)]
pub(super) struct Toy {
    plan: Plan,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct State {
    pub(super) status: String,
    pub(super) step: usize,
    pub(super) orders: Vec<(u32, Wanted)>,
    /// An order that waits for another try.
    pub(super) again: Option<(u32, Wanted)>,
    pub(super) next: u32,
    pub(super) wake: Option<Time>,
    pub(super) came: Vec<(u32, String)>,
}

impl Toy {
    /// Goes on until something has to be waited for.
    fn walk(&self, state: &mut State, now: Time, orders: &mut Vec<(u32, Wanted)>) {
        while let Some(step) = self.plan.steps.get(state.step) {
            state.step += 1;
            match &step.does {
                Does::Pause { length } => {
                    state.wake = Some(now + length.unwrap_or_default());
                    return;
                }
                Does::Split { split } => return self.order(state, split.clone(), orders),
                Does::Hook { hook } => {
                    let wanted = Wanted::Hook { hook: hook.clone(), moment: step.name.clone() };
                    return push(state, wanted, orders);
                }
                _ => {}
            }
        }
        "done".clone_into(&mut state.status);
    }

    fn order(&self, state: &mut State, split: Split, orders: &mut Vec<(u32, Wanted)>) {
        let arms = self.plan.arms.iter().map(|arm| arm.name.clone()).collect();
        let route = self.plan.route.clone().unwrap_or_default();
        push(state, Wanted::Split { route, arms, split }, orders);
    }
}

fn push(state: &mut State, wanted: Wanted, orders: &mut Vec<(u32, Wanted)>) {
    orders.push((state.next, wanted.clone()));
    state.orders.push((state.next, wanted));
    state.next += 1;
}

impl Machine for Toy {
    type State = State;

    fn planned(_: ReleaseId, plan: Plan, _: Actor, _: Time) -> Result<(Self, State), Vec<Refusal>> {
        if plan.steps.is_empty() {
            return Err(vec![Refusal::new("steps", "there are none", "add one")]);
        }
        let state = State { status: "planned".to_owned(), next: 1, ..State::default() };
        Ok((Self { plan }, state))
    }

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn step(&self, state: &State, event: &Event) -> Next<State> {
        let (mut state, mut orders) = (state.clone(), Vec::new());
        let mut decisions = Vec::new();
        match &event.what {
            What::Command { command: Command::Start, .. } if state.status == "planned" => {
                "running".clone_into(&mut state.status);
                self.walk(&mut state, event.now, &mut orders);
            }
            What::Command { command: Command::Abort { .. }, .. } if state.status == "running" => {
                "back".clone_into(&mut state.status);
                state.wake = None;
                self.order(&mut state, self.plan.base.clone(), &mut orders);
            }
            What::Time if state.wake.is_some_and(|wake| wake <= event.now) => {
                state.wake = None;
                match state.again.take() {
                    Some(again) => {
                        orders.push(again.clone());
                        state.orders.push(again);
                    }
                    None => self.walk(&mut state, event.now, &mut orders),
                }
            }
            What::Came { order, outcome } => {
                let at = state.orders.iter().position(|(number, _)| number == order);
                let taken = at.map(|at| state.orders.remove(at));
                let word = match outcome {
                    Outcome::Failed(failure) => failure.message.clone(),
                    Outcome::Done { already: true } => "already".to_owned(),
                    _ => "done".to_owned(),
                };
                state.came.push((*order, word));
                match (outcome, taken) {
                    (Outcome::Failed(_), Some(order)) if state.orders.is_empty() => {
                        state.again = Some(order);
                        state.wake = Some(event.now + Span::from_secs(1));
                    }
                    (Outcome::Failed(_), _) | (_, None) => {}
                    _ if state.status == "back" => "rolled_back".clone_into(&mut state.status),
                    _ => self.walk(&mut state, event.now, &mut orders),
                }
            }
            What::Command { .. } => {
                decisions.push(Decision::Ignored { why: "not now".to_owned() });
            }
            _ => {}
        }
        Next { state, orders, decisions }
    }

    fn wake_at(&self, state: &State) -> Option<Time> {
        state.wake
    }

    fn outstanding(state: &State) -> Vec<(u32, Wanted)> {
        state.orders.clone()
    }

    fn next_order(state: &State) -> u32 {
        state.next
    }

    fn status(state: &State) -> &str {
        &state.status
    }

    fn is_final(state: &State) -> bool {
        matches!(state.status.as_str(), "done" | "rolled_back")
    }
}
