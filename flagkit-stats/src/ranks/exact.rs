//! The distribution of U for small samples.

use crate::Error;
use crate::count::number_of;

/// In how many of all arrangements U has each value.
pub(super) struct Distribution {
    counts: [f64; PLACES],
    /// The highest value of U.
    highest: usize,
    /// All arrangements.
    total: f64,
}

impl Distribution {
    /// That of samples of these sizes, at most 50 values together.
    pub(super) fn of(treatment: u64, control: u64) -> Result<Self, Error> {
        let count = treatment.saturating_add(control);
        Error::unless_at_most("values of both samples", count, COUNT_MAX)?;
        let [few, many] = [treatment.min(control), treatment.max(control)]
            .map(|size| usize::try_from(size).unwrap_or(0));
        let highest = few * many;
        let mut counts = [0.0; PLACES];
        if let Some(first) = counts.first_mut() {
            *first = 1.0;
        }
        // The counts are the coefficients of a Gaussian binomial coefficient, the product of
        // (1 - q^(many + i)) / (1 - q^i). All are whole and below 2^53.
        for factor in 1..=few {
            subtract_shifted(&mut counts, many + factor);
            add_shifted(&mut counts, factor);
        }
        let total = (1..=few).fold(1.0, |product: f64, factor| {
            (product * number_of(many + factor) / number_of(factor)).round()
        });
        Ok(Self { counts, highest, total })
    }

    /// The probability of at most `value`.
    pub(super) fn at_most(&self, value: usize) -> f64 {
        let wanted = self.counts.iter().take(self.highest + 1).take(value.saturating_add(1));
        wanted.sum::<f64>() / self.total
    }

    /// The probability of at least `value`; the distribution is symmetric.
    pub(super) fn at_least(&self, value: usize) -> f64 {
        if value > self.highest { 0.0 } else { self.at_most(self.highest - value) }
    }

    /// The largest number of values of U, counted from 0, that are together at most as probable
    /// as that.
    pub(super) fn below(&self, probability: f64) -> u64 {
        let mut sum = 0.0;
        let fits = |count: &&f64| {
            sum += **count;
            sum <= probability * self.total
        };
        self.counts.iter().take(self.highest + 1).take_while(fits).count().try_into().unwrap_or(0)
    }
}

/// Multiplies by 1 - q^shift.
fn subtract_shifted(counts: &mut [f64; PLACES], shift: usize) {
    for place in (shift..PLACES).rev() {
        let lower = counts.get(place - shift).copied().unwrap_or_default();
        if let Some(count) = counts.get_mut(place) {
            *count -= lower;
        }
    }
}

/// Divides by 1 - q^shift.
fn add_shifted(counts: &mut [f64; PLACES], shift: usize) {
    for place in shift..PLACES {
        let lower = counts.get(place - shift).copied().unwrap_or_default();
        if let Some(count) = counts.get_mut(place) {
            *count += lower;
        }
    }
}

/// How many values both samples may have.
const COUNT_MAX: u64 = 50;

/// U from 0 to 25 times 25.
const PLACES: usize = 626;
