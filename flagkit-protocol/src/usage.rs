//! What was evaluated how often, and who saw what.

use serde::{Deserialize, Serialize};

/// How often flags were evaluated in an application since its last report.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "these fields are the protocol")]
pub struct UsageReport {
    /// The same when a report is sent again: the server counts it once.
    pub id: String,
    /// What the application calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// One process of it, by a random number.
    pub instance: String,
    /// Who counted: `flagkit-rust/0.1.0`.
    pub sdk: String,
    /// When counting began, in milliseconds since 1970.
    pub from_ms: u64,
    /// When it ended.
    pub to_ms: u64,
    /// The version of the flags that the application has now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<crate::Version>,
    /// Evaluations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Count>,
    /// Who saw which variant of a tracked flag.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exposures: Vec<Exposure>,
    /// How many exposures were left out because there were too many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub exposures_dropped: u64,
}

/// Evaluations of one flag with one outcome.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "these fields are the protocol")]
pub struct Count {
    /// The key that was asked for, whether there is such a flag or not; empty for the sum of all
    /// keys that were too many to count apart.
    pub flag: String,
    /// The variant that was served, `on` or `off` for one without a name; none for the caller's
    /// default and for errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The version of the flags that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// `TARGETING_MATCH`, `SPLIT`, …, or the code of an error.
    pub reason: String,
    /// How often.
    pub count: u64,
}

/// Someone saw a variant of a tracked flag.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "these fields are the protocol")]
pub struct Exposure {
    /// The key of the flag.
    pub flag: String,
    /// The targeting key, or a hash of it.
    pub unit: String,
    /// The variant that was served, `on` or `off` for one without a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
