//! The judge: from samples to verdicts, with evidence.
//!
//! It never acts. It says what it knows of each metric and of all of them together; the
//! release decides what follows.

use serde::{Deserialize, Serialize};

/// What is known.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Not enough is known.
    #[default]
    Insufficient,
    /// The new arm is worse by more than the margin.
    Worse,
    /// The new arm is not worse by more than the margin.
    NotWorse,
    /// The new arm is better.
    Better,
}

/// Why a verdict is what it is: one metric of one new arm.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Evidence {
    /// The metric's place in the plan; none for the division of traffic itself.
    pub metric: Option<u16>,
    /// The arm's place in the plan.
    pub arm: u16,
    /// What is known.
    pub verdict: Verdict,
    /// The logarithm of the evidence for harm (an e-value); harm is proved at `bound`.
    pub log_e: f64,
    /// Where harm is proved: `ln(1 / alpha)` with the metric's part of alpha.
    pub bound: f64,
    /// Observations of the new arm, and of the control.
    pub observations: [u64; 2],
    /// The estimate for the new arm, and for the control; none without observations.
    pub estimates: [Option<f64>; 2],
    /// The interval for the ratio (or difference) between them that holds at every look.
    pub interval: Option<[f64; 2]>,
    /// In words: what was compared and what came of it, or why nothing is known.
    pub why: String,
}

pub mod triggers;

use std::collections::BTreeMap;

use crate::plan::{Plan, Role};
use crate::policy::Facts;
use crate::refusal::Refusal;
use crate::sample::Sample;
use crate::split::Split;
use crate::time::Time;

/// How the metrics of a plan are judged.
#[derive(Clone, Debug, Default)]
pub struct Rules {}

/// What a judge has accumulated.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct State {}

/// What all metrics together say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ruling {
    /// Harm that is proved.
    pub harms: Vec<Harm>,
    /// Whether traffic is not divided as it should be, in words.
    pub skewed: Option<String>,
    /// Whether every guard is proved to be not worse.
    pub not_worse: bool,
    /// Whether there was any observation of new arms since the last change of the split.
    pub data: bool,
    /// Exposures of new arms since the last change of the split.
    pub exposures: u64,
    /// In words.
    pub why: String,
}

/// Harm that is proved.
#[derive(Clone, Debug, PartialEq)]
pub struct Harm {
    /// What the metric decides.
    pub role: Role,
    /// The metric, and the arm: ``metric `error_rate` of `canary` ``.
    pub what: String,
    /// The evidence in words.
    pub why: String,
}

/// A window that closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// When it ended.
    pub end: Time,
    /// Its numbers, for conditions.
    pub attributes: BTreeMap<String, serde_json::Value>,
}

impl Rules {
    /// Reads how a plan judges.
    pub fn new(_plan: &Plan) -> Result<Self, Vec<Refusal>> {
        Ok(Self {})
    }

    /// Nothing has been seen.
    pub fn begin(&self, _now: Time) -> State {
        State {}
    }

    /// Takes samples; the windows that closed.
    pub fn add(&self, _state: &mut State, _samples: &[Sample], _now: Time) -> Vec<Window> {
        Vec::new()
    }

    /// What is known of each metric.
    pub fn evidence(&self, _state: &State) -> Vec<Evidence> {
        Vec::new()
    }

    /// What is known of all together.
    pub fn ruling(&self, _state: &State) -> Ruling {
        Ruling::default()
    }

    /// Numbers for conditions.
    pub fn attributes(&self, _state: &State) -> Facts {
        Facts::default()
    }

    /// Traffic is divided in another way from now on.
    pub fn split_changed(&self, _state: &mut State, _split: &Split, _now: Time) {}
}
