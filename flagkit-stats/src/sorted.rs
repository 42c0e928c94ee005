//! A sample in order, which is what rank statistics and percentiles begin with.

use crate::Error;

/// Finite numbers in ascending order, borrowed.
///
/// Sorting happens once, in place and where the caller sees it; what takes a `Sorted` neither
/// sorts nor checks again.
///
/// ```
/// use flagkit_stats::Sorted;
///
/// let mut latencies = [12.0, 7.0, 9.0];
/// let sorted = Sorted::sort(&mut latencies)?;
/// assert_eq!(sorted.median()?, 9.0);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sorted<'a> {
    // INVARIANT: finite and ascending.
    values: &'a [f64],
}

impl<'a> Sorted<'a> {
    /// Sorts the values where they are. An empty slice is allowed; statistics of it are errors.
    ///
    /// # Errors
    ///
    /// If a value is NaN or infinite.
    pub fn sort(values: &'a mut [f64]) -> Result<Self, Error> {
        check_finite(values)?;
        values.sort_unstable_by(f64::total_cmp);
        Ok(Self { values })
    }

    /// Takes values that are in order already.
    ///
    /// # Errors
    ///
    /// If a value is NaN or infinite, or below the one before it.
    pub fn check(values: &'a [f64]) -> Result<Self, Error> {
        check_finite(values)?;
        let ordered = |pair: &[f64]| matches!(pair, [first, second] if first <= second);
        match values.windows(2).position(|pair| !ordered(pair)) {
            Some(index) => Err(Error::unordered("value", index + 1)),
            None => Ok(Self { values }),
        }
    }

    /// The values, ascending.
    pub fn values(self) -> &'a [f64] {
        self.values
    }

    /// How many there are.
    pub fn count(self) -> u64 {
        self.values.len().try_into().unwrap_or(u64::MAX)
    }

    /// The middle value, or the mean of the two in the middle.
    ///
    /// # Errors
    ///
    /// If there is no value.
    pub fn median(self) -> Result<f64, Error> {
        self.quantile(0.5)
    }

    /// The value below which a share `p` of the sample lies, with straight lines between
    /// neighbours: definition 7 of Hyndman and Fan (1996), which R, NumPy and spreadsheets have.
    ///
    /// # Errors
    ///
    /// If there is no value, or `p` is not in 0..=1.
    pub fn quantile(self, p: f64) -> Result<f64, Error> {
        Error::unless((0.0..=1.0).contains(&p), "the share", p, "in 0..=1")?;
        Error::unless_enough("values", self.count(), 1)?;
        let last = self.values.len() - 1;
        let place = p * crate::count::number_of(last);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is in 0..=last"
        )]
        let below = place as usize;
        let at = |index: usize| self.values.get(index.min(last)).copied().unwrap_or(f64::NAN);
        let (low, high) = (at(below), at(below + 1));
        let share = place - crate::count::number_of(below);
        // Halves first: the distance of two finite numbers may overflow.
        let is_wide = (high - low).is_infinite();
        Ok(if is_wide { low * (1.0 - share) + high * share } else { low + share * (high - low) })
    }
}

/// An error for the first value that is NaN or infinite.
pub(crate) fn check_finite(values: &[f64]) -> Result<(), Error> {
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((index, value)) => Err(Error::not_finite(index, *value)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
