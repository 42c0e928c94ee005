//! Progressive rollouts: a share of the end's variation that moves with time.

use flagkit_core::Bucketing;
use flagkit_core::document::{Branch, Condition, Lookup, Ramp, Serve};

use super::flag::clock;
use super::parts::Stage;
use super::rule::{FAILS, PER_PERCENT};

/// What a progressive rollout serves.
pub(super) fn serve(
    [initial, end]: [Stage<'_>; 2],
    (subject, bucketing): (Lookup, Bucketing),
    mut place: impl FnMut(&str) -> usize,
) -> Serve {
    let variations = initial.variation.zip(end.variation);
    let dates = initial.date.zip(end.date).filter(|(initial, end)| end > initial);
    let (Some((first_name, last_name)), Some((start, end_date))) = (variations, dates) else {
        return FAILS;
    };
    let last = end.percentage.filter(|last| *last != 0.0 && *last <= 100.0).unwrap_or(100.0);
    let ramp = Ramp {
        subject,
        bucketing,
        clock: clock(),
        start,
        end: end_date,
        first: initial.percentage.unwrap_or_default() * PER_PERCENT,
        last: last * PER_PERCENT,
        when_missing: false,
    };
    let when = Condition::from(ramp);
    let (first, last) = (place(first_name), place(last_name));
    Serve::FirstOf {
        branches: vec![Branch { when, serve: Serve::Variant(last) }],
        otherwise: Box::new(Serve::Variant(first)),
    }
}
