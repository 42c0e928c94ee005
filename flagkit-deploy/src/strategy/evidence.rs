//! What lets a stage end.

use serde::Deserialize;

use crate::plan::{OnInsufficient, Rule};
use crate::time::Span;

/// What lets a stage end, besides its time: no harm always, and this.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Evidence {
    /// Whether it has to be proved that no guarding metric is worse than its margin.
    pub proof: bool,
    /// The least exposures of the new arms in a stage.
    pub exposures_min: u64,
    /// Conditions that must hold at the end of each stage.
    pub success: Vec<Rule>,
    /// How long a stage may wait for all of that; at least as long as the stage.
    pub at_most: Span,
    /// What happens when it has waited so long. Without: hold, or roll back where the whole
    /// release has a longest time.
    pub on_insufficient: Option<OnInsufficient>,
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            proof: false,
            exposures_min: 0,
            success: Vec::new(),
            at_most: Span::from_secs(2 * 3600),
            on_insufficient: None,
        }
    }
}
