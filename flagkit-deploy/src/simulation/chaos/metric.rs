//! What is measured in the made-up world.

use crate::order::{Failure, Outcome};
use crate::plan::{Measure, Plan};
use crate::sample::{Numbers, Sample};
use crate::simulation::chaos::fault::Kind;
use crate::simulation::chaos::random::Random;
use crate::simulation::chaos::world::Health;
use crate::split::Split;
use crate::time::Time;

/// What a look at metrics is about.
pub(super) struct Question<'a> {
    pub(super) plan: &'a Plan,
    /// The splits that were in effect, and since when.
    pub(super) history: &'a [(Time, Split)],
    pub(super) health: &'a Health,
    pub(super) seed: u64,
    /// What goes wrong at the moment.
    pub(super) faults: &'a [Kind],
}

/// The windows between two times.
pub(super) fn measure(
    question: &Question<'_>,
    names: &[String],
    after: Time,
    until: Time,
) -> Result<Outcome, Failure> {
    let faults = question.faults;
    if faults.iter().any(|kind| matches!(kind, Kind::MetricsDown | Kind::Partition)) {
        return Err(Failure::transient("the metrics system is gone"));
    }
    let lag = faults.iter().find_map(|kind| match kind {
        Kind::MetricsLag(lag) => Some(*lag),
        _ => None,
    });
    let until = Time::from_unix_ms(until.unix_ms().saturating_sub(lag.unwrap_or_default().ms()));
    let length = question.plan.judging.look.ms().max(1);
    let mut samples = Vec::new();
    let first = after.unix_ms() / length + 1;
    let last = (until.unix_ms() / length).min(first + WINDOWS_MAX);
    for end in first..=last {
        for (place, metric) in question.plan.metrics.iter().enumerate() {
            if names.contains(&metric.name) {
                let windows = (0..question.plan.arms.len())
                    .filter_map(|arm| window(question, (place, arm), end * length, metric.measure));
                samples.extend(windows);
            }
        }
    }
    if faults.contains(&Kind::MetricsTwice) {
        samples.extend(samples.clone());
    }
    Ok(Outcome::Measured(samples))
}

/// One window of one metric and arm: the same whenever it is asked for.
fn window(
    question: &Question<'_>,
    (metric, arm): (usize, usize),
    end: u64,
    measure: Measure,
) -> Option<Sample> {
    let Question { plan, history, health, seed, faults } = question;
    let keys = [end, metric as u64, arm as u64];
    let mut random = Random::keyed(*seed, &keys);
    let is_lost = |kind: &Kind| matches!(kind, Kind::MetricsLoss(ppm) if Random::keyed(*seed, &[end, 9]).chance(*ppm));
    if faults.iter().any(is_lost) {
        return None;
    }
    let look = plan.judging.look;
    let begin = Time::from_unix_ms(end.saturating_sub(look.ms()));
    let split = history.iter().rev().find(|(since, _)| *since <= begin).map(|(_, split)| split)?;
    let share = u64::from(split.of(arm).ppm());
    let exposures = health.requests * look.ms() / 1000 * share / 1_000_000;
    let mut errors = if arm == 0 { health.errors_control } else { health.errors_new };
    for kind in *faults {
        errors = match kind {
            Kind::ConnectionsFail(ppm) => errors.max(*ppm),
            Kind::Busy => errors.saturating_mul(2).min(1_000_000),
            _ => errors,
        };
    }
    let numbers = match measure {
        Measure::Events => {
            if exposures == 0 {
                return None;
            }
            Numbers::Events { exposures, events: random.happened(exposures, errors) }
        }
        Measure::Quantile { .. } => {
            let count = exposures;
            Numbers::Histogram { base: 1.1, bins: vec![(-20, count)], zero: 0 }
        }
        Measure::Mean { .. } => Numbers::Moments { count: exposures, mean: 0.2, squares: 0.0 },
        Measure::Reading => Numbers::Reading(f64::from(errors) / 1e6),
    };
    let (metric, arm) = (u16::try_from(metric).ok()?, u16::try_from(arm).ok()?);
    let end = Time::from_unix_ms(end);
    Some(Sample { metric, arm, stratum: 0, start: begin, end, numbers })
}

/// A look answers with so many windows at most.
const WINDOWS_MAX: u64 = 1_000;
