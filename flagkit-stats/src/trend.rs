//! Does a metric creep: memory that leaks, a queue that grows, a latency that rises by the hour?
//!
//! The slope is the median of the slopes between all pairs of points (Theil 1950), with the
//! interval of Sen (1968): nearly a third of the points may be wild without moving it far. Slopes
//! are counted and not written down: a day with one point each half a minute takes 50 ms. The
//! points are copied.
//!
//! The interval takes points as independent around the line. Points that follow each other closely
//! are not: give one per minute rather than one per second.

use crate::count::{at, number_of, place};
use crate::moments::PairMoments;
use crate::sorted::check_finite;
use crate::{Confidence, Error, Interval, Sorted};

/// The line through a series of points.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Trend {
    /// How much the value grows per unit of time.
    pub slope: f64,
    /// The slopes that are not excluded.
    pub slope_interval: Interval,
    /// The value of the line at the first point.
    pub first: f64,
    /// The value of the line at the last point.
    pub last: f64,
    /// The squared correlation of values and times, in 0..=1: how much of the movement is a line.
    /// 0 if the values do not vary.
    pub r_squared: f64,
    /// From the first to the last point.
    pub span: f64,
}

/// When the line reaches a limit, counted from the last point.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Projection {
    /// By the slope itself.
    pub expected: f64,
    /// By the steepest slope that is not excluded.
    pub earliest: f64,
    /// By the flattest; none if the slope may be the other way.
    pub latest: Option<f64>,
}

impl Trend {
    /// The trend of values at times that rise, in any unit.
    ///
    /// ```
    /// use flagkit_stats::Confidence;
    /// use flagkit_stats::trend::Trend;
    ///
    /// // Memory in percent, every half an hour.
    /// let hours: Vec<f64> = (0..12).map(|index| f64::from(index) / 2.0).collect();
    /// let memory: Vec<f64> = hours.iter().map(|hour| 40.0 + 6.0 * hour + hour.sin()).collect();
    /// let trend = Trend::of(&hours, &memory, Confidence::P95)?;
    /// assert!(trend.slope_interval.low > 5.0, "it grows by more than 5 an hour");
    /// let full = trend.reaches(90.0).unwrap();
    /// assert!(full.earliest < full.expected && full.expected < 4.0);
    /// # Ok::<(), flagkit_stats::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there are fewer than three points or more than 100,000, not as many times as values, a
    /// number is not finite or beyond 1e150, or a time is not above the one before it.
    pub fn of(times: &[f64], values: &[f64], confidence: Confidence) -> Result<Self, Error> {
        let same = times.len() == values.len();
        Error::unless(same, "the count of times", number_of(times.len()), "that of values")?;
        let count = values.len().try_into().unwrap_or(u64::MAX);
        Error::unless_enough("points", count, 3)?;
        Error::unless_at_most("points", count, POINTS_MAX)?;
        check_finite(times)?;
        check_finite(values)?;
        check_rising(times)?;
        let mut slopes = Slopes::of(times, values);
        let pairs = count * (count - 1) / 2;
        let slope = f64::midpoint(slopes.ranked(pairs.div_ceil(2)), slopes.ranked(pairs / 2 + 1));
        let slope_interval = slopes.interval(pairs, confidence)?;
        let [first, last] = slopes.ends(slope)?;
        let correlation = correlation(times, values)?;
        let r_squared = if correlation.is_nan() { 0.0 } else { correlation * correlation };
        Ok(Self { slope, slope_interval, first, last, r_squared, span: slopes.span })
    }

    /// Whether the points cover enough time to speak of a trend.
    ///
    /// # Errors
    ///
    /// If they cover less: this is not yet an answer.
    pub fn check_span(&self, least: f64) -> Result<(), Error> {
        if self.span >= least { Ok(()) } else { Err(Error::too_short(self.span, least)) }
    }

    /// How much the line grows per unit of time in parts of its first value: 0.05 is 5 %.
    ///
    /// # Errors
    ///
    /// If the first value is 0.
    pub fn relative_slope(&self) -> Result<f64, Error> {
        Error::unless(
            self.first != 0.0,
            "the first value of the line",
            self.first,
            "other than 0",
        )?;
        Ok(self.slope / self.first.abs())
    }

    /// When the line reaches a limit; none if it leads away from it or nowhere. A limit that is
    /// behind already is reached after 0.
    pub fn reaches(&self, limit: f64) -> Option<Projection> {
        let distance = limit - self.last;
        let is_rising = self.slope > 0.0;
        if self.slope == 0.0 || !distance.is_finite() {
            return None;
        }
        // On the side where the line comes from, the limit is ahead or behind.
        let is_behind = if is_rising { distance <= 0.0 } else { distance >= 0.0 };
        if is_behind {
            let was_between = if is_rising { limit >= self.first } else { limit <= self.first };
            let zero = Projection { expected: 0.0, earliest: 0.0, latest: Some(0.0) };
            return was_between.then_some(zero);
        }
        let Interval { low, high } = self.slope_interval;
        let (steep, flat) = if is_rising { (high, low) } else { (low, high) };
        let leads_there = if is_rising { flat > 0.0 } else { flat < 0.0 };
        Some(Projection {
            expected: distance / self.slope,
            earliest: distance / steep,
            latest: leads_there.then(|| distance / flat),
        })
    }
}

/// The slopes between all pairs of points.
struct Slopes {
    /// Times and values, counted from the first point.
    points: Vec<(f64, f64)>,
    /// What is sorted.
    scratch: Vec<f64>,
    spare: Vec<f64>,
    span: f64,
    origin: f64,
    /// No slope lies outside of those between neighbours.
    bounds: Interval,
}

impl Slopes {
    fn of(times: &[f64], values: &[f64]) -> Self {
        let start = times.first().copied().unwrap_or_default();
        let origin = values.first().copied().unwrap_or_default();
        let shifted = times.iter().zip(values).map(|(time, value)| (time - start, value - origin));
        let points: Vec<(f64, f64)> = shifted.collect();
        let mut bounds = Interval { low: f64::INFINITY, high: f64::NEG_INFINITY };
        for ((time, value), (next_time, next)) in points.iter().zip(points.iter().skip(1)) {
            let slope = (next - value) / (next_time - time);
            bounds = Interval { low: bounds.low.min(slope), high: bounds.high.max(slope) };
        }
        let span = points.last().map_or(0.0, |(time, _)| *time);
        let buffer = vec![0.0; points.len()];
        Self { points, scratch: buffer.clone(), spare: buffer, span, origin, bounds }
    }

    /// The slope of that rank, from 1, by bisection of the numbers themselves.
    fn ranked(&mut self, rank: u64) -> f64 {
        let (mut low, mut high) = (place(self.bounds.low), place(self.bounds.high));
        while low < high {
            let middle = (low & high) + ((low ^ high) >> 1);
            if self.count_up_to(at(middle)) >= rank { high = middle } else { low = middle + 1 }
        }
        at(low)
    }

    /// How many slopes are at most that: without such a slope, later points are not above earlier
    /// ones.
    fn count_up_to(&mut self, slope: f64) -> u64 {
        for (rest, (time, value)) in self.scratch.iter_mut().zip(&self.points) {
            *rest = value - slope * time;
        }
        count_not_rising(&mut self.scratch, &mut self.spare)
    }

    /// The interval of Sen, from the variance of Kendall's statistic with its correction for equal
    /// values.
    fn interval(&mut self, pairs: u64, confidence: Confidence) -> Result<Interval, Error> {
        let count = number_of(self.points.len());
        for (rest, (_, value)) in self.scratch.iter_mut().zip(&self.points) {
            *rest = *value;
        }
        let sorted = Sorted::sort(&mut self.scratch)?;
        let mut ties = 0.0;
        for equal in sorted.values().chunk_by(|one, other| one == other) {
            ties += doubled_variance(number_of(equal.len()));
        }
        let deviation = ((doubled_variance(count) - ties) / 18.0).max(0.0).sqrt();
        let rank = (0.5 * (crate::count::number(pairs) - confidence.z() * deviation)).floor();
        if rank < 1.0 {
            return Ok(Interval { low: f64::NEG_INFINITY, high: f64::INFINITY });
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is at least 1 and at most half the pairs"
        )]
        let rank = rank as u64;
        Ok(Interval { low: self.ranked(rank), high: self.ranked(pairs + 1 - rank) })
    }

    /// The ends of the line with a slope, through the median of what it leaves over.
    fn ends(&mut self, slope: f64) -> Result<[f64; 2], Error> {
        for (rest, (time, value)) in self.scratch.iter_mut().zip(&self.points) {
            *rest = value - slope * time;
        }
        let level = Sorted::sort(&mut self.scratch)?.median()? + self.origin;
        Ok([level, level + slope * self.span])
    }
}

/// 18 times the variance of Kendall's statistic for so many points.
fn doubled_variance(count: f64) -> f64 {
    count * (count - 1.0) * (2.0 * count + 5.0)
}

/// Pairs of which the later is not above the earlier one; the values are sorted on the way (merge
/// sort).
fn count_not_rising(values: &mut [f64], spare: &mut [f64]) -> u64 {
    let middle = values.len() / 2;
    if middle == 0 {
        return 0;
    }
    let Some((left, right)) = values.split_at_mut_checked(middle) else { return 0 };
    let mut count = count_not_rising(left, spare) + count_not_rising(right, spare);
    let (mut earlier, mut later) = (&*left, &*right);
    for place in spare.iter_mut() {
        match (earlier.split_first(), later.split_first()) {
            (Some((one, rest)), Some((other, _))) if one < other => {
                (*place, earlier) = (*one, rest);
            }
            (Some(_), Some((other, rest))) => {
                // All that are left of the earlier ones are at least as high as this later one.
                count += u64::try_from(earlier.len()).unwrap_or_default();
                (*place, later) = (*other, rest);
            }
            (Some((one, rest)), None) => (*place, earlier) = (*one, rest),
            (None, Some((other, rest))) => (*place, later) = (*other, rest),
            (None, None) => break,
        }
    }
    for (value, sorted) in values.iter_mut().zip(spare) {
        *value = *sorted;
    }
    count
}

fn correlation(times: &[f64], values: &[f64]) -> Result<f64, Error> {
    let mut moments = PairMoments::default();
    for (time, value) in times.iter().zip(values) {
        moments.add(*time, *value)?;
    }
    Ok(moments.correlation())
}

fn check_rising(times: &[f64]) -> Result<(), Error> {
    let is_rising = |(one, other): (&f64, &f64)| one < other;
    match times.iter().zip(times.iter().skip(1)).position(|pair| !is_rising(pair)) {
        Some(index) => Err(Error::unordered("time", index + 1)),
        None => Ok(()),
    }
}

/// A point a second for a day, and some.
const POINTS_MAX: u64 = 100_000;

#[cfg(test)]
mod tests;
