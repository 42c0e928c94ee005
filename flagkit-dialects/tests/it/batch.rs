//! Many evaluations at once answer as each of them alone.
//!
//! `FLAGKIT_TIMES=100` compares so many times as many as usual.

use flagkit_core::{Context, Fixed, Snapshot, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, context_from_json, decode};
use flagkit_testkit::Choices;
use flagkit_testkit::generate::{self, Request};
use serde_json::Value;

/// Compares all ways to ask for many answers with asking for one.
pub(crate) fn check(
    snapshot: &Snapshot,
    contexts: &[Context],
    now: f64,
    what: &dyn Fn() -> String,
) -> usize {
    let mut compared = 0;
    let world = Fixed::at(Timestamp::from_unix_seconds(now).unwrap_or(Timestamp::EPOCH));
    for context in contexts {
        let all = snapshot.resolve_all(context, &world);
        assert_eq!(all.len(), snapshot.len(), "{}", what());
        let keys = || all.iter().map(|(flag, _)| flag.key());
        let many = snapshot.resolve_many(keys().map(|key| snapshot.flag(key)), context, &world);
        for ((flag, from_all), from_many) in all.iter().zip(many) {
            let alone = snapshot.resolve_flag(flag, context, &world, &mut ());
            assert_eq!(*from_all, alone, "{} for {context:?} in {}", flag.key(), what());
            assert_eq!(from_many, alone, "{} for {context:?} in {}", flag.key(), what());
            compared += 2;
        }
    }
    for flag in snapshot.flags() {
        let mut column = Vec::new();
        snapshot.resolve_each(flag, contexts, &world, |outcome| column.push(outcome));
        assert_eq!(column.len(), contexts.len());
        for (context, outcome) in contexts.iter().zip(column) {
            let alone = snapshot.resolve_flag(flag, context, &world, &mut ());
            assert_eq!(outcome, alone, "{} for {context:?} in {}", flag.key(), what());
            compared += 1;
        }
    }
    compared
}

/// A dialect, and how its documents and requests are made up.
type Source = (Dialect, fn(&mut Choices) -> Value, fn(&mut Choices, &Value) -> Vec<Request>);

fn check_documents((dialect, document, requests): Source) {
    let mut compared = 0;
    for mut choices in (0..SEEDS * times()).map(Choices::from_seed) {
        let document = document(&mut choices);
        let requests = requests(&mut choices, &document);
        let settings = Settings {
            environment: requests.first().and_then(|request| request.environment.clone()),
            ..Settings::default()
        };
        let Ok(decoded) = decode(dialect, &document.to_string(), &settings) else { continue };
        let snapshot = compile(decoded.document).snapshot;
        let contexts: Vec<Context> =
            requests.iter().map(|request| context_from_json(&request.context)).collect();
        let now = requests.first().map_or(0.0, |request| request.now);
        compared += check(&snapshot, &contexts, now, &|| format!("{document:#}"));
    }
    assert!(compared > 0);
    println!("{dialect}: {compared} equal");
}

const SEEDS: u64 = 400;

/// How many times as many cases as usual are asked for.
fn times() -> u64 {
    std::env::var("FLAGKIT_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

#[test]
fn native_documents() {
    let requests =
        |choices: &mut Choices, document: &Value| generate::requests(choices, document, 20);
    check_documents((Dialect::Native, generate::document, requests));
    check_documents((Dialect::Native, generate::hostile_document, requests));
}

#[test]
fn older_documents() {
    check_documents((Dialect::RolloutRules, generate::rollout_rules_document, |choices, _| {
        generate::rollout_rules_requests(choices, 20)
    }));
    check_documents((Dialect::FeatureFlags, generate::feature_flags_document, |choices, _| {
        generate::feature_flags_requests(choices, 20)
    }));
}

#[cfg(feature = "vendors")]
#[test]
fn vendors_documents() {
    const USERS: u64 = 2;
    const CONTEXTS: usize = 20;
    let now = Timestamp::parse("2026-06-01T12:00:00Z").unwrap().unix_seconds();
    let vendors = Dialect::ALL.into_iter().filter(|dialect| {
        // The cases of GrowthBook carry their documents in their contexts.
        !matches!(
            dialect,
            Dialect::Native | Dialect::RolloutRules | Dialect::FeatureFlags | Dialect::GrowthBook
        )
    });
    for dialect in vendors {
        let Some(suite) = crate::public_suites::suite(dialect) else { continue };
        let mut compared = 0;
        for (text, contexts) in suite {
            let Ok(decoded) = decode(dialect, &text, &Settings::default()) else { continue };
            let snapshot = compile(decoded.document).snapshot;
            let mut number = 0;
            for json in contexts.into_iter().take(CONTEXTS) {
                let Ok(given) = flagkit_dialects::context(dialect, &json) else { continue };
                let others = (0..USERS * times()).map(|_| {
                    number += 1;
                    crate::public_suites::for_user(&given, number)
                });
                let users: Vec<Context> = others.chain([given.clone()]).collect();
                compared += check(&snapshot, &users, now, &|| text.clone());
            }
        }
        assert!(compared > 0, "{dialect}");
        println!("{dialect}: {compared} equal");
    }
}
