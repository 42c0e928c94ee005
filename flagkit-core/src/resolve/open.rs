//! Flags and segments that may come back to themselves.
//!
//! Most documents forbid circles, and the compiler refuses them. Where a circle does no harm
//! until an evaluation goes all the way round, the flags and segments that it is in the middle of
//! are kept here, one on each level of the stack.

use std::cell::Cell;
use std::ptr;

use crate::snapshot::flag::{Effort, Status};

/// A flag or segment on a circle that is in the middle of being resolved, known by its status,
/// and those that led to it.
pub(super) struct Open<'a> {
    status: &'a Status,
    above: Option<&'a Open<'a>>,
    /// How deep the evaluation may be with this one.
    height: u32,
    /// How many conditions all that are on circles may have visited so far.
    cost: &'a Cell<u32>,
}

impl<'a> Open<'a> {
    /// A flag or segment under those that led to it; `cost` counts if there are none.
    pub(super) fn new(status: &'a Status, above: Option<&'a Self>, cost: &'a Cell<u32>) -> Self {
        let height = above.map_or(0, |above| above.height);
        let height = height.saturating_add(status.total.height);
        Self { status, above, height, cost: above.map_or(cost, |above| above.cost) }
    }

    /// Whether this one may be resolved: it is not waiting for itself, and the evaluation is
    /// neither too deep nor too long.
    pub(super) fn is_bearable(&self) -> bool {
        let Effort { cost, .. } = self.status.total;
        let cost = self.cost.get().saturating_add(cost);
        self.cost.set(cost);
        cost <= COST_MAX && self.height <= HEIGHT_MAX && !self.is_reentered()
    }

    fn is_reentered(&self) -> bool {
        let mut above = self.above;
        while let Some(open) = above {
            if ptr::eq(open.status, self.status) {
                return true;
            }
            above = open.above;
        }
        false
    }
}

/// Half of what the compiler allows without circles.
const HEIGHT_MAX: u32 = 160;
/// As many as the compiler allows without circles.
const COST_MAX: u32 = 10_000_000;
