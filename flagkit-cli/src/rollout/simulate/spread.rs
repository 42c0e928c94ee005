//! Many plays, summed up.

use std::collections::BTreeMap;

use flagkit_deploy::Span;
use flagkit_deploy::plan::{Measure, Metric, Plan};
use flagkit_deploy::simulation::trial::{End, Run, Traffic, Worse};

/// What came of many plays of one version.
#[derive(Debug)]
pub(super) struct Spread {
    pub(super) runs: Vec<Run>,
}

/// The middle and the far end of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) median: u64,
    pub(super) p90: u64,
    pub(super) p99: u64,
    pub(super) max: u64,
}

impl Spread {
    pub(super) fn of(runs: Vec<Run>) -> Self {
        Self { runs }
    }

    /// How many ended so.
    pub(super) fn ended(&self, end: End) -> usize {
        self.runs.iter().filter(|run| run.end == end).count()
    }

    /// How long those took that ended so; nothing if none did.
    pub(super) fn took(&self, end: End) -> Option<Range> {
        let ended = self.runs.iter().filter(|run| run.end == end);
        Range::of(ended.map(|run| run.took.ms()).collect())
    }

    /// A number of every play.
    pub(super) fn range(&self, number: fn(&Run) -> u64) -> Option<Range> {
        Range::of(self.runs.iter().map(number).collect())
    }

    /// How long plays that reached a step stayed in it.
    pub(super) fn step(&self, step: usize) -> Option<Range> {
        let lasted = self.runs.iter().filter_map(|run| run.steps.get(step));
        Range::of(lasted.filter(|span| **span > Span::ZERO).map(|span| span.ms()).collect())
    }

    /// What steps waited for beyond their time, with the mean over all plays, longest first.
    pub(super) fn held(&self) -> Vec<(String, Span)> {
        let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
        for (what, span) in self.runs.iter().flat_map(|run| &run.held) {
            *sums.entry(what).or_default() += span.ms();
        }
        let count = u64::try_from(self.runs.len()).unwrap_or(1).max(1);
        let mean = |(what, ms): (&str, u64)| (what.to_owned(), Span::from_ms(ms / count));
        let mut held: Vec<(String, Span)> = sums.into_iter().map(mean).collect();
        held.sort_by_key(|(_, span)| std::cmp::Reverse(*span));
        held
    }

    /// Why plays ended so, by how often.
    pub(super) fn reasons(&self, end: End) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for run in self.runs.iter().filter(|run| run.end == end) {
            // What follows the name of the metric is full of numbers that differ from play to play.
            let why = run.why.split_once(": ").map_or(run.why.as_str(), |(what, _)| what);
            *counts.entry(why.to_owned()).or_default() += 1;
        }
        let mut reasons: Vec<(String, usize)> = counts.into_iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        reasons
    }

    /// The seeds of the worst plays: those that did not end so, then those that hurt most users.
    pub(super) fn worst(&self, good: End) -> Vec<&Run> {
        let mut runs: Vec<&Run> = self.runs.iter().collect();
        runs.sort_by_key(|run| (run.end == good, std::cmp::Reverse((run.failing, run.took))));
        runs.truncate(3);
        runs
    }
}

impl Range {
    fn of(mut numbers: Vec<u64>) -> Option<Self> {
        numbers.sort_unstable();
        // The smallest number that is not below so many percent of them.
        let at = |percent: usize| {
            let rank = (numbers.len() * percent).div_ceil(100).max(1) - 1;
            numbers.get(rank).copied()
        };
        Some(Self { median: at(50)?, p90: at(90)?, p99: at(99)?, max: at(100)? })
    }
}

/// `error_rate 1.5% instead of 0.5%`.
pub(super) fn worse(plan: &Plan, traffic: &Traffic, worse: &[Worse]) -> String {
    let of = |change: &Worse| {
        let metric = plan.metrics.iter().find(|metric| metric.name == change.metric)?;
        let (there, here) = (traffic.value(metric, worse), traffic.base(metric));
        Some(format!("{} {} instead of {}", metric.name, value(metric, there), value(metric, here)))
    };
    worse.iter().filter_map(of).collect::<Vec<_>>().join(", ")
}

fn value(metric: &Metric, value: f64) -> String {
    match metric.measure {
        Measure::Events => format!("{}%", (value * 1e4).round() / 100.0),
        Measure::Quantile { .. } => format!("{}ms", (value * 1e3).round()),
        _ => format!("{}", (value * 1e3).round() / 1e3),
    }
}
