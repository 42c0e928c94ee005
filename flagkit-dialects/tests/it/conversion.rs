//! A converted flag answers as it did, for everybody.
//!
//! The documents and contexts are the vendors' public ones, from `../shared/conformance` seen
//! from the workspace or the folder that `FLAGKIT_CONFORMANCE` names; skipped, with a word,
//! where that is absent. Users are made up beside them, so that percentages are crossed.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use flagkit_core::{Context, Fixed, Snapshot, Timestamp, Value, compile};
use flagkit_dialects::{Dialect, Outcome, Settings, context, convert, decode};
use serde_json::Value as Json;

/// How many evaluations are compared for each vendor, at least.
const EVALUATIONS: usize = 10_000;

/// The documents of a vendor's cases, each with the contexts that are asked about it.
fn suite(dialect: Dialect) -> Option<BTreeMap<String, Vec<Json>>> {
    let folder = std::env::var_os("FLAGKIT_CONFORMANCE").map(PathBuf::from);
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/conformance");
    let folder = folder.unwrap_or_else(|| beside.into()).join(dialect.name());
    let Ok(cases) = fs::read_to_string(folder.join("cases.jsonl")) else {
        println!("skipped: there are no cases in {}", folder.display());
        return None;
    };
    let mut suite: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for case in cases.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()) {
        let Some(document) = case.get("document").and_then(Json::as_str) else { continue };
        let path = folder.join(document);
        let text = fs::read_to_string(&path).unwrap();
        suite.entry(text).or_default().push(case.get("context").cloned().unwrap_or_default());
    }
    Some(suite)
}

fn compiled(dialect: Dialect, text: &str) -> Snapshot {
    compile(decode(dialect, text, &Settings::default()).unwrap().document).snapshot
}

/// The same context for another user: percentages are crossed, attributes stay.
fn for_user(context: &Context, number: usize) -> Context {
    let mut other = Context::new(format!("user-{number}"));
    flagkit_core::Attributes::each_attribute(context, &mut |name, value| {
        other.insert(name, value.to_value());
    });
    for name in ["userId", "id", "Identifier", "key"] {
        other.insert(name, Value::from(format!("user-{number}")));
    }
    other
}

fn check(dialect: Dialect) {
    let Some(suite) = suite(dialect) else { return };
    let world = Fixed::at(Timestamp::parse("2026-06-01T12:00:00Z").unwrap());
    let (mut compared, mut converted, mut left_out) = (0, 0, 0);
    while compared < EVALUATIONS {
        for (text, contexts) in &suite {
            let Ok(conversion) = convert(dialect, text, &Settings::default()) else { continue };
            let before = compiled(dialect, text);
            let native = conversion.to_json_pretty();
            let after = compiled(Dialect::Native, &native);
            let is_exact = |outcome: &Outcome| *outcome == Outcome::Exactly;
            let reports = &conversion.reports;
            let flags: Vec<_> = reports.iter().filter(|r| is_exact(&r.outcome)).collect();
            converted += flags.len();
            left_out += reports.len() - flags.len();
            for (number, json) in contexts.iter().enumerate() {
                let Ok(given) = context(dialect, json) else { continue };
                for asked in [given.clone(), for_user(&given, compared + number)] {
                    for flag in flags.iter().map(|report| report.flag.as_str()) {
                        let old = before.resolve(flag, &asked, &world, &mut ());
                        let new = after.resolve(flag, &asked, &world, &mut ());
                        assert_eq!(old, new, "{dialect}: {flag} for {asked:?}");
                        compared += 1;
                    }
                }
            }
        }
        assert!(compared > 0, "{dialect}: nothing could be compared");
    }
    println!("{dialect}: {compared} equal; {converted} flags converted, {left_out} not");
}

#[test]
fn configcat() {
    check(Dialect::ConfigCat);
}

#[test]
fn eppo() {
    check(Dialect::Eppo);
}

#[test]
fn unleash() {
    check(Dialect::Unleash);
}

#[test]
fn flagsmith() {
    check(Dialect::Flagsmith);
}

#[test]
fn flagd() {
    check(Dialect::Flagd);
}

#[test]
fn openfeature() {
    check(Dialect::OpenFeature);
}

#[test]
fn launchdarkly() {
    check(Dialect::LaunchDarkly);
}

#[test]
fn split() {
    check(Dialect::Split);
}

#[test]
fn go_feature_flag() {
    check(Dialect::GoFeatureFlag);
}

#[test]
fn flipt() {
    check(Dialect::Flipt);
}

#[test]
fn statsig() {
    check(Dialect::Statsig);
}
