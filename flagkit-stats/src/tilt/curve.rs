//! The likelihood between the points of the grid, with a bound on its error.

use super::{Grid, POINTS};
use crate::evidence::log_mixture;
use crate::{Alpha, Interval};

/// The log likelihood as a function of ln m, known with its slope at the points.
///
/// Between two points stands the cubic through values and slopes. Its error is at most
/// width⁴/384 · max |fourth derivative|, and the fourth derivative is a sum over the trials of the
/// fourth cumulant of a hit, which is between −1/8 and 1/24 at any probability.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    knots: [Knot; POINTS],
    trials: f64,
}

#[derive(Clone, Copy, Debug)]
struct Knot {
    at: f64,
    value: f64,
    slope: f64,
}

/// What is known at one place: the likelihood is at most `error` away from `value`.
#[derive(Clone, Copy, Debug)]
struct Point {
    at: f64,
    value: f64,
    error: f64,
}

impl Curve {
    pub(crate) fn new(
        grid: &Grid,
        values: [f64; POINTS],
        slopes: [f64; POINTS],
        trials: f64,
    ) -> Self {
        let mut knots = grid.log_ratios().map(|at| Knot { at, value: 0.0, slope: 0.0 });
        for (knot, (value, slope)) in knots.iter_mut().zip(values.into_iter().zip(slopes)) {
            *knot = Knot { value, slope, ..*knot };
        }
        Self { knots, trials }
    }

    /// The ratios that a two-sided mixture does not exclude, a confidence sequence: the true one
    /// stays inside at all looks together with probability 1 − α.
    ///
    /// The mixture puts equal weights on fine steps; it is taken with the lowest likelihood that
    /// the error allows, and each excluded ratio with the highest, so the interval only widens.
    pub(crate) fn interval(&self, alpha: Alpha) -> Interval {
        let points = self.points();
        let weight = 1.0 / (f64::from(PARTS) * f64::from(CELLS) + 1.0);
        let mixture = log_mixture(points.clone().map(|point| (weight, point.value - point.error)));
        let bound = mixture - alpha.log_bound();
        let is_excluded = |point: &Point| point.value + point.error < bound;
        let low = self.end(points.clone(), is_excluded);
        let high = self.end(points.rev(), is_excluded);
        Interval { low: low.map_or(0.0, f64::exp), high: high.map_or(f64::INFINITY, f64::exp) }
    }

    /// The last excluded place before those that are not, seen from one end of the grid; none if
    /// nothing is excluded there.
    fn end(
        &self,
        points: impl Iterator<Item = Point>,
        is_excluded: impl Fn(&Point) -> bool,
    ) -> Option<f64> {
        let mut last = None;
        for point in points {
            if is_excluded(&point) {
                last = Some(point.at);
                continue;
            }
            let (mut excluded, mut inside) = (last?, point.at);
            for _ in 0..HALVINGS {
                let middle = f64::midpoint(excluded, inside);
                match self.at(middle) {
                    Some(point) if is_excluded(&point) => excluded = middle,
                    _ => inside = middle,
                }
            }
            return Some(excluded);
        }
        None
    }

    /// The knots and equal steps between them, from the smallest ratio to the largest.
    fn points(&self) -> impl DoubleEndedIterator<Item = Point> + Clone + '_ {
        let cells = self.knots.iter().zip(self.knots.iter().skip(1));
        let inner = cells.flat_map(|(from, to)| {
            (1..=PARTS).map(|part| self.between(from, to, f64::from(part) / f64::from(PARTS)))
        });
        let first = self.knots.iter().take(1);
        first.map(|knot| Point { at: knot.at, value: knot.value, error: 0.0 }).chain(inner)
    }

    /// At any place inside of the grid.
    fn at(&self, place: f64) -> Option<Point> {
        let mut cells = self.knots.iter().zip(self.knots.iter().skip(1));
        let (from, to) = cells.find(|(from, to)| from.at <= place && place <= to.at)?;
        Some(self.between(from, to, (place - from.at) / (to.at - from.at)))
    }

    /// The cubic in Hermite's form, at a share of the way.
    fn between(&self, from: &Knot, to: &Knot, share: f64) -> Point {
        let width = to.at - from.at;
        let rest = 1.0 - share;
        let value = rest * rest * (1.0 + 2.0 * share) * from.value
            + share * share * (3.0 - 2.0 * share) * to.value
            + width * share * rest * (rest * from.slope - share * to.slope);
        // The bound of the module, sharper near the knots: width⁴/24 · (share · rest)² instead of
        // its maximum at the middle.
        let error = self.trials / 8.0 * width.powi(4) / 24.0 * (share * rest).powi(2);
        Point { at: from.at + width * share, value, error }
    }
}

/// Cells between the points of the grid.
#[expect(clippy::cast_possible_truncation, reason = "there are 17 points")]
const CELLS: u32 = POINTS as u32 - 1;
/// Steps in each cell.
const PARTS: u32 = 16;
/// Enough to find an end to a millionth.
const HALVINGS: u32 = 20;
