//! The judge `NetflixACAJudge-v1.0` of Spinnaker's Kayenta, verdict for verdict.
//!
//! It is here so that canary configurations that somebody has today give the answers that
//! they are used to, and so that new judges can be compared with it. New releases are better
//! served by the sequential tests of this crate, for reasons that tests of this module hold:
//!
//! - **Units matter.** The interval comes from a root finder that stops at an absolute
//!   [`TOLERANCE`](shift::TOLERANCE) of 1e-4, so seconds and microseconds can have different
//!   verdicts.
//! - **Points count as independent.** The averages of neighbouring minutes are not, and then
//!   releases without any change fail.
//! - **Sparse failures pass.** Errors in less than half of the points move no median.
//! - **A point is a point**, whether it stands for three requests or for three million.
//!
//! One thing differs on purpose: where both sides are constant, the original adds random noise
//! without a seed, and may answer the same question in two ways. Here the noise is the same
//! every time; see [`classify`](Classifier::classify).
//!
//! Facts are taken from spinnaker/kayenta `a69573be` and its test suites.

pub mod classify;
pub mod effect;
pub mod judge;
pub mod outlier;
mod root;
pub mod score;
pub mod shift;
pub mod standalone;
pub mod statistics;
pub mod transform;

pub use classify::{Classifier, Label, Samples, Verdict};
pub use effect::EffectSize;
pub use judge::{CanaryConfig, Judgement, MetricConfig, MetricPair};
pub use outlier::Detector;
pub use score::{Outcome, Thresholds};
