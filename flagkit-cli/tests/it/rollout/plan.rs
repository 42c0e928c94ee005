//! `flagkit rollout plan` asks the drivers of the file what is beyond them, without a connection.

use std::fs;

use serde_json::Value;

use super::Place;
use crate::run::{Ran, flagkit};

/// A release file with these lines under its head, and what `plan` says about it.
fn planned(name: &str, lines: &str, more: &[&str]) -> Ran {
    let place = Place::new(name, "[{split: {canary: 100%}}]");
    let head = "schema: flagkit-release/1\ntarget: checkout\narms: { stable: v41, canary: v42 }\n";
    fs::write(place.path("release.yaml"), format!("{head}{lines}")).unwrap();
    let file = place.path("release.yaml");
    let mut arguments = vec!["rollout", "plan", &file];
    arguments.extend(more);
    flagkit(&arguments)
}

/// Refused, with path and reason; in JSON with the same path, and the line.
#[track_caller]
fn refused(name: &str, lines: &str, (path, problem, line): (&str, &str, u64)) {
    let ran = planned(name, lines, &[]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains(&format!("{path}: {problem}")), "{}", ran.err);
    let json: Value = serde_json::from_str(&planned(name, lines, &["--json"]).out).unwrap();
    assert_eq!(json["ok"], false);
    let errors = json["errors"].as_array().unwrap();
    let found = errors.iter().find(|error| error["path"] == path).unwrap();
    assert!(found["problem"].as_str().unwrap().starts_with(problem), "{found}");
    assert_eq!(found["line"], line, "{found}");
}

// The sockets and addresses lead nowhere: what needs a connection would fail differently.
const HAPROXY: &str = "drivers: { haproxy: /nowhere/admin.sock }\n";
const ENVOY: &str = "drivers: { envoy: 'http://127.0.0.1:1' }\n";

#[test]
fn a_step_that_no_driver_takes_is_refused_where_it_stands() {
    let steps = "strategy:\n  steps:\n    - split: { canary: 10% }\n    - mirror: { arm: canary, share: 10% }\n";
    let problem = "HAProxy copies no traffic by itself; its SPOE needs a program of its own";
    refused("plan-mirror", &format!("{steps}{HAPROXY}"), ("strategy.steps[1]", problem, 7));
    let flags = "drivers: { flags: { file: /nowhere/flags.json } }\n";
    let problem = "no driver of this engine takes `mirror/checkout`";
    refused("plan-flags", &format!("{steps}{flags}"), ("strategy.steps[1]", problem, 7));
    let shown = planned("plan-envoy", &format!("{steps}{ENVOY}"), &[]);
    assert_eq!(shown.code, Some(0), "{}{}", shown.out, shown.err);
}

#[test]
fn a_step_that_a_strategy_writes_is_refused_by_its_name() {
    let lines = "strategy: { canary: { prepare: { mirror: { share: 10%, for: 1m } } } }\n";
    let problem = "step `a copy of 10% of the traffic`: HAProxy copies no traffic";
    refused("plan-strategy", &format!("{lines}{HAPROXY}"), ("steps[0]", problem, 1));
}

#[test]
fn a_driver_of_another_route_takes_nothing() {
    let lines = "strategy: { steps: [{ split: { canary: 100% } }] }\n\
        drivers: { haproxy: { socket: /nowhere/admin.sock, routes: [chekout] } }\n";
    let problem = "no driver of this engine takes `split/checkout`";
    refused("plan-route", lines, ("strategy.steps[0]", problem, 4));
}

#[test]
fn a_metric_without_a_source_is_refused() {
    let lines = "strategy: { steps: [{ split: { canary: 100% } }] }\n\
        metrics: { error_rate: { query: 'errors{{{arm}}}', exposures: 'requests{{{arm}}}' } }\n";
    let problem = "`error_rate` comes from Prometheus, which this engine has not";
    refused("plan-metric", &format!("{lines}{HAPROXY}"), ("metrics[0].source", problem, 5));
}

#[test]
fn a_file_without_drivers_is_a_draft_which_says_so() {
    let lines = "strategy: { steps: [{ split: { canary: 100% } }] }\n";
    let shown = planned("plan-draft", lines, &[]);
    assert_eq!(shown.code, Some(0), "{}{}", shown.out, shown.err);
    let expected = "strategy.steps[0]: no driver of this engine takes `split/checkout`";
    assert!(shown.out.contains("the file names no `drivers`"), "{}", shown.out);
    assert!(shown.out.contains(expected), "{}", shown.out);
    let json: Value = serde_json::from_str(&planned("plan-draft", lines, &["--json"]).out).unwrap();
    assert_eq!((&json["ok"], &json["missing"][0]["line"]), (&true.into(), &4.into()));
}
