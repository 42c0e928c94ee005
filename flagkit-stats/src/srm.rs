//! Does each arm get its share? Sample ratio mismatch, looked at all the time.
//!
//! A split that is not what it should be means that assignment, tracking or filtering is broken,
//! and then no comparison of the arms means anything. The usual χ² test at p < 0.001 gives several
//! per cent of false alarms if it is repeated while data come in; this one keeps its promise.

use crate::arms::number;
use crate::closed_form::rising;
use crate::{Error, Evidence};

/// Most arms of a split.
pub const ARMS: usize = 16;

/// Compares counted assignments with the weights of a split, at any number of looks: a
/// Dirichlet-multinomial e-process (Lindon, Malek 2022).
///
/// Weights may change between looks. What was learned is kept as each arm's over- or
/// underrepresentation and carried over to the new weights, so a tracker that loses every tenth
/// unit of one arm is found across a ramp.
///
/// ```
/// use flagkit_stats::Alpha;
/// use flagkit_stats::srm::SplitTest;
///
/// let mut test = SplitTest::new(100.0)?;
/// test.add(&[0.5, 0.5], &[5_000, 5_600])?;
/// assert!(test.mismatch().proves(Alpha::new(0.001)?));
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SplitTest {
    /// Strength of the belief in the weights, in units.
    concentration: f64,
    /// Evidence of what was counted under weights that have changed since.
    past: f64,
    #[cfg_attr(feature = "serde", serde(with = "saved"))]
    arms: [Arm; ARMS],
    count: u64,
    evidence: Evidence,
}

/// One arm under the weights of now.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Arm {
    /// Its share of the split; all sum to 1.
    share: f64,
    /// The Dirichlet parameter when these weights began.
    prior: f64,
    /// Units since.
    units: f64,
}

impl Arm {
    const NONE: Self = Self { share: 0.0, prior: 0.0, units: 0.0 };
}

impl SplitTest {
    /// With the strength of the prior, in units: how far shares may plausibly be from the weights.
    /// 100 looks for deviations of some per cent up, 10,000 for some tenths of a per cent.
    ///
    /// # Errors
    ///
    /// If it is not between 1 and 10⁹.
    pub fn new(concentration: f64) -> Result<Self, Error> {
        let is_inside = (1.0..=1e9).contains(&concentration);
        Error::unless(is_inside, "concentration", concentration, "between 1 and 10⁹")?;
        Ok(Self {
            concentration,
            past: 0.0,
            arms: [Arm::NONE; ARMS],
            count: 0,
            evidence: Evidence::NONE,
        })
    }

    /// One more look: the weights that held, in any unit, and the units that each arm got.
    ///
    /// A unit on an arm without weight is impossible under the split, so it is proof.
    ///
    /// # Errors
    ///
    /// If there are not 2 to 16 weights, or not as many counts as weights, or all weights are 0, or
    /// one is neither 0 nor between 10⁻¹⁸ of the largest one and 10¹⁰⁰. Nothing is added then.
    pub fn add(&mut self, weights: &[f64], units: &[u64]) -> Result<(), Error> {
        let shares = shares(weights, units)?;
        if self.count == 0 {
            for (arm, share) in self.arms.iter_mut().zip(shares) {
                *arm = Arm { share, prior: self.concentration * share, units: 0.0 };
            }
        } else if self.arms.iter().zip(shares).any(|(arm, share)| !is_close(arm.share, share)) {
            self.change(shares);
        }
        for (arm, units) in self.arms.iter_mut().zip(units) {
            arm.units += number(*units);
            self.count = self.count.saturating_add(*units);
        }
        self.evidence.update(sum(self.past, log_e(&self.arms)));
        Ok(())
    }

    /// What another test has counted. With the same weights on both sides, unchanged since the
    /// beginning, it is as if all had been counted here; otherwise the evidence of both is
    /// multiplied, which is valid, too. The highest evidence begins anew.
    ///
    /// # Errors
    ///
    /// If the concentrations are different; nothing is merged then.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        let is_same = self.concentration == other.concentration;
        let range = "that of the test that it is merged into";
        Error::unless(is_same, "concentration", other.concentration, range)?;
        if other.count == 0 {
            return Ok(());
        }
        if self.count == 0 {
            *self = other.clone();
            self.evidence = Evidence::NONE;
            self.evidence.update(other.evidence.log_e);
            return Ok(());
        }
        let is_alike = |(mine, theirs): (&Arm, &Arm)| {
            is_close(mine.share, theirs.share) && is_close(mine.prior, theirs.prior)
        };
        if self.arms.iter().zip(&other.arms).all(is_alike) {
            self.past = sum(self.past, other.past);
            for (arm, more) in self.arms.iter_mut().zip(&other.arms) {
                arm.units += more.units;
            }
        } else {
            // The other's arms were learned apart, and nothing here depends on them: its evidence
            // is a factor of its own.
            self.past = sum(self.past, other.evidence.log_e);
        }
        self.count = self.count.saturating_add(other.count);
        self.evidence = Evidence::NONE;
        self.evidence.update(sum(self.past, log_e(&self.arms)));
        Ok(())
    }

    /// Evidence against "every unit goes to each arm by the weights".
    pub fn mismatch(&self) -> Evidence {
        self.evidence
    }

    /// Units of all looks.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// New weights: what is known of each arm's representation becomes the prior for them.
    fn change(&mut self, shares: [f64; ARMS]) {
        self.past = sum(self.past, log_e(&self.arms));
        let total: f64 = self.arms.iter().map(|arm| arm.prior + arm.units).sum();
        for (arm, share) in self.arms.iter_mut().zip(shares) {
            // Of an arm that had no weight nothing is known.
            let known = (arm.prior + arm.units) / total / arm.share;
            let representation = if arm.share > 0.0 { known } else { 1.0 };
            *arm = Arm { share, prior: share * representation, units: 0.0 };
        }
        let scale = total / self.arms.iter().map(|arm| arm.prior).sum::<f64>();
        for arm in &mut self.arms {
            arm.prior *= scale;
        }
    }
}

/// The logarithm of the Dirichlet-multinomial e-value of what the arms have counted.
fn log_e(arms: &[Arm; ARMS]) -> f64 {
    let with_units = arms.iter().filter(|arm| arm.units > 0.0);
    if with_units.clone().any(|arm| arm.share == 0.0) {
        return f64::MAX;
    }
    let each = with_units.map(|arm| rising(arm.prior, arm.units) - arm.units * arm.share.ln());
    let prior: f64 = arms.iter().map(|arm| arm.prior).sum();
    let units: f64 = arms.iter().map(|arm| arm.units).sum();
    each.sum::<f64>() - rising(prior, units)
}

/// A sum that stays finite.
fn sum(one: f64, two: f64) -> f64 {
    (one + two).clamp(f64::MIN, f64::MAX)
}

/// Whether two numbers are one but for rounding: 70 of 100 and 0.7 of 0.1 + 0.2 + 0.7.
fn is_close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-12 * one.max(other)
}

/// The weights as shares of their sum; arms that do not exist have none.
fn shares(weights: &[f64], units: &[u64]) -> Result<[f64; ARMS], Error> {
    let arms = number(u64::try_from(weights.len()).unwrap_or(u64::MAX));
    let is_inside = (2..=ARMS).contains(&weights.len());
    Error::unless(is_inside, "the number of weights", arms, "between 2 and 16")?;
    let counts = number(u64::try_from(units.len()).unwrap_or(u64::MAX));
    let is_same = weights.len() == units.len();
    Error::unless(is_same, "the number of counts", counts, "that of the weights")?;
    let largest = weights.iter().copied().fold(0.0, f64::max);
    for weight in weights {
        let is_weight = *weight == 0.0 || (SMALLEST * largest..=LARGEST).contains(weight);
        Error::unless(
            is_weight,
            "a weight",
            *weight,
            "0, or between 10⁻¹⁸ of the largest and 10¹⁰⁰",
        )?;
    }
    let total: f64 = weights.iter().sum();
    Error::unless(total > 0.0, "the sum of the weights", total, "above 0")?;
    let mut shares = [0.0; ARMS];
    for (share, weight) in shares.iter_mut().zip(weights) {
        *share = weight / total;
    }
    Ok(shares)
}

/// The largest weight; sixteen of them are a number.
const LARGEST: f64 = 1e100;
/// The smallest one, as a part of the largest.
const SMALLEST: f64 = 1e-18;

/// Arms up to the last one that there is, three numbers each: most splits have two of sixteen.
#[cfg(feature = "serde")]
mod saved {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::{ARMS, Arm};

    pub(super) fn serialize<S: Serializer>(
        arms: &[Arm; ARMS],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let used = arms.iter().rposition(|arm| *arm != Arm::NONE).map_or(0, |last| last + 1);
        serializer.collect_seq(arms.iter().take(used).map(|arm| [arm.share, arm.prior, arm.units]))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<[Arm; ARMS], D::Error> {
        let saved = Vec::<[f64; 3]>::deserialize(deserializer)?;
        if saved.len() > ARMS {
            return Err(D::Error::invalid_length(saved.len(), &"at most 16 arms"));
        }
        let mut arms = [Arm::NONE; ARMS];
        for (arm, [share, prior, units]) in arms.iter_mut().zip(saved) {
            *arm = Arm { share, prior, units };
        }
        Ok(arms)
    }
}
