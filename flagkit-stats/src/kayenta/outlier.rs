//! Which values of a series are too far away from the others.

use super::statistics::{mean, percentile_of_sorted, population_deviation};

/// A rule for outliers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Detector {
    /// Further than `factor` interquartile ranges below the first quartile or above the third.
    InterquartileRange {
        /// How many interquartile ranges; 1.5 are usual.
        factor: f64,
    },
    /// The same fence or the 1st and 99th percentile, whichever is further out.
    ///
    /// The judge uses it with a factor of 3: a spike is an outlier only if next to nothing
    /// else is there.
    ReducedInterquartileRange {
        /// How many interquartile ranges; the judge takes 3.
        factor: f64,
    },
    /// More than `factor` standard deviations (of the population) away from the mean.
    StandardDeviations {
        /// How many standard deviations; 3 are usual.
        factor: f64,
    },
}

impl Detector {
    /// Says for each value whether it is an outlier. NaN never is.
    ///
    /// ```
    /// use flagkit_stats::kayenta::Detector;
    ///
    /// let detector = Detector::InterquartileRange { factor: 1.5 };
    /// assert_eq!(detector.detect(&[1.0, 1.0, 1.0, 9.0]), [false, false, false, true]);
    /// ```
    pub fn detect(self, values: &[f64]) -> Vec<bool> {
        let (low, high) = self.bounds(values);
        values.iter().map(|value| *value < low || *value > high).collect()
    }

    /// Between which values everything is normal; NaN without values.
    fn bounds(self, values: &[f64]) -> (f64, f64) {
        match self {
            Self::InterquartileRange { factor } => fence(&sorted(values), factor),
            Self::ReducedInterquartileRange { factor } => {
                let sorted = sorted(values);
                let (low, high) = fence(&sorted, factor);
                let first = percentile_of_sorted(&sorted, 1.0);
                (low.min(first), high.max(percentile_of_sorted(&sorted, 99.0)))
            }
            Self::StandardDeviations { factor } => {
                let (middle, width) = (mean(values), population_deviation(values) * factor);
                (middle - width, middle + width)
            }
        }
    }
}

/// The quartiles, moved outwards.
fn fence(sorted: &[f64], factor: f64) -> (f64, f64) {
    let first = percentile_of_sorted(sorted, 25.0);
    let third = percentile_of_sorted(sorted, 75.0);
    (first - factor * (third - first), third + factor * (third - first))
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}
