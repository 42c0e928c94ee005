//! Blue-green: a second side is made ready without traffic, then switched to.

use serde::Deserialize;

use super::canary::{ascend, growing, with_lengths};
use super::phases::Phases;
use super::stage::stages;
use super::{Evidence, Finish, Prepare, Stage};
use crate::plan::{Plan, Then};
use crate::refusal::Refusal;
use crate::time::Span;

/// Two sides that change roles with every release.
///
/// The first arm of the plan is the side that is active; the other one stands by. When the release
/// is done their roles are swapped: the next plan begins with the other arm. Nothing is renamed,
/// and until the observation is over the old side is as it was.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct BlueGreen {
    /// Instances of the new side; as many as the active one has without.
    pub replicas: Option<u32>,
    /// How it is waited until the new side is stable.
    pub stabilise: Stabilise,
    /// What happens before the first traffic: validation and warm-up.
    pub prepare: Prepare,
    /// The levels of traffic, growing to 100%; `[100%]` switches at once.
    pub switch: Vec<Stage>,
    /// How long a level lasts at least that does not say it.
    pub stage: Span,
    /// What lets a level end.
    pub judge: Evidence,
    /// What happens after the switch.
    pub finish: Finish,
}

/// Waiting until a side is stable.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Stabilise {
    /// Checks that must pass.
    pub checks: Vec<String>,
    /// How long they have time.
    pub at_most: Span,
    /// How often they look.
    pub every: Span,
    /// How many looks in a row must pass.
    pub passes: u32,
}

impl Default for Stabilise {
    fn default() -> Self {
        Self {
            checks: Vec::new(),
            at_most: Span::from_secs(900),
            every: Span::from_secs(30),
            passes: 1,
        }
    }
}

impl Default for BlueGreen {
    fn default() -> Self {
        Self {
            replicas: None,
            stabilise: Stabilise::default(),
            prepare: Prepare::default(),
            switch: stages(&[10, 25, 50, 75, 100]),
            stage: Span::from_secs(120),
            judge: Evidence::default(),
            finish: Finish::default(),
        }
    }
}

impl BlueGreen {
    pub(super) fn write(&self, plan: &mut Plan) -> Result<(), Vec<Refusal>> {
        let stages = growing(&self.switch, "strategy.blue_green.switch")?;
        let stages = with_lengths(stages, self.stage);
        let checks = self.stabilise.write(plan);
        let mut phases = Phases::begin(plan)?;
        let active = phases.replicas(0);
        phases.scale(1, self.replicas.unwrap_or(active).max(1));
        phases.verify("the new side is stable", &checks, 1);
        self.prepare.write(&mut phases);
        ascend(&mut phases, &stages, [&self.judge; 2], &self.finish);
        self.prepare.write_end(&mut phases);
        self.finish.write_removal(&mut phases);
        Ok(())
    }
}

impl Stabilise {
    /// Adds copies of the checks to the plan that look as often and as long as is said here, and
    /// gives their names. A check that is missing keeps its name, so that the plan is refused.
    fn write(&self, plan: &mut Plan) -> Vec<String> {
        let looks = self.at_most.ms() / self.every.ms().max(1);
        let tries = u32::try_from(looks).unwrap_or(u32::MAX).clamp(1, TRIES_MAX);
        let mut names = Vec::new();
        for name in &self.checks {
            let Some(mut check) = plan.checks.get(name).cloned() else {
                names.push(name.clone());
                continue;
            };
            (check.tries, check.passes) = (tries, self.passes.max(1));
            (check.delay, check.delay_max) = (self.every, Some(self.every));
            check.then = Then::RollBack;
            let stable = format!("{name}: stable");
            plan.checks.insert(stable.clone(), check);
            names.push(stable);
        }
        names
    }
}

/// The most looks of a check.
const TRIES_MAX: u32 = 1000;
