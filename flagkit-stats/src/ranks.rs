//! Tests of order: which of two samples tends to be larger, whatever their distribution looks like.
//!
//! They look at order alone, so an outlier counts as one value and no more, and
//! another unit (seconds for milliseconds) changes no answer. All are exact inversions; no solver
//! with a tolerance of its own is involved. They need [`Sorted`] samples and allocate nothing.
//!
//! [`MannWhitney`] tests with ties and says how often the treatment is the larger one,
//! [`shift`](hodges_lehmann::shift) says by how much,
//! [`brunner_munzel`](brunner_munzel::brunner_munzel) is the test for samples of different spread.

use crate::Sorted;

pub mod brunner_munzel;
mod exact;
pub mod hodges_lehmann;
mod mann_whitney;

pub use mann_whitney::MannWhitney;

/// How often one value occurs in both samples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) treatment: u64,
    pub(crate) control: u64,
}

/// Walks over the distinct values of both samples, in ascending order.
pub(crate) fn each_group(treatment: Sorted<'_>, control: Sorted<'_>, mut visit: impl FnMut(Group)) {
    let (mut left, mut right) = (treatment.values(), control.values());
    loop {
        let value = match (left.first(), right.first()) {
            (Some(one), Some(two)) => one.min(*two),
            (Some(one), None) | (None, Some(one)) => *one,
            (None, None) => return,
        };
        visit(Group { treatment: take(&mut left, value), control: take(&mut right, value) });
    }
}

/// Takes the values from the front that are equal to that one, and counts them.
fn take(values: &mut &[f64], value: f64) -> u64 {
    let count = values.iter().take_while(|other| **other == value).count();
    *values = values.get(count..).unwrap_or_default();
    count.try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
