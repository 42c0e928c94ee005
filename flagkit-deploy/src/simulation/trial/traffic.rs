//! Made-up requests, and what is measured of them.

use flagkit_stats::special::normal;

use crate::Refusal;
use crate::plan::{Direction, Measure, Metric, Plan, Source};
use crate::sample::Numbers;
use crate::simulation::chaos::Random;

/// The traffic of all sides together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traffic {
    /// Requests in a second; above 0, at most a million.
    pub requests: f64,
    /// Users who make them; at least 1.
    pub users: u64,
    /// The share of requests that fail on the control.
    pub error_rate: f64,
    /// What half of the requests take at most on the control, in seconds. Latencies are log-normal with
    /// a deviation of 0.6, so their 95th percentile is 2.7 times as long.
    pub latency: f64,
}

impl Default for Traffic {
    /// 100 requests a second of 10,000 users, 0.5 % of them fail, half take at most 80 ms.
    fn default() -> Self {
        Self { requests: 100.0, users: 10_000, error_rate: 0.005, latency: 0.08 }
    }
}

/// In what a version is worse.
#[derive(Clone, Debug, PartialEq)]
pub struct Worse {
    /// The name of a metric of the plan.
    pub metric: String,
    /// What it is there.
    pub change: Change,
}

/// What a metric is on a version.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// This value.
    To(f64),
    /// So many times what it is on the control.
    Times(f64),
}

impl Traffic {
    /// Whether it makes sense.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let refuse =
            |path: &str, problem: String, mend: &str| Err(Refusal::new(path, problem, mend));
        if !(self.requests > 0.0 && self.requests <= 1e6) {
            let problem = format!("there are {} requests a second", self.requests);
            return refuse("requests", problem, "say a number above 0, at most 1000000");
        }
        if self.users == 0 {
            return refuse("users", "nobody makes requests".to_owned(), "say at least 1 user");
        }
        if !(0.0..1.0).contains(&self.error_rate) {
            let problem = format!("{} of the requests fail", self.error_rate);
            return refuse("error_rate", problem, "say a share below 100%");
        }
        if !(self.latency > 0.0 && self.latency < 3600.0) {
            let problem = format!("requests take {} seconds", self.latency);
            return refuse("latency", problem, "say a time above 0, below an hour");
        }
        Ok(())
    }

    /// What a metric is on the control.
    pub fn base(&self, metric: &Metric) -> f64 {
        match metric.measure {
            Measure::Events if metric.direction == Direction::Decrease => CONVERSION,
            Measure::Events => self.error_rate,
            Measure::Quantile { quantile } => self.latency * (SPREAD * normal::ppf(quantile)).exp(),
            Measure::Mean { min: Some(min), max: Some(max) } => min + 0.3 * (max - min),
            Measure::Mean { .. } => 1.0,
            Measure::Reading => self.reading(metric),
        }
    }

    fn reading(&self, metric: &Metric) -> f64 {
        let name = metric.name.as_str();
        if name.contains("error") {
            self.error_rate
        } else if name.contains("latency") || name.starts_with('p') {
            self.latency * (SPREAD * normal::ppf(0.95)).exp()
        } else if name.contains("throughput") {
            self.requests
        } else {
            0.5
        }
    }

    /// What a metric is on the new version.
    pub fn value(&self, metric: &Metric, worse: &[Worse]) -> f64 {
        let base = self.base(metric);
        let change = worse.iter().find(|worse| worse.metric == metric.name);
        let value = match change.map(|worse| worse.change) {
            None => base,
            Some(Change::To(value)) => value,
            Some(Change::Times(factor)) => base * factor,
        };
        if metric.measure == Measure::Events { value.min(1.0) } else { value }
    }

    /// What one side shows of a metric in a window with so many requests, of so many users.
    pub(super) fn numbers(
        &self,
        metric: &Metric,
        value: f64,
        (requests, users): (u64, f64),
        random: &mut Random,
    ) -> Option<Numbers> {
        let (units, share) = match &metric.source {
            Source::Push { units: true } => seen(requests, users, value, random),
            _ => (requests, value),
        };
        match metric.measure {
            Measure::Reading => {
                let noise = 1.0 + 0.05 * normally(random);
                (requests > 0).then_some(Numbers::Reading(value * noise))
            }
            _ if units == 0 => None,
            Measure::Events => {
                let events = random.happened(units, ppm(share));
                Some(Numbers::Events { exposures: units, events })
            }
            Measure::Quantile { .. } => {
                Some(histogram(units, self.latency * value / self.base(metric), random))
            }
            Measure::Mean { min, max } => {
                let deviation = match (min, max) {
                    (Some(min), Some(max)) => 0.1 * (max - min),
                    _ => 0.5 * value.abs(),
                };
                let count = as_float(units);
                let mean = value + deviation / count.sqrt() * normally(random);
                let squares = deviation * deviation * (count - 1.0).max(0.0);
                Some(Numbers::Moments { count: units, mean, squares })
            }
        }
    }
}

/// Whether a change makes sense for a metric of the plan.
pub(super) fn check(worse: &Worse, plan: &Plan) -> Result<(), Refusal> {
    let name = &worse.metric;
    let Some(metric) = plan.metrics.iter().find(|metric| metric.name == *name) else {
        let known: Vec<&str> = plan.metrics.iter().map(|metric| metric.name.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let problem = format!("the plan has no metric `{name}`");
        return Err(Refusal::new("worse", problem, format!("name one of its metrics: {known}")));
    };
    let (Change::To(number) | Change::Times(number)) = worse.change;
    let is_share = metric.measure == Measure::Events && matches!(worse.change, Change::To(_));
    if !number.is_finite() || number < 0.0 || (is_share && number > 1.0) {
        let problem = format!("{number} is nothing that `{name}` can be");
        let mend =
            if is_share { "say a share of at most 100%" } else { "say a number of at least 0" };
        return Err(Refusal::new("worse", problem, mend));
    }
    Ok(())
}

/// Users of a window, and the share of them to whom it happens at least once.
fn seen(requests: u64, users: f64, share: f64, random: &mut Random) -> (u64, f64) {
    let each = as_float(requests) / users.max(1.0);
    let active = -(-each).exp_m1();
    let failing = -(-each * share).exp_m1();
    let count = random.happened(whole(users), ppm(active));
    (count, if active > 0.0 { failing / active } else { 0.0 })
}

/// Log-normal latencies around this median in bins.
fn histogram(count: u64, median: f64, random: &mut Random) -> Numbers {
    let (mut left, mut below, mut bins) = (count, 0.0, Vec::new());
    let width = BASE.ln();
    #[expect(clippy::cast_possible_truncation, reason = "a few hundred at most")]
    let first = ((median.ln() - 4.0 * SPREAD) / width).floor() as i32;
    for bin in first.. {
        let at = (f64::from(bin) * width - median.ln()) / SPREAD;
        let part = normal::cdf(at);
        let is_last = at > 4.0;
        let share = if is_last { 1.0 } else { (part - below) / (1.0 - below) };
        let drawn = if is_last { left } else { random.happened(left, ppm(share)) };
        if drawn > 0 {
            bins.push((bin, drawn));
        }
        (left, below) = (left - drawn, part);
        if left == 0 {
            break;
        }
    }
    Numbers::Histogram { base: BASE, bins, zero: 0 }
}

/// A number of requests around a mean, as independent people make them.
pub(super) fn around(mean: f64, random: &mut Random) -> u64 {
    // A binomial count of many trials is nearly one of Poisson.
    random.happened(whole(mean * 20.0), 50_000)
}

/// A standard normal number: the sum of twelve uniform ones has variance 1.
fn normally(random: &mut Random) -> f64 {
    let sum: u64 = (0..12).map(|_| random.below(1 << 32)).sum();
    as_float(sum) / as_float(1 << 32) - 6.0
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(super) fn as_float(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut off at 0")]
pub(super) fn whole(number: f64) -> u64 {
    number.round().max(0.0) as u64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1")]
pub(super) fn ppm(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 1e6).round() as u32
}

/// The deviation of the logarithm of latencies.
const SPREAD: f64 = 0.6;
/// The factor from bin to bin.
const BASE: f64 = 1.05;
/// The share of users who do what is counted, where less of it is worse.
const CONVERSION: f64 = 0.05;
