//! What an engine says about its own work, for Prometheus.
//!
//! The numbers are those of the journal, so a restart resets none of them and none is missed:
//!
//! | name | labels | what |
//! |---|---|---|
//! | `deployments_total` | `environment`, `status` | releases that are over: `done`, `rolled_back`, `cancelled` |
//! | `deployment_duration_seconds` | `environment`, `strategy` | from start to end, as a histogram |
//! | `rollbacks_total` | `environment`, `reason` | of them, those that went back, by a word for the reason |
//! | `release_weight_ratio` | `environment`, `application`, `release`, `arm`, `version` | of a release under way: the arm's share of the traffic, 0 to 1 |
//! | `release_verdict_info` | `environment`, `application`, `release`, `metric`, `arm`, `verdict` | of a release under way: 1 for what the judge says of the metric: `insufficient`, `worse`, `not_worse`, `better` |
//! | `release_harm_evidence_ratio` | `environment`, `application`, `release`, `metric`, `arm` | of a release under way: the logarithm of the evidence for harm, where 1 is proof |
//! | `active_version_info` | `environment`, `application`, `version` | 1 for the version that has the traffic of the target |

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::host::{Host, View};
use crate::release::Status;
use crate::split::Weight;
use crate::time::Time;

mod standing;

use standing::Standing;

/// Answers questions of Prometheus. A clone is the same.
#[derive(Clone, Debug)]
pub struct Metrics {
    host: Host,
    /// Releases that are over do not change any more.
    over: Arc<Mutex<BTreeMap<String, One>>>,
}

/// What is told of one release.
#[derive(Clone, Debug)]
struct One {
    environment: String,
    target: String,
    strategy: String,
    status: Status,
    /// The version that has most of the traffic.
    version: String,
    since: Time,
    seconds: Option<f64>,
    reason: &'static str,
    /// How it stands, while it is under way.
    standing: Option<Standing>,
}

impl Metrics {
    /// Of this host's journal.
    pub fn new(host: Host) -> Self {
        Self { host, over: Arc::default() }
    }

    /// Everything in Prometheus's text format. Releases that cannot be read are left out.
    pub async fn to_text(&self) -> String {
        let mut all = self.over.lock().await;
        for (id, _) in self.host.all_releases().await.unwrap_or_default() {
            let is_known = all.get(&*id).is_some_and(|one| one.status.is_final());
            if !is_known && let Ok(view) = self.host.status(&id).await {
                all.insert(id.to_string(), One::of(&view));
            }
        }
        text(&all.values().collect::<Vec<_>>())
    }
}

impl One {
    fn of(view: &View) -> Self {
        let View { plan, state, .. } = view;
        let heaviest = (0..plan.arms.len()).rev().max_by_key(|arm| state.split.of(*arm));
        let arm = heaviest.filter(|arm| state.split.of(*arm) > Weight::NONE);
        let version = arm.and_then(|arm| plan.arms.get(arm)).map(|arm| arm.version.clone());
        let ended = state.started.zip(state.ended);
        Self {
            environment: plan.environment.clone(),
            target: plan.target.clone(),
            strategy: plan.strategy.clone(),
            status: state.status(),
            version: version.unwrap_or_default(),
            since: state.now,
            seconds: ended.map(|(from, to)| std::time::Duration::from(to - from).as_secs_f64()),
            reason: reason(state.cause.as_deref().unwrap_or_default()),
            standing: (!state.status().is_final()).then(|| Standing::of(view)),
        }
    }
}

/// A word for the cause of a rollback: labels must be few, and causes have numbers in them.
fn reason(cause: &str) -> &'static str {
    let words = [
        ("aborted by ", "aborted"),
        ("alert", "alert"),
        ("trigger ", "trigger"),
        ("not enough evidence", "no_evidence"),
        ("no answer of the metrics system", "silence"),
        ("the division of traffic", "traffic_division"),
        ("step ", "deadline"),
        ("refused by ", "refused"),
    ];
    if cause.contains(" failed after ") {
        return "order_failed";
    }
    let found = words.iter().find(|(begin, _)| cause.starts_with(begin));
    found.map_or("harm", |(_, word)| word)
}

fn text(all: &[&One]) -> String {
    let mut text = String::new();
    let over = || all.iter().filter(|one| one.status.is_final());
    head(&mut text, "deployments_total", "Releases that are over.", "counter");
    let labels = |one: &&&One| {
        format!("environment={},status=\"{}\"", quoted(&one.environment), one.status.as_str())
    };
    lines(&mut text, "deployments_total", &counted(over().map(|one| labels(&one))));
    durations(&mut text, over().copied());
    head(&mut text, "rollbacks_total", "Releases that went back.", "counter");
    let back = over().filter(|one| one.status == Status::RolledBack);
    let labels =
        |one: &&One| format!("environment={},reason=\"{}\"", quoted(&one.environment), one.reason);
    lines(&mut text, "rollbacks_total", &counted(back.map(labels)));
    standing::lines(&mut text, all);
    head(&mut text, "active_version_info", "The version that has most of the traffic.", "gauge");
    let mut newest: BTreeMap<(&str, &str), &One> = BTreeMap::new();
    for one in all {
        let slot = newest.entry((&one.environment, &one.target)).or_insert(one);
        if one.since >= slot.since {
            *slot = one;
        }
    }
    for ((environment, target), one) in newest {
        let version = quoted(&one.version);
        let (environment, target) = (quoted(environment), quoted(target));
        let labels = format!("environment={environment},application={target},version={version}");
        line(&mut text, "active_version_info", &labels, 1);
    }
    text
}

/// How long releases took.
fn durations<'a>(text: &mut String, over: impl Iterator<Item = &'a One>) {
    let name = "deployment_duration_seconds";
    head(text, name, "How long releases took, from start to end.", "histogram");
    let mut by_labels: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for one in over {
        let (environment, strategy) = (quoted(&one.environment), quoted(&one.strategy));
        let labels = format!("environment={environment},strategy={strategy}");
        by_labels.entry(labels).or_default().extend(one.seconds);
    }
    for (labels, seconds) in by_labels {
        for bound in BOUNDS {
            let count = seconds.iter().filter(|took| **took <= bound).count();
            line(text, &format!("{name}_bucket"), &format!("{labels},le=\"{bound}\""), count);
        }
        line(text, &format!("{name}_bucket"), &format!("{labels},le=\"+Inf\""), seconds.len());
        line(text, &format!("{name}_sum"), &labels, seconds.iter().sum::<f64>());
        line(text, &format!("{name}_count"), &labels, seconds.len());
    }
}

fn counted(labels: impl Iterator<Item = String>) -> BTreeMap<String, u64> {
    labels.fold(BTreeMap::new(), |mut counts, labels| {
        *counts.entry(labels).or_default() += 1;
        counts
    })
}

fn lines(text: &mut String, name: &str, counts: &BTreeMap<String, u64>) {
    for (labels, count) in counts {
        line(text, name, labels, count);
    }
}

fn head(text: &mut String, name: &str, help: &str, kind: &str) {
    // Writing to a String does not fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "{name}{{{labels}}} {value}");
}

/// A label's value: what the format wants escaped is.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// Seconds: from quick flags to releases of a week.
const BOUNDS: [f64; 9] =
    [10.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 43_200.0, 86_400.0, 604_800.0];

#[cfg(test)]
mod tests;
