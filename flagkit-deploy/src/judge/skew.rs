//! Is traffic divided as it should be? Always asked where exposures of both sides are known.
//!
//! A split that is not what was ordered means that assignment, routing or counting is broken, and
//! then no comparison of the arms means anything.

use flagkit_stats::closed_form::beta_binomial;
use flagkit_stats::srm::SplitTest;
use flagkit_stats::{Alpha, Arms};
use serde::{Deserialize, Serialize};

use super::dispersion::Dispersion;
use super::numbers::Summary;
use super::rules::{Counts, MetricRules};
use super::state::number;
use crate::plan::{Measure, Plan};
use crate::split::{Split, WHOLE, Weight};

/// Which exposures are looked at, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct SkewRules {
    /// The metric that counts them.
    pub(super) metric: u16,
    counts: Counts,
    alpha: Alpha,
}

impl SkewRules {
    /// Exposures of units where a metric has them, otherwise of requests, otherwise none.
    pub(super) fn new(plan: &Plan, metrics: &[MetricRules]) -> Option<Self> {
        let events = metrics.iter().zip(0_u16..);
        let mut events = events.filter(|(metric, _)| metric.measure == Measure::Events);
        let is_units = |(metric, _): &(&MetricRules, u16)| metric.counts == Counts::Units;
        let (metric, at) = events.clone().find(is_units).or_else(|| events.next())?;
        // Without a route nobody divides anything.
        plan.route.as_ref()?;
        Some(Self {
            metric: at,
            counts: metric.counts,
            alpha: Alpha::new(plan.judging.srm_alpha).ok()?,
        })
    }
}

/// What is known of the division of traffic.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Skew {
    /// Exact: each unit is drawn by the split.
    Units(Box<SplitTest>),
    /// For requests, which come in bursts, through splitters with coarse weights.
    Requests(Vec<Share>),
}

/// The requests of one arm among those of all.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct Share {
    /// Requests of this arm and of the others since the split changed, divided by their dispersion.
    inside: f64,
    outside: f64,
    /// Evidence of the splits before.
    past: f64,
    highest: f64,
    dispersion: Dispersion,
}

/// What the division of traffic looks like, for the arm that is farthest off.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Skewed {
    pub(super) arm: u16,
    pub(super) log_e: f64,
    pub(super) bound: f64,
    pub(super) is_proved: bool,
    pub(super) remark: String,
}

impl Skew {
    pub(super) fn new(rules: &SkewRules, arms: usize) -> Option<Self> {
        match rules.counts {
            Counts::Units => {
                SplitTest::new(CONCENTRATION).ok().map(|test| Self::Units(Box::new(test)))
            }
            Counts::Requests => Some(Self::Requests(vec![Share::default(); arms])),
        }
    }

    /// A window in which this split was in effect all the time.
    pub(super) fn add(&mut self, split: &Split, arms: &[Summary]) {
        // An arm without weight may still have some: checks of health, sessions that end.
        let counted = |arm: usize| {
            let count = arms.get(arm).map_or(0, |summary| summary.count);
            if split.of(arm) > Weight::NONE { count } else { 0 }
        };
        let counts: Vec<u64> = (0..arms.len()).map(counted).collect();
        let is_divided =
            split.weights().iter().filter(|weight| **weight > Weight::NONE).count() > 1;
        if !is_divided {
            return;
        }
        match self {
            Self::Units(test) => {
                let weights: Vec<f64> =
                    (0..arms.len()).map(|arm| f64::from(split.of(arm).ppm())).collect();
                // INVARIANT: a split has as many weights as the plan has arms, 2 to 16.
                let _ = test.add(&weights, &counts);
            }
            Self::Requests(shares) => {
                let total = counts.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
                for (at, (share, count)) in shares.iter_mut().zip(&counts).enumerate() {
                    share.add(split.of(at), *count, total - count.min(&total));
                }
            }
        }
    }

    /// Another split is in effect: what was learned under the last one is kept as evidence.
    pub(super) fn split_changed(&mut self, last: &Split) {
        let Self::Requests(shares) = self else { return };
        for (at, share) in shares.iter_mut().enumerate() {
            share.past += share.log_e_of(last.of(at));
            (share.inside, share.outside) = (0.0, 0.0);
        }
    }

    pub(super) fn found(&self, rules: &SkewRules, split: &Split) -> Skewed {
        match self {
            Self::Units(test) => {
                let evidence = test.mismatch();
                let is_proved = evidence.proves(rules.alpha);
                let log_e = if is_proved { evidence.highest } else { evidence.log_e };
                let remark = "units against the split".to_owned();
                Skewed { arm: 0, log_e, bound: rules.alpha.log_bound(), is_proved, remark }
            }
            Self::Requests(shares) => of_requests(shares, rules, split),
        }
    }
}

fn of_requests(shares: &[Share], rules: &SkewRules, split: &Split) -> Skewed {
    // Two arms ask one question; of more, each asks its own.
    let asked = if shares.len() > 2 { shares.len() } else { 1 };
    let part = 1.0 / f64::from(u16::try_from(asked).unwrap_or(u16::MAX));
    let bound = rules.alpha.part(part).log_bound();
    let mut farthest =
        Skewed { arm: 0, log_e: 0.0, bound, is_proved: false, remark: String::new() };
    let mut highest = f64::NEG_INFINITY;
    let skip = usize::from(shares.len() == 2);
    for (arm, share) in (0_u16..).zip(shares).skip(skip) {
        if share.highest > highest {
            highest = share.highest;
            let is_proved = share.highest >= bound;
            let now = share.past + share.log_e_of(split.of(usize::from(arm)));
            let factor = share.dispersion.factor();
            let remark = format!(
                "requests against the split, give or take what splitters round; dispersion {factor:.2}"
            );
            let log_e = if is_proved { share.highest } else { now };
            farthest = Skewed { arm, log_e, bound, is_proved, remark };
        }
    }
    farthest
}

impl Share {
    fn add(&mut self, weight: Weight, inside: u64, outside: u64) {
        let is_divided = weight != Weight::NONE && weight != Weight::ALL;
        if !is_divided || (inside == 0 && outside == 0) {
            return;
        }
        // A wrong split is not urgent: it can wait until the size of sessions is known.
        if self.dispersion.is_measured() {
            let power = self.dispersion.power();
            self.inside += number(inside) * power;
            self.outside += number(outside) * power;
        }
        // Events of one side among those of both: here, requests among twins with equal weights.
        let ppm = weight.ppm().clamp(1, WHOLE - 1);
        let exposures = Arms { control: u64::from(WHOLE - ppm), treatment: u64::from(ppm) };
        self.dispersion.add(exposures, Arms { control: outside, treatment: inside });
        self.highest = self.highest.max(self.past + self.log_e_of(weight));
    }

    /// Evidence that the share is farther from its weight than splitters are allowed to be: that
    /// against the allowed share which explains the counts best, so against all of them.
    fn log_e_of(&self, weight: Weight) -> f64 {
        let total = self.inside + self.outside;
        if total < 1.0 || weight == Weight::NONE || weight == Weight::ALL {
            return 0.0;
        }
        let planned = f64::from(weight.ppm()) / f64::from(WHOLE);
        let allowed = (TOLERANCE * planned.min(1.0 - planned)).max(ROUNDING);
        let low = (planned - allowed).max(f64::MIN_POSITIVE);
        let high = (planned + allowed).min(1.0 - f64::EPSILON);
        let nearest = (self.inside / total).clamp(low, high);
        let prior = (CONCENTRATION * planned, CONCENTRATION * (1.0 - planned));
        beta_binomial(nearest, prior, (whole(self.inside), whole(self.outside)))
    }
}

/// A count that was divided, as a count again.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sums of counts are not negative, and stop at the largest"
)]
fn whole(count: f64) -> u64 {
    count as u64
}

/// How strongly shares are believed to be near their weights, in units: deviations of some per cent.
const CONCENTRATION: f64 = 100.0;
/// How far the share of a splitter of requests may be off, relative to the smaller side.
const TOLERANCE: f64 = 0.1;
/// Proxies know weights from 0 to 256: half a step of that.
const ROUNDING: f64 = 0.002;
