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
