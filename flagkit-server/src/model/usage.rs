//! What was evaluated how often.

use super::EnvironmentId;

/// A report of an application, or what the server counted by itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Usage {
    /// Where.
    pub environment: EnvironmentId,
    /// The report's own id: within a day, one that comes again is not counted again.
    pub report: String,
    /// When it came.
    pub received_at_ms: u64,
    /// Evaluations.
    pub counts: Vec<UsageCount>,
    /// Who saw which variant.
    pub exposures: Vec<ExposureCount>,
}

/// Evaluations of one flag with one outcome in one hour.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UsageCount {
    /// The key that was asked for, whether there is such a flag or not.
    pub flag: String,
    /// The variant that was served; empty where it has no name.
    pub variant: String,
    /// `TARGETING_MATCH`, `SPLIT`, …, or the code of an error.
    pub reason: String,
    /// The hour in which it happened: its number since 1970.
    pub hour: u64,
    /// How often.
    pub count: u64,
}

/// Someone saw a variant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExposureCount {
    /// The key of the flag.
    pub flag: String,
    /// The targeting key, or a hash of it.
    pub unit: String,
    /// The variant that was served; empty where it has no name.
    pub variant: String,
    /// When it was seen last.
    pub at_ms: u64,
}

/// Which counts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UsageQuery {
    /// Where.
    pub environment: EnvironmentId,
    /// Only of this flag.
    pub flag: Option<String>,
    /// From this hour on.
    pub from_hour: u64,
    /// Before this hour.
    pub to_hour: u64,
    /// How many at most; storage gives at most 100,000.
    pub limit: u32,
}

/// When a flag was asked for last.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LastSeen {
    /// The key that was asked for, whether there is such a flag or not.
    pub flag: String,
    /// When.
    pub at_ms: u64,
}
