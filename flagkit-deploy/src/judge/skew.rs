//! Is traffic divided as it should be? Asked where what is counted are draws of the split.
//!
//! A unit is drawn once: when it is seen for the first time. Where it comes again it is on the same side,
//! so a thousand users of each window are a thousand draws and not more. Requests are draws only
//! divided by their dispersion, and only whoever knows that dispersion can say that the same
//! clients do not come back all day: their share of the requests would stay where it fell at first,
//! which nothing that is measured tells from a wrong split.
//!
//! A split that is not what was ordered means that assignment, routing or counting is broken, and
//! then no comparison of the arms means anything.

use flagkit_stats::closed_form::beta_binomial;
use flagkit_stats::events::{Dispersion, Look};
use flagkit_stats::srm::SplitTest;
use flagkit_stats::{Alpha, Arms};
use serde::{Deserialize, Serialize};

use super::numbers::Summary;
use super::rules::{Counts, MetricRules};
use super::state::number;
use super::window::Entry;
use crate::plan::{Measure, Plan};
use crate::sample::Numbers;
use crate::split::{Split, WHOLE, Weight};
use crate::time::Time;

/// Which exposures are looked at, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct SkewRules {
    /// The metric that counts them.
    pub(super) metric: u16,
    counts: Counts,
    /// Of counted requests, as it was declared.
    dispersion: Option<f64>,
    alpha: Alpha,
}

impl SkewRules {
    /// Units where a metric counts them, otherwise requests whose dispersion is declared, otherwise
    /// nothing is asked.
    pub(super) fn new(plan: &Plan, metrics: &[MetricRules]) -> Option<Self> {
        let events = metrics.iter().zip(0_u16..);
        let mut events = events.filter(|(metric, _)| metric.measure == Measure::Events);
        let is_units = |(metric, _): &(&MetricRules, u16)| metric.counts == Counts::Units;
        let is_known = |(metric, _): &(&MetricRules, u16)| metric.dispersion.is_some();
        let (metric, at) = events.clone().find(is_units).or_else(|| events.find(is_known))?;
        // Without a route nobody divides anything.
        plan.route.as_ref()?;
        Some(Self {
            metric: at,
            counts: metric.counts,
            dispersion: metric.dispersion,
            alpha: Alpha::new(plan.judging.srm_alpha).ok()?,
        })
    }
}

/// What is known of the division of traffic.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Skew {
    /// Exact: each unit is drawn by the split, once.
    Units(Box<Draws>),
    /// For requests, which come in bursts, through splitters with coarse weights.
    Requests(Vec<Share>),
}

/// Units that were seen for the first time.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Draws {
    test: SplitTest,
    /// Since when whoever counts knows who was seen before; none before its first window.
    since: Option<Time>,
    /// How often that was lost. Units are then drawn once more, as they were before, so each
    /// memory has a test and a part of alpha of its own: 1/(k(k + 1)) for the k-th.
    lost: u32,
    /// The highest evidence of those before, less what their parts take away.
    before: f64,
}

/// The requests of one arm among those of all.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct Share {
    /// Requests of this arm and of the others since the split changed, divided by their dispersion.
    inside: f64,
    outside: f64,
    /// The busiest window since then: requests of all arms as the fuller side tells them.
    busiest: f64,
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
                let test = SplitTest::new(CONCENTRATION).ok()?;
                let before = f64::MIN;
                Some(Self::Units(Box::new(Draws { test, since: None, lost: 0, before })))
            }
            Counts::Requests => {
                let dispersion = Dispersion::new(rules.dispersion);
                Some(Self::Requests(vec![Share { dispersion, ..Share::default() }; arms]))
            }
        }
    }

    /// A window in which this split was in effect all the time.
    pub(super) fn add(&mut self, split: &Split, arms: &[Summary], told: &[Entry]) {
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
            Self::Units(draws) => draws.add(split, arms.len(), told),
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
            (share.inside, share.outside, share.busiest) = (0.0, 0.0, 0.0);
        }
    }

    pub(super) fn found(&self, rules: &SkewRules, split: &Split) -> Skewed {
        match self {
            Self::Units(draws) => draws.found(rules.alpha.log_bound()),
            Self::Requests(shares) => of_requests(shares, rules, split),
        }
    }
}

impl Draws {
    /// A window: only units that were not seen before are draws.
    fn add(&mut self, split: &Split, arms: usize, told: &[Entry]) {
        let mut counts = vec![0_u64; arms];
        let mut memory = None;
        for entry in told {
            let Numbers::Units { first: Some(first), since, .. } = &entry.numbers else { return };
            memory = memory.max(Some(*since));
            let arm = usize::from(entry.arm);
            // An arm without weight may still have some: checks of health, sessions that end.
            if let Some(count) = counts.get_mut(arm).filter(|_| split.of(arm) > Weight::NONE) {
                *count = count.saturating_add(*first);
            }
        }
        let Some(memory) = memory else { return };
        let since = *self.since.get_or_insert(memory);
        if memory > since {
            self.forget(memory);
        } else if memory < since {
            return;
        }
        let weights: Vec<f64> = (0..arms).map(|arm| f64::from(split.of(arm).ppm())).collect();
        // INVARIANT: a split has as many weights as the plan has arms, 2 to 16.
        let _ = self.test.add(&weights, &counts);
    }

    /// Whoever counts has forgotten who was seen before.
    fn forget(&mut self, memory: Time) {
        self.before = self.before.max(self.test.mismatch().highest - self.part());
        self.since = Some(memory);
        self.lost = self.lost.saturating_add(1);
        if let Ok(test) = SplitTest::new(CONCENTRATION) {
            self.test = test;
        }
    }

    /// What the part of alpha of this memory takes away; all parts sum to 1.
    fn part(&self) -> f64 {
        let memory = f64::from(self.lost) + 1.0;
        if self.lost == 0 { std::f64::consts::LN_2 } else { (memory * (memory + 1.0)).ln() }
    }

    fn found(&self, bound: f64) -> Skewed {
        let evidence = self.test.mismatch();
        let highest = self.before.max(evidence.highest - self.part());
        let is_proved = highest >= bound;
        let log_e = if is_proved { highest } else { evidence.log_e - self.part() };
        let remark = "units, each when it was first seen, against the split".to_owned();
        Skewed { arm: 0, log_e, bound, is_proved, remark }
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
            let (inside, outside) = (number(inside) * power, number(outside) * power);
            self.inside += inside;
            self.outside += outside;
            let planned = planned(weight);
            self.busiest = self.busiest.max(inside / planned).max(outside / (1.0 - planned));
        }
        // Events of one side among those of both: here, requests among twins with equal weights.
        let ppm = weight.ppm().clamp(1, WHOLE - 1);
        let exposures = Arms { control: u64::from(WHOLE - ppm), treatment: u64::from(ppm) };
        let events = Arms { control: outside, treatment: inside };
        self.dispersion.add(&Look { exposures, events });
        self.highest = self.highest.max(self.past + self.log_e_of(weight));
    }

    /// Evidence that the share is farther from its weight than splitters are allowed to be, whichever
    /// side was counted up to [`LATE`] windows before the other one.
    ///
    /// Counters of two instances are read at different moments, and a read that is late moves what a
    /// window had into the next one. So one side may lack what the other one has; the least evidence
    /// of all that may be so is what is certain.
    fn log_e_of(&self, weight: Weight) -> f64 {
        if weight == Weight::NONE || weight == Weight::ALL {
            return 0.0;
        }
        let (inside, outside, planned) = (self.inside, self.outside, planned(weight));
        let late = LATE * self.busiest;
        let nearest = |count: f64, late: f64, wanted: f64| {
            wanted.clamp((count - late).max(0.0), count + late)
        };
        let here = nearest(inside, late * planned, outside * planned / (1.0 - planned));
        let there = nearest(outside, late * (1.0 - planned), inside * (1.0 - planned) / planned);
        evidence(planned, (here, outside)).min(evidence(planned, (inside, there)))
    }
}

/// A weight as a share of 1.
fn planned(weight: Weight) -> f64 {
    f64::from(weight.ppm()) / f64::from(WHOLE)
}

/// Evidence against the allowed share that explains the counts best, so against all of them.
fn evidence(planned: f64, (inside, outside): (f64, f64)) -> f64 {
    let total = inside + outside;
    if total < 1.0 {
        return 0.0;
    }
    let allowed = (TOLERANCE * planned.min(1.0 - planned)).max(ROUNDING);
    let low = (planned - allowed).max(f64::MIN_POSITIVE);
    let high = (planned + allowed).min(1.0 - f64::EPSILON);
    let nearest = (inside / total).clamp(low, high);
    let prior = (CONCENTRATION * planned, CONCENTRATION * (1.0 - planned));
    beta_binomial(nearest, prior, (whole(inside), whole(outside)))
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
/// By how many windows one side may be counted before another: a read of the counters is up to an
/// interval old, and the one before it may have failed.
const LATE: f64 = 2.0;
