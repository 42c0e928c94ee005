//! A plan tried on made-up traffic, before anything is released.
//!
//! It is the machine of real releases with its own judge; only requests, users and drivers are made up.
//! The same trial and seed play the same way, always. What it shows is what follows from the plan and
//! from assumptions: how much traffic there is, how often requests fail, how long they take, and
//! what the new version changes about that. Requests are independent here. Real ones come in bursts,
//! and then a judge that counts requests needs longer.
//!
//! People agree after a minute, gates hold, checks pass, hooks answer and conditions of `until` come
//! true after a minute: what somebody else decides is not what is tried.
//!
//! ```
//! use flagkit_deploy::config::read;
//! use flagkit_deploy::simulation::trial::{End, Traffic, Trial};
//!
//! let file = "schema: flagkit-release/1\ntarget: shop\narms: { stable: v1, canary: v2 }\n\
//!             strategy: { canary: { stages: [5%, 50%, 100%], stage: 1m } }\nmetrics: { error_rate: {} }\n";
//! let plan = read(file, "release.yaml").map_err(|errors| format!("{errors:?}"))?
//!     .plan(&Default::default()).map_err(|refused| format!("{refused:?}"))?;
//! let trial = Trial::new(plan, Traffic::default()).map_err(|refused| format!("{refused:?}"))?;
//! assert_eq!(trial.play(1).end, End::Done);
//! assert_eq!(trial.play(1), trial.play(1));
//! # Ok::<(), String>(())
//! ```

use std::collections::BTreeMap;

use crate::event::Actor;
use crate::plan::{Does, Plan};
use crate::record::Record;
use crate::release::Release;
use crate::time::{Span, Time};
use crate::{Refusal, State};

mod exposure;
mod play;
mod power;
mod traffic;

pub use power::{Doubt, doubts};
pub use traffic::{Change, Traffic, Worse};

/// A plan, the traffic that it meets, and what its new version changes.
#[derive(Debug)]
pub struct Trial {
    release: Release,
    planned: State,
    traffic: Traffic,
    worse: Vec<Worse>,
    horizon: Span,
}

/// What came of one play.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Run {
    /// What its chances were drawn from.
    pub seed: u64,
    /// How it ended.
    pub end: End,
    /// Why, in a sentence; empty where the steps simply were done.
    pub why: String,
    /// From the start to the end.
    pub took: Span,
    /// Users who met the new version.
    pub users: u64,
    /// Those of them for whom a request failed there.
    pub failing: u64,
    /// How long it stayed in each step, in the order of the plan.
    pub steps: Vec<Span>,
    /// For how long steps that had lasted long enough waited, by what they waited for.
    pub held: BTreeMap<String, Span>,
}

/// How a play ends.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum End {
    /// Every step is done.
    Done,
    /// The control serves everything again.
    RolledBack,
    /// A person must act.
    Frozen,
    /// It stays where it is until somebody says how to go on.
    Paused,
    /// It was still under way at the [horizon](Trial::horizon).
    Unfinished,
}

impl End {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::RolledBack => "rolled_back",
            Self::Frozen => "frozen",
            Self::Paused => "paused",
            Self::Unfinished => "unfinished",
        }
    }
}

impl Trial {
    /// A trial of an innocent version: it does what the control does.
    ///
    /// # Errors
    ///
    /// If the plan cannot run, or the traffic makes no sense.
    pub fn new(plan: Plan, traffic: Traffic) -> Result<Self, Vec<Refusal>> {
        traffic.check().map_err(|refusal| vec![refusal])?;
        let plan = assumed(plan);
        let horizon = horizon(&plan);
        let (release, planned) = Release::new("trial".into(), plan, Actor::default(), START)?;
        Ok(Self { release, planned, traffic, worse: Vec::new(), horizon })
    }

    /// The same with a version that is worse in these metrics.
    ///
    /// # Errors
    ///
    /// If the plan has no such metric, or a change makes no sense for it.
    pub fn with_worse(mut self, worse: Vec<Worse>) -> Result<Self, Refusal> {
        for worse in &worse {
            traffic::check(worse, self.release.plan())?;
        }
        self.worse = worse;
        Ok(self)
    }

    /// Its plan, with what is assumed.
    pub fn plan(&self) -> &Plan {
        self.release.plan()
    }

    /// When a play ends at the latest: four times what the plan takes, and an hour.
    pub fn horizon(&self) -> Span {
        self.horizon
    }

    /// Plays it once.
    pub fn play(&self, seed: u64) -> Run {
        play::play(self, seed, None)
    }

    /// Plays it once, and answers with the records that a journal would have.
    pub fn play_with_records(&self, seed: u64) -> (Run, Vec<Record>) {
        let mut records = Vec::new();
        let run = play::play(self, seed, Some(&mut records));
        (run, records)
    }
}

/// The plan with gates open, and a minute for everything that somebody else decides.
fn assumed(mut plan: Plan) -> Plan {
    plan.gates.clear();
    for step in &mut plan.steps {
        step.gate = None;
        let is_others = match &step.does {
            Does::Approve(_) | Does::Until { .. } => true,
            Does::Pause { length } => length.is_none(),
            _ => false,
        };
        if is_others {
            step.does = Does::Pause { length: Some(SOMEBODY) };
        }
    }
    plan
}

fn horizon(plan: &Plan) -> Span {
    let of = |does: &Does| match does {
        Does::Pause { length } => length.unwrap_or(SOMEBODY),
        Does::Judge(judgement) => judgement.at_most.min(judgement.at_least.times(4)),
        _ => Span::from_secs(10),
    };
    let whole = plan.steps.iter().fold(Span::ZERO, |sum, step| sum + of(&step.does));
    (whole.times(4) + Span::from_secs(3600)).min(HORIZON_MAX)
}

/// When trials begin: 2027-01-15, 08:00 UTC.
const START: Time = Time::from_unix_ms(1_800_000_000_000);
/// How long others take to decide.
const SOMEBODY: Span = Span::from_secs(60);
const HORIZON_MAX: Span = Span::from_secs(14 * 86_400);

#[cfg(test)]
mod tests;
