//! Going back: begun once, in a fixed order, and never by a rollback.

use std::collections::BTreeSet;

use crate::event::{Command, What};
use crate::order::{Outcome, Wanted};
use crate::release::Status;
use crate::time::Time;

use super::checks::Checks;
use super::trace::{Group, Trace};

/// How far a rollback is.
#[derive(Debug, Default)]
pub(super) struct Way {
    /// When it began.
    began: Option<Time>,
    /// The furthest part that was ordered.
    part: Part,
    /// Its orders that change traffic or instances.
    pub(super) orders: BTreeSet<u32>,
    /// Those about traffic, and when the last of them came back.
    traffic: BTreeSet<u32>,
    back_at: Option<Time>,
    called: BTreeSet<String>,
}

/// The parts of a rollback, in their order.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
enum Part {
    #[default]
    Ready,
    Traffic,
    Checks,
    Instances,
    Hooks,
}

impl Way {
    /// An order came back.
    pub(super) fn came(&mut self, number: u32, outcome: &Outcome, now: Time) {
        if matches!(outcome, Outcome::Done { .. }) && self.traffic.remove(&number) {
            self.back_at = Some(now);
        }
    }
}

impl Trace {
    /// A rollback begins, or goes on after a freeze.
    pub(super) fn begins_back(&mut self, group: &Group<'_>) -> Result<(), String> {
        let is_said = |retry: bool| match &group.event.what {
            What::Command { command: Command::Retry, .. } => retry,
            What::Command { command: Command::Abort { .. }, .. } => true,
            _ => false,
        };
        let has_begun = self.way.began.is_some();
        if has_begun && !(self.status == Status::Frozen && is_said(true)) {
            return Err("a rollback begins a second time, and no person said so".to_owned());
        }
        let is_anew = !has_begun || is_said(false);
        if is_anew || self.way.part <= Part::Checks {
            self.at.checks = Checks::default();
        }
        if is_anew {
            self.way = Way { began: Some(self.now), ..Way::default() };
        }
        Ok(())
    }

    /// An order of a rollback: the control is made ready, then traffic, checks, instances, hooks.
    pub(super) fn ordered_back(&mut self, number: u32, wanted: &Wanted) -> Result<(), String> {
        let control = self.plan.arms.first().map(|arm| arm.name.clone()).unwrap_or_default();
        let part = match wanted {
            Wanted::Scale { arm, .. } if *arm == control => Part::Ready,
            Wanted::Scale { .. } => Part::Instances,
            Wanted::Verify { .. } => Part::Checks,
            Wanted::Hook { .. } => Part::Hooks,
            _ => Part::Traffic,
        };
        let thing = wanted.thing();
        if part < self.way.part {
            return Err(format!("the rollback orders {thing} after {:?}", self.way.part));
        }
        self.way.part = part;
        let rollback = self.plan.rollback.clone();
        if part >= Part::Instances && !self.at.checks.settled(&rollback.verify, &self.plan, false) {
            return Err(format!("the rollback orders {thing} before the control was checked"));
        }
        match part {
            Part::Traffic => drop(self.way.traffic.insert(number)),
            Part::Instances => {
                let since = self.way.back_at.or(self.way.began).unwrap_or_default();
                if self.now - since < rollback.keep {
                    return Err(format!("{thing} is taken away within {}", rollback.keep));
                }
            }
            Part::Hooks => {
                let Wanted::Hook { hook, moment } = wanted else { return Ok(()) };
                if moment != "on_rollback" {
                    return Err(format!("hook `{hook}` is called {moment} in a rollback"));
                }
                self.way.called.insert(hook.clone());
                return Ok(());
            }
            _ => {}
        }
        if part != Part::Checks {
            self.way.orders.insert(number);
        }
        Ok(())
    }

    /// A rollback is complete.
    pub(super) fn ends_back(&mut self) -> Result<(), String> {
        let rollback = &self.plan.rollback;
        if !self.at.checks.settled(&rollback.verify, &self.plan, false) {
            return Err("it is rolled back and the control was not checked".to_owned());
        }
        match rollback.hooks.iter().find(|hook| !self.way.called.contains(*hook)) {
            Some(hook) => Err(format!("it is rolled back and hook `{hook}` was not called")),
            None => Ok(()),
        }
    }
}
