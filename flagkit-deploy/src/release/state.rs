//! The state of a release: plain data, and all there is to know after a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::judge::{self, triggers};
use crate::order::Wanted;
use crate::plan::Plan;
use crate::split::Split;
use crate::time::{Span, Time};

/// Where a release stands.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct State {
    /// The time of the last event that changed something.
    pub now: Time,
    /// Its status.
    pub status: Status,
    /// The step that it is at, counted from 0; as many as there are steps when all are done.
    pub step: u16,
    /// How far it is within the step.
    pub stage: Stage,
    /// How traffic is divided, as far as drivers have confirmed it.
    pub split: Split,
    /// How traffic shall be divided: differs from `split` while an order is under way.
    pub split_wanted: Split,
    /// Instances of each arm, as far as drivers have confirmed them.
    pub replicas: Vec<u32>,
    /// Instances of each arm as ordered.
    pub replicas_wanted: Vec<u32>,
    /// Arms that get mirrored traffic or requests by header.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<Wanted>,
    /// Orders without an outcome.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<Outstanding>,
    /// The number of the next order.
    pub next_order: u32,
    /// What it was told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, serde_json::Value>,
    /// What the judge has accumulated.
    pub judge: judge::State,
    /// When triggers were met.
    #[serde(default)]
    pub triggers: triggers::State,
    /// When and up to where metrics are looked at.
    pub look: Look,
    /// What the judge ruled last, so that only news are written down.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<judge::Verdict>,
    /// Who has approved the step that asks for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approved>,
    /// Who started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployer: Option<String>,
    /// Why it does not go on, if it is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Paused>,
    /// Warnings of the judge and of triggers that somebody has accepted by resuming.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<String>,
    /// Why it is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Frozen>,
    /// Why it rolls or rolled back, or was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Whether somebody has promoted it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub promoted: bool,
    /// When it was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Time>,
    /// When it came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Time>,
}

impl State {
    /// The state of a release that was planned.
    pub(super) fn planned(plan: &Plan, judge: judge::State, now: Time) -> Self {
        let replicas: Vec<u32> = plan.arms.iter().map(|arm| arm.replicas).collect();
        Self {
            now,
            status: Status::Planned,
            step: 0,
            stage: Stage::Entering,
            split: plan.base.clone(),
            split_wanted: plan.base.clone(),
            replicas_wanted: replicas.clone(),
            replicas,
            extras: Vec::new(),
            orders: Vec::new(),
            next_order: 1,
            facts: BTreeMap::new(),
            judge,
            triggers: triggers::State::default(),
            look: Look::default(),
            verdicts: Vec::new(),
            approvals: Vec::new(),
            deployer: None,
            paused: None,
            accepted: Vec::new(),
            frozen: None,
            cause: None,
            promoted: false,
            started: None,
            ended: None,
        }
    }

    /// Its status.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Orders without an outcome that are not waiting for another try: what drivers have been
    /// given, or must be given again after a crash.
    pub fn outstanding(&self) -> impl Iterator<Item = (u32, &Wanted)> {
        let sent = self.orders.iter().filter(|order| order.retry_at.is_none());
        sent.map(|order| (order.number, &order.wanted))
    }

    /// Whether traffic may reach a new arm: by the split, by instances or by extra rules.
    pub fn exposed(&self, plan: &Plan) -> bool {
        let by_split = self.split.treated().max(self.split_wanted.treated()).ppm() > 0;
        let beyond = |replicas: &[u32]| replicas.iter().skip(1).any(|&count| count > 0);
        let by_instances =
            plan.route.is_none() && (beyond(&self.replicas) || beyond(&self.replicas_wanted));
        by_split || by_instances || !self.extras.is_empty()
    }

    /// Whether the release has changed anything outside that a rollback would put back.
    pub fn touched(&self, plan: &Plan) -> bool {
        let replicas = || plan.arms.iter().map(|arm| arm.replicas);
        self.split != plan.base
            || self.split_wanted != plan.base
            || !self.extras.is_empty()
            || !self.replicas.iter().copied().eq(replicas())
            || !self.replicas_wanted.iter().copied().eq(replicas())
    }
}

/// The status of a release. The last four are final.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// It has not been started.
    Planned,
    /// A gate does not hold.
    Waiting,
    /// It goes forward.
    Progressing,
    /// It stays where it is until somebody says how to go on.
    Paused,
    /// It goes back to the control.
    RollingBack,
    /// There is no safe side, or nobody may roll back: a person must act.
    Frozen,
    /// Every step is done.
    Done,
    /// The control serves everything again.
    RolledBack,
    /// It ended before it changed anything.
    Cancelled,
}

impl Status {
    /// Whether nothing will ever change again.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::RolledBack | Self::Cancelled)
    }

    /// The word for it: `rolling_back`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Waiting => "waiting",
            Self::Progressing => "progressing",
            Self::Paused => "paused",
            Self::RollingBack => "rolling_back",
            Self::Frozen => "frozen",
            Self::Done => "done",
            Self::RolledBack => "rolled_back",
            Self::Cancelled => "cancelled",
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// How far a release is within a step, or within its rollback.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// The step begins when its gates hold.
    Entering,
    /// A gate did not hold.
    Gated {
        /// Since when.
        since: Time,
        /// When it is asked again.
        ask_at: Time,
    },
    /// Hooks before the step are being called: so many are done.
    Before(u16),
    /// The step itself.
    Working(Work),
    /// Hooks after the step are being called: so many are done.
    After(u16),
    /// Going back.
    Back(Back),
}

/// What a step waits for.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Work {
    /// An order.
    Order,
    /// A time, or somebody.
    Until(Option<Time>),
    /// Evidence.
    Evidence {
        /// Since when.
        since: Time,
        /// Whether its deadline has passed and was told.
        late: bool,
    },
    /// People.
    People {
        /// Since when.
        since: Time,
    },
    /// Checks: one entry for each.
    Checks(Vec<CheckState>),
    /// Hooks: so many have been called.
    Hooks(u16),
    /// A condition.
    Rule {
        /// Since when.
        since: Time,
        /// When it is asked again.
        ask_at: Time,
    },
}

/// How a check is doing.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CheckState {
    /// Looks that failed.
    pub failed: u32,
    /// Looks in a row that passed.
    pub passed: u32,
    /// When it is looked at again; none while a look is under way or it is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_at: Option<Time>,
    /// Whether it is settled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
}

/// How far a rollback is. Its order is fixed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Back {
    /// The control gets back the instances that the release took.
    Ready,
    /// Between two batches.
    Between {
        /// Until when.
        until: Time,
    },
    /// All traffic goes to the control.
    Traffic,
    /// Checks of the control.
    Verify(Vec<CheckState>),
    /// The new instances stay for a while.
    Keep {
        /// Until when.
        until: Time,
    },
    /// The new instances go.
    Remove,
    /// Hooks are being called: so many are done.
    Hooks(u16),
}

/// When and up to where metrics are looked at.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Look {
    /// The next look; none while nothing is exposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// Windows up to here were asked for and told.
    #[serde(default)]
    pub until: Time,
    /// When the metrics system answered last, or looking began.
    #[serde(default)]
    pub heard: Time,
    /// Failed looks in a row.
    #[serde(default)]
    pub errors: u32,
    /// Whether the silence has been told.
    #[serde(default)]
    pub told: bool,
}

/// An order without an outcome.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Outstanding {
    /// Its number.
    pub number: u32,
    /// What shall be.
    pub wanted: Wanted,
    /// Who waits for it.
    pub purpose: Purpose,
    /// Tries so far.
    pub tries: u32,
    /// When it is tried again, after a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Time>,
}

/// Who waits for an order.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Purpose {
    /// The step.
    Step,
    /// The hooks around a step, or of a rollback.
    Hook,
    /// A check: its place among the checks of the step.
    Check(u16),
    /// The rollback.
    Back,
    /// The judge.
    Look,
    /// Nobody: people are told beside everything else.
    Tell,
}

/// Somebody who approved.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Approved {
    /// Who.
    pub name: String,
    /// Their roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

/// Why a release is paused.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Paused {
    /// Since when.
    pub since: Time,
    /// Why, and what may be done.
    pub why: String,
    /// What the judge or a trigger said; whoever resumes accepts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<String>,
}

/// Why a release is frozen.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Frozen {
    /// Since when.
    pub since: Time,
    /// Why.
    pub why: String,
    /// Whether a rollback had begun, which `retry` takes up again.
    pub back: bool,
}

/// How long until a condition that may have changed by itself is asked again.
pub(super) const ASK_AGAIN: Span = Span::from_secs(30);
