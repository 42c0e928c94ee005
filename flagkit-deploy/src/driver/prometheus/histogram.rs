//! Buckets with a label `le` as bins that grow by a constant factor.
//!
//! What lies in a bucket is counted at its upper bound, which is the most that is known of it; what lies
//! above the largest bound is counted one bin higher.

use std::collections::BTreeMap;

use super::answer::Series;
use super::whole;
use crate::driver::measure::Windows;
use crate::order::Failure;
use crate::sample::Numbers;
use crate::time::Time;

/// The histogram of each window that has one.
pub(super) fn histograms(
    series: &[Series],
    windows: Windows,
) -> Result<Vec<(Time, Numbers)>, Failure> {
    let mut bounds: BTreeMap<Bound, BTreeMap<Time, f64>> = BTreeMap::new();
    for one in series {
        let bound = one.labels.get("le").and_then(|le| Bound::parse(le)).ok_or_else(|| {
            Failure::permanent("a quantile or a mean needs buckets: series with a label `le`")
        })?;
        let times = bounds.entry(bound).or_default();
        for (time, value) in &one.points {
            *times.entry(*time).or_insert(0.0) += value;
        }
    }
    Ok(windows.ends().filter_map(|end| Some((end, histogram(&bounds, end)?))).collect())
}

fn histogram(bounds: &BTreeMap<Bound, BTreeMap<Time, f64>>, end: Time) -> Option<Numbers> {
    let (mut bins, mut zero, mut below, mut last) = (BTreeMap::new(), 0, 0, 0);
    let mut is_there = false;
    for (bound, times) in bounds {
        let Some(up_to) = times.get(&end).map(|amount| whole(*amount)) else { continue };
        is_there = true;
        // Buckets hold what is below them, too; rounding and scrapes may let one fall behind.
        let count = up_to.saturating_sub(below);
        below = below.max(up_to);
        match bound.bin(last) {
            None => zero += count,
            Some(bin) => {
                last = bin;
                if count > 0 {
                    *bins.entry(bin).or_insert(0) += count;
                }
            }
        }
    }
    let bins = bins.into_iter().collect();
    is_there.then_some(Numbers::Histogram { base: BASE, bins, zero })
}

/// An upper bound; the order is that of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bound(f64);

impl Eq for Bound {}

impl PartialOrd for Bound {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Bound {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Bound {
    fn parse(text: &str) -> Option<Self> {
        let bound: f64 = text.trim_start_matches('+').parse().ok()?;
        (!bound.is_nan()).then_some(Self(bound))
    }

    /// Its bin; none for 0 and less. `last` is the bin of the largest bound so far.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the logarithm of a double is below 40,000"
    )]
    fn bin(self, last: i32) -> Option<i32> {
        if self.0 <= 0.0 {
            return None;
        }
        if self.0.is_infinite() {
            return Some(last + 1);
        }
        // Bounds such as 1.05 ** 7 are a rounding error away from the edge of a bin.
        Some((self.0.ln() / BASE.ln() - 1e-9).ceil() as i32)
    }
}

/// Bins of five per cent.
const BASE: f64 = 1.05;
