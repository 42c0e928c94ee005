//! What happens to a series before it is compared.

use super::outlier::Detector;

/// What a missing value (NaN) becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the original has these two")]
pub enum MissingValues {
    /// It is left out: a gap in a gauge says nothing.
    #[default]
    Remove,
    /// It is zero: a counter that nobody counted up.
    Replace,
}

impl MissingValues {
    /// The strategy of a configuration; every word but `replace` means [`Remove`](Self::Remove).
    pub fn from_name(name: &str) -> Self {
        if name == "replace" { Self::Replace } else { Self::Remove }
    }

    /// The series without missing values.
    pub fn apply(self, values: &[f64]) -> Vec<f64> {
        match self {
            Self::Remove => remove_missing(values),
            Self::Replace => replace_missing(values, 0.0),
        }
    }
}

/// The values that are numbers.
///
/// ```
/// use flagkit_stats::kayenta::transform::remove_missing;
/// assert_eq!(remove_missing(&[1.0, f64::NAN, 2.0]), [1.0, 2.0]);
/// ```
pub fn remove_missing(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|value| !value.is_nan()).collect()
}

/// The values, with `replacement` where there is none.
pub fn replace_missing(values: &[f64], replacement: f64) -> Vec<f64> {
    values.iter().map(|value| if value.is_nan() { replacement } else { *value }).collect()
}

/// The values that the detector does not take for outliers.
pub fn remove_outliers(values: &[f64], detector: Detector) -> Vec<f64> {
    let outliers = detector.detect(values);
    values.iter().zip(outliers).filter(|(_, outlier)| !outlier).map(|(value, _)| *value).collect()
}
