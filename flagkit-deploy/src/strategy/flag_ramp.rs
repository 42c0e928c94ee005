//! Flag ramp: the share of a flag grows by the clock, and conditions turn it back.

use flagkit_core::Timestamp;
use serde::Deserialize;

use super::phases::Phases;
use super::{Evidence, Stage};
use crate::plan::{Does, OnDeadline, Plan, Rule, Then, Trigger};
use crate::refusal::Refusal;
use crate::split::Weight;
use crate::time::Span;

/// The share of a flag grows in equal increments.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct FlagRamp {
    /// The first share; one increment without.
    pub start: Option<Weight>,
    /// The last share.
    pub end: Weight,
    /// How much is added each time.
    pub increment: Weight,
    /// How long each share lasts.
    pub interval: Span,
    /// When it begins, as RFC 3339; at once without.
    pub start_date: Option<String>,
    /// When it must be over, as RFC 3339.
    pub end_date: Option<String>,
    /// What lets a share end, besides its time.
    pub judge: Evidence,
    /// Conditions that turn everything back at once.
    pub rollback_conditions: Vec<Rule>,
}

impl Default for FlagRamp {
    fn default() -> Self {
        Self {
            start: None,
            end: Weight::ALL,
            increment: Weight::from_ppm(100_000).unwrap_or(Weight::ALL),
            interval: Span::from_secs(86_400),
            start_date: None,
            end_date: None,
            judge: Evidence::default(),
            rollback_conditions: Vec::new(),
        }
    }
}

impl FlagRamp {
    pub(super) fn write(&self, plan: &mut Plan) -> Result<(), Vec<Refusal>> {
        let weights = self.weights()?;
        self.check_dates(weights.len())?;
        for (at, rule) in self.rollback_conditions.iter().enumerate() {
            let name = format!("rollback condition {}", at + 1);
            let (rule, within) = (rule.clone(), Span::ZERO);
            plan.triggers.push(Trigger { name, rule, times: 1, within, then: Then::RollBack });
        }
        let mut phases = Phases::begin(plan)?;
        if let Some(date) = &self.start_date {
            let rule = format!("now after \"{date}\"");
            let on_deadline = OnDeadline::Pause;
            let does = Does::Until { rule, at_most: None, on_deadline };
            phases.add(format!("not before {date}"), does);
        }
        let last = weights.len().saturating_sub(1);
        for (at, weight) in weights.into_iter().enumerate() {
            let stage = Stage { length: Some(self.interval), ..Stage::of(weight) };
            if at == last && weight == Weight::ALL {
                phases.enter(&stage);
                phases.pause(format!("watch {weight} for {}", self.interval), self.interval);
            } else {
                phases.grow(&stage, &self.judge);
            }
        }
        Ok(())
    }

    /// The shares one after another.
    fn weights(&self) -> Result<Vec<Weight>, Vec<Refusal>> {
        let refuse = |key: &str, problem: String, mend: &str| {
            Err(vec![Refusal::new(format!("strategy.flag_ramp.{key}"), problem, mend)])
        };
        if self.increment == Weight::NONE {
            return refuse("increment", "nothing is added".into(), "write a share such as `10%`");
        }
        let start =
            self.start.unwrap_or(self.increment).max(Weight::from_ppm(1).unwrap_or_default());
        if start > self.end {
            let problem = format!("{start} is more than the last share, {}", self.end);
            return refuse("start", problem, "write less than `end`");
        }
        let count = (self.end.ppm() - start.ppm()).div_ceil(self.increment.ppm()) + 1;
        if count > SHARES_MAX {
            let problem = format!("{} at a time takes {count} shares", self.increment);
            return refuse("increment", problem, "write an increment of at least 0.25%");
        }
        let at = |step: u32| {
            let ppm = start.ppm().saturating_add(self.increment.ppm().saturating_mul(step));
            Weight::from_ppm(ppm).unwrap_or(Weight::ALL).min(self.end)
        };
        Ok((0..count).map(at).collect())
    }

    /// Refuses dates that are none, and too little time between them.
    fn check_dates(&self, shares: usize) -> Result<(), Vec<Refusal>> {
        let start = seconds("start_date", self.start_date.as_deref())?;
        let end = seconds("end_date", self.end_date.as_deref())?;
        let (Some(start), Some(end)) = (start, end) else {
            return Ok(());
        };
        let needed = self.interval.times(u64::try_from(shares).unwrap_or(u64::MAX));
        if start + needed.seconds() <= end {
            return Ok(());
        }
        let problem = format!("{shares} shares take {needed}, and the dates are closer together");
        let mend = "write a later date, a shorter `interval` or a larger `increment`";
        Err(vec![Refusal::new("strategy.flag_ramp.end_date", problem, mend)])
    }
}

/// The seconds since 1970 of a date, if there is one.
fn seconds(key: &str, date: Option<&str>) -> Result<Option<f64>, Vec<Refusal>> {
    let Some(date) = date else {
        return Ok(None);
    };
    let seconds = Timestamp::parse(date).map(Timestamp::unix_seconds);
    let refusal = || {
        let problem = format!("`{date}` is no time");
        let mend = "write RFC 3339, such as `2026-12-01T00:00:00Z`";
        vec![Refusal::new(format!("strategy.flag_ramp.{key}"), problem, mend)]
    };
    seconds.ok_or_else(refusal).map(Some)
}

/// The most shares of a ramp.
const SHARES_MAX: u32 = 400;
