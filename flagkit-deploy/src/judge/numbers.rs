//! What the numbers of a sample come to, and whether they are any.

use super::state::number;
use crate::plan::{Direction, Measure};
use crate::sample::Numbers;

/// The numbers as the judge takes them; none if they are no numbers or not of the metric's kind.
///
/// More events than exposures are as many as exposures: monitoring systems extrapolate.
pub(super) fn accepted(numbers: &Numbers, measure: Measure) -> Option<Numbers> {
    match (numbers, measure) {
        (Numbers::Events { exposures, events }, Measure::Events) => {
            Some(Numbers::Events { exposures: *exposures, events: *events.min(exposures) })
        }
        (Numbers::Units { units, events, first, since }, Measure::Events) => {
            let first = first.map(|first| first.min(*units));
            let (units, events) = (*units, *events.min(units));
            Some(Numbers::Units { units, events, first, since: *since })
        }
        (Numbers::Histogram { base, bins, .. }, Measure::Quantile { .. }) => {
            is_histogram(*base, bins).then(|| numbers.clone())
        }
        (Numbers::Moments { count, mean, squares }, Measure::Mean { min, max }) => {
            let is_inside = |number: f64| number.abs() <= LARGEST;
            let holds = is_inside(*mean) && is_inside(*squares) && *squares >= 0.0;
            // Bounds are a promise that the test rests on. A sum through a count of values that are all the
            // largest one may be beyond by rounding.
            let inside = mean.max(min.unwrap_or(f64::MIN)).min(max.unwrap_or(f64::MAX));
            let size = min.unwrap_or(0.0).abs().max(max.unwrap_or(0.0).abs());
            let within = (*mean - inside).abs() <= ROUNDING * size;
            let numbers = Numbers::Moments { count: *count, mean: inside, squares: *squares };
            ((holds && within) || *count == 0).then_some(numbers)
        }
        (Numbers::Reading(value), Measure::Reading) => {
            (value.abs() <= LARGEST).then_some(Numbers::Reading(*value))
        }
        _ => None,
    }
}

/// Whether bins are in order, not too many, and of a size that tells something.
fn is_histogram(base: f64, bins: &[(i32, u64)]) -> bool {
    let is_base = base > 1.0 && base <= 1000.0;
    let mut pairs = bins.iter().zip(bins.iter().skip(1));
    is_base && bins.len() <= BINS_MAX && pairs.all(|((one, _), (next, _))| one < next)
}

/// One value and what it rests on: a share, a quantile, a mean, a reading.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Summary {
    /// None without observations.
    pub(super) value: Option<f64>,
    /// Exposures, or observations; a reading is one.
    pub(super) count: u64,
}

/// What the numbers of all strata of one arm in one window come to together.
pub(super) fn summary<'a>(
    strata: impl Iterator<Item = &'a Numbers> + Clone,
    measure: Measure,
    direction: Direction,
) -> Summary {
    match measure {
        Measure::Events => share(strata),
        Measure::Quantile { quantile } => histogram(strata, quantile),
        Measure::Mean { .. } => mean(strata),
        Measure::Reading => reading(strata, direction),
    }
}

fn share<'a>(strata: impl Iterator<Item = &'a Numbers>) -> Summary {
    let (mut count, mut hits) = (0_u64, 0_u64);
    for numbers in strata {
        if let Numbers::Events { exposures: all, events }
        | Numbers::Units { units: all, events, .. } = numbers
        {
            count = count.saturating_add(*all);
            hits = hits.saturating_add(*events);
        }
    }
    Summary { value: (count > 0).then(|| number(hits) / number(count)), count }
}

fn mean<'a>(strata: impl Iterator<Item = &'a Numbers>) -> Summary {
    let (mut all, mut at) = (0_u64, 0.0);
    for numbers in strata {
        if let Numbers::Moments { count, mean, .. } = numbers
            && *count > 0
        {
            all = all.saturating_add(*count);
            at += (mean - at) * (number(*count) / number(all));
        }
    }
    Summary { value: (all > 0).then_some(at), count: all }
}

/// The worst reading: which stratum it comes from makes no difference to a limit.
fn reading<'a>(strata: impl Iterator<Item = &'a Numbers>, direction: Direction) -> Summary {
    let readings = strata.filter_map(|numbers| match numbers {
        Numbers::Reading(value) => Some(*value),
        _ => None,
    });
    let value = match direction {
        Direction::Decrease => readings.reduce(f64::min),
        Direction::Increase | Direction::Either => readings.reduce(f64::max),
    };
    Summary { value, count: u64::from(value.is_some()) }
}

/// The quantile of all strata together. Inside of a bin it grows by a constant factor.
fn histogram<'a>(strata: impl Iterator<Item = &'a Numbers> + Clone, quantile: f64) -> Summary {
    let histograms = strata.filter_map(|numbers| match numbers {
        Numbers::Histogram { base, bins, zero } => Some((*base, bins, *zero)),
        _ => None,
    });
    let counts =
        |bins: &[(i32, u64)]| bins.iter().fold(0_u64, |sum, (_, n)| sum.saturating_add(*n));
    let total = |sum: u64, (_, bins, zero): (f64, &Vec<_>, u64)| {
        sum.saturating_add(zero).saturating_add(counts(bins))
    };
    let count = histograms.clone().fold(0_u64, total);
    let zeros = histograms.clone().fold(0_u64, |sum, (_, _, zero)| sum.saturating_add(zero));
    let rank = quantile * number(count);
    let value = if count == 0 {
        None
    } else if rank <= number(zeros) {
        Some(0.0)
    } else {
        Some(at_rank(histograms, rank - number(zeros)))
    };
    Summary { value: value.filter(|value| *value <= LARGEST), count }
}

/// The value with so many others at or below it, out of bins that may have different bases.
fn at_rank<'a>(
    histograms: impl Iterator<Item = (f64, &'a Vec<(i32, u64)>, u64)> + Clone,
    rank: f64,
) -> f64 {
    let bins = histograms.flat_map(|(base, bins, _)| {
        let bin = move |(at, count): &(i32, u64)| (base.ln() * f64::from(*at), base.ln(), *count);
        bins.iter().map(bin)
    });
    // Tops of the bins in logarithms, with widths and counts.
    let mut bins: Vec<(f64, f64, u64)> = bins.filter(|(_, _, count)| *count > 0).collect();
    bins.sort_by(|one, two| one.0.total_cmp(&two.0));
    let mut below = 0.0;
    let mut last = f64::NEG_INFINITY;
    for (top, width, count) in bins {
        let inside = number(count);
        last = top;
        if rank <= below + inside {
            let part = (rank - below) / inside;
            return (top - width * (1.0 - part)).exp();
        }
        below += inside;
    }
    last.exp()
}

/// The largest number that is taken for one. Sums of squares of such stay finite.
const LARGEST: f64 = 1e100;
/// What a mean may be beyond a bound, as a part of the larger bound.
const ROUNDING: f64 = 1e-9;
/// The most bins of a histogram: a factor of 1.005 over six powers of ten.
const BINS_MAX: usize = 4096;

#[cfg(test)]
mod tests;
