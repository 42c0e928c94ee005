//! Triggers: conditions that were met too often.

use serde::{Deserialize, Serialize};

use crate::judge::Window;
use crate::plan::Plan;
use crate::policy::{Facts, Policies};

/// When triggers were met.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct State {}

/// A trigger that was met often enough.
#[derive(Clone, Debug, PartialEq)]
pub struct Fired {
    /// Its place in the plan.
    pub trigger: u16,
    /// What was found.
    pub why: String,
}

/// Asks the triggers about windows that closed.
pub fn check(
    _plan: &Plan,
    _policies: &Policies,
    _state: &mut State,
    _windows: &[Window],
    _facts: &Facts,
) -> Vec<Fired> {
    Vec::new()
}
