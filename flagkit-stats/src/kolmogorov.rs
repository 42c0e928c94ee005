//! The test of Kolmogorov and Smirnov: do two samples come from one distribution?
//!
//! It sees any difference, in the tail or of the spread, and is therefore less powerful for a mere
//! shift than the tests of [`ranks`](crate::ranks).

use std::f64::consts::{PI, TAU};

use crate::count::number;
use crate::ranks::{Group, each_group};
use crate::{Error, Sorted};

/// The largest distance between the distribution functions of two samples.
///
/// ```
/// use flagkit_stats::Sorted;
/// use flagkit_stats::kolmogorov::KolmogorovSmirnov;
///
/// let (mut treatment, mut control) = ([4.0, 5.0, 6.0], [1.0, 2.0, 3.0]);
/// let test = KolmogorovSmirnov::of(Sorted::sort(&mut treatment)?, Sorted::sort(&mut control)?)?;
/// assert_eq!(test.distance(), 1.0);
/// // Two of the 20 ways to share out six values.
/// assert!((test.exact_p_value()? - 0.1).abs() < 1e-15);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KolmogorovSmirnov {
    treatment: u64,
    control: u64,
    /// The distance times both sizes, a whole number.
    scaled: u128,
}

impl KolmogorovSmirnov {
    /// Measures the distance, in one walk over both samples.
    ///
    /// # Errors
    ///
    /// If a sample is empty.
    pub fn of(treatment: Sorted<'_>, control: Sorted<'_>) -> Result<Self, Error> {
        let (ours, theirs) = (treatment.count(), control.count());
        Error::unless_enough("values of the treatment", ours, 1)?;
        Error::unless_enough("values of the control", theirs, 1)?;
        let mut below = Group { treatment: 0, control: 0 };
        let mut scaled = 0;
        each_group(treatment, control, |group| {
            below.treatment += group.treatment;
            below.control += group.control;
            scaled = scaled.max(gap([below.treatment, below.control], [ours, theirs]));
        });
        Ok(Self { treatment: ours, control: theirs, scaled })
    }

    /// The distance, in 0..=1.
    #[expect(clippy::cast_precision_loss, reason = "16 digits are enough")]
    pub fn distance(&self) -> f64 {
        self.scaled as f64 / (number(self.treatment) * number(self.control))
    }

    /// How probable such a distance is between samples of one continuous distribution.
    ///
    /// Every arrangement of both samples is counted (Hodges 1957), those that reach the distance
    /// and not the others, so that small values are exact, too. With equal values it is too large,
    /// never too small.
    ///
    /// # Errors
    ///
    /// If the smaller sample has more than 256 values or the larger more than 10,000.
    pub fn exact_p_value(&self) -> Result<f64, Error> {
        let few = self.treatment.min(self.control);
        let many = self.treatment.max(self.control);
        Error::unless_at_most("values of the smaller sample", few, FEW_MAX)?;
        Error::unless_at_most("values of the larger sample", many, MANY_MAX)?;
        if self.scaled == 0 {
            return Ok(1.0);
        }
        Ok(reaching(self.scaled, [many, few]).clamp(0.0, 1.0))
    }

    /// The exact p-value where the sizes allow it, otherwise the approximate one.
    pub fn p_value(&self) -> f64 {
        self.exact_p_value().unwrap_or_else(|_| self.approximate_p_value())
    }

    /// By the limit for large samples, with the correction of Stephens (1970) for their size.
    ///
    /// It is a little too small: with 30 values a side by up to 0.009 where it is below 0.05 and
    /// by 0.05 in the middle; with 200 by a tenth of that.
    pub fn approximate_p_value(&self) -> f64 {
        let (ours, theirs) = (number(self.treatment), number(self.control));
        let root = (ours / (ours + theirs) * theirs).sqrt();
        limit_sf(self.distance() * (root + 0.12 + 0.11 / root))
    }
}

/// The distance after so many values of each sample, times both sizes.
fn gap(seen: [u64; 2], sizes: [u64; 2]) -> u128 {
    let [ours, theirs] = seen.map(u128::from);
    let [our_size, their_size] = sizes.map(u128::from);
    (ours * their_size).abs_diff(theirs * our_size)
}

/// The probability that a random order of both samples reaches a gap.
///
/// A path goes one step right or down for each value. `row` has the probabilities of the paths that
/// come to a point without having reached the gap.
fn reaching(wanted: u128, sizes: [u64; 2]) -> f64 {
    let [many, few] = sizes;
    let mut row = [0.0; ROW];
    let mut reached = 0.0;
    for down in 0..=many {
        let mut from_left = 0.0;
        for (right, here) in (0..=few).zip(row.iter_mut()) {
            let left = number(many - down + few - right);
            let arrived = if (down, right) == (0, 0) { 1.0 } else { *here + from_left };
            if gap([down, right], sizes) >= wanted {
                reached += arrived;
                (*here, from_left) = (0.0, 0.0);
                continue;
            }
            // From here on `here` is what goes down into the next row.
            let share = if left > 0.0 { arrived / left } else { 0.0 };
            *here = share * number(many - down);
            from_left = share * number(few - right);
        }
    }
    reached
}

/// The probability of more than `x` under Kolmogorov's limit distribution.
fn limit_sf(x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    if x < 1.0 {
        // Theta functions: the other series needs many terms here.
        let term = |odd: f64| (-odd * odd * PI * PI / (8.0 * x * x)).exp();
        let sum: f64 = [1.0, 3.0, 5.0, 7.0].map(term).iter().sum();
        return (1.0 - TAU.sqrt() / x * sum).clamp(0.0, 1.0);
    }
    let term = |index: f64| (-2.0 * index * index * x * x).exp();
    let [first, second, third, fourth] = [1.0, 2.0, 3.0, 4.0].map(term);
    (2.0 * (first - second + third - fourth)).clamp(0.0, 1.0)
}

/// The row of the smaller sample is on the stack.
const FEW_MAX: u64 = 256;

/// A place for each number of values of the smaller sample, and for none.
const ROW: usize = 257;

/// Beyond it the exact count takes longer than it is worth.
const MANY_MAX: u64 = 10_000;
