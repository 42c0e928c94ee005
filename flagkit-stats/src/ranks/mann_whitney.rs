//! The test of Mann, Whitney and Wilcoxon.

use super::{Group, each_group, exact};
use crate::count::number;
use crate::special::normal;
use crate::{Alternative, Error, Sorted};

/// In how many of all pairs the treatment is larger.
///
/// If both samples come from one distribution, it is half of them. (Mann and Whitney 1947.)
/// Another spread alone can move the p-value, too; where that may be,
/// [`brunner_munzel`](super::brunner_munzel) is the better test.
///
/// ```
/// use flagkit_stats::ranks::MannWhitney;
/// use flagkit_stats::{Alternative, Sorted};
///
/// let (mut treatment, mut control) = ([4.0, 5.0, 9.0], [1.0, 2.0, 3.0]);
/// let test = MannWhitney::of(Sorted::sort(&mut treatment)?, Sorted::sort(&mut control)?)?;
/// assert_eq!((test.u(), test.share_of_larger()), (9.0, 1.0));
/// // One of the 20 ways to share out six values.
/// assert!((test.exact_p_value(Alternative::Greater)? - 0.05).abs() < 1e-15);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MannWhitney {
    treatment: u64,
    control: u64,
    /// Pairs that the treatment wins count twice, equal ones once.
    doubled: u128,
    /// The sum of `t^3 - t` over groups of `t` equal values.
    ties: f64,
    /// The same where only values of the same sample count as equal.
    inner_ties: f64,
}

impl MannWhitney {
    /// Compares all pairs, in one walk over both samples.
    ///
    /// # Errors
    ///
    /// If a sample is empty.
    pub fn of(treatment: Sorted<'_>, control: Sorted<'_>) -> Result<Self, Error> {
        Error::unless_enough("values of the treatment", treatment.count(), 1)?;
        Error::unless_enough("values of the control", control.count(), 1)?;
        let (mut doubled, mut ties, mut inner_ties, mut below) = (0_u128, 0.0, 0.0, 0_u64);
        each_group(treatment, control, |Group { treatment, control }| {
            doubled += u128::from(treatment) * (2 * u128::from(below) + u128::from(control));
            below += control;
            ties += tied(treatment + control);
            inner_ties += tied(treatment) + tied(control);
        });
        Ok(Self {
            treatment: treatment.count(),
            control: control.count(),
            doubled,
            ties,
            inner_ties,
        })
    }

    /// The pairs in which the treatment is larger; equal ones count half.
    #[expect(clippy::cast_precision_loss, reason = "pairs above 2^53 are known to 16 digits")]
    pub fn u(&self) -> f64 {
        self.doubled as f64 / 2.0
    }

    /// The share of pairs in which the treatment is larger, equal ones half: the common language
    /// effect size of McGraw and Wong (1992), in 0..=1. Without a difference it is 1/2.
    pub fn share_of_larger(&self) -> f64 {
        self.u() / self.pairs()
    }

    /// By the normal approximation, with corrections for ties and for continuity.
    ///
    /// From eight values a side it is right to about a hundredth. If all values are equal, it is 1.
    pub fn p_value(&self, alternative: Alternative) -> f64 {
        let deviation = self.deviation(self.ties);
        if deviation <= 0.0 {
            return 1.0;
        }
        let excess = self.u() - 0.5 * self.pairs();
        let z = |excess: f64| (excess - 0.5) / deviation;
        match alternative {
            Alternative::TwoSided => (2.0 * normal::sf(z(excess.abs()))).min(1.0),
            Alternative::Greater => normal::sf(z(excess)),
            Alternative::Less => normal::sf(z(-excess)),
        }
    }

    /// From the distribution of U itself, without an approximation.
    ///
    /// # Errors
    ///
    /// If values are equal, or there are more than 50 in both samples together.
    pub fn exact_p_value(&self, alternative: Alternative) -> Result<f64, Error> {
        if self.ties > 0.0 {
            return Err(Error::tied());
        }
        let counts = exact::Distribution::of(self.treatment, self.control)?;
        // Without ties the doubled count is even, and below 1250.
        let wins = usize::try_from(self.doubled / 2).unwrap_or(usize::MAX);
        let (above, below) = (counts.at_least(wins), counts.at_most(wins));
        Ok(match alternative {
            Alternative::TwoSided => (2.0 * above.min(below)).min(1.0),
            Alternative::Greater => above,
            Alternative::Less => below,
        })
    }

    /// Whether there are equal values.
    pub(crate) fn is_tied(&self) -> bool {
        self.ties > 0.0
    }

    /// The sizes of both samples.
    pub(crate) fn sizes(&self) -> (u64, u64) {
        (self.treatment, self.control)
    }

    /// How many pairs there are.
    pub(crate) fn pairs(&self) -> f64 {
        number(self.treatment) * number(self.control)
    }

    /// The standard deviation of U under a shift that makes no value of one sample equal to one of
    /// the other.
    pub(crate) fn deviation_if_shifted(&self) -> f64 {
        self.deviation(self.inner_ties)
    }

    /// The standard deviation of U without a difference, corrected for ties.
    fn deviation(&self, ties: f64) -> f64 {
        let count = number(self.treatment) + number(self.control);
        let tied = if ties > 0.0 { ties / (count * (count - 1.0)) } else { 0.0 };
        (self.pairs() / 12.0 * (count + 1.0 - tied)).max(0.0).sqrt()
    }
}

/// `t^3 - t`, without its cancellation.
fn tied(size: u64) -> f64 {
    let size = number(size);
    size * (size - 1.0) * (size + 1.0)
}
