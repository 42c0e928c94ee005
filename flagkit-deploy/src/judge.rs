//! The judge: from samples to verdicts, with evidence.
//!
//! It never acts. It says what it knows of each metric and of all of them together; the
//! release decides what follows. [`Rules`] are what a plan asks for, a [`State`] is what has been
//! seen, and everything else is a function of both: the same samples give the same verdicts, in
//! whatever order they came while their windows were open, and after any number of restarts.
//!
//! What it promises, and what breaks the promise, is in docs/judging.md.

use serde::{Deserialize, Serialize};

use crate::plan::Role;

pub mod triggers;

mod attributes;
mod numbers;
mod rules;
mod ruling;
mod skew;
mod state;
mod test;
mod window;

pub use rules::Rules;
pub use state::{Dropped, State};
pub use window::Window;

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
    /// The interval for the ratio between them (the difference, of means) that holds at every look. An end
    /// that nothing is known of is `f64::MAX`, or its negative.
    pub interval: Option<[f64; 2]>,
    /// For quantiles: where that of the new arm is, and that of the control, at every look, if values go on
    /// as they are. Ends as in `interval`.
    #[serde(default, skip_serializing_if = "are_none")]
    pub intervals: [Option<[f64; 2]>; 2],
    /// In words: what was compared and what came of it, or why nothing is known.
    pub why: String,
}

/// For serde: whether nothing is known.
fn are_none(intervals: &[Option<[f64; 2]>; 2]) -> bool {
    intervals.iter().all(Option::is_none)
}

/// What all metrics together say.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Ruling {
    /// Harm that is proved, of metrics that guard first. What is only shown is never here.
    pub harms: Vec<Harm>,
    /// Why traffic is not divided as it should be, if that is proved.
    pub skewed: Option<String>,
    /// Whether every guarding metric of every new arm is proved not to be worse than its margin,
    /// with data since the split changed. False without guards.
    pub not_worse: bool,
    /// The same, and at least one of them is better.
    pub better: bool,
    /// Whether anything was observed of the new arms since the split changed.
    pub data: bool,
    /// Observations of the new arms since then, by the metric that has most.
    pub exposures: u64,
    /// In a sentence.
    pub why: String,
}

/// Harm that is proved.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Harm {
    /// What the metric decides.
    pub role: Role,
    /// The metric, and the arm: ``metric `error_rate` of `canary` ``.
    pub what: String,
    /// The evidence in words.
    pub why: String,
}

#[cfg(test)]
pub(crate) mod made_up;
#[cfg(test)]
mod tests;
