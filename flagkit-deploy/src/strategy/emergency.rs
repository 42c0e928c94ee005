//! Emergencies: three ways of releasing when there is little time, as data.

use serde::Deserialize;

use super::{Canary, Finish, OldSide, Prepare, Stage, Strategy};
use crate::plan::{Approval, Does, OnDeadline, Plan, Step, Then, Trigger};
use crate::refusal::Refusal;
use crate::split::Weight;
use crate::time::Span;

/// An emergency release.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Emergency {
    /// How urgent it is.
    pub priority: Priority,
    /// What happens before the first traffic.
    #[serde(default)]
    pub prepare: Prepare,
}

/// How urgent it is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Priority {
    /// At once: 1% for 30 seconds, then everybody. Nobody is asked before; somebody else than who
    /// started it has to agree within a day.
    P0,
    /// Rapid: two people agree, 10% for 10 minutes, done within half an hour.
    P1,
    /// Controlled: two people agree, 25% for 30 minutes, done within an hour.
    P2,
}

/// What a priority means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preset {
    /// The environments, in the order in which they are released to.
    pub environments: &'static [&'static str],
    /// The first share of the traffic.
    pub canary: Weight,
    /// How long it lasts.
    pub stage: Span,
    /// How long everything may take.
    pub at_most: Span,
    /// The share of failed requests at which it goes back.
    pub error_rate_max: f64,
    /// How many people agree before; none before P0.
    pub approvals: u8,
}

impl Priority {
    /// What it means. A P0 has a canary, too: it costs 30 seconds, and the judge finds a release
    /// that breaks everything in less.
    pub fn preset(self) -> Preset {
        let weight = |percent: u32| Weight::from_ppm(percent * 10_000).unwrap_or(Weight::ALL);
        let of = |seconds| Span::from_secs(seconds);
        match self {
            Self::P0 => Preset {
                environments: &["production", "staging", "development"],
                canary: weight(1),
                stage: of(30),
                at_most: of(300),
                error_rate_max: 0.05,
                approvals: 0,
            },
            Self::P1 => Preset {
                environments: &["production", "staging"],
                canary: weight(10),
                stage: of(600),
                at_most: of(1800),
                error_rate_max: 0.02,
                approvals: 2,
            },
            Self::P2 => Preset {
                environments: &["staging", "production"],
                canary: weight(25),
                stage: of(1800),
                at_most: of(3600),
                error_rate_max: 0.01,
                approvals: 2,
            },
        }
    }
}

impl Emergency {
    pub(super) fn write(&self, plan: &mut Plan) -> Result<(), Vec<Refusal>> {
        let preset = self.priority.preset();
        if preset.approvals > 0 {
            let does = Does::Approve(Approval::by(preset.approvals));
            plan.steps.push(step("agree to the emergency", does));
        }
        if plan.metric(ERRORS).is_some() {
            plan.triggers.push(Trigger {
                name: "emergency error rate".to_owned(),
                rule: format!("metrics.{ERRORS} > {}", preset.error_rate_max),
                times: 1,
                within: Span::ZERO,
                then: Then::RollBack,
            });
        }
        Strategy::Canary(self.canary(preset)).write(plan)?;
        if preset.approvals == 0 {
            let approval = Approval {
                at_most: Some(Span::from_secs(86_400)),
                on_deadline: OnDeadline::Pause,
                ..Approval::by(1)
            };
            plan.steps.push(step("agree afterwards", Does::Approve(approval)));
        }
        "emergency".clone_into(&mut plan.strategy);
        Ok(())
    }

    fn canary(&self, preset: Preset) -> Canary {
        // What is left of the longest time is for watching, at most as long as the stage.
        let left = Span::from_ms(preset.at_most.ms().saturating_sub(preset.stage.ms()));
        let observe = preset.stage.min(left);
        Canary {
            stages: vec![Stage::of(preset.canary), Stage::of(Weight::ALL)],
            stage: preset.stage,
            max_duration: Some(preset.at_most),
            prepare: self.prepare.clone(),
            finish: Finish { observe, old_side: OldSide::Keep, ..Finish::default() },
            ..Canary::default()
        }
    }
}

fn step(name: &str, does: Does) -> Step {
    Step { name: name.to_owned(), does, gate: None, before: vec![], after: vec![] }
}

/// The metric that emergencies look at.
const ERRORS: &str = "error_rate";
