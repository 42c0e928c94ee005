//! Brent's root finder, stopping where R's `uniroot` does.

/// A search between two points with values of different signs.
pub(super) struct Bracket {
    /// One end, and the value there.
    pub(super) low: (f64, f64),
    /// The other end, and the value there.
    pub(super) high: (f64, f64),
}

impl Bracket {
    /// The root, up to the absolute `tolerance`.
    ///
    /// Brent, *Algorithms for Minimization without Derivatives* (1973), chapter 4, in the
    /// variant of netlib's `zeroin`: the steps have to be these ones exactly, because with an
    /// absolute tolerance the place where the search stops *is* the answer for small numbers.
    pub(super) fn root(&self, tolerance: f64, function: impl Fn(f64) -> f64) -> f64 {
        let (mut previous, mut best) = (self.low, self.high);
        let mut opposite = previous;
        if previous.1 == 0.0 {
            return previous.0;
        }
        for _ in 0..ITERATIONS {
            let last_step = best.0 - previous.0;
            if opposite.1.abs() < best.1.abs() {
                (previous, best, opposite) = (best, opposite, best);
            }
            let precision = 2.0 * f64::EPSILON * best.0.abs() + tolerance / 2.0;
            let half = (opposite.0 - best.0) / 2.0;
            if half.abs() <= precision || best.1 == 0.0 {
                return best.0;
            }
            let mut step = half;
            if last_step.abs() >= precision && previous.1.abs() > best.1.abs() {
                let guess = interpolate(previous, best, opposite);
                step = guess.accept(last_step, precision).unwrap_or(half);
            }
            if step.abs() < precision {
                step = if step > 0.0 { precision } else { -precision };
            }
            previous = best;
            best.0 += step;
            best.1 = function(best.0);
            if (best.1 > 0.0) == (opposite.1 > 0.0) && best.1 != 0.0 && opposite.1 != 0.0 {
                opposite = previous;
            }
        }
        best.0
    }
}

/// A step of `numerator / denominator`, both positive or the latter negative.
struct Guess {
    numerator: f64,
    denominator: f64,
    /// The way to the other end.
    span: f64,
}

impl Guess {
    /// The step, if it stays well inside of the bracket and shrinks it fast enough.
    fn accept(&self, last_step: f64, precision: f64) -> Option<f64> {
        let Self { numerator, denominator, span } = self;
        let inside = 0.75 * span * denominator - (precision * denominator).abs() / 2.0;
        let fast = (last_step * denominator / 2.0).abs();
        (*numerator < inside && *numerator < fast).then(|| numerator / denominator)
    }
}

/// A secant through two points, or an inverse parabola through three.
fn interpolate(previous: (f64, f64), best: (f64, f64), opposite: (f64, f64)) -> Guess {
    let span = opposite.0 - best.0;
    let (numerator, denominator) = if previous.0 == opposite.0 {
        let ratio = best.1 / previous.1;
        (span * ratio, 1.0 - ratio)
    } else {
        let far = previous.1 / opposite.1;
        let near = best.1 / opposite.1;
        let last = best.1 / previous.1;
        let curve = span * far * (far - near) - (best.0 - previous.0) * (near - 1.0);
        (last * curve, (far - 1.0) * (near - 1.0) * (last - 1.0))
    };
    let denominator = if numerator > 0.0 { -denominator } else { denominator };
    Guess { numerator: numerator.abs(), denominator, span }
}

/// More than any search needs: halving a double a thousand times leaves nothing.
const ITERATIONS: usize = 1001;
