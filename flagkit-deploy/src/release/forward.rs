//! Going forward: gates, hooks, the step itself, the next one.

use crate::order::{Severity, Wanted};
use crate::plan::{Does, OnDeadline, Step};
use crate::release::rules::Gate;
use crate::release::state::ASK_AGAIN;
use crate::release::walk::Walk;
use crate::release::{CheckState, Purpose, Stage, Status, Work};
use crate::split::Weight;
use crate::time::Time;

impl<'a> Walk<'a> {
    /// The step that it is at.
    pub(super) fn current(&self) -> Option<&'a Step> {
        self.release.plan.steps.get(usize::from(self.state.step))
    }

    /// One move forward; says whether there was one.
    pub(super) fn forward(&mut self) -> bool {
        let Some(step) = self.current() else {
            self.complete();
            return true;
        };
        match self.state.stage.clone() {
            Stage::Entering => self.enter(step, None),
            Stage::Gated { since, .. } => self.enter(step, Some(since)),
            Stage::Before(done) => self.hooks(&step.before, done, Self::begin_work),
            Stage::Working(work) => self.work(step, work),
            Stage::After(done) => self.hooks(&step.after, done, Self::leave),
            Stage::Back(_) => false,
        }
    }

    /// Asks the gates, and begins when they hold.
    fn enter(&mut self, step: &'a Step, since: Option<Time>) -> bool {
        let Some(Gate { name, rule, at_most }) = self.closed_gate(step) else {
            let why = format!("step {}: {}", self.state.step, step.name);
            self.move_to(Status::Progressing, Stage::Before(0), why);
            return true;
        };
        let began = since.unwrap_or(self.now);
        let again = matches!(self.state.stage, Stage::Gated { ask_at, .. } if ask_at > self.now);
        let ask_at = if again { self.asked_at() } else { self.now + ASK_AGAIN };
        if at_most.is_some_and(|most| self.now - began >= most) {
            let why = self.ask(rule).why;
            let text = format!("gate `{name}` did not open in time: {why}");
            self.pause(&text);
        } else if since.is_none() {
            let why = self.ask(rule).why;
            self.refuse(format!("gate `{name}`"), why.clone());
            self.tell(Severity::Info, &format!("waits for `{name}`"), &why);
            let stage = Stage::Gated { since: began, ask_at };
            self.move_to(Status::Waiting, stage, format!("gate `{name}`: {why}"));
        } else {
            self.state.stage = Stage::Gated { since: began, ask_at };
        }
        false
    }

    /// When a closed gate is asked again.
    fn asked_at(&self) -> Time {
        match self.state.stage {
            Stage::Gated { ask_at, .. } => ask_at,
            _ => self.now,
        }
    }

    /// Begins the step itself.
    fn begin_work(&mut self) {
        let Some(step) = self.current() else { return };
        // Its hooks may have taken a while, or a pause: what they prepared is for another window.
        if !step.before.is_empty() && self.closed_gate(step).is_some() {
            self.state.stage = Stage::Entering;
            return;
        }
        let work = match &step.does {
            Does::Split { split } => {
                self.order_split(split.clone(), Purpose::Step);
                Work::Order
            }
            Does::Scale { arm, replicas } => {
                self.order_scale(arm, *replicas, Purpose::Step);
                Work::Order
            }
            Does::Mirror { arm, share } => self.order_mirror(arm, *share),
            Does::Route { arm, headers } => {
                if let Some(route) = self.release.plan.route.clone() {
                    let (arm, headers) = (arm.clone(), headers.clone());
                    self.order(Purpose::Step, Wanted::Route { route, arm, headers });
                }
                Work::Order
            }
            Does::Pause { length: Some(length) } => Work::Until(Some(self.now + *length)),
            Does::Pause { length: None } => Work::Until(None),
            Does::Judge(_) => Work::Evidence { since: self.now, late: false },
            Does::Approve(approval) => {
                self.state.approvals.clear();
                let text = approval.in_words();
                self.tell(Severity::Warning, "waits for approval", &text);
                Work::People { since: self.now }
            }
            Does::Verify { checks, .. } => Work::Checks(vec![CheckState::default(); checks.len()]),
            Does::Hook { .. } => Work::Hooks(0),
            Does::Until { .. } => Work::Rule { since: self.now, ask_at: self.now },
            Does::Tell { channel, text } => {
                let (channel, text) = (channel.clone(), text.clone());
                self.tell_channel(&channel, Severity::Info, &step.name, &text);
                Work::Order
            }
        };
        self.state.stage = Stage::Working(work);
    }

    /// Orders a copy of the traffic.
    fn order_mirror(&mut self, arm: &str, share: Weight) -> Work {
        if let Some(route) = self.release.plan.route.clone() {
            let arm = arm.to_owned();
            self.order(Purpose::Step, Wanted::Mirror { route, arm, share });
        }
        Work::Order
    }

    /// Goes on with the step if it can; says whether it moved.
    fn work(&mut self, step: &'a Step, work: Work) -> bool {
        let hurried = self.state.promoted && self.release.last_growth > Some(self.state.step);
        let ready = match (&step.does, work) {
            (_, Work::Order) => !self.waits_for(Purpose::Step),
            (_, Work::Until(_) | Work::Evidence { .. }) if hurried => true,
            (_, Work::Until(Some(until))) => self.now >= until,
            (_, Work::Until(None)) => {
                self.pause("the plan pauses here; resume to go on");
                return false;
            }
            (Does::Judge(judgement), Work::Evidence { since, late }) => {
                self.evidence_suffices(judgement, since, late)
            }
            (Does::Approve(approval), Work::People { since }) => self.agreed(approval, since),
            (Does::Verify { checks, arm }, Work::Checks(states)) => {
                self.checks_passed(checks, arm, states)
            }
            (Does::Hook { hook }, Work::Hooks(done)) => {
                let names = std::slice::from_ref(hook);
                if self.closed_between(step, names, done) {
                    self.state.stage = Stage::Entering;
                    return true;
                }
                return self.hooks(names, done, Self::begin_after);
            }
            (Does::Until { rule, at_most, on_deadline }, Work::Rule { since, ask_at }) => {
                let late = at_most.is_some_and(|most| self.now - since >= most);
                self.rule_holds(rule, since, ask_at) || (late && self.deadline(*on_deadline, rule))
            }
            _ => false,
        };
        // Something above may have ended the walk: a rollback, a pause.
        let still = matches!(self.state.stage, Stage::Working(_))
            && self.state.status == Status::Progressing;
        if ready && still {
            self.begin_after();
        }
        ready && still
    }

    /// Asks a condition that a step waits for.
    fn rule_holds(&mut self, rule: &str, since: Time, ask_at: Time) -> bool {
        let holds = self.holds(rule);
        let ask_at = if ask_at > self.now { ask_at } else { self.now + ASK_AGAIN };
        self.state.stage = Stage::Working(Work::Rule { since, ask_at });
        holds
    }

    /// What happens when a step has taken too long; whether it goes on.
    pub(super) fn deadline(&mut self, on_deadline: OnDeadline, what: &str) -> bool {
        let why = format!("step {} took too long: {what}", self.state.step);
        match on_deadline {
            OnDeadline::RollBack => self.roll_back(&why),
            OnDeadline::Pause => self.pause(&why),
            OnDeadline::Proceed => return true,
        }
        false
    }

    /// The step itself is done; its last hooks are next.
    fn begin_after(&mut self) {
        self.state.stage = Stage::After(0);
    }

    /// Goes to the next step.
    pub(super) fn leave(&mut self) {
        self.state.step = self.state.step.saturating_add(1);
        self.state.stage = Stage::Entering;
        self.state.approvals.clear();
    }

    /// Every step is done.
    fn complete(&mut self) {
        let plan = &self.release.plan;
        let text = format!("{} is at {}", plan.target, self.state.split);
        self.move_to(Status::Done, Stage::Entering, "every step is done");
        self.tell(Severity::Info, "the release is done", &text);
    }

    /// Orders a split, if the plan divides traffic.
    pub(super) fn order_split(&mut self, split: crate::split::Split, purpose: Purpose) {
        let plan = &self.release.plan;
        if let Some(route) = plan.route.clone() {
            let arms = plan.arms.iter().map(|arm| arm.name.clone()).collect();
            self.order(purpose, Wanted::Split { route, arms, split });
        }
    }

    /// Orders so many instances of an arm, if somebody scales it.
    pub(super) fn order_scale(&mut self, arm: &str, replicas: u32, purpose: Purpose) {
        let found = self.release.plan.arms.iter().find(|one| one.name == arm);
        let Some((arm, workload)) = found.and_then(|arm| Some((arm, arm.workload.clone()?))) else {
            return;
        };
        let (arm, version) = (arm.name.clone(), arm.version.clone());
        self.order(purpose, Wanted::Scale { workload, arm, version, replicas });
    }

    /// Calls hooks one after another; `done` of them have been. Says whether it moved.
    pub(super) fn hooks(&mut self, names: &[String], done: u16, then: fn(&mut Self)) -> bool {
        let all = self.release.hooks_of(names);
        let Some(hook) = all.get(usize::from(done)) else {
            then(self);
            return true;
        };
        if !self.waits_for(Purpose::Hook) {
            let moment = self.moment();
            let hook = (*hook).to_owned();
            self.order(Purpose::Hook, Wanted::Hook { hook, moment });
        }
        false
    }

    /// Whether a gate has closed while the hooks before the next one were called: what they prepared is for
    /// another window.
    fn closed_between(&mut self, step: &Step, names: &[String], done: u16) -> bool {
        let is_between = (1..self.release.hooks_of(names).len()).contains(&usize::from(done));
        is_between && !self.waits_for(Purpose::Hook) && self.closed_gate(step).is_some()
    }

    /// When a hook is called, in words.
    fn moment(&self) -> String {
        match self.state.stage {
            Stage::Before(_) => format!("before_step {}", self.state.step),
            Stage::After(_) => format!("after_step {}", self.state.step),
            Stage::Back(_) => "on_rollback".to_owned(),
            _ => format!("step {}", self.state.step),
        }
    }

    /// A hook has succeeded.
    pub(super) fn hook_done(&mut self) {
        use crate::release::Back;
        match &mut self.state.stage {
            Stage::Before(done)
            | Stage::After(done)
            | Stage::Working(Work::Hooks(done))
            | Stage::Back(Back::Hooks(done)) => *done = done.saturating_add(1),
            _ => {}
        }
    }
}
