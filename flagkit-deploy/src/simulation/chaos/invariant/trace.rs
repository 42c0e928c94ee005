//! One release as the journal tells it, followed by rules of its own.
//!
//! Nothing here calls the machine: what may follow on what is said a second time, from records alone.
//! Each event is taken with all that was decided and ordered because of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Actor, Command, Event, What};
use crate::order::{Outcome, Wanted};
use crate::plan::{Does, Plan, Step, Then};
use crate::policy::{Facts, Policies, asked_names};
use crate::record::Decision;
use crate::release::Status;
use crate::time::Time;

use super::back::Way;
use super::checks::Checks;

/// What a release may have done by now.
#[derive(Debug)]
pub(super) struct Trace {
    pub(super) plan: Plan,
    pub(super) author: String,
    pub(super) deployer: Option<String>,
    pub(super) status: Status,
    pub(super) now: Time,
    /// The step that it is at, and when that began; none before its gates held.
    pub(super) step: u16,
    pub(super) entered: Option<Time>,
    /// What people and drivers did since the step began.
    pub(super) at: Doings,
    pub(super) promoted: bool,
    /// What was ordered, and was not only a look.
    pub(super) intents: BTreeMap<u32, Wanted>,
    pub(super) way: Way,
    /// How many commands were written.
    pub(super) heard: u64,
    facts: Facts,
    policies: Option<Policies>,
}

/// What was done since the present step began.
#[derive(Debug, Default)]
pub(super) struct Doings {
    pub(super) approved: Vec<Actor>,
    pub(super) skipped: bool,
    pub(super) resumed: bool,
    /// The orders of the step itself, and whether they came back done.
    pub(super) own: BTreeMap<u32, bool>,
    /// Hooks that were called, by the number of the order, and those that succeeded with their moments.
    pub(super) called: BTreeMap<u32, (String, String)>,
    pub(super) hooked: BTreeSet<(String, String)>,
    pub(super) checks: Checks,
}

/// An event, and everything that followed from it.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) event: &'a Event,
    pub(super) decisions: Vec<&'a Decision>,
    pub(super) intents: Vec<(u32, &'a Wanted)>,
}

impl Group<'_> {
    /// Whether what was said or came was taken, and not refused or ignored.
    pub(super) fn is_taken(&self) -> bool {
        !matches!(
            self.decisions.first(),
            Some(Decision::Ignored { .. } | Decision::Refused { .. }) | None
        )
    }

    fn command(&self) -> Option<(&Actor, &Command)> {
        match &self.event.what {
            What::Command { by, command } => Some((by, command)),
            _ => None,
        }
    }
}

impl Trace {
    pub(super) fn planned(plan: Plan, author: String, now: Time) -> Self {
        Self {
            plan,
            author,
            deployer: None,
            status: Status::Planned,
            now,
            step: 0,
            entered: None,
            at: Doings::default(),
            promoted: false,
            intents: BTreeMap::new(),
            way: Way::default(),
            heard: 0,
            facts: Facts::default(),
            policies: None,
        }
    }

    /// Takes an event with its consequences.
    pub(super) fn take(&mut self, group: &Group<'_>) -> Result<(), String> {
        let before = self.status;
        self.now = self.now.max(group.event.now);
        match &group.event.what {
            What::Facts(facts) if !before.is_final() => self.facts.tell_all(facts),
            What::Came { order, outcome } => self.came(*order, outcome, group),
            What::Command { by, command } => self.said(by, command, group)?,
            _ => {}
        }
        for decision in &group.decisions {
            if let Decision::Moved { status, step, why } = decision {
                self.moved(status, *step, why, group)?;
            }
        }
        for &(number, wanted) in &group.intents {
            if !wanted.is_read() && self.intents.get(&number).is_some_and(|known| known != wanted) {
                return Err(format!("order {number} was written twice, each time another one"));
            }
            if let Wanted::Verify { check, .. } = wanted {
                self.at.checks.ordered(number, check);
            }
            let is_new = !self.intents.contains_key(&number);
            if is_new {
                self.ordered(number, wanted, before)?;
            }
            if is_new && !wanted.is_read() {
                self.intents.insert(number, wanted.clone());
            }
        }
        self.obeyed(before, group)
    }

    /// Whether the release goes forward.
    pub(super) fn is_forward(status: Status) -> bool {
        matches!(status, Status::Waiting | Status::Progressing | Status::Paused)
    }

    pub(super) fn does(&self) -> Option<&Step> {
        self.plan.steps.get(usize::from(self.step))
    }

    /// Somebody said something.
    fn said(&mut self, by: &Actor, command: &Command, group: &Group<'_>) -> Result<(), String> {
        self.heard += 1;
        if !group.is_taken() {
            return Ok(());
        }
        match command {
            Command::Start => self.deployer = Some(by.name.clone()),
            Command::Skip { .. } => self.at.skipped = true,
            Command::Resume | Command::Retry => self.at.resumed = true,
            Command::Promote { .. } => {
                self.promoted = true;
                self.at.resumed |= self.status == Status::Paused;
            }
            Command::Approve { agreed, .. } => return self.approved(by, *agreed),
            _ => {}
        }
        Ok(())
    }

    /// An order came back.
    fn came(&mut self, number: u32, outcome: &Outcome, group: &Group<'_>) {
        let is_unknown = matches!(group.decisions.first(), Some(Decision::Ignored { .. }));
        if is_unknown && matches!(outcome, Outcome::Done { .. } | Outcome::Found(_)) {
            return;
        }
        if let Some(done) = self.at.own.get_mut(&number) {
            *done |= matches!(outcome, Outcome::Done { .. });
        }
        if let Some((hook, moment)) = self.at.called.get(&number).cloned() {
            let expect = self.plan.hooks.get(&hook).and_then(|hook| hook.expect.clone());
            let is_good = match (outcome, expect) {
                (Outcome::Done { .. }, _) | (Outcome::Found(_), None) => true,
                (Outcome::Found(found), Some(rule)) => {
                    self.holds(&rule, &Facts::from(&found.attributes))
                }
                _ => false,
            };
            if is_good {
                self.at.hooked.insert((hook, moment));
            }
        }
        self.looked(number, outcome);
        self.way.came(number, outcome, self.now);
    }

    /// What happens on a person's or a signal's word happens at once.
    fn obeyed(&mut self, before: Status, group: &Group<'_>) -> Result<(), String> {
        self.minded()?;
        if !Self::is_forward(before) {
            return Ok(());
        }
        let is_told_back = match group.command() {
            Some((_, Command::Abort { .. } | Command::Alert { .. })) => {
                Some("an abort or an alert")
            }
            Some((_, Command::Approve { agreed: false, .. })) if group.is_taken() => {
                Some("a refusal")
            }
            _ => self.signalled(group),
        };
        match is_told_back {
            Some(what) if Self::is_forward(self.status) => {
                Err(format!("{what} and it goes forward: {}", self.status))
            }
            _ => Ok(()),
        }
    }

    /// A check that failed for good leads where the plan says; in a rollback there is no safe side.
    fn minded(&self) -> Result<(), String> {
        let Some((name, then)) = self.at.checks.lost(&self.plan) else { return Ok(()) };
        let is_minded = match (self.status, then) {
            (Status::RollingBack, then) => then == Then::Tell,
            (status, Then::RollBack) => {
                let is_waved = self.at.resumed && !self.plan.rollback.automatic;
                is_waved || self.at.skipped || !Self::is_forward(status)
            }
            (Status::Progressing, Then::Pause) => self.at.skipped || self.at.resumed,
            _ => true,
        };
        if is_minded {
            Ok(())
        } else {
            Err(format!("check `{name}` failed and it is {}", self.status))
        }
    }

    /// A trigger on facts alone that holds now.
    fn signalled(&mut self, group: &Group<'_>) -> Option<&'static str> {
        if !matches!(group.event.what, What::Facts(_)) {
            return None;
        }
        let triggers = self.plan.triggers.clone();
        let mut one_look =
            triggers.iter().filter(|one| one.times <= 1 && one.then == Then::RollBack);
        one_look.any(|trigger| self.holds_surely(&trigger.rule)).then_some("a trigger holds")
    }

    /// Whether a condition over facts that were told holds. Whatever asks for something else is
    /// taken to hold: it cannot be known here.
    pub(super) fn may_hold(&mut self, rule: &str) -> bool {
        !is_told(rule) || self.holds(rule, &Facts::default())
    }

    fn holds_surely(&mut self, rule: &str) -> bool {
        is_told(rule) && self.holds(rule, &Facts::default())
    }

    /// Asks a condition about what was found and told.
    pub(super) fn holds(&mut self, rule: &str, found: &Facts) -> bool {
        let now = self.now;
        if self.policies.is_none() {
            self.policies = Policies::new(rules(&self.plan)).ok();
        }
        let layers = crate::policy::Layers(&[found, &self.facts]);
        self.policies.as_ref().is_some_and(|policies| policies.holds(rule, &layers, now))
    }

    /// An order that was not given before.
    fn ordered(&mut self, number: u32, wanted: &Wanted, before: Status) -> Result<(), String> {
        match wanted {
            Wanted::Measure { .. } | Wanted::Notify { .. } => Ok(()),
            _ if before.is_final() => {
                Err(format!("a release that is {before} orders {}", wanted.thing()))
            }
            _ if self.status == Status::RollingBack => self.ordered_back(number, wanted),
            Wanted::Hook { hook, moment } => self.ordered_hook(number, hook, moment),
            Wanted::Verify { .. } => Ok(()),
            _ => self.ordered_step(number, wanted),
        }
    }
}

/// The conditions that are asked here, each once.
fn rules(plan: &Plan) -> BTreeMap<String, String> {
    let mut rules: Vec<&String> = Vec::new();
    rules.extend(plan.gates.iter().map(|gate| &gate.rule));
    rules.extend(plan.triggers.iter().map(|trigger| &trigger.rule));
    rules.extend(plan.checks.values().map(|check| &check.expect));
    rules.extend(plan.hooks.values().filter_map(|hook| hook.expect.as_ref()));
    for step in &plan.steps {
        rules.extend(&step.gate);
        match &step.does {
            Does::Approve(approval) => rules.extend(approval.who.iter().chain(&approval.unless)),
            Does::Until { rule, .. } => rules.push(rule),
            _ => {}
        }
    }
    rules.into_iter().map(|rule| (rule.clone(), rule.clone())).collect()
}

/// Whether a condition asks only for what is told from outside.
fn is_told(rule: &str) -> bool {
    let is_told = |name: &String| TOLD.iter().any(|first| name.starts_with(first));
    asked_names(rule).iter().all(is_told)
}

/// The first words of facts that a scenario tells.
const TOLD: [&str; 4] = ["calendar.", "releases.", "signal.", "tests."];
