//! How sure an interval is, and in which direction a test looks.

use crate::Error;
use crate::special::normal;

/// How often intervals of this kind hold the true value: `0.95` is 19 of 20.
///
/// ```
/// use flagkit_stats::Confidence;
///
/// assert_eq!(Confidence::new(0.95)?, Confidence::P95);
/// assert!(Confidence::new(95.0).is_err());
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Confidence {
    // INVARIANT: above 0 and below 1. It is what is left over, because 1 - 1e-20 is 1.
    alpha: f64,
}

impl Confidence {
    /// 9 of 10.
    pub const P90: Self = Self { alpha: 0.1 };
    /// 19 of 20.
    pub const P95: Self = Self { alpha: 0.05 };
    /// 98 of 100.
    pub const P98: Self = Self { alpha: 0.02 };
    /// 99 of 100.
    pub const P99: Self = Self { alpha: 0.01 };

    /// # Errors
    ///
    /// If it is not above 0 and below 1.
    pub fn new(confidence: f64) -> Result<Self, Error> {
        let is_inside = confidence > 0.0 && confidence < 1.0;
        Error::unless(is_inside, "the confidence", confidence, "above 0 and below 1")?;
        // The nearest number to 1 - 0.95 is not the 0.05 that was meant; rounding makes it so.
        let alpha = 1.0 - confidence;
        let rounded = (alpha * 1e15).round() / 1e15;
        Ok(Self { alpha: if rounded > 0.0 { rounded } else { alpha } })
    }

    /// What is left over: 0.05 for 95 %.
    pub fn alpha(self) -> f64 {
        self.alpha
    }

    /// The distance from the middle, in standard deviations, that holds that share of a normal
    /// distribution: 1.96 for 95 %.
    pub fn z(self) -> f64 {
        normal::isf(0.5 * self.alpha)
    }
}

/// In which direction a difference counts. The difference is that of the treatment from the
/// control.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_enums, reason = "there are no other directions on a line")]
pub enum Alternative {
    /// They differ.
    TwoSided,
    /// The treatment has more.
    Greater,
    /// The treatment has less.
    Less,
}

impl Alternative {
    /// The p-value of a statistic, where `upper` gives the probability of more than that under a
    /// distribution that is symmetric about 0.
    pub(crate) fn p_value(self, statistic: f64, upper: impl Fn(f64) -> f64) -> f64 {
        match self {
            Self::TwoSided => (2.0 * upper(statistic.abs())).min(1.0),
            Self::Greater => upper(statistic),
            Self::Less => upper(-statistic),
        }
    }
}
