//! Amounts per window out of series.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Series;
use crate::driver::measure::Windows;
use crate::time::Time;

/// How much there was in each window.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Amounts {
    /// By the end of the window; windows without any number are not among them.
    pub(super) sums: BTreeMap<Time, f64>,
    /// The amounts, each series by itself.
    pub(super) series: Vec<Series>,
    /// When there was a number at all.
    pub(super) present: BTreeSet<Time>,
}

/// The amounts as they are.
pub(super) fn sums(series: Vec<Series>, _windows: Windows) -> Amounts {
    let mut sums = BTreeMap::new();
    for (time, value) in series.iter().flat_map(|series| &series.points) {
        *sums.entry(*time).or_insert(0.0) += value;
    }
    let present = sums.keys().copied().collect();
    Amounts { sums, series, present }
}

/// The differences of counters between the two ends of each window. `others` says when there were
/// numbers that belong to these: then what begins counts from 0.
pub(super) fn increases(
    series: Vec<Series>,
    windows: Windows,
    others: Option<&BTreeSet<Time>>,
) -> Amounts {
    let present: BTreeSet<Time> =
        series.iter().flat_map(|series| &series.points).map(|(time, _)| *time).collect();
    let was_there =
        |time: &Time| present.contains(time) || others.is_some_and(|others| others.contains(time));
    let mut sums: BTreeMap<Time, f64> = BTreeMap::new();
    let differences = series.into_iter().map(|series| {
        let values: BTreeMap<Time, f64> = series.points.into_iter().collect();
        let mut points = Vec::new();
        for end in windows.ends() {
            let start = Time::from_unix_ms(end.unix_ms().saturating_sub(windows.length.ms()));
            let Some(now) = values.get(&end) else { continue };
            let difference = match values.get(&start) {
                Some(before) if before <= now => now - before,
                Some(_) => *now,
                None if was_there(&start) => *now,
                None => continue,
            };
            *sums.entry(end).or_insert(0.0) += difference;
            points.push((end, difference));
        }
        Series { labels: series.labels, points }
    });
    let series = differences.collect();
    Amounts { sums, series, present }
}
