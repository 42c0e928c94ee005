//! The step language: what every strategy comes down to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::plan::Rule;
use crate::split::{Split, Weight};
use crate::time::Span;

/// One step of a plan.
// What it does refuses unknown fields; serde cannot flatten into something that refuses them itself.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Step {
    /// For people: `10% for 5m`.
    pub name: String,
    /// What it does.
    #[serde(flatten)]
    pub does: Does,
    /// A condition that must hold before it begins, besides the gates of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Rule>,
    /// Hooks that must succeed before it begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// Hooks that must succeed before it counts as done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// What a step does.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Does {
    /// Divides the traffic.
    Split {
        /// One weight for each arm.
        split: Split,
    },
    /// Gives an arm so many instances, and waits until they are healthy.
    Scale {
        /// Which arm.
        arm: String,
        /// How many.
        replicas: u32,
    },
    /// Copies traffic to an arm; nothing ends it but another such step, or a rollback.
    Mirror {
        /// Which arm.
        arm: String,
        /// How much.
        share: Weight,
    },
    /// Sends requests with these headers to an arm; empty headers end it.
    Route {
        /// Which arm.
        arm: String,
        /// Header names and values.
        headers: BTreeMap<String, String>,
    },
    /// Waits, or pauses until somebody resumes.
    Pause {
        /// How long; until somebody resumes without.
        #[serde(default, rename = "for")]
        length: Option<Span>,
    },
    /// Goes on by evidence.
    Judge(Judgement),
    /// Goes on when people have agreed.
    Approve(Approval),
    /// Goes on when checks have passed.
    Verify {
        /// Names of checks; all run at once.
        checks: Vec<String>,
        /// Which arm they look at.
        arm: String,
    },
    /// Calls a hook.
    Hook {
        /// Its name.
        hook: String,
    },
    /// Goes on when a condition holds.
    Until {
        /// The condition.
        rule: Rule,
        /// How long it may take; for ever without.
        #[serde(default)]
        at_most: Option<Span>,
        /// What happens then.
        #[serde(default)]
        on_deadline: OnDeadline,
    },
    /// Tells a channel.
    Tell {
        /// Its name.
        channel: String,
        /// What.
        text: String,
    },
}

impl Does {
    /// Whether it changes something outside: such steps wait for the gates.
    pub fn changes(&self) -> bool {
        use Does::{Hook, Mirror, Route, Scale, Split};
        matches!(self, Split { .. } | Scale { .. } | Mirror { .. } | Route { .. } | Hook { .. })
    }
}

/// A step that goes on by evidence. While it lasts, and in every other step with traffic on a new
/// arm, evidence of harm rolls back at once; this says when to go on.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// Not before this.
    pub at_least: Span,
    /// By then there is a decision.
    pub at_most: Span,
    /// Whether to go on only when it is proved that no guarding metric is worse than its margin.
    /// Otherwise it is enough that `at_least` has passed with data and without harm.
    #[serde(default)]
    pub proof: bool,
    /// Fewer exposures of the new arms than this are no evidence.
    #[serde(default)]
    pub exposures_min: u64,
    /// More than that: conditions over `metrics.*` that must hold at the end.
    #[serde(default)]
    pub success: Vec<Rule>,
    /// What happens when `at_most` has passed without enough evidence.
    #[serde(default)]
    pub on_insufficient: OnInsufficient,
}

/// What happens without enough evidence.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnInsufficient {
    /// Stay, tell, and go on as soon as there is evidence.
    #[default]
    Hold,
    /// Roll back.
    RollBack,
    /// Go on.
    Proceed,
    /// Pause until somebody resumes.
    Ask,
}

/// A step that people agree to.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// How many different people, 1 to 100. Who started the release is never one of them.
    pub people: u8,
    /// Roles that must be among them, each from a different person.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Who may approve, over `approver.name`, `approver.role`, `author` and `deployer`.
    #[serde(default)]
    pub who: Option<Rule>,
    /// What makes it unnecessary, over facts and `metrics.*`: `tests.passed == true and change.lines < 100`.
    #[serde(default)]
    pub unless: Option<Rule>,
    /// How long it may take; for ever without.
    #[serde(default)]
    pub at_most: Option<Span>,
    /// What happens then.
    #[serde(default)]
    pub on_deadline: OnDeadline,
}

impl Approval {
    /// So many people of any role, and no deadline.
    pub fn by(people: u8) -> Self {
        let on_deadline = OnDeadline::default();
        Self { people, roles: Vec::new(), who: None, unless: None, at_most: None, on_deadline }
    }
}

/// What happens when something has taken too long.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnDeadline {
    /// Roll back.
    #[default]
    RollBack,
    /// Pause until somebody resumes.
    Pause,
    /// Go on.
    Proceed,
}

#[cfg(test)]
mod tests;
