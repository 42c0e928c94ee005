//! What an engine wants done outside: orders, and what comes back.
//!
//! An order says how things shall be, not what to change: carrying it out twice is the
//! same as once. It is written into the journal before anything happens.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::sample::Sample;
use crate::split::{Split, Weight};
use crate::time::Time;

/// The name of a release: unique in a journal, at most 200 bytes.
pub type ReleaseId = Arc<str>;

/// One order of one release. The same number is never used twice in a release, so the
/// text of this is an idempotency key for receivers that accept one.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct OrderId {
    /// Whose order it is.
    pub release: ReleaseId,
    /// Counted from 1 within the release.
    pub number: u32,
}

/// `checkout-v42#7`.
impl fmt::Display for OrderId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}#{}", self.release, self.number)
    }
}

/// Who leads: grows with every new leader. A driver that can check it refuses smaller ones.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(transparent)]
pub struct Fence(pub u64);

/// An order as a driver gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Which order, also the idempotency key.
    pub id: OrderId,
    /// The leader on whose behalf it is carried out.
    pub fence: Fence,
    /// What shall be.
    pub wanted: Wanted,
}

/// How something outside shall be, or what is to be read there.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "order", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Wanted {
    /// The traffic of a route divided among these arms.
    Split {
        /// The route, in the words of its driver: a backend, a flag, a cluster.
        route: String,
        /// The names of the arms, the control's first.
        arms: Vec<String>,
        /// Their weights, in the same order.
        split: Split,
    },
    /// A copy of the control's traffic to an arm, whose answers are thrown away.
    Mirror {
        /// The route.
        route: String,
        /// Who gets the copy.
        arm: String,
        /// How much of the traffic.
        share: Weight,
    },
    /// Requests that carry these headers to an arm, whatever the split.
    Route {
        /// The route.
        route: String,
        /// Who gets them.
        arm: String,
        /// Header names and values, all of which must be equal; none removes the rule.
        headers: BTreeMap<String, String>,
    },
    /// So many instances of a workload in a version.
    Scale {
        /// The workload, in the words of its driver.
        workload: String,
        /// Which arm it is for.
        arm: String,
        /// The version that the instances shall run.
        version: String,
        /// How many of them, running and healthy.
        replicas: u32,
    },
    /// Something to call, once for this order: a webhook or a command.
    Hook {
        /// The name of the hook in the plan.
        hook: String,
        /// When it is called: `before_step 3`, `on_rollback`.
        moment: String,
    },
    /// Somebody to tell.
    Notify {
        /// The name of the channel in the plan.
        channel: String,
        /// How bad it is.
        severity: Severity,
        /// One sentence.
        title: String,
        /// What a reader needs to act.
        text: String,
        /// Messages of the same incident share this, so that a pager groups them.
        dedup: String,
    },
    /// A look at something: nothing changes, and it may be repeated.
    Verify {
        /// The name of the check in the plan.
        check: String,
        /// The arm that is looked at.
        arm: String,
    },
    /// A look at metrics in closed windows: nothing changes, and it may be repeated.
    Measure {
        /// Names of metrics in the plan.
        metrics: Vec<String>,
        /// Samples that end after this.
        after: Time,
        /// Samples that end at this time or before.
        until: Time,
    },
}

impl Wanted {
    /// The thing that it is about. Orders for one thing are carried out one after another,
    /// and of several that wait only the last one counts.
    pub fn thing(&self) -> String {
        match self {
            Self::Split { route, .. } => format!("split/{route}"),
            Self::Mirror { route, .. } => format!("mirror/{route}"),
            Self::Route { route, arm, .. } => format!("route/{route}/{arm}"),
            Self::Scale { workload, arm, .. } => format!("scale/{workload}/{arm}"),
            Self::Hook { hook, moment } => format!("hook/{hook}/{moment}"),
            Self::Notify { channel, dedup, .. } => format!("notify/{channel}/{dedup}"),
            Self::Verify { check, arm } => format!("verify/{check}/{arm}"),
            Self::Measure { .. } => "measure".to_owned(),
        }
    }

    /// Whether it only looks.
    pub fn is_read(&self) -> bool {
        matches!(self, Self::Verify { .. } | Self::Measure { .. })
    }
}

/// How bad something is.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// For the record.
    #[default]
    Info,
    /// Somebody should look today.
    Warning,
    /// Somebody must look now.
    Page,
}

/// What came of an order.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It is as wanted. Says whether it was so before anything was done.
    Done {
        /// Whether a driver found it done, after a crash or because nothing had changed.
        already: bool,
    },
    /// What a check found.
    Found(Finding),
    /// What was measured. Windows that are not closed yet are not among it.
    Measured(Vec<Sample>),
    /// It did not work.
    Failed(Failure),
}

/// What a check found: attributes for the condition that the plan expects.
///
/// Attributes of an HTTP check: `status`, `latency_ms`, `body` (JSON is walked into with
/// dots), `header.NAME`; of a TCP check: `connected`, `latency_ms`; of a command:
/// `exit_code`, `output` (JSON if it is), `latency_ms`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Finding {
    /// Names and JSON values.
    pub attributes: BTreeMap<String, serde_json::Value>,
}

/// Why an order could not be carried out.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Failure {
    /// Whether to try again.
    pub kind: FailureKind,
    /// What happened, where, and how to mend it. No secrets.
    pub message: String,
}

impl Failure {
    /// The world may be different in a moment.
    pub fn transient(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Transient, message: message.into() }
    }

    /// Trying again will not help.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Permanent, message: message.into() }
    }

    /// Somebody else leads.
    pub fn fenced(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Fenced, message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// What to make of a failure.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureKind {
    /// Worth another attempt: refused connections, timeouts, 5xx.
    Transient,
    /// Not worth one: no such backend, refused by what it says.
    Permanent,
    /// Another leader has taken over: this process must stop acting.
    Fenced,
}
