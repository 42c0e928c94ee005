//! Is the mean on the treatment lower than on the control, or higher? Out of moments of windows.

use crate::arms::number;
use crate::evidence::log_mixture;
use crate::moments::Moments;
use crate::special::normal;
use crate::{Alpha, Arms, Error, Evidence, Interval};

/// Compares the means of two sides of a split, window by window, at any number of looks.
///
/// Only how both sides compare inside of a window counts, so means may move all the time, and the
/// split may change between windows. A window is a count, a mean and a sum of squares on each
/// side; order of windows makes little difference (none to [`new`](Self::new) beyond rounding). An
/// update allocates nothing, and the state has a fixed size.
///
/// # Why it holds
///
/// Let c and n be the counts of a window, h = c·n/(c + n), and d = treatment's mean − r·control's, with
/// the ratio r that is still accepted. If the true d is at least 0, evidence that it is below is due to
/// chance, and the other way round.
///
/// * **Bounded values**, scaled to a width of 1: for each x with mean m, each guess g of that mean which
///   was made before, and each stake s in 0..1, E exp(s(x − m) − ψ(s)(x − g)²) ≤ 1 with
///   ψ(s) = −ln(1 − s) − s (Fan, Grama, Liu 2015; Waudby-Smith, Ramdas 2024), and the same for −x. A
///   treatment's value gets the stake λ·c/(c + n), a control's λ·r·n/(c + n) the other way. The means
///   then cancel to λ·h·d, so exp(−λ·h·d̂ − ψ·squares) has a mean of at most 1 if d ≥ 0, whatever the
///   distributions are. The product over windows is a supermartingale, a mean over eight λ is one, too.
/// * **Any values**: Σh·d̂ behaves like a random walk with the variance Σh²·(s²/n + r²·s²/c), and a
///   half-normal mixture over its drift bounds the whole walk (Robbins 1970; Waudby-Smith, Arbour,
///   Sinha, Kennedy, Ramdas 2024). That is an approximation for large samples: nothing is said
///   before a declared number of observations on each side.
///
/// ```
/// use flagkit_stats::mean::MeanTest;
/// use flagkit_stats::moments::Moments;
/// use flagkit_stats::{Alpha, Arms};
///
/// let alpha = Alpha::new(0.001)?;
/// // Ratings from 1 to 5, of which 5 % less is accepted.
/// let mut test = MeanTest::bounded((1.0, 5.0), -0.05)?;
/// let of = |ratings: &[f64]| Moments::of(ratings);
/// for _ in 0..60 {
///     let control = of(&[5.0, 4.0, 5.0, 4.0, 5.0])?;
///     test.add(&Arms { control, treatment: of(&[3.0, 2.0, 5.0, 3.0])? }, 1.0);
/// }
/// assert!(test.below().proves(alpha) && !test.above().proves(alpha));
/// assert!(test.difference(alpha).unwrap().high < 0.0);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MeanTest {
    /// What is accepted beyond the control's mean, as a share of its size.
    tolerance: f64,
    /// Σ h·d̂.
    distance: f64,
    /// Σ h.
    weight: f64,
    sides: Arms<Side>,
    spread: Spread,
    above: Evidence,
    below: Evidence,
}

/// What is known of one side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Side {
    count: u64,
    mean: f64,
}

/// What the values may be, and what was seen of how they scatter.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
enum Spread {
    Bounded {
        low: f64,
        high: f64,
        /// Σ ψ(stake)·squares for each λ.
        penalties: [f64; STAKES],
    },
    Any {
        minimum: u64,
        /// Σ h²·s²/n of windows with two observations and more.
        variance: f64,
        /// Σ h²/n of the others, and what variances are known from.
        lone: Arms<f64>,
        squares: Arms<f64>,
        freedom: Arms<f64>,
        /// The scale of the mixture, 0 before there are enough observations.
        rho: f64,
    },
}

impl MeanTest {
    /// For values of any size, with what is accepted beyond the control's mean as a share of its
    /// size, −0.1 for 10 % less, and the observations on each side before which nothing is said.
    ///
    /// # Errors
    ///
    /// If the tolerance is not above −1 and at most 9, or the minimum is below 30.
    pub fn new(tolerance: f64, minimum: u64) -> Result<Self, Error> {
        Error::unless(minimum >= 30, "the minimum", number(minimum), "30 or more")?;
        let none = Arms::default();
        let (variance, rho) = (0.0, 0.0);
        let spread =
            Spread::Any { minimum, variance, lone: none, squares: none, freedom: none, rho };
        Self::with(tolerance, spread)
    }

    /// For values between two bounds: exact for any distribution and from the first value on.
    ///
    /// # Errors
    ///
    /// If the bounds are not finite, or the second is not above the first, or the tolerance is not
    /// above −1 and at most 9, or it is not 0 although there may be values on both sides of 0.
    pub fn bounded((low, high): (f64, f64), tolerance: f64) -> Result<Self, Error> {
        let is_range = low < high && (high - low).is_finite();
        Error::unless(is_range, "the upper bound", high, "finite and above the lower one")?;
        let has_sign = low >= 0.0 || high <= 0.0 || tolerance == 0.0;
        let range = "0 where values may be on both sides of 0";
        Error::unless(has_sign, "the tolerance", tolerance, range)?;
        let mut test =
            Self::with(tolerance, Spread::Bounded { low, high, penalties: [0.0; STAKES] })?;
        // A guess before the first value; any is right.
        let guess = Side { count: 0, mean: f64::midpoint(low, high) };
        test.sides = Arms { control: guess, treatment: guess };
        Ok(test)
    }

    fn with(tolerance: f64, spread: Spread) -> Result<Self, Error> {
        let is_inside = tolerance > -1.0 && tolerance <= 9.0;
        Error::unless(is_inside, "the tolerance", tolerance, "above -1 and at most 9")?;
        let sides = Arms::default();
        let (above, below) = (Evidence::NONE, Evidence::NONE);
        Ok(Self { tolerance, distance: 0.0, weight: 0.0, sides, spread, above, below })
    }

    /// One more window of one stratum. Without observations on one side it adds nothing, nor with a
    /// mean that the bounds exclude.
    ///
    /// The power, between 0 and 1, is what evidence is raised to where observations are not
    /// independent: 1 through their dispersion, as in
    /// [`EventTest::add_tempered`](crate::events::EventTest::add_tempered). Outside of that it is 1.
    pub fn add(&mut self, window: &Arms<Moments>, power: f64) {
        let window = &window.map(|side| self.rounded(side));
        let Arms { control, treatment } = window;
        if control.count == 0
            || treatment.count == 0
            || !self.can_be(control)
            || !self.can_be(treatment)
        {
            return;
        }
        let power = if power > 0.0 && power <= 1.0 { power } else { 1.0 };
        let (n, c) = (number(treatment.count), number(control.count));
        let ratio = self.ratio(control.mean);
        let weight = n * (c / (n + c));
        self.distance += power * weight * (treatment.mean - ratio * control.mean);
        self.weight += power * weight;
        self.scatter(window, ratio, power);
        for (side, moments) in
            [(&mut self.sides.control, control), (&mut self.sides.treatment, treatment)]
        {
            side.learn(moments);
        }
        self.judge();
    }

    /// Evidence against "the treatment's mean is at least what is accepted".
    pub fn below(&self) -> Evidence {
        self.below
    }

    /// Evidence against "the treatment's mean is at most what is accepted".
    pub fn above(&self) -> Evidence {
        self.above
    }

    /// The treatment's mean less what is accepted (less the control's mean, at a tolerance of 0),
    /// averaged over the windows: inside at all looks together with probability 1 − α. None while
    /// nothing is known. Takes some microseconds.
    pub fn difference(&self, alpha: Alpha) -> Option<Interval> {
        let bound = alpha.part(0.5).log_bound();
        let farthest = self.farthest(bound)?;
        if self.weight <= 0.0 {
            return None;
        }
        let (mut inside, mut outside) = (0.0, farthest);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(inside, outside);
            if self.log_e(middle) >= bound { outside = middle } else { inside = middle }
        }
        Some(Interval::around(self.distance / self.weight, outside / self.weight))
            .filter(|interval| interval.low.is_finite() && interval.high.is_finite())
    }

    /// The moments with a mean that is on its bounds if only rounding puts it beyond: a sum through a
    /// count of values that are all the largest one.
    fn rounded(&self, moments: Moments) -> Moments {
        let Spread::Bounded { low, high, .. } = self.spread else { return moments };
        let inside = moments.mean.clamp(low, high);
        let is_rounding = (moments.mean - inside).abs() <= ROUNDING * low.abs().max(high.abs());
        if is_rounding { Moments { mean: inside, ..moments } } else { moments }
    }

    fn can_be(&self, moments: &Moments) -> bool {
        let is_finite = moments.mean.abs() <= LARGEST && moments.m2 >= 0.0 && moments.m2 <= LARGEST;
        is_finite
            && match self.spread {
                Spread::Bounded { low, high, .. } => (low..=high).contains(&moments.mean),
                Spread::Any { .. } => true,
            }
    }

    /// How many times the control's mean is accepted. "10 % less" than −5 is −5.5.
    fn ratio(&self, control: f64) -> f64 {
        let is_negative = match self.spread {
            Spread::Bounded { high, .. } => high <= 0.0,
            Spread::Any { .. } if self.sides.control.count == 0 => control < 0.0,
            Spread::Any { .. } => self.sides.control.mean < 0.0,
        };
        1.0 + if is_negative { -self.tolerance } else { self.tolerance }
    }

    /// Adds what the values of a window scatter.
    fn scatter(&mut self, window: &Arms<Moments>, ratio: f64, power: f64) {
        let counts = window.map(|side| number(side.count));
        let total = counts.control + counts.treatment;
        match &mut self.spread {
            Spread::Bounded { low, high, penalties } => {
                let width = *high - *low;
                let squares = window.zip(self.sides).map(|(moments, side)| {
                    let off = (moments.mean - side.mean) / width;
                    moments.m2 / width / width + number(moments.count) * off * off
                });
                let here = counts.control / total;
                let there = ratio.abs() * counts.treatment / total;
                for (penalty, stake) in penalties.iter_mut().zip(stakes(self.tolerance)) {
                    let more = psi(stake * here) * squares.treatment
                        + psi(stake * there) * squares.control;
                    *penalty += power * more;
                }
            }
            Spread::Any { variance, lone, squares, freedom, .. } => {
                let weight = counts.treatment * (counts.control / total);
                let parts = [
                    (
                        &mut lone.control,
                        &mut squares.control,
                        &mut freedom.control,
                        window.control,
                        ratio,
                    ),
                    (
                        &mut lone.treatment,
                        &mut squares.treatment,
                        &mut freedom.treatment,
                        window.treatment,
                        1.0,
                    ),
                ];
                for (lone, squares, freedom, moments, times) in parts {
                    let count = number(moments.count);
                    let part = power * times * times * weight * weight / count;
                    if moments.count < 2 {
                        *lone += part;
                    } else {
                        *variance += part * moments.variance();
                        *squares += moments.m2;
                        *freedom += count - 1.0;
                    }
                }
            }
        }
    }

    fn judge(&mut self) {
        let counts = self.sides.map(|side| side.count);
        let all = self.variance();
        if let Spread::Any { minimum, rho, .. } = &mut self.spread {
            let is_enough = counts.control >= *minimum && counts.treatment >= *minimum && all > 0.0;
            if !is_enough {
                return;
            }
            if *rho == 0.0 {
                // From here on it stays: tightest at about ten times these observations at 0.1 %.
                *rho = (INFORMATION / all).sqrt();
            }
        }
        // Numbers that every format can hold.
        self.above.update(self.log_e(self.distance).clamp(-LARGEST, LARGEST));
        self.below.update(self.log_e(-self.distance).clamp(-LARGEST, LARGEST));
    }

    /// The variance of the walk; 0 for bounded values, which need none.
    fn variance(&self) -> f64 {
        let Spread::Any { variance, lone, squares, freedom, .. } = &self.spread else { return 0.0 };
        let of = |lone: f64, squares: f64, freedom: f64| {
            if freedom > 0.0 { lone * squares / freedom } else { 0.0 }
        };
        variance
            + of(lone.control, squares.control, freedom.control)
            + of(lone.treatment, squares.treatment, freedom.treatment)
    }

    /// The log e-value of having come so far to one side.
    fn log_e(&self, distance: f64) -> f64 {
        match &self.spread {
            Spread::Bounded { low, high, penalties } => {
                let scaled = distance / (high - low);
                let terms = stakes(self.tolerance).into_iter().zip(penalties);
                let weight = 1.0 / PARTS;
                log_mixture(terms.map(|(stake, penalty)| (weight, stake * scaled - penalty)))
            }
            Spread::Any { rho, .. } => {
                let information = rho * rho * self.variance();
                let z = rho * distance / information.ln_1p().exp().sqrt();
                half_normal(z) - information.ln_1p() / 2.0
            }
        }
    }

    /// A distance that is beyond the bound; none while no distance is.
    fn farthest(&self, bound: f64) -> Option<f64> {
        match &self.spread {
            Spread::Bounded { low, high, penalties } => {
                let terms = stakes(self.tolerance).into_iter().zip(penalties);
                let each = terms.map(|(stake, penalty)| (bound + penalty + PARTS.ln()) / stake);
                each.reduce(f64::min).map(|scaled| scaled * (high - low))
            }
            Spread::Any { rho, .. } => {
                let information = rho * rho * self.variance();
                let z = (2.0 * bound + information.ln_1p()).sqrt();
                (*rho > 0.0).then(|| z * (1.0 + information).sqrt() / rho)
            }
        }
    }
}

impl Side {
    /// The guess of the mean for the windows after this one.
    fn learn(&mut self, moments: &Moments) {
        let count = number(moments.count);
        let share = count / (number(self.count) + count);
        // A mean that moves is followed.
        let share = if self.count == 0 { 1.0 } else { share.max(FOLLOW) };
        self.mean += (moments.mean - self.mean) * share;
        self.count = self.count.saturating_add(moments.count);
    }
}

/// The stakes, so that none reaches 1 where a value of the control counts for more than one.
fn stakes(tolerance: f64) -> [f64; STAKES] {
    LAMBDAS.map(|stake| stake / (1.0 + tolerance.abs()))
}

/// −ln(1 − s) − s.
fn psi(stake: f64) -> f64 {
    -(-stake).ln_1p() - stake
}

/// ln(2·Φ(z)·exp(z²/2)).
fn half_normal(z: f64) -> f64 {
    if z < -20.0 {
        // Mills' ratio, to a four-hundredth.
        return -(-z * (std::f64::consts::PI / 2.0).sqrt()).ln();
    }
    (2.0 * normal::cdf(z)).ln() + z * z / 2.0
}

/// How many stakes there are.
const STAKES: usize = 8;
/// The same as a number.
const PARTS: f64 = 8.0;
/// Large ones for large differences, or for values that scatter little beside their bounds.
const LAMBDAS: [f64; STAKES] = [0.8, 0.5, 0.25, 0.12, 0.06, 0.03, 0.012, 0.005];
/// ρ² through the variance at the minimum.
const INFORMATION: f64 = 1.6;
/// Each window moves the guess by so much at least.
const FOLLOW: f64 = 0.02;
/// Enough to find an end to the last digits that anybody reads.
const HALVINGS: u32 = 50;
/// What a mean may be beyond a bound, as a part of the larger bound.
const ROUNDING: f64 = 1e-9;
/// Products of such numbers are finite.
const LARGEST: f64 = 1e100;

#[cfg(test)]
mod tests;
