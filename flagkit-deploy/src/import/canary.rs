//! `canary-config`: stages, criteria, triggers.

use serde_json::{Value as Json, json};

use super::leaves::Leaves;
use super::threshold::{Watch, share, span};
use super::{Fate, file};

/// One release.
pub(super) fn files(leaves: &mut Leaves, target: &str) -> Vec<(String, Json)> {
    let mut canary = json!({});
    if let Some(leaf) = leaves.take(&["stages", "traffic_stages", "traffic_percentages"]) {
        let stages: Option<Vec<String>> = leaf.items().iter().map(share).collect();
        match stages {
            Some(stages) => put(&mut canary, "stages", json!(stages)),
            None => {
                leaves.refuse(
                    &leaf.path,
                    "a stage is no share of the traffic",
                    "write percentages",
                );
            }
        }
        leaves.note(&leaf, Fate::Changed, "shares are `5%`, not `5`");
    }
    for (keys, key) in [
        (&["stage_duration", "stage_duration_seconds"][..], "stage"),
        (&["max_duration", "max_duration_seconds"][..], "max_duration"),
    ] {
        if let Some(leaf) = leaves.take(keys) {
            if let Some(span) = span(&leaf) {
                put(&mut canary, key, json!(span));
            }
            leaves.note(&leaf, Fate::Taken, format!("`strategy.canary.{key}`"));
        }
    }
    let mut watch = Watch::default();
    for leaf in leaves.take_all(|leaf| leaf.is_below(TRIGGERS)) {
        watch.trigger(leaves, &leaf, "roll_back");
    }
    for leaf in leaves.take_all(|leaf| leaf.is_below(CRITERIA)) {
        watch.criterion(leaves, &leaf);
    }
    // Criteria are asked once at the end: in between, the judge and the triggers watch.
    if !watch.success.is_empty() {
        put(&mut canary, "finish", json!({ "success": watch.success }));
    }
    let arms = json!({ "in order": ["stable", "canary"] });
    let mut release = file(target, &arms, &json!({ "canary": canary }));
    if let Some(leaf) = leaves.take(&["prometheus_endpoint", "prometheus_url", "prometheus"]) {
        put(&mut release, "prometheus", json!(leaf.text()));
        leaves.note(&leaf, Fate::Taken, "`prometheus`, for metrics with a `query`");
    }
    watch.into_file(&mut release);
    vec![(target.to_owned(), release)]
}

pub(super) fn put(map: &mut Json, key: &str, value: Json) {
    if let Json::Object(map) = map {
        map.insert(key.to_owned(), value);
    }
}

const TRIGGERS: &[&str] = &["rollback_triggers", "automatic_rollback", "rollback", "triggers"];
const CRITERIA: &[&str] = &[
    "success_criteria",
    "criteria",
    "performance",
    "performance_criteria",
    "business",
    "business_metrics",
    "technical_metrics",
    "resource",
    "resources",
    "infrastructure",
];
