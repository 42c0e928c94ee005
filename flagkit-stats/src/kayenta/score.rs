//! From verdicts about metrics to a score between 0 and 100.

use std::collections::{BTreeMap, BTreeSet};

use super::classify::Label;
use super::statistics::as_float;

/// What the scorer has to know of a metric.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "plain data between classifier and scorer")]
pub struct Scored<'a> {
    /// Its verdict.
    pub label: Label,
    /// The groups that it counts in.
    pub groups: &'a [String],
    /// Whether its verdict, unless it is a pass, fails everything.
    pub critical: bool,
    /// What the verdict said.
    pub reason: &'a str,
}

/// The score of a group.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GroupScore {
    /// The name of the group.
    pub name: String,
    /// The percentage of its metrics that pass; 0 without data.
    pub score: f64,
    /// Whether no metric of it counts; then it is taken as 100 in the sum.
    pub no_data: bool,
    /// How many metrics it has.
    pub metrics: usize,
}

/// The scores of everything.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Score {
    /// The weighted sum, rounded to two digits.
    pub summary: f64,
    /// The groups by their names.
    pub groups: Vec<GroupScore>,
    /// Why the summary is 0 whatever the groups say; empty if it is not.
    pub reason: String,
}

/// What a score means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the original has these three")]
pub enum Outcome {
    /// At least the threshold for passing.
    Pass,
    /// At least the threshold for going on.
    Marginal,
    /// Below both.
    Fail,
}

/// The two thresholds for a score.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Thresholds {
    /// From which score on a release passes; 95 in the published examples.
    pub pass: f64,
    /// From which score on it goes on to the next interval; 75 in the published examples.
    pub marginal: f64,
}

impl Thresholds {
    /// What the score means; a score that is no number fails.
    pub fn outcome(&self, score: f64) -> Outcome {
        if score >= self.pass {
            Outcome::Pass
        } else if score >= self.marginal {
            Outcome::Marginal
        } else {
            Outcome::Fail
        }
    }
}

/// The score of the metrics, with weights of groups that are meant to sum up to 100.
///
/// Groups without a weight share what is left. A critical failure makes the summary 0, and so
/// does having no data for half of the metrics.
///
/// ```
/// use std::collections::BTreeMap;
/// use flagkit_stats::kayenta::classify::Label;
/// use flagkit_stats::kayenta::score::{Scored, score};
///
/// let groups = ["system".to_owned()];
/// let metric = |label| Scored { label, groups: &groups, critical: false, reason: "" };
/// let metrics = [metric(Label::Pass), metric(Label::High), metric(Label::Low)];
/// assert_eq!(score(&metrics, &BTreeMap::new()).summary, 33.33);
/// ```
pub fn score(metrics: &[Scored<'_>], weights: &BTreeMap<String, f64>) -> Score {
    let groups = group_scores(metrics);
    let failure = metrics.iter().find(|metric| metric.critical && metric.label != Label::Pass);
    let without = metrics.iter().filter(|metric| metric.label == Label::NoData).count();
    let (summary, reason) = if let Some(failure) = failure {
        (0.0, format!("a critical metric failed: {}", failure.reason))
    } else if as_float(without) / as_float(metrics.len()) * 100.0 >= NO_DATA_PERCENT {
        (0.0, format!("{without} of {} metrics have no data", metrics.len()))
    } else {
        (round_to_cents(summary(&groups, weights)), String::new())
    };
    Score { summary, groups, reason }
}

/// The part of the metrics without data that fails everything.
const NO_DATA_PERCENT: f64 = 50.0;

fn group_scores(metrics: &[Scored<'_>]) -> Vec<GroupScore> {
    let names: BTreeSet<&String> = metrics.iter().flat_map(|metric| metric.groups).collect();
    let group = |name: &String| {
        // A metric that names a group twice counts twice in it.
        let times = |metric: &Scored<'_>| metric.groups.iter().filter(|own| *own == name).count();
        let count = |labels: &[Label]| -> usize {
            let counted = metrics.iter().filter(|metric| labels.contains(&metric.label));
            counted.map(times).sum()
        };
        let passed = count(&[Label::Pass]);
        let total = passed + count(&[Label::High, Label::Low, Label::NoDataFails]);
        let score = if total == 0 { 0.0 } else { as_float(passed) / as_float(total) * 100.0 };
        let metrics = metrics.iter().map(times).sum();
        GroupScore { name: name.clone(), score, no_data: total == 0, metrics }
    };
    names.into_iter().map(group).collect()
}

fn summary(groups: &[GroupScore], weights: &BTreeMap<String, f64>) -> f64 {
    let unnamed = groups.iter().filter(|group| !weights.contains_key(&group.name)).count();
    let rest = (100.0 - weights.values().sum::<f64>()) / as_float(unnamed.max(1));
    let part = |group: &GroupScore| {
        let score = if group.no_data { 100.0 } else { group.score };
        score * (weights.get(&group.name).copied().unwrap_or(rest) / 100.0)
    };
    groups.iter().map(part).sum()
}

/// Rounds the shortest decimal that reads as this number: half a cent goes away from zero.
fn round_to_cents(value: f64) -> f64 {
    let text = value.to_string();
    let Some((whole, digits)) = text.split_once('.') else { return value };
    let Some((cents, rest)) = digits.split_at_checked(2) else { return value };
    let Ok(cut) = format!("{whole}.{cents}").parse::<f64>() else { return value };
    if rest.starts_with(['5', '6', '7', '8', '9']) {
        // One cent more, as a decimal: the nearest double of the sum may not be that of the text.
        let more = (cut.abs() * 100.0).round() + 1.0;
        return (more / 100.0).copysign(value);
    }
    cut
}
