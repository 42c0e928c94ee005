//! What the judge has seen: small, and the same for the same samples.

use serde::{Deserialize, Serialize};

use super::skew::Skew;
use super::test::Test;
use super::window::OpenWindow;
use crate::sample::Sample;
use crate::split::Split;
use crate::time::{Span, Time};

/// What has been seen so far. Begun by [`Rules::begin`](super::Rules::begin), and of use only with
/// the rules of the same plan.
///
/// It is kept over restarts as what serde writes; read again it is equal.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct State {
    /// The latest time that was told.
    pub(super) now: Time,
    /// When looks began. Of windows before only the control is looked at, to learn from.
    #[serde(default)]
    pub(super) begun: Time,
    pub(super) traffic: Traffic,
    /// Windows that still wait, sorted by end and start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) open: Vec<OpenWindow>,
    /// One for each metric of the plan.
    pub(super) metrics: Vec<MetricState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) skew: Option<Skew>,
    pub(super) dropped: Dropped,
}

impl State {
    /// Samples that were not used, by the reason.
    pub fn dropped(&self) -> Dropped {
        self.dropped
    }
}

/// How the traffic lies, and when that changed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Traffic {
    /// The last split that was known to be in effect.
    pub(super) split: Split,
    /// Since when.
    pub(super) since: Time,
    /// From when to when it was not certain: the latest changes, at most [`CHANGES`].
    pub(super) changes: Vec<Change>,
}

/// A time in which the split is not certain.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Change {
    pub(super) from: Time,
    /// None while it is under way.
    pub(super) until: Option<Time>,
}

impl Traffic {
    /// Divided like this, always.
    pub(super) fn new(split: &Split) -> Self {
        Self { split: split.clone(), since: Time::default(), changes: Vec::new() }
    }

    /// Whether this is known to be the split.
    pub(super) fn is_settled(&self, split: &Split) -> bool {
        let is_changing = self.changes.last().is_some_and(|change| change.until.is_none());
        self.split == *split && !is_changing
    }

    /// From now on the split may be another one, until [`settle`](Self::settle).
    pub(super) fn unsettle(&mut self, now: Time) {
        if self.changes.last().is_none_or(|change| change.until.is_some()) {
            if self.changes.len() >= CHANGES {
                self.changes.remove(0);
            }
            self.changes.push(Change { from: now, until: None });
        }
    }

    /// The split is known again.
    pub(super) fn settle(&mut self, split: &Split, now: Time) {
        self.unsettle(now);
        if let Some(change) = self.changes.last_mut() {
            change.until = Some(now);
        }
        self.split.clone_from(split);
        self.since = now;
    }

    /// Whether the split may have changed between two times. Whoever compares arms over such a
    /// window takes a change of the load for a difference of the arms.
    fn changes_within(&self, start: Time, end: Time) -> bool {
        let overlaps =
            |change: &Change| end > change.from && change.until.is_none_or(|until| start < until);
        self.changes.iter().any(overlaps)
    }

    /// How a window lies to the changes of the split.
    pub(super) fn when(&self, start: Time, end: Time) -> When {
        let is_steady = !self.changes_within(start, end);
        When { is_steady, is_current: is_steady && start >= self.since }
    }
}

/// How a window lies to the changes of the split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct When {
    /// The split did not change within.
    pub(super) is_steady: bool,
    /// It was the one in effect all the time.
    pub(super) is_current: bool,
}

/// What is known of one metric.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct MetricState {
    /// The end of the last window that was closed; what begins earlier is late.
    pub(super) closed: Time,
    /// How long that window was; nothing once a window came without this metric.
    pub(super) cadence: Span,
    /// The strata and arms that it had, sorted. Another window of this length waits for them.
    pub(super) expected: Vec<(u16, u16)>,
    /// One for each arm.
    pub(super) arms: Vec<ArmState>,
    /// One for each arm but the control.
    pub(super) tests: Vec<Test>,
}

impl MetricState {
    /// A sample came too late. If only just, and nobody expected it, the next window waits for it.
    pub(super) fn missed(&mut self, sample: &Sample) {
        let length = sample.end - sample.start;
        if sample.end != self.closed || (self.cadence != length && self.cadence != Span::ZERO) {
            return;
        }
        self.cadence = length;
        let key = (sample.stratum, sample.arm);
        if let Err(place) = self.expected.binary_search(&key) {
            self.expected.insert(place, key);
        }
    }
}

/// What is known of one metric in one arm.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct ArmState {
    /// Observations in all windows.
    pub(super) count: u64,
    /// Observations in windows since the split changed.
    pub(super) fresh: u64,
    /// The mean of the values of all windows, each weighted with its observations.
    pub(super) mean: f64,
    /// The value of the last window.
    pub(super) last: Option<f64>,
    /// Windows that had observations of this arm but none of the other side.
    pub(super) unpaired: u64,
}

impl ArmState {
    /// A window with its observations and its value.
    pub(super) fn add(&mut self, count: u64, value: Option<f64>) {
        self.last = value;
        let Some(value) = value.filter(|_| count > 0) else { return };
        self.count = self.count.saturating_add(count);
        self.mean += (value - self.mean) * (number(count) / number(self.count));
    }

    /// The value over all windows; none without observations.
    pub(super) fn estimate(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }
}

/// Samples that were not used.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Dropped {
    /// They came after their window had been closed, or overlap with a window that had been.
    pub late: u64,
    /// Their window ends further in the future than clocks differ.
    pub early: u64,
    /// They name a metric, arm or stratum that the plan does not have, or their numbers are none: NaN,
    /// infinities, negative sums, a window that ends before it begins.
    pub invalid: u64,
}

/// A count to calculate with.
#[expect(clippy::cast_precision_loss, reason = "above 2^53 a count is known to 16 digits")]
pub(super) fn number(count: u64) -> f64 {
    count as f64
}

/// How many changes of the split are remembered, for windows that are closed later.
const CHANGES: usize = 8;
