//! A converted flag answers as it did, for everybody.
//!
//! The documents and contexts are the vendors' public ones; see [`crate::public_suites`].

use flagkit_core::{Fixed, Snapshot, Timestamp, compile};
use flagkit_dialects::{Dialect, Outcome, Settings, context, convert, decode};

use crate::public_suites::{for_user, suite};

/// How many evaluations are compared for each vendor, at least.
const EVALUATIONS: usize = 10_000;

fn compiled(dialect: Dialect, text: &str) -> Snapshot {
    compile(decode(dialect, text, &Settings::default()).unwrap().document).snapshot
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
