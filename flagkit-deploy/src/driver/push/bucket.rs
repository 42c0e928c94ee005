//! What was pushed for one metric, arm, stratum and window.

use std::collections::{BTreeMap, HashMap};

use super::counts_units;
use super::record::Amount;
use super::seen::Seen;
use crate::plan::{Measure, Metric};
use crate::sample::Numbers;

/// The sums.
#[derive(Clone, Debug)]
pub(super) enum Bucket {
    Events {
        exposures: u64,
        events: u64,
    },
    /// Units and whether they have failed, and how many of them were never seen before.
    Units {
        units: HashMap<String, bool>,
        first: u64,
    },
    Histogram {
        bins: BTreeMap<i32, u64>,
        zero: u64,
    },
    Moments {
        count: u64,
        mean: f64,
        squares: f64,
    },
    Reading(Option<f64>),
}

impl Bucket {
    /// An empty one.
    pub(super) fn new(metric: &Metric) -> Self {
        match metric.measure {
            Measure::Events if counts_units(metric) => {
                Self::Units { units: HashMap::new(), first: 0 }
            }
            Measure::Events => Self::Events { exposures: 0, events: 0 },
            Measure::Quantile { .. } => Self::Histogram { bins: BTreeMap::new(), zero: 0 },
            Measure::Mean { .. } => Self::Moments { count: 0, mean: 0.0, squares: 0.0 },
            Measure::Reading => Self::Reading(None),
        }
    }

    /// How many units it holds.
    pub(super) fn units(&self) -> usize {
        if let Self::Units { units, .. } = self { units.len() } else { 0 }
    }

    /// Adds; `units_max` is how many units it may hold then.
    pub(super) fn add(&mut self, amount: Amount<'_>, units_max: usize) -> Result<(), String> {
        match (self, amount) {
            (
                Self::Events { exposures, events },
                Amount::Events { exposures: more, events: happened },
            ) => {
                *exposures = exposures.saturating_add(more);
                *events = events.saturating_add(happened);
            }
            (Self::Units { units, .. }, Amount::Unit { unit, failed }) => {
                let count = units.len();
                if let Some(has_failed) = units.get_mut(unit) {
                    *has_failed |= failed;
                } else if count < units_max {
                    units.insert(unit.to_owned(), failed);
                } else {
                    return Err(format!(
                        "the window holds {count} units, which is as many as it may"
                    ));
                }
            }
            (Self::Histogram { bins, zero }, Amount::Values(values)) => {
                for value in values {
                    match bin(*value) {
                        None => *zero += 1,
                        Some(bin) => *bins.entry(bin).or_insert(0) += 1,
                    }
                }
            }
            (Self::Moments { count, mean, squares }, Amount::Values(values)) => {
                // Welford's way: one pass, and no difference of large sums.
                for value in values {
                    *count += 1;
                    let from_mean = value - *mean;
                    *mean += from_mean / to_double(*count);
                    *squares += from_mean * (value - *mean);
                }
            }
            (Self::Reading(reading), Amount::Values(values)) => {
                *reading = values.last().copied().or(*reading);
            }
            _ => return Err("it is not what the metric measures".to_owned()),
        }
        Ok(())
    }

    /// One of its units was never seen before.
    pub(super) fn note_first(&mut self) {
        if let Self::Units { first, .. } = self {
            *first += 1;
        }
    }

    /// As a sample has them, with what is known of who was seen before.
    pub(super) fn numbers(&self, seen: &Seen) -> Numbers {
        match self {
            Self::Events { exposures, events } => {
                Numbers::Events { exposures: *exposures, events: *events }
            }
            Self::Units { units, first } => {
                let count = |units: usize| u64::try_from(units).unwrap_or(u64::MAX);
                let failed = units.values().filter(|failed| **failed).count();
                Numbers::Units {
                    units: count(units.len()),
                    events: count(failed),
                    first: seen.is_complete().then_some(*first),
                    since: seen.since(),
                }
            }
            Self::Histogram { bins, zero } => {
                let bins = bins.iter().map(|(bin, count)| (*bin, *count)).collect();
                Numbers::Histogram { base: BASE, bins, zero: *zero }
            }
            Self::Moments { count, mean, squares } => {
                Numbers::Moments { count: *count, mean: *mean, squares: *squares }
            }
            Self::Reading(reading) => Numbers::Reading(reading.unwrap_or_default()),
        }
    }
}

/// The bin of a value: what is above `BASE^(n-1)` and not above `BASE^n`; none for 0 and less.
#[expect(clippy::cast_possible_truncation, reason = "clamped before")]
fn bin(value: f64) -> Option<i32> {
    (value > 0.0).then(|| (value.ln() / BASE.ln()).ceil().clamp(-BIN_MAX, BIN_MAX) as i32)
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2⁵³ observations in a window")]
fn to_double(count: u64) -> f64 {
    count as f64
}

/// Bins of two per cent.
const BASE: f64 = 1.02;

/// From 10⁻¹⁷ to 10¹⁷; what is beyond counts as that.
const BIN_MAX: f64 = 2000.0;
