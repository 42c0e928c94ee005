//! Going forward: the steps in their order, each begun in an open window, and left only when what
//! it waits for is there.

use crate::event::Actor;
use crate::order::{Outcome, Wanted};
use crate::plan::{Approval, Does, OnDeadline, Step};
use crate::policy::Facts;
use crate::release::Status;
use crate::time::Span;

use super::trace::{Doings, Group, Trace};

impl Trace {
    /// The status or the step changed.
    pub(super) fn moved(
        &mut self,
        word: &str,
        step: Option<u16>,
        why: &str,
        group: &Group<'_>,
    ) -> Result<(), String> {
        let Some(status) = ALL.into_iter().find(|status| status.as_str() == word) else {
            return Err(format!("there is no status {word}"));
        };
        if !may_follow(self.status, status) {
            return Err(format!("a release that was {} is {status}: {why}", self.status));
        }
        if let Some(step) = step.filter(|step| *step != self.step) {
            if step != self.step + 1 {
                return Err(format!("step {step} follows on step {}", self.step));
            }
            self.leave()?;
            (self.step, self.entered, self.at) = (step, None, Doings::default());
        }
        if status == Status::Done {
            self.leave()?;
            if usize::from(self.step) + 1 < self.plan.steps.len() {
                return Err(format!("it is done after step {}", self.step));
            }
        }
        if status == Status::RollingBack && self.status != Status::RollingBack {
            self.begins_back(group)?;
        }
        if status == Status::RolledBack {
            self.ends_back()?;
        }
        self.status = status;
        if status == Status::Progressing && why.starts_with(&format!("step {}: ", self.step)) {
            self.enter()?;
        }
        Ok(())
    }

    /// A step begins.
    fn enter(&mut self) -> Result<(), String> {
        self.open()?;
        (self.entered, self.at) = (Some(self.now), Doings::default());
        Ok(())
    }

    /// Every gate of the step holds: windows, blackouts, other releases.
    fn open(&mut self) -> Result<(), String> {
        let Some(step) = self.does() else { return Ok(()) };
        let asks_plan = self.step == 0 || step.does.changes();
        let gates = self.plan.gates.iter().filter(|_| asks_plan).map(|gate| &gate.rule);
        let rules: Vec<String> = gates.chain(&step.gate).cloned().collect();
        let at = self.step;
        match rules.iter().find(|rule| !self.may_hold(rule)) {
            Some(rule) => Err(format!("step {at} goes on, and `{rule}` does not hold")),
            None => Ok(()),
        }
    }

    /// An order of the step itself.
    pub(super) fn ordered_step(&mut self, number: u32, wanted: &Wanted) -> Result<(), String> {
        let (at, thing) = (self.step, wanted.thing());
        let Some(step) = self.does().cloned().filter(|_| self.entered.is_some()) else {
            return Err(format!("{thing} is ordered before step {at} begins"));
        };
        let is_planned = match (&step.does, wanted) {
            (Does::Split { split }, Wanted::Split { split: wanted, .. }) => split == wanted,
            (Does::Scale { arm, replicas }, Wanted::Scale { arm: a, replicas: r, .. }) => {
                arm == a && replicas == r
            }
            (Does::Mirror { .. }, Wanted::Mirror { .. })
            | (Does::Route { .. }, Wanted::Route { .. }) => true,
            _ => false,
        };
        if !is_planned {
            return Err(format!("{thing} is not what step {at} does"));
        }
        self.hooked(&step.before, &format!("before_step {at}"))?;
        self.open()?;
        self.at.own.insert(number, false);
        Ok(())
    }

    /// A hook going forward.
    pub(super) fn ordered_hook(
        &mut self,
        number: u32,
        hook: &str,
        moment: &str,
    ) -> Result<(), String> {
        let at = self.step;
        let Some(step) = self.does().cloned().filter(|_| self.entered.is_some()) else {
            return Err(format!("hook `{hook}` is called {moment}, and step {at} has not begun"));
        };
        if moment == format!("after_step {at}") {
            self.worked(&step)?;
        } else if moment == format!("step {at}") {
            self.hooked(&step.before, &format!("before_step {at}"))?;
            self.open()?;
        } else if moment != format!("before_step {at}") {
            return Err(format!("hook `{hook}` is called {moment} at step {at}"));
        }
        self.chained(hook, moment)?;
        self.at.called.insert(number, (hook.to_owned(), moment.to_owned()));
        Ok(())
    }

    /// The hooks that come before this one have succeeded.
    pub(super) fn chained(&self, hook: &str, moment: &str) -> Result<(), String> {
        let Some(hook) = self.plan.hooks.get(hook) else {
            return Err(format!("there is no hook `{hook}`"));
        };
        self.hooked(&hook.after, moment)
    }

    fn hooked(&self, hooks: &[String], moment: &str) -> Result<(), String> {
        let is_done = |hook: &&String| !self.at.hooked.contains(&((*hook).clone(), moment.into()));
        match hooks.iter().find(is_done) {
            Some(hook) => Err(format!("it goes on and hook `{hook}` has not succeeded {moment}")),
            None => Ok(()),
        }
    }

    /// A step is left.
    fn leave(&mut self) -> Result<(), String> {
        let at = self.step;
        let Some(step) = self.does().cloned() else { return Ok(()) };
        if self.entered.is_none() {
            return Err(format!("step {at} is left and was never begun"));
        }
        self.worked(&step)?;
        self.hooked(&step.after, &format!("after_step {at}"))
    }

    /// What the step itself waits for is there.
    fn worked(&mut self, step: &Step) -> Result<(), String> {
        let (at, lasted) = (self.step, self.now - self.entered.unwrap_or(self.now));
        let is_waved = self.at.skipped || self.at.resumed || self.promoted;
        let late = |most: Option<Span>, then: OnDeadline| {
            then == OnDeadline::Proceed && most.is_some_and(|most| lasted >= most)
        };
        let is_good = match &step.does {
            Does::Pause { length } => is_waved || length.is_some_and(|length| lasted >= length),
            Does::Judge(judgement) => is_waved || lasted >= judgement.at_least,
            Does::Approve(approval) => {
                self.is_agreed(approval) || late(approval.at_most, approval.on_deadline)
            }
            Does::Verify { checks, .. } => {
                self.at.skipped || self.at.checks.settled(checks, &self.plan, self.at.resumed)
            }
            Does::Hook { hook } => {
                return self.hooked(std::slice::from_ref(hook), &format!("step {at}"));
            }
            Does::Until { rule, at_most, on_deadline } => {
                self.at.skipped || late(*at_most, *on_deadline) || self.may_hold(rule)
            }
            Does::Split { .. } | Does::Scale { .. } | Does::Mirror { .. } | Does::Route { .. } => {
                self.at.own.values().all(|done| *done)
            }
            Does::Tell { .. } => true,
        };
        if is_good { Ok(()) } else { Err(format!("step {at} is left too early: {}", step.name)) }
    }

    /// Somebody's word about the step was taken.
    pub(super) fn approved(&mut self, by: &Actor, agreed: bool) -> Result<(), String> {
        let name = &by.name;
        let Some(Does::Approve(approval)) = self.does().map(|step| step.does.clone()) else {
            return Err(format!("`{name}` approved, and no step asks for it"));
        };
        if *name == self.author || self.deployer.as_ref() == Some(name) {
            return Err(format!("`{name}` approved a change of their own"));
        }
        if self.at.approved.iter().any(|other| other.name == *name) {
            return Err(format!("`{name}` approved twice"));
        }
        if let Some(rule) = &approval.who {
            let role = by.roles.first().cloned().unwrap_or_default();
            let found = [("approver.name", name.clone().into()), ("approver.role", role.into())];
            if !self.holds(rule, &Facts::from(found)) {
                return Err(format!("`{name}` approved and may not"));
            }
        }
        if agreed {
            self.at.approved.push(by.clone());
        }
        Ok(())
    }

    /// Whether enough people agreed, or nobody needs to. Each role must be there; whether each has a
    /// person of its own is for those who have only one.
    fn is_agreed(&mut self, approval: &Approval) -> bool {
        let people = &self.at.approved;
        let has = |role: &String| people.iter().any(|person| person.roles.contains(role));
        let is_enough = people.len() >= usize::from(approval.people);
        (is_enough && approval.roles.iter().all(has))
            || approval.unless.as_ref().is_some_and(|rule| self.may_hold(rule))
    }

    /// A look at a check came back.
    pub(super) fn looked(&mut self, number: u32, outcome: &Outcome) {
        let Some(name) = self.at.checks.ended(number) else { return };
        let Some(check) = self.plan.checks.get(&name).cloned() else { return };
        let is_good = match outcome {
            Outcome::Found(found) => self.holds(&check.expect, &Facts::from(&found.attributes)),
            _ => false,
        };
        self.at.checks.note(name, is_good, &check);
    }
}

/// What may follow on what: the drawing in the documentation of releases.
fn may_follow(before: Status, after: Status) -> bool {
    use Status::{
        Cancelled, Done, Frozen, Paused, Planned, Progressing, RolledBack, RollingBack, Waiting,
    };
    match before {
        Planned => matches!(after, Progressing | Cancelled),
        Progressing => !matches!(after, Planned | RolledBack),
        Waiting | Paused => !matches!(after, Planned | RolledBack | Done),
        RollingBack => matches!(after, RolledBack | Frozen),
        Frozen => matches!(after, Progressing | RollingBack | Frozen | Cancelled),
        Done | RolledBack | Cancelled => false,
    }
}

const ALL: [Status; 9] = [
    Status::Planned,
    Status::Waiting,
    Status::Progressing,
    Status::Paused,
    Status::RollingBack,
    Status::Frozen,
    Status::Done,
    Status::RolledBack,
    Status::Cancelled,
];
