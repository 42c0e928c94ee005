//! What people and programs say to a release.

use std::collections::BTreeMap;

use crate::event::{Actor, Command};
use crate::order::Severity;
use crate::plan::Does;
use crate::release::walk::Walk;
use crate::release::{Approved, Back, Frozen, Outstanding, Paused, Purpose, Stage, Status, Work};

impl Walk<'_> {
    /// Facts are told.
    pub(super) fn facts(&mut self, facts: &BTreeMap<String, serde_json::Value>) {
        for (name, value) in facts {
            if value.is_null() {
                self.state.facts.remove(name);
            } else if self.state.facts.len() < FACTS_MAX || self.state.facts.contains_key(name) {
                self.state.facts.insert(name.clone(), value.clone());
            } else {
                self.ignore(format!("fact `{name}`: {FACTS_MAX} facts are kept at most"));
            }
        }
        self.alarmed();
    }

    /// Somebody says something.
    pub(super) fn command(&mut self, by: &Actor, command: &Command) {
        match command {
            Command::Start => self.start(by),
            Command::Pause { why } => self.pause_by(by, why),
            Command::Resume => self.resume(by),
            Command::Skip { why } => self.skip(by, why),
            Command::Promote { why } => self.promote(by, why),
            Command::Abort { why } => self.abort(&said(by, "aborted", why)),
            Command::Retry => self.retry(by),
            Command::Approve { agreed, comment } => self.approve(by, *agreed, comment),
            Command::Alert { what } => self.alert(&format!("alert from {}: {what}", by.name)),
        }
    }

    /// Begins.
    fn start(&mut self, by: &Actor) {
        if self.state.status != Status::Planned {
            return self.ignore("it has been started before");
        }
        self.state.deployer = Some(by.name.clone());
        self.state.started = Some(self.now);
        let why = format!("started by {}", by.name);
        self.move_to(Status::Progressing, Stage::Entering, why.clone());
        self.tell(Severity::Info, "the release begins", &why);
    }

    /// Pauses by order of somebody.
    fn pause_by(&mut self, by: &Actor, why: &str) {
        match self.state.status {
            Status::Waiting | Status::Progressing => self.pause(&said(by, "paused", why)),
            status => self.ignore(format!("a release that is {status} cannot be paused")),
        }
    }

    /// Stays where it is. What protects goes on.
    pub(super) fn pause(&mut self, why: &str) {
        self.state.paused = Some(Paused { since: self.now, why: why.to_owned(), over: None });
        let stage = self.state.stage.clone();
        self.move_to(Status::Paused, stage, why);
        self.tell(Severity::Warning, "paused", why);
    }

    /// Goes on. What it was paused for is accepted by whoever says so.
    fn resume(&mut self, by: &Actor) {
        let frozen = matches!(&self.state.frozen, Some(frozen) if !frozen.back);
        if self.state.status != Status::Paused && !frozen {
            let status = self.state.status;
            return self.ignore(format!("a release that is {status} cannot be resumed"));
        }
        self.state.frozen = None;
        if let Some(over) = self.state.paused.take().and_then(|paused| paused.over) {
            self.state.accepted.push(over);
        }
        let waits_for_somebody = matches!(
            self.state.stage,
            Stage::Working(Work::Until(None) | Work::Evidence { late: true, .. })
        );
        let stage = match self.state.stage.clone() {
            _ if waits_for_somebody => Stage::After(0),
            Stage::Gated { .. } => Stage::Entering,
            // Whoever froze gave up the order: nobody knows whether it was carried out.
            Stage::Working(Work::Order) if frozen => Stage::Entering,
            stage => stage,
        };
        self.move_to(Status::Progressing, stage, format!("resumed by {}", by.name));
    }

    /// Leaves a step that waits, without waiting for the rest.
    fn skip(&mut self, by: &Actor, why: &str) {
        let approves = matches!(self.current().map(|step| &step.does), Some(Does::Approve(_)));
        let waits = matches!(
            self.state.stage,
            Stage::Working(
                Work::Until(_) | Work::Evidence { .. } | Work::Checks(_) | Work::Rule { .. }
            )
        );
        let forward = matches!(self.state.status, Status::Progressing | Status::Paused);
        if approves {
            self.ignore("approvals are not skipped; approve, or abort");
        } else if !(waits && forward) {
            self.ignore("only a step that waits can be skipped; abort, or wait for its order");
        } else {
            self.state.orders.retain(|order| !matches!(order.purpose, Purpose::Check(_)));
            self.state.paused = None;
            let why = said(by, "skipped the step", why);
            self.move_to(Status::Progressing, Stage::After(0), why);
        }
    }

    /// Goes straight to the largest split.
    fn promote(&mut self, by: &Actor, why: &str) {
        match self.state.status {
            Status::Waiting | Status::Progressing | Status::Paused => {
                self.state.promoted = true;
                let why = said(by, "promoted", why);
                if self.state.status == Status::Paused {
                    self.resume(by);
                }
                self.tell(Severity::Warning, "promoted", &why);
                let (status, stage) = (self.state.status, self.state.stage.clone());
                self.move_to(status, stage, why);
            }
            status => self.ignore(format!("a release that is {status} cannot be promoted")),
        }
    }

    /// Rolls back, or ends what has not begun.
    fn abort(&mut self, why: &str) {
        match self.state.status {
            Status::Planned => self.cancel(why),
            Status::RollingBack => self.ignore("it is being rolled back already"),
            _ => self.go_back(why),
        }
    }

    /// Rolls back on the word of another system. It does not begin a rollback that was given up
    /// again: it would be given up again, with every repetition of the alert.
    fn alert(&mut self, why: &str) {
        match &self.state.frozen {
            Some(frozen) if frozen.back => {
                self.ignore(format!("the rollback is frozen and waits for a person: {why}"));
            }
            _ => self.abort(why),
        }
    }

    /// Takes up again what was given up.
    fn retry(&mut self, by: &Actor) {
        let why = format!("tried again by {}", by.name);
        match self.state.frozen.take() {
            Some(Frozen { back: true, .. }) => {
                let stage = match self.state.stage.clone() {
                    Stage::Back(Back::Verify(_)) => Stage::Back(self.checks_again()),
                    stage @ Stage::Back(_) => stage,
                    _ => Stage::Back(Back::Ready),
                };
                self.move_to(Status::RollingBack, stage, why);
            }
            Some(_) => self.move_to(Status::Progressing, Stage::Entering, why),
            None if self.state.status == Status::Paused => {
                self.state.paused = None;
                let stage = self.hurry();
                self.move_to(Status::Progressing, stage, why);
            }
            None => self.ignore("there is nothing to try again"),
        }
    }

    /// Where a paused release goes on when it is told to try again: an order or a hook under way is
    /// waited for and tried at once, everything else of the step begins anew.
    fn hurry(&mut self) -> Stage {
        let now = self.now;
        let under_way =
            |order: &&mut Outstanding| matches!(order.purpose, Purpose::Step | Purpose::Hook);
        let mut waits = false;
        for order in self.state.orders.iter_mut().filter(under_way) {
            waits = true;
            order.retry_at = order.retry_at.map(|_| now);
        }
        if waits { self.state.stage.clone() } else { Stage::Entering }
    }

    /// Somebody agrees to a step, or refuses it.
    fn approve(&mut self, by: &Actor, agreed: bool, comment: &str) {
        let step = self.current().map(|step| &step.does);
        let (Some(Does::Approve(approval)), Stage::Working(Work::People { .. })) =
            (step, &self.state.stage)
        else {
            return self.ignore("no step asks for approval now");
        };
        let name = &by.name;
        if let Err(why) = self.may_approve(approval, by) {
            return self.refuse(format!("approval by `{name}`"), why);
        }
        if !agreed {
            return self.roll_back(&said(by, "refused", comment));
        }
        self.state.approvals.push(Approved { name: name.clone(), roles: by.roles.clone() });
        let (status, stage) = (self.state.status, self.state.stage.clone());
        self.move_to(status, stage, said(by, "approved", comment));
    }

    /// Ends a release that has changed nothing.
    pub(super) fn cancel(&mut self, why: &str) {
        self.drop_forward_orders();
        self.state.cause = Some(why.to_owned());
        self.state.paused = None;
        self.move_to(Status::Cancelled, Stage::Entering, why);
        self.tell(Severity::Info, "the release was cancelled", why);
    }
}

/// What somebody did, and why.
fn said(by: &Actor, what: &str, why: &str) -> String {
    if why.is_empty() {
        format!("{what} by {}", by.name)
    } else {
        format!("{what} by {}: {why}", by.name)
    }
}

/// How many facts a release keeps.
const FACTS_MAX: usize = 1000;
