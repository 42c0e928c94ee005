//! Plans: what a release does, so exactly that carrying it out has nothing to decide.
//!
//! A plan is data and may be wrong. The release that is made of it checks it and
//! refuses it with the path and the reason; what it accepts can run. Strategies (canary,
//! blue-green, rolling …) are ways of writing plans: all of them end as these steps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::order::Severity;
use crate::split::{Split, Weight};
use crate::time::Span;

mod check;
mod metric;
mod step;

pub use check::{Channel, ChannelKind, Check, Hook, Probe, Request};
pub use metric::{Direction, Measure, Metric, Role, Source};
pub use step::{Approval, Does, Judgement, OnDeadline, OnInsufficient, Step};

/// Everything about one release before it begins.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What is released: `checkout`. At most one release of a target is under way.
    pub target: String,
    /// How it was planned, for people and metrics: `canary`.
    pub strategy: String,
    /// Where: `production`.
    #[serde(default)]
    pub environment: String,
    /// The sides. The first is the control: what serves now, and where a rollback goes.
    pub arms: Vec<Arm>,
    /// What the traffic driver divides: a backend of a proxy, the key of a flag. Without it
    /// there is no split, and traffic follows the instances.
    #[serde(default)]
    pub route: Option<String>,
    /// How the traffic lies when the release begins, and goes back to.
    pub base: Split,
    /// What must hold before the release begins and before each step that changes something
    /// outside. Rollback asks none of them.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// One after another.
    pub steps: Vec<Step>,
    /// What happens when it goes wrong.
    #[serde(default)]
    pub rollback: Rollback,
    /// What is measured.
    #[serde(default)]
    pub metrics: Vec<Metric>,
    /// What rolls back at once, or pauses.
    #[serde(default)]
    pub triggers: Vec<Trigger>,
    /// How the metrics are judged.
    #[serde(default)]
    pub judging: Judging,
    /// Checks by name.
    #[serde(default)]
    pub checks: BTreeMap<String, Check>,
    /// Hooks by name.
    #[serde(default)]
    pub hooks: BTreeMap<String, Hook>,
    /// Channels by name.
    #[serde(default)]
    pub channels: BTreeMap<String, Channel>,
    /// Who is told what.
    #[serde(default)]
    pub notify: Vec<Telling>,
    /// How often orders are repeated.
    #[serde(default)]
    pub attempts: Attempts,
    /// Change windows and blackouts by name; `calendar.NAME` in conditions.
    #[serde(default)]
    pub calendars: BTreeMap<String, Calendar>,
}

/// One side of a release.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// `stable`, `blue`; the server of a proxy, the variant of a flag.
    pub name: String,
    /// What it runs.
    #[serde(default)]
    pub version: String,
    /// The workload that the workload driver scales; none if nobody does.
    #[serde(default)]
    pub workload: Option<String>,
    /// How many instances it has before the release begins.
    #[serde(default)]
    pub replicas: u32,
    /// Where checks reach it: `http://127.0.0.1:8081`.
    #[serde(default)]
    pub address: Option<String>,
}

/// A condition in the language of flags, as text: `lag_s < 5 and calendar.change_window == true`.
pub type Rule = String;

/// Something that must hold before the release goes on.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// How it is called in messages: `change window`.
    pub name: String,
    /// What must hold.
    pub rule: Rule,
    /// How long the release waits for it; for ever without.
    #[serde(default)]
    pub at_most: Option<Span>,
}

/// Something that ends a release at once.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// How it is called in messages.
    pub name: String,
    /// What must not be. Asked for each closed window, over `metrics.*`, and for each fact
    /// that arrives.
    pub rule: Rule,
    /// In how many windows it must be so, 1 to 64.
    #[serde(default = "one")]
    pub times: u8,
    /// Within which time, by the ends of the windows.
    #[serde(default)]
    pub within: Span,
    /// What then.
    #[serde(default)]
    pub then: Then,
}

/// For serde: once.
fn one() -> u8 {
    1
}

/// What follows on something that went wrong.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Then {
    /// Roll back.
    #[default]
    RollBack,
    /// Stop where it is until somebody says how to go on.
    Pause,
    /// Tell, and go on.
    Tell,
}

/// How metrics are judged.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Judging {
    /// The chance that an innocent release is ever rolled back by all metrics together, over
    /// any number of looks. Above 0, below 0.5.
    pub alpha: f64,
    /// The chance that a release which is worse by more than the margin is ever called "not worse".
    pub beta: f64,
    /// How often the metrics are looked at: 1 second to 1 day.
    pub look: Span,
    /// How long after its end a window is taken to be complete.
    pub lag: Span,
    /// How many errors of the metrics system in a row are waited out; then its silence is told.
    pub errors: u32,
    /// The longest silence of all metrics before `on_silence` happens.
    pub silence: Span,
    /// What happens when the metrics system stays silent. Never taken for a failure of the release.
    pub on_silence: OnInsufficient,
    /// The chance of a false alarm that traffic is not divided as it should be.
    pub srm_alpha: f64,
    /// What happens when it is not.
    pub on_srm: Then,
    /// The names of strata, such as regions. Metrics are compared within each and put together.
    pub strata: Vec<String>,
}

impl Default for Judging {
    fn default() -> Self {
        Self {
            alpha: 0.001,
            beta: 0.05,
            look: Span::from_secs(10),
            lag: Span::ZERO,
            errors: 4,
            silence: Span::from_secs(300),
            on_silence: OnInsufficient::Hold,
            srm_alpha: 0.001,
            on_srm: Then::Pause,
            strata: Vec::new(),
        }
    }
}

/// What happens when a release goes wrong. The order is fixed: the control is made ready if the
/// release took something from it, then traffic, then checks, then instances, then people.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rollback {
    /// Whether it happens by itself. Otherwise the release freezes where it is and pages.
    pub automatic: bool,
    /// Checks of the control once it has all traffic. If one fails there is no safe side.
    pub verify: Vec<String>,
    /// How long the new instances stay after traffic has left them.
    pub keep: Span,
    /// How many instances of a workload are put back at a time; all at once if 0.
    pub batch: u32,
    /// The pause between such batches.
    pub batch_delay: Span,
    /// Hooks that are called once traffic is back.
    pub hooks: Vec<String>,
    /// Whether the state outside can still go back, as a condition; always without. If it does
    /// not hold the release freezes instead.
    pub possible: Option<Rule>,
}

impl Default for Rollback {
    fn default() -> Self {
        Self {
            automatic: true,
            verify: Vec::new(),
            keep: Span::from_secs(30),
            batch: 0,
            batch_delay: Span::from_secs(10),
            hooks: Vec::new(),
            possible: None,
        }
    }
}

/// How often an order is tried before it counts as failed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Attempts {
    /// Tries of an order while the release goes forward, 1 to 1000.
    pub forward: u32,
    /// Tries of an order of a rollback, 1 to 1000. Then there is no safe side.
    pub back: u32,
    /// The wait before the second try; it doubles up to `delay_max`.
    pub delay: Span,
    /// The longest wait between tries.
    pub delay_max: Span,
    /// How long an order may take before it is given up and tried again.
    pub timeout: Span,
    /// What happens going forward when all tries were used up on a system that does not answer.
    /// That is no failure of the release, so it pauses unless the plan says otherwise.
    pub then: Then,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            forward: 5,
            back: 20,
            delay: Span::from_ms(500),
            delay_max: Span::from_secs(30),
            timeout: Span::from_secs(300),
            then: Then::Pause,
        }
    }
}

/// Who is told.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Telling {
    /// The channel.
    pub channel: String,
    /// The least severity that goes there.
    #[serde(default)]
    pub from: Severity,
}

/// Change windows or blackouts.
///
/// `calendar.NAME` is true inside any of its openings and outside of all its closings.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    /// The IANA name of the zone: `Europe/Paris`.
    pub zone: String,
    /// Recurrences (RFC 5545 `RRULE` with `DTSTART`) or days and hours: `Tue,Thu 02:00-04:00`.
    pub open: Vec<String>,
    /// The same, and spans of dates: `2026-11-23..2026-11-30`.
    pub closed: Vec<String>,
}

/// An arm's place: the control's is 0.
pub type ArmIndex = u16;

impl Arm {
    /// An arm that nobody scales or checks, in this version.
    pub fn of(name: impl Into<String>, version: impl Into<String>) -> Self {
        let (name, version) = (name.into(), version.into());
        Self { name, version, workload: None, replicas: 0, address: None }
    }
}

impl Plan {
    /// A plan without steps: all traffic of a route of the target's name is on the first arm, and
    /// everything else is as it is by default.
    pub fn of(target: impl Into<String>, arms: Vec<Arm>) -> Self {
        let target = target.into();
        Self {
            strategy: String::new(),
            environment: String::new(),
            route: Some(target.clone()),
            target,
            base: Split::all_to(0, arms.len()),
            arms,
            gates: Vec::new(),
            steps: Vec::new(),
            rollback: Rollback::default(),
            metrics: Vec::new(),
            triggers: Vec::new(),
            judging: Judging::default(),
            checks: BTreeMap::new(),
            hooks: BTreeMap::new(),
            channels: BTreeMap::new(),
            notify: Vec::new(),
            attempts: Attempts::default(),
            calendars: BTreeMap::new(),
        }
    }

    /// The place of an arm.
    pub fn arm(&self, name: &str) -> Option<ArmIndex> {
        let at = self.arms.iter().position(|arm| arm.name == name)?;
        u16::try_from(at).ok()
    }

    /// The place of a metric.
    pub fn metric(&self, name: &str) -> Option<u16> {
        let at = self.metrics.iter().position(|metric| metric.name == name)?;
        u16::try_from(at).ok()
    }

    /// What all arms but the control get at most while the plan runs.
    pub fn exposure_max(&self) -> Weight {
        let treated = self.steps.iter().filter_map(|step| match &step.does {
            Does::Split { split } => Some(split.treated()),
            _ => None,
        });
        treated.max().unwrap_or_default()
    }
}
