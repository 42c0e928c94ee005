//! Inverses of distribution functions: Newton's method on logarithms, kept inside a bracket.
//!
//! The logarithm of the smaller tail is solved for, because it is nearly straight where the tail
//! itself is flat, and because a relative error of the probability is an absolute one of it.

/// Which tail is to have which probability. The smaller tail is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target {
    /// The probability below.
    Lower(f64),
    /// The probability above.
    Upper(f64),
}

/// Both tails and the density at one place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    /// The probability below.
    pub(super) lower: f64,
    /// The probability above.
    pub(super) upper: f64,
    /// The derivative of `lower` by the place.
    pub(super) density: f64,
}

impl Target {
    /// Nothing if `p` is no probability.
    pub(super) fn lower(p: f64) -> Option<Target> {
        let is_probability = (0.0..=1.0).contains(&p);
        // From 1/2 on, 1 - p is exact.
        is_probability.then_some(if p <= 0.5 { Target::Lower(p) } else { Target::Upper(1.0 - p) })
    }

    /// The same of the other side.
    pub(super) fn upper(q: f64) -> Option<Target> {
        let is_probability = (0.0..=1.0).contains(&q);
        is_probability.then_some(if q <= 0.5 { Target::Upper(q) } else { Target::Lower(1.0 - q) })
    }

    /// The end of the distribution, where a tail is to be empty.
    pub(super) fn end(self, lowest: f64, highest: f64) -> Option<f64> {
        match self {
            Target::Lower(0.0) => Some(lowest),
            Target::Upper(0.0) => Some(highest),
            _ => None,
        }
    }

    /// How much the place is too far right, in logarithms, and the derivative of that.
    fn excess(self, point: Point) -> (f64, f64) {
        match self {
            Target::Lower(p) => (point.lower.ln() - p.ln(), point.density / point.lower),
            Target::Upper(q) => (q.ln() - point.upper.ln(), point.density / point.upper),
        }
    }
}

/// The place where the target is met, beginning at `start`.
///
/// `at` is asked for both tails, of which the lower must not fall.
pub(super) fn solve(target: Target, start: f64, at: impl Fn(f64) -> Point) -> f64 {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut place = start;
    let mut stride = 1.0;
    for _ in 0..STEPS_MAX {
        let (excess, slope) = target.excess(at(place));
        if excess.is_nan() || excess == 0.0 {
            return place;
        }
        if excess > 0.0 {
            high = place;
        } else {
            low = place;
        }
        let newton = place - excess / slope;
        let next = if newton.is_finite() && newton > low && newton < high && slope > 0.0 {
            // Beside an unknown end a flat function would send it far away.
            newton.clamp(place - REACH * stride, place + REACH * stride)
        } else {
            between(low, high, stride)
        };
        if (next - place).abs() <= f64::EPSILON * place.abs() {
            return next;
        }
        stride *= 2.0;
        place = next;
    }
    place
}

/// The middle, or a stride beyond the end that is known.
fn between(low: f64, high: f64, stride: f64) -> f64 {
    match (low.is_finite(), high.is_finite()) {
        (true, true) => low + 0.5 * (high - low),
        (true, false) => low + stride,
        (false, true) => high - stride,
        (false, false) => 0.0,
    }
}

/// Newton needs ten; bisection of a bracket of any width needs a hundred.
const STEPS_MAX: usize = 200;

/// How far one step goes at first.
const REACH: f64 = 4.0;
