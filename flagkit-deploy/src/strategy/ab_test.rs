//! A/B test: several variants side by side until one of them has proved itself.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::phases::Phases;
use super::{Evidence, Prepare};
use crate::plan::{Approval, Direction, Does, OnInsufficient, Plan, Rule};
use crate::refusal::Refusal;
use crate::split::{Split, WHOLE, Weight};
use crate::time::Span;

/// Several variants side by side. Guarding metrics protect the users meanwhile, and whether the
/// traffic is divided as it should be (SRM) is always watched.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct AbTest {
    /// What each arm gets, the control included; equal parts without.
    pub weights: BTreeMap<String, Weight>,
    /// How long the test runs at least: whole weeks see every weekday.
    pub at_least: Span,
    /// How long at most.
    pub duration: Span,
    /// The least units in each arm.
    pub sample_min: u64,
    /// What has to be better, and by how much.
    pub lift: Option<Lift>,
    /// More conditions for success.
    pub success: Vec<Rule>,
    /// What happens before.
    pub prepare: Prepare,
    /// What happens after a success. Without one the control gets all traffic back.
    pub ends: Ends,
    /// Which arm gets all traffic then; with one new arm, that one.
    pub winner: Option<String>,
    /// Who says so, where somebody is asked.
    pub approve: Approval,
}

/// A metric that has to be better.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Lift {
    /// Which.
    pub metric: String,
    /// By how much, as a ratio to the control: 0.05 is 5 % more.
    pub at_least: f64,
}

impl Lift {
    /// The condition: so much more, or so much less of what is bad.
    fn rule(&self, direction: Direction) -> Rule {
        let (operator, ratio) = match direction {
            Direction::Increase => ("<=", 1.0 - self.at_least),
            _ => (">=", 1.0 + self.at_least),
        };
        // Nine digits: `1 + 0.05` shall not read as 1.0499999999999998.
        let ratio = (ratio * 1e9).round() / 1e9;
        format!("metrics.{}.ratio {operator} {ratio}", self.metric)
    }
}

/// What happens after a success.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ends {
    /// People agree before the winner gets all traffic.
    #[default]
    Ask,
    /// The winner gets all traffic.
    Promote,
    /// The control gets all traffic; what was learnt is in the journal.
    Return,
}

impl Default for AbTest {
    fn default() -> Self {
        Self {
            weights: BTreeMap::new(),
            at_least: Span::from_secs(7 * 86_400),
            duration: Span::from_secs(14 * 86_400),
            sample_min: 1000,
            lift: None,
            success: Vec::new(),
            prepare: Prepare::default(),
            ends: Ends::Ask,
            winner: None,
            approve: Approval::by(1),
        }
    }
}

impl AbTest {
    pub(super) fn write(&self, plan: &mut Plan) -> Result<(), Vec<Refusal>> {
        let split = self.split(plan)?;
        let winner = self.winner(plan)?;
        let success = self.success(plan)?;
        let mut phases = Phases::of(plan);
        if !phases.is_judged() {
            let mend = "write the metrics that decide, such as `conversion_rate: {}`";
            return Err(vec![Refusal::new(
                "metrics",
                "a test without metrics learns nothing",
                mend,
            )]);
        }
        let arms = phases.plan.arms.len();
        for at in 1..arms {
            let replicas = phases.share_of_replicas(split.of(at));
            phases.scale(at, replicas.max(phases.replicas(at)));
        }
        self.prepare.write(&mut phases);
        phases.add(format!("{split}"), Does::Split { split });
        let evidence = Evidence {
            exposures_min: self.sample_min.saturating_mul(u64::try_from(arms).unwrap_or(2) - 1),
            success,
            on_insufficient: Some(OnInsufficient::RollBack),
            ..Evidence::default()
        };
        let name = format!("the test, {} to {}", self.at_least, self.duration);
        phases.wait(&name, [self.at_least, self.duration], &evidence);
        self.prepare.write_end(&mut phases);
        self.write_end(&mut phases, winner);
        Ok(())
    }

    fn write_end(&self, phases: &mut Phases<'_>, winner: usize) {
        let arms = phases.plan.arms.len();
        let to = if self.ends == Ends::Return { 0 } else { winner };
        let name = phases.name(to);
        if self.ends == Ends::Ask {
            phases.approve(format!("agree to `{name}` for everybody"), &self.approve);
        }
        phases
            .add(format!("`{name}` for everybody"), Does::Split { split: Split::all_to(to, arms) });
    }

    /// The traffic of each arm.
    fn split(&self, plan: &Plan) -> Result<Split, Vec<Refusal>> {
        let path = "strategy.ab_test.weights";
        let refuse = |problem, mend| Err(vec![Refusal::new(path, problem, mend)]);
        let arms = plan.arms.len();
        if arms < 2 {
            let problem = "a test compares at least two arms";
            return Err(vec![Refusal::new("arms", problem, "write the control and a new arm")]);
        }
        if self.weights.is_empty() {
            return Ok(equal(arms));
        }
        if let Some(name) = self.weights.keys().find(|name| plan.arm(name).is_none()) {
            return refuse(format!("there is no arm `{name}`"), "write the names of `arms`");
        }
        let of = |name: &str| self.weights.get(name).copied().unwrap_or_default();
        let weights: Vec<Weight> = plan.arms.iter().map(|arm| of(&arm.name)).collect();
        let sum: u64 = weights.iter().map(|weight| u64::from(weight.ppm())).sum();
        match Split::new(weights) {
            Some(split) if split.weights().iter().all(|weight| *weight > Weight::NONE) => Ok(split),
            Some(_) => refuse("an arm gets nothing".to_owned(), "give each arm a share"),
            None => {
                let percent = sum.checked_div(10_000).unwrap_or_default();
                refuse(format!("the shares add up to {percent}%"), "make them add up to 100%")
            }
        }
    }

    /// Who gets all traffic after a success.
    fn winner(&self, plan: &Plan) -> Result<usize, Vec<Refusal>> {
        let path = "strategy.ab_test.winner";
        match &self.winner {
            Some(name) => plan.arm(name).map(usize::from).ok_or_else(|| {
                let problem = format!("there is no arm `{name}`");
                vec![Refusal::new(path, problem, "write the name of an arm")]
            }),
            None if plan.arms.len() == 2 || self.ends == Ends::Return => Ok(1),
            None => {
                let problem = "of several new arms nobody knows which one shall win";
                let mend = "name the winner, or write `ends: return` and release it afterwards";
                Err(vec![Refusal::new(path, problem, mend)])
            }
        }
    }

    /// The conditions of success, the lift first.
    fn success(&self, plan: &Plan) -> Result<Vec<Rule>, Vec<Refusal>> {
        let mut rules = Vec::new();
        if let Some(lift) = &self.lift {
            let Some(metric) = plan.metrics.iter().find(|metric| metric.name == lift.metric) else {
                let problem = format!("there is no metric `{}`", lift.metric);
                let path = "strategy.ab_test.lift.metric";
                return Err(vec![Refusal::new(path, problem, "write the name of a metric")]);
            };
            rules.push(lift.rule(metric.direction));
        }
        rules.extend(self.success.iter().cloned());
        Ok(rules)
    }
}

/// Equal parts; what does not divide evenly goes to the first arms, a millionth each.
fn equal(arms: usize) -> Split {
    let count = u32::try_from(arms).unwrap_or(u32::MAX).max(1);
    let (part, rest) = (WHOLE / count, WHOLE % count);
    let weights = (0..count).map(|at| Weight::from_ppm(part + u32::from(at < rest)));
    let weights = weights.map(Option::unwrap_or_default).collect();
    Split::new(weights).unwrap_or_else(|| Split::all_to(0, arms))
}
