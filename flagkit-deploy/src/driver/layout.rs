//! Where the arms lie on the line of buckets, for everything that divides users by hash.
//!
//! Flags and proxies put a user into a bucket by the same hash, and look into whose
//! range it falls. The ranges lie so that raising a weight takes no user from a side that is
//! being tried: one new arm grows from the left, a second one from the right, and what is
//! between them is the control's.
//!
//! | arms | from the left to the right |
//! |---|---|
//! | control, a | a, control |
//! | control, a, b | a, control, b |
//! | control, a, b, c | a, b, control, c |
//!
//! With three and more new arms, those on the left stand one behind the other: raising one
//! of them shifts those behind it, so plans of that kind keep their weights from the start to the end.

use crate::split::{Split, WHOLE, Weight};

/// The buckets of an arm: from the first, up to the second, which is not among them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Range {
    pub(crate) arm: usize,
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// The places of the arms, from the left to the right.
pub(crate) fn order(arms: usize) -> Vec<usize> {
    let treated = arms.saturating_sub(1);
    let left = if treated > 1 { treated - 1 } else { treated };
    let mut order: Vec<usize> = (1..=left).collect();
    order.push(0);
    order.extend(left + 1..arms);
    order
}

/// The split in whole buckets: each new arm rounded, one that gets anything at least a bucket, and the
/// control the rest, at least a bucket if it was to get anything.
pub(crate) fn in_buckets(split: &Split, buckets: u32) -> Split {
    let unit = (WHOLE / buckets.clamp(1, WHOLE)).max(1);
    let round = |weight: &Weight| match weight.ppm() {
        0 => 0,
        ppm => ((ppm + unit / 2) / unit * unit).clamp(unit, WHOLE),
    };
    let mut rounded: Vec<u32> = split.weights().iter().skip(1).map(round).collect();
    let control = if split.of(0) == Weight::NONE { 0 } else { unit };
    // Rounding up may take more than there is; the largest arm misses it least.
    while rounded.iter().sum::<u32>() + control > WHOLE {
        let Some(largest) = rounded.iter_mut().max() else { break };
        *largest = largest.saturating_sub(unit);
    }
    let mut rest = WHOLE.saturating_sub(rounded.iter().sum());
    if control == 0
        && let Some(largest) = rounded.iter_mut().max()
    {
        *largest += rest;
        rest = 0;
    }
    let all = std::iter::once(rest).chain(rounded);
    Split::new(all.filter_map(Weight::from_ppm).collect()).unwrap_or_else(|| split.clone())
}

/// The ranges of the arms in so many buckets, from the left to the right, without those that are empty.
///
/// The bounds come from a running sum of floats, as in flag files (docs/flag-files.md, "Bucketing"), so
/// that a proxy and a flag cannot disagree about the bucket at a bound.
pub(crate) fn ranges(split: &Split, buckets: u32) -> Vec<Range> {
    let split = in_buckets(split, buckets);
    let order = order(split.weights().len());
    let last = order.iter().rposition(|&arm| split.of(arm) > Weight::NONE);
    let (mut sum, mut from, mut ranges) = (0.0, 0, Vec::with_capacity(order.len()));
    for (place, arm) in order.into_iter().enumerate() {
        sum += f64::from(split.of(arm).ppm()) / f64::from(WHOLE);
        let to = if Some(place) >= last { buckets } else { first_beyond(sum, buckets) };
        if to > from {
            ranges.push(Range { arm, from, to });
            from = to;
        }
    }
    ranges
}

/// How many buckets are below the sum.
fn first_beyond(sum: f64, buckets: u32) -> u32 {
    let (mut inside, mut outside) = (0, buckets);
    while inside < outside {
        let middle = inside.midpoint(outside);
        if f64::from(middle) / f64::from(buckets) < sum {
            inside = middle + 1;
        } else {
            outside = middle;
        }
    }
    inside
}

#[cfg(test)]
mod tests;
