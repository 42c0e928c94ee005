//! Windows: samples that belong together, until they are judged together.
//!
//! A window waits until its end and the plan's lag have passed and everything has come that came
//! the last time, but not for ever. Windows are closed in the order of their ends, so it makes no
//! difference in which order their samples came.

use serde::{Deserialize, Serialize};

use super::state::State;
use super::{Rules, numbers};
use crate::policy::Facts;
use crate::sample::{Numbers, Sample};
use crate::time::{Span, Time};

/// A window that was closed, as conditions see it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Window {
    /// When it began.
    pub start: Time,
    /// When it ended.
    pub end: Time,
    /// For each metric `metrics.NAME`, the value of the new arm (the worst, if there are several),
    /// `metrics.NAME.control`, `metrics.NAME.ratio` to it, `metrics.NAME.difference` from it,
    /// and `metrics.NAME.count`, the observations of the new arms. What is not known is absent: a
    /// value without observations, a ratio to 0. `NAME` is the same as `metrics.NAME`.
    pub attributes: Facts,
}

/// A window that waits.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct OpenWindow {
    pub(super) start: Time,
    pub(super) end: Time,
    /// Sorted by metric, stratum and arm.
    pub(super) entries: Vec<Entry>,
}

/// The numbers of one sample in its window.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Entry {
    pub(super) metric: u16,
    pub(super) stratum: u16,
    pub(super) arm: u16,
    pub(super) numbers: Numbers,
}

impl Entry {
    fn key(&self) -> (u16, u16, u16) {
        (self.metric, self.stratum, self.arm)
    }
}

impl OpenWindow {
    /// What was told of one metric.
    pub(super) fn of(&self, metric: u16) -> &[Entry] {
        let from = self.entries.partition_point(|entry| entry.metric < metric);
        let until = self.entries.partition_point(|entry| entry.metric <= metric);
        self.entries.get(from..until).unwrap_or_default()
    }

    pub(super) fn length(&self) -> Span {
        self.end - self.start
    }

    fn put(&mut self, entry: Entry) {
        match self.entries.binary_search_by_key(&entry.key(), Entry::key) {
            Ok(at) => {
                if let Some(told) = self.entries.get_mut(at) {
                    *told = entry;
                }
            }
            Err(at) => self.entries.insert(at, entry),
        }
    }
}

impl Rules {
    /// Puts samples into their windows.
    pub(super) fn collect(&self, state: &mut State, samples: &[Sample]) {
        for sample in samples {
            let Some(numbers) = self.readable(sample) else {
                state.dropped.invalid = state.dropped.invalid.saturating_add(1);
                continue;
            };
            if sample.end > state.now + AHEAD_MAX {
                state.dropped.early = state.dropped.early.saturating_add(1);
                continue;
            }
            let Some(metric) = state.metrics.get_mut(usize::from(sample.metric)) else { continue };
            if sample.start < metric.closed || state.open.len() >= CALL_MAX {
                state.dropped.late = state.dropped.late.saturating_add(1);
                metric.missed(sample);
                continue;
            }
            let Sample { metric, arm, stratum, .. } = *sample;
            let entry = Entry { metric, stratum, arm, numbers };
            open(&mut state.open, sample).put(entry);
        }
    }

    /// The numbers of a sample that the plan knows and that can be true.
    fn readable(&self, sample: &Sample) -> Option<Numbers> {
        let metric = self.metrics.get(usize::from(sample.metric))?;
        let length = sample.end - sample.start;
        let is_known = usize::from(sample.arm) < self.arms.len() && sample.stratum < self.strata;
        let is_window = length > Span::ZERO && length <= LENGTH_MAX;
        (is_known && is_window).then(|| numbers::accepted(&sample.numbers, metric.measure))?
    }

    /// Takes the first window if it need not wait any longer.
    pub(super) fn next_closed(&self, state: &mut State) -> Option<OpenWindow> {
        let window = state.open.first()?;
        let is_over = state.now >= window.end + self.lag;
        let waited = state.now >= window.end + self.lag + self.wait;
        let is_crowded = state.open.len() > OPEN_MAX;
        let is_complete = is_over && Self::is_complete(state, window);
        (is_complete || waited || is_crowded).then(|| state.open.remove(0))
    }

    /// Whether everything has come that windows of this length had the last time.
    fn is_complete(state: &State, window: &OpenWindow) -> bool {
        let metrics = state.metrics.iter().zip(0_u16..);
        let mut waiting = metrics.filter(|(metric, _)| metric.cadence == window.length());
        waiting.all(|(metric, at)| {
            let told = window.of(at);
            let has = |(stratum, arm): &(u16, u16)| {
                told.iter().any(|entry| entry.stratum == *stratum && entry.arm == *arm)
            };
            metric.expected.iter().all(has)
        })
    }

    /// Notes what has come, so that the next window waits for it. What was missed is not waited
    /// for again before it has come back.
    pub(super) fn expect(state: &mut State, window: &OpenWindow) {
        let length = window.length();
        for (metric, at) in state.metrics.iter_mut().zip(0_u16..) {
            let told = window.of(at);
            if told.is_empty() && metric.cadence != length {
                continue;
            }
            metric.cadence = if told.is_empty() { Span::ZERO } else { length };
            metric.expected.clear();
            metric.expected.extend(told.iter().map(|entry| (entry.stratum, entry.arm)));
            // Missed metrics move on, too: their windows would otherwise be closed once more. What
            // overlaps was not judged, and does not keep others from being judged.
            if window.start >= metric.closed {
                metric.closed = window.end;
            }
        }
    }
}

/// The window of a sample, in its place among the others.
fn open<'a>(windows: &'a mut Vec<OpenWindow>, sample: &Sample) -> &'a mut OpenWindow {
    let key = (sample.end, sample.start);
    let at = windows.partition_point(|window| (window.end, window.start) < key);
    let is_there = windows.get(at).is_some_and(|window| (window.end, window.start) == key);
    if !is_there {
        windows
            .insert(at, OpenWindow { start: sample.start, end: sample.end, entries: Vec::new() });
    }
    #[expect(clippy::indexing_slicing, reason = "a window has just been found or put there")]
    &mut windows[at]
}

/// How far ahead of the engine's clock a window may end: clocks differ, but not by more.
const AHEAD_MAX: Span = Span::from_secs(60);
/// The longest window.
const LENGTH_MAX: Span = Span::from_secs(7 * 24 * 3600);
/// The most windows that wait at a time; the oldest is closed when there are more.
pub(super) const OPEN_MAX: usize = 64;

/// The most windows that one call may bring; nobody who tells the truth is that far behind.
const CALL_MAX: usize = 4096;
