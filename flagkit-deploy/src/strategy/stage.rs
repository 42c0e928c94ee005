//! Stages: how much traffic, for how long, and who has to agree.

use serde::Deserialize;

use crate::plan::{Approval, Rule};
use crate::split::Weight;
use crate::time::Span;

/// One level of traffic.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Stage {
    /// What the new arm gets.
    pub weight: Weight,
    /// How long at least; the strategy's own without.
    #[serde(rename = "for")]
    pub length: Option<Span>,
    /// How long it may wait for evidence; the strategy's own without.
    pub at_most: Option<Span>,
    /// Who has to agree before it.
    pub approve: Option<Approval>,
    /// What must hold before it.
    pub gate: Option<Rule>,
    /// Hooks before it.
    pub before: Vec<String>,
    /// Hooks after it.
    pub after: Vec<String>,
    /// Instances of the new arm; by its share of the traffic without.
    pub replicas: Option<u32>,
}

impl Stage {
    /// So much traffic, and the strategy's own values for the rest.
    pub fn of(weight: Weight) -> Self {
        Self { weight, ..Self::default() }
    }
}

/// Stages of these shares in percent; more than 100 counts as 100.
pub(super) fn stages(percent: &[u32]) -> Vec<Stage> {
    let weight = |percent: &u32| Weight::from_ppm(percent * 10_000).unwrap_or(Weight::ALL);
    percent.iter().map(|percent| Stage::of(weight(percent))).collect()
}
