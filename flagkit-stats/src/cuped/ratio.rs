//! CUPED for quotients, such as errors per request where users are what is assigned.

use super::{Adjusted, slope, variance_left};
use crate::count::number;
use crate::effect::Estimate;
use crate::moments::check_usable;
use crate::{Arms, Error};

/// What one unit did.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "four numbers of a unit, and that is all")]
pub struct Unit {
    /// What is counted above the line, such as errors.
    pub above: f64,
    /// What is counted below it, such as requests.
    pub below: f64,
    /// The first of them before the assignment.
    pub above_before: f64,
    /// The second of them before the assignment.
    pub below_before: f64,
}

/// Means of a unit's four numbers, and the sums of products of their distances from them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "sufficient statistics that others may have, too")]
pub struct RatioMoments {
    /// How many units.
    pub count: u64,
    /// The means, in the order of [`Unit`].
    pub means: [f64; 4],
    /// The sums of products; symmetric.
    pub products: [[f64; 4]; 4],
}

impl RatioMoments {
    /// One more unit.
    ///
    /// # Errors
    ///
    /// If a number is NaN, infinite, or beyond 1e150; nothing is changed then.
    pub fn add(&mut self, unit: &Unit) -> Result<(), Error> {
        let values = [unit.above, unit.below, unit.above_before, unit.below_before];
        check_usable(&values)?;
        self.merge(&Self { count: 1, means: values, products: [[0.0; 4]; 4] });
        Ok(())
    }

    /// All units of another part.
    pub fn merge(&mut self, other: &Self) {
        let count = self.count.saturating_add(other.count);
        if count == 0 {
            return;
        }
        let share = number(other.count) / number(count);
        let weight = number(self.count) * share;
        let mut distances = other.means;
        for (distance, mean) in distances.iter_mut().zip(self.means) {
            *distance -= mean;
        }
        let rows = self.products.iter_mut().zip(other.products).zip(distances);
        for ((row, other_row), distance) in rows {
            for ((product, added), other_distance) in row.iter_mut().zip(other_row).zip(distances) {
                *product += added + distance * other_distance * weight;
            }
        }
        for (mean, distance) in self.means.iter_mut().zip(distances) {
            *mean += distance * share;
        }
        self.count = count;
    }

    /// The covariance of two weighted sums of the four numbers, as that of their means.
    fn covariance(&self, left: [f64; 4], right: [f64; 4]) -> f64 {
        let rows = self.products.iter().zip(left);
        let sum: f64 = rows
            .map(|(row, one)| {
                one * row.iter().zip(right).map(|(cell, two)| cell * two).sum::<f64>()
            })
            .sum();
        sum / (number(self.count - 1) * number(self.count))
    }
}

/// Adjusts quotients of sums by the same quotients before.
///
/// Both quotients are taken as linear around their values (the delta method); the
/// adjustment is that of [`cuped`](super::cuped) between them.
///
/// # Errors
///
/// If a side has fewer than two units, or nothing below the line.
pub fn cuped_ratio(arms: &Arms<RatioMoments>) -> Result<Adjusted, Error> {
    let lines = arms.map(|moments| Line::of(&moments));
    let lines = Arms { control: lines.control?, treatment: lines.treatment? };
    let [covariance, variance] = [
        lines.control.scatter(|line| line.covariance)
            + lines.treatment.scatter(|line| line.covariance),
        lines.control.scatter(|line| line.variance_before)
            + lines.treatment.scatter(|line| line.variance_before),
    ];
    let theta = slope(covariance, variance);
    let units = lines.control.count + lines.treatment.count;
    let before = (lines.control.before * lines.control.count
        + lines.treatment.before * lines.treatment.count)
        / units;
    let plain = lines.map(|line| Estimate { value: line.ratio, variance: line.variance });
    let adjusted = lines.map(|line| Estimate {
        value: line.ratio - theta * (line.before - before),
        variance: line.variance - 2.0 * theta * line.covariance
            + theta * theta * line.variance_before,
    });
    Ok(Adjusted { arms: adjusted, theta, variance_left: variance_left(adjusted, plain) })
}

/// Both quotients of a side, and how they vary together.
#[derive(Clone, Copy)]
struct Line {
    count: f64,
    ratio: f64,
    before: f64,
    variance: f64,
    variance_before: f64,
    covariance: f64,
}

impl Line {
    fn of(moments: &RatioMoments) -> Result<Self, Error> {
        Error::unless_enough("units of a side", moments.count, 2)?;
        let [above, below, above_before, below_before] = moments.means;
        Error::unless(below != 0.0, "the sum below the line", below, "other than 0")?;
        let ratio = above / below;
        let weights = [1.0 / below, -ratio / below, 0.0, 0.0];
        // Without a past there is nothing to adjust by.
        let (before, weights_before) = if below_before == 0.0 {
            (0.0, [0.0; 4])
        } else {
            let before = above_before / below_before;
            (before, [0.0, 0.0, 1.0 / below_before, -before / below_before])
        };
        Ok(Self {
            count: number(moments.count),
            ratio,
            before,
            variance: moments.covariance(weights, weights),
            variance_before: moments.covariance(weights_before, weights_before),
            covariance: moments.covariance(weights, weights_before),
        })
    }

    /// A variance of means as the sum of products that it comes from, up to the same factor for
    /// both sides.
    fn scatter(&self, variance: impl Fn(&Self) -> f64) -> f64 {
        variance(self) * self.count * (self.count - 1.0)
    }
}
