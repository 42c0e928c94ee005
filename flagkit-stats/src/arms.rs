//! One number for each side of a comparison.

/// One value of the side that stays and one of the side that is judged.
///
/// ```
/// use flagkit_stats::Arms;
///
/// let requests = Arms { control: 900_u64, treatment: 100 };
/// assert_eq!(requests.map(|count| count * 2).treatment, 200);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "a comparison has two sides, and callers write them")]
pub struct Arms<T> {
    /// What is known to be good: the old version, the baseline.
    pub control: T,
    /// What is judged: the new version, the canary.
    pub treatment: T,
}

impl<T> Arms<T> {
    /// The same question to both sides.
    pub fn map<U>(self, mut of: impl FnMut(T) -> U) -> Arms<U> {
        Arms { control: of(self.control), treatment: of(self.treatment) }
    }

    /// Both sides with those of another pair.
    pub fn zip<U>(self, other: Arms<U>) -> Arms<(T, U)> {
        Arms {
            control: (self.control, other.control),
            treatment: (self.treatment, other.treatment),
        }
    }
}

impl Arms<u64> {
    /// Side by side; counts that do not fit stop at the largest.
    pub(crate) fn plus(self, other: Self) -> Self {
        self.zip(other).map(|(one, two)| one.saturating_add(two))
    }
}

/// A count as a number to calculate with.
#[expect(
    clippy::cast_precision_loss,
    reason = "above 2^53 a count is known to 16 digits, and no statistic asks for more"
)]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}
