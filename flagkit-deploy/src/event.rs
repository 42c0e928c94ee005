//! What happens to a release: the only way in which its state changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::order::Outcome;
use crate::time::Time;

/// Something that happened.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Event {
    /// When the engine learnt of it. Time never goes back: a smaller one counts as the last one.
    pub now: Time,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum What {
    /// Time passed. Harmless if nothing is due.
    Time,
    /// An order came back.
    Came {
        /// The number of the order.
        order: u32,
        /// What came of it.
        outcome: Outcome,
    },
    /// Facts that conditions may ask for: `calendar.NAME`, `tests.passed`, `lag_s`. They stay until
    /// they are told anew; null takes one away.
    Facts(BTreeMap<String, serde_json::Value>),
    /// Somebody said something.
    Command {
        /// Who; names are not checked here.
        by: Actor,
        /// What.
        command: Command,
    },
}

/// Who says something.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Actor {
    /// Unique, as the host knows people: `ada`.
    pub name: String,
    /// Their roles: `sre_lead`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

/// What people and programs may say to a release.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Command {
    /// Begin.
    Start,
    /// Stop where it is. Judging goes on, and so does what protects.
    Pause {
        /// Why.
        #[serde(default)]
        why: String,
    },
    /// Go on after a pause, a step that waits for somebody, or a freeze.
    Resume,
    /// Leave the step that it is in, without waiting for the rest of it.
    Skip {
        /// Why.
        #[serde(default)]
        why: String,
    },
    /// Go straight to the end: the largest split, without judging in between.
    Promote {
        /// Why.
        #[serde(default)]
        why: String,
    },
    /// Roll back, or end what has not begun.
    Abort {
        /// Why.
        #[serde(default)]
        why: String,
    },
    /// Try again what has been given up: the orders of a frozen release.
    Retry,
    /// Agree to the step that asks for it, or refuse, which rolls back.
    Approve {
        /// Whether they agree.
        agreed: bool,
        /// What they say.
        #[serde(default)]
        comment: String,
    },
    /// Something outside is wrong, as another system says: an alert, a halt. Rolls back.
    Alert {
        /// What.
        what: String,
    },
}
