//! Chi-squared tests of counts: against expected shares, and of whole tables.
//!
//! The approximation needs about five expected counts in each cell. The test of
//! [shares](goodness_of_fit) is the classical check for a sample ratio mismatch; it is right for
//! one look and not for one a minute, where [`srm`](crate::srm) has a test that is.

use crate::Error;
use crate::count::{number, number_of};
use crate::special::chi_squared;

/// A chi-squared statistic.
///
/// ```
/// use flagkit_stats::contingency::goodness_of_fit;
///
/// // 821,588 against 815,482 users where half of them were to be on each side.
/// let test = goodness_of_fit(&[821_588, 815_482], &[0.5, 0.5])?;
/// assert!(test.p_value() < 1e-5);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChiSquared {
    /// The sum of squared distances from the expected counts, each over the expected count.
    pub statistic: f64,
    /// Degrees of freedom.
    pub degrees: f64,
}

impl ChiSquared {
    /// How probable such a statistic is, or a larger one, if nothing is the matter. Without
    /// degrees of freedom it is 1.
    pub fn p_value(&self) -> f64 {
        if self.degrees > 0.0 { chi_squared::sf(self.statistic, self.degrees) } else { 1.0 }
    }
}

/// Whether counts have the shares that they should have. (Pearson 1900.)
///
/// Weights are relative: `[1, 1]` and `[0.5, 0.5]` are the same. Without any count the p-value is
/// 1.
///
/// # Errors
///
/// If there are fewer than two cells, not as many weights as counts, a weight is not above zero
/// and finite, or their sum is not finite.
pub fn goodness_of_fit(observed: &[u64], weights: &[f64]) -> Result<ChiSquared, Error> {
    let cells = number_of(observed.len());
    Error::unless_enough("cells", observed.len().try_into().unwrap_or(u64::MAX), 2)?;
    let same = observed.len() == weights.len();
    Error::unless(same, "the count of weights", number_of(weights.len()), "that of cells")?;
    for weight in weights {
        let is_weight = *weight > 0.0 && weight.is_finite();
        Error::unless(is_weight, "a weight", *weight, "above 0 and finite")?;
    }
    let weight: f64 = weights.iter().sum();
    Error::unless(weight.is_finite(), "the sum of weights", weight, "finite")?;
    let total: f64 = observed.iter().map(|count| number(*count)).sum();
    let distance = |(count, share): (&u64, &f64)| {
        let expected = total * (share / weight);
        let distance = number(*count) - expected;
        if total > 0.0 { distance * (distance / expected) } else { 0.0 }
    };
    let statistic = observed.iter().zip(weights).map(distance).sum();
    Ok(ChiSquared { statistic, degrees: cells - 1.0 })
}

/// Whether rows and columns of a table are independent: whether all rows have the same shares.
///
/// Rows and columns without any count are left out. There is no correction for continuity.
///
/// ```
/// use flagkit_stats::contingency::independence;
///
/// // Outcomes (served, slow, failed) of the old and the new version.
/// let test = independence(&[&[9_000, 800, 200], &[880, 100, 20]])?;
/// assert_eq!(test.degrees, 2.0);
/// assert!(test.p_value() > 0.05);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If rows differ in length, or there is nothing in the table.
pub fn independence(rows: &[&[u64]]) -> Result<ChiSquared, Error> {
    let columns = rows.first().map_or(0, |row| row.len());
    for row in rows {
        let same = row.len() == columns;
        Error::unless(same, "the length of a row", number_of(row.len()), "that of the others")?;
    }
    let sum = |row: &[u64]| row.iter().map(|count| number(*count)).sum::<f64>();
    let total: f64 = rows.iter().map(|row| sum(row)).sum();
    if total <= 0.0 {
        return Err(Error::constant("the empty table"));
    }
    let column = |index: usize| -> f64 {
        rows.iter().filter_map(|row| row.get(index)).map(|count| number(*count)).sum()
    };
    let mut statistic = 0.0;
    let mut filled = 0.0;
    for index in 0..columns {
        let column = column(index);
        if column <= 0.0 {
            continue;
        }
        filled += 1.0;
        for row in rows {
            let expected = sum(row) / total * column;
            let distance = row.get(index).map_or(0.0, |count| number(*count)) - expected;
            statistic += if expected > 0.0 { distance * (distance / expected) } else { 0.0 };
        }
    }
    let filled_rows = number_of(rows.iter().filter(|row| sum(row) > 0.0).count());
    Ok(ChiSquared { statistic, degrees: (filled - 1.0) * (filled_rows - 1.0) })
}
