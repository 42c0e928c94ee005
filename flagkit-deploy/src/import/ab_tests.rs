//! `ab-tests`: a release for each test.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::canary::put;
use super::leaves::{Leaf, Leaves};
use super::threshold::{Watch, meant, number, share, span};
use super::{Fate, file};

/// A release for each test, in the order of the text.
pub(super) fn files(leaves: &mut Leaves, target: &str) -> Vec<(String, Json)> {
    let all = leaves.take_all(|_| true);
    let mut names: Vec<Vec<String>> = Vec::new();
    let mut tests: BTreeMap<Vec<String>, Vec<Leaf>> = BTreeMap::new();
    for leaf in all {
        let at = leaf.keys.iter().position(|key| TESTS.contains(&key.as_str()));
        let name: Vec<String> = match at {
            Some(at) => leaf.keys.iter().take(at + 2).cloned().collect(),
            None => Vec::new(),
        };
        if !names.contains(&name) {
            names.push(name.clone());
        }
        tests.entry(name).or_default().push(leaf);
    }
    let test = |name: &Vec<String>| {
        let called =
            name.last().map_or_else(|| target.to_owned(), |last| format!("{target}-{last}"));
        let release = test(leaves, tests.remove(name).unwrap_or_default(), &called);
        (called, release)
    };
    names.iter().map(test).collect()
}

fn test(leaves: &mut Leaves, own: Vec<Leaf>, target: &str) -> Json {
    let mut found = Test::default();
    for leaf in own {
        found.take(leaves, &leaf);
    }
    found.into_file(leaves, target)
}

/// What is known of a test.
#[derive(Debug, Default)]
struct Test {
    weights: Vec<(String, String)>,
    first_path: Option<String>,
    options: Map<String, Json>,
    metric: Option<String>,
    lift: Option<String>,
    alpha: Option<f64>,
    description: Option<String>,
    watch: Watch,
}

impl Test {
    fn take(&mut self, leaves: &mut Leaves, leaf: &Leaf) {
        let key = leaf.key();
        let is = |words: &[&str]| words.contains(&key.as_str());
        if leaf.is_below(&["guardrails", "guardrail_metrics"]) {
            return self.guardrail(leaves, leaf);
        }
        if let Some(arm) = arm_of(leaf) {
            return self.arm(leaves, leaf, arm);
        }
        let (fate, why) = match () {
            () if is(&["duration", "duration_days", "duration_hours", "max_duration"]) => {
                let span = span(leaf).unwrap_or_default();
                self.options.insert("duration".into(), json!(span));
                (Fate::Taken, "`strategy.ab_test.duration`, at most".to_owned())
            }
            () if key.contains("sample") => {
                let least = number(&leaf.value).unwrap_or_default();
                self.options.insert("sample_min".into(), whole(least));
                (Fate::Taken, "`strategy.ab_test.sample_min`, in each arm".to_owned())
            }
            () if key.contains("lift") || key.contains("improvement") || key.contains("effect") => {
                let ratio = number(&leaf.value).unwrap_or_default();
                let text = if ratio > 0.0 {
                    format!("{}%", (ratio * 1e8).round() / 1e6)
                } else {
                    leaf.text()
                };
                let why =
                    format!("`strategy.ab_test.lift.at_least: {text}` of the control's value");
                self.lift = Some(text);
                (Fate::Changed, why)
            }
            () if key.contains("significance") || is(&["alpha", "p_value"]) => {
                self.alpha = number(&leaf.value);
                (Fate::Taken, "`judging.alpha`, which holds for any number of looks".to_owned())
            }
            () if key.contains("confidence") => {
                self.alpha = number(&leaf.value).map(|it| ((1.0 - it) * 1e9).round() / 1e9);
                (Fate::Changed, "`judging.alpha` is one minus it".to_owned())
            }
            () if key.contains("metric") => {
                let name = meant(&leaf.text())
                    .map_or_else(|| leaf.text(), |meant| meant.metric.to_owned());
                let why = format!("`strategy.ab_test.lift.metric: {name}`");
                self.metric.get_or_insert(name);
                (Fate::Taken, why)
            }
            () if is(&["hypothesis", "description"]) => {
                self.description = Some(leaf.text());
                (Fate::Taken, "`description`".to_owned())
            }
            () if is(&["name", "id"]) => (Fate::Taken, "the name of the release".to_owned()),
            () => (Fate::Left, "a test here has nothing like it".to_owned()),
        };
        leaves.note(leaf, fate, why);
    }

    fn guardrail(&mut self, leaves: &mut Leaves, leaf: &Leaf) {
        // `{metric: error_rate, threshold: 0.01}` has the name in the keys already.
        if leaf.key() == "metric" || leaf.key() == "name" {
            return leaves.note(leaf, Fate::Taken, "the name of a metric");
        }
        let mut named = leaf.clone();
        if matches!(leaf.key().as_str(), "threshold" | "max" | "limit") {
            named.keys.pop();
        }
        let texts = leaf.items().into_iter().filter_map(|item| match item {
            flagkit_dialects::Written::Text(text) if text.contains('<') => Some(text),
            _ => None,
        });
        // `error_rate < 0.01` is what shall be; what must not be is its opposite.
        let turned: Vec<_> = texts.map(|text| text.replace("<=", ">").replace('<', ">=")).collect();
        if !turned.is_empty() {
            let items = turned.into_iter().map(flagkit_dialects::Written::Text).collect();
            named.value = flagkit_dialects::Written::List(items);
        }
        self.watch.trigger(leaves, &named, "roll_back");
    }

    fn arm(&mut self, leaves: &mut Leaves, leaf: &Leaf, arm: String) {
        self.first_path.get_or_insert_with(|| leaf.path.clone());
        match share(&leaf.value).filter(|_| arm != "name") {
            Some(share) => {
                leaves.note(
                    leaf,
                    Fate::Changed,
                    format!("`strategy.ab_test.weights.{arm}: {share}`"),
                );
                self.weights.push((arm, share));
            }
            None if leaf.key() == "name" => leaves.note(leaf, Fate::Taken, "the name of an arm"),
            None => leaves.note(leaf, Fate::Left, "what a variant serves stands in the flag"),
        }
    }

    fn into_file(self, leaves: &mut Leaves, target: &str) -> Json {
        let sum: f64 = self
            .weights
            .iter()
            .filter_map(|(_, it)| it.trim_end_matches('%').parse::<f64>().ok())
            .sum();
        let path = self.first_path.as_deref().unwrap_or_default();
        if !self.weights.is_empty() && (sum - 100.0).abs() > 1e-6 {
            leaves.refuse(path, format!("the shares add up to {sum}%"), "make them add up to 100%");
        }
        if self.weights.len() < 2 {
            leaves.refuse(
                path,
                "a test compares at least two variants",
                "write the control and a new one",
            );
        }
        // The control goes first, wherever it stands.
        let mut arms = self.weights.clone();
        arms.sort_by_key(|(name, _)| !name.contains("control"));
        let mut options = self.options;
        options.insert(
            "weights".into(),
            self.weights.into_iter().map(|(name, it)| (name, json!(it))).collect(),
        );
        let mut watch = self.watch;
        if let Some(lift) = self.lift {
            let metric = self.metric.unwrap_or_else(|| "conversion_rate".to_owned());
            options.insert("lift".into(), json!({ "metric": metric, "at_least": lift }));
            watch.metrics.entry(metric).or_insert_with(|| json!({ "units": true }));
        } else if let Some(metric) = self.metric {
            watch.metrics.entry(metric).or_insert_with(|| json!({ "units": true }));
        }
        for (name, metric) in &mut watch.metrics {
            if meant(name).is_none() {
                put(metric, "kind", json!("events"));
            }
        }
        if arms.len() > 2 {
            options.insert("ends".into(), json!("return"));
        }
        let arms: Vec<Json> = arms.iter().map(|(name, _)| json!(name)).collect();
        let mut release =
            file(target, &json!({ "in order": arms }), &json!({ "ab_test": options }));
        if let Some(alpha) = self.alpha {
            put(
                &mut release,
                "judging",
                json!({ "alpha": format!("{}%", (alpha * 1e8).round() / 1e6) }),
            );
        }
        if let Some(description) = self.description {
            put(&mut release, "description", json!(description));
        }
        watch.into_file(&mut release);
        release
    }
}

/// The arm whose share this is: `variants.control: 50`, `variants.control.traffic: 50`.
fn arm_of(leaf: &Leaf) -> Option<String> {
    let at = leaf.keys.iter().position(|key| ARMS.contains(&key.as_str()))?;
    let name = leaf.keys.get(at + 1)?;
    Some(name.clone())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what a sample is"
)]
fn whole(number: f64) -> Json {
    json!(number.clamp(0.0, 1e12).round() as u64)
}

const TESTS: &[&str] = &["tests", "ab_tests", "experiments"];
const ARMS: &[&str] = &["variants", "variations", "traffic_split", "traffic_allocation"];
