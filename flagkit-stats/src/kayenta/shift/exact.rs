//! The interval without a solver.
//!
//! The statistic is a staircase over the shift that goes down wherever the shift passes a
//! difference between two values. So the places where it crosses a quantile are such
//! differences, and halving the range finds them whatever the unit is. Its deviation is taken
//! between the stairs, where only values of the same side are tied; it is never zero.

use super::{Ranks, Samples, Shift, as_float, range, rank};

/// The shift, for a quantile below zero.
pub(super) fn shift(samples: &Samples<'_>, quantile: f64) -> Option<Shift> {
    let staircase = Staircase::new(samples);
    let (low, high) = range(samples);
    if !(low.is_finite() && high.is_finite() && quantile < 0.0) {
        return None;
    }
    let below = |quantile: f64| staircase.first(|value| value <= quantile);
    let above = |quantile: f64| staircase.first(|value| value < quantile);
    let estimate = f64::midpoint(below(0.0), above(0.0));
    Some(Shift { low: below(-quantile), high: above(quantile), estimate })
}

/// Two sides in order.
struct Staircase {
    experiment: Vec<f64>,
    control: Vec<f64>,
    deviation: f64,
}

impl Staircase {
    fn new(samples: &Samples<'_>) -> Self {
        let sorted = |values: &[f64]| {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            sorted
        };
        let (ours, theirs) = (as_float(samples.experiment.len()), as_float(samples.control.len()));
        let ties: f64 = [samples.experiment, samples.control]
            .iter()
            .map(|values| {
                let Ranks { ties, .. } = rank(values);
                ties
            })
            .sum();
        let total = ours + theirs;
        let untied = (total + 1.0) - ties / (total * (total - 1.0));
        let deviation = (ours * theirs / 12.0 * untied).sqrt();
        let (experiment, control) = (sorted(samples.experiment), sorted(samples.control));
        Self { experiment, control, deviation }
    }

    /// The smallest difference behind which the statistic fulfils the condition, or the largest
    /// one that there is.
    fn first(&self, holds: impl Fn(f64) -> bool) -> f64 {
        let ends = Samples { experiment: &self.experiment, control: &self.control };
        let (mut low, mut high) = range(&ends);
        if holds(self.behind(low)) {
            return low;
        }
        // Each turn drops the differences up to `low`, or those above `high`. Where the answer is
        // zero, halving alone would go on to the smallest double, so it soon alternates with steps
        // to the next difference.
        for turn in 0..TURNS_MAX {
            let middle = f64::midpoint(low, high);
            let few_are_left = turn >= HALVINGS && turn % 2 == 0;
            if few_are_left || middle <= low || middle >= high {
                let Some(next) = self.next_difference(low) else { return high };
                if next >= high || holds(self.behind(next)) {
                    return next;
                }
                low = next;
            } else if holds(self.behind(middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    /// The statistic for shifts just above this one.
    fn behind(&self, shift: f64) -> f64 {
        let mut above = 0;
        let mut index = 0;
        for value in &self.experiment {
            // Differences grow with the value, so the number of those above the shift does, too.
            while self.control.get(index).is_some_and(|other| value - other > shift) {
                index += 1;
            }
            above += index;
        }
        let half = as_float(self.experiment.len()) * as_float(self.control.len()) / 2.0;
        let excess = as_float(above) - half;
        let correction = if excess == 0.0 { 0.0 } else { excess.signum() * 0.5 };
        (excess - correction) / self.deviation
    }

    /// The smallest difference above the shift.
    fn next_difference(&self, shift: f64) -> Option<f64> {
        let next = |value: &f64| {
            let count = self.control.partition_point(|other| value - other > shift);
            self.control.get(count.checked_sub(1)?).map(|other| value - other)
        };
        self.experiment.iter().filter_map(next).min_by(f64::total_cmp)
    }
}

/// After how many turns few differences are left: those within 2^-64 of the range.
const HALVINGS: u32 = 64;
/// Halving the largest range ends after 2100 turns; this is for the steps between them, too.
const TURNS_MAX: u32 = 10_000;
