use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Request, document, feature_flags_document, feature_flags_requests, hostile_document, requests,
    rollout_rules_document, rollout_rules_requests,
};
use crate::{
    Answer, Choices, World, evaluate, evaluate_feature_flags, evaluate_rollout_rules, reference,
};

type Evaluate = fn(&Value, &str, &Value, &Value, &World<'_>) -> Answer;

fn ask(evaluate: Evaluate, document: &Value, request: &Request) -> Answer {
    evaluate(document, &request.flag, &request.context, &request.default, &request.world())
}

fn count(counts: &mut BTreeMap<String, u32>, what: impl Into<String>) {
    *counts.entry(what.into()).or_default() += 1;
}

fn assert_frequent(counts: &BTreeMap<String, u32>, wanted: &[&str], least: u32) {
    for what in wanted {
        let times = counts.get(*what).copied().unwrap_or_default();
        assert!(times >= least, "{what}: only {times} of {counts:#?}");
    }
}

#[test]
fn good_documents_are_good() {
    for seed in 0..500 {
        let document = document(&mut Choices::from_seed(seed));
        assert_eq!(reference::document_problem(&document), None);
        for flag in reference::flag_names(&document) {
            let problem = reference::flag_problem(&document, &flag);
            assert_eq!(problem, None, "seed {seed}, flag {flag}: {document:#}");
        }
    }
}

#[test]
fn good_documents_reach_every_answer() {
    let mut counts = BTreeMap::new();
    for seed in 0..300 {
        let mut choices = Choices::from_seed(seed);
        let document = document(&mut choices);
        for request in requests(&mut choices, &document, 20) {
            let answer = ask(evaluate, &document, &request);
            count(&mut counts, answer.reason);
            count(&mut counts, if answer.enabled { "on" } else { "off" });
            if answer.variant.is_some() {
                count(&mut counts, "variant");
            }
            match answer.rule.as_deref() {
                Some("override") => count(&mut counts, "override"),
                Some(_) => count(&mut counts, format!("rule {}", answer.reason)),
                None => {}
            }
        }
    }
    let reasons =
        ["DISABLED", "TARGETING_MATCH", "PREREQUISITE_FAILED", "SPLIT", "STATIC", "ERROR"];
    assert_frequent(&counts, &reasons, 60);
    let kinds = ["on", "off", "variant", "override", "rule SPLIT", "rule TARGETING_MATCH"];
    assert_frequent(&counts, &kinds, 60);
}

/// Counts every operator in object conditions, and `key operator` of every other word worth it.
fn count_words(counts: &mut BTreeMap<String, u32>, value: &Value) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                count(counts, key.as_str());
                if key == "operator" {
                    count(counts, format!("operator {}", inner.as_str().unwrap_or_default()));
                }
                count_words(counts, inner);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| count_words(counts, item)),
        _ => {}
    }
}

#[test]
fn good_documents_use_every_word() {
    let mut counts = BTreeMap::new();
    for seed in 0..300 {
        count_words(&mut counts, &document(&mut Choices::from_seed(seed)));
    }
    for operator in reference::OPERATORS {
        assert_frequent(&counts, &[&format!("operator {operator}")], 20);
    }
    let words = [
        "segments",
        "include",
        "exclude",
        "environment",
        "revision",
        "environments",
        "default",
        "variants",
        "weight",
        "value",
        "values",
        "dependencies",
        "targeting_rules",
        "match_type",
        "conditions",
        "when",
        "variant",
        "rollout",
        "percentage",
        "rollout_percentage",
        "bucket_by",
        "salt",
        "hash",
        "schedule",
        "starts_at",
        "ends_at",
        "ramp",
        "at",
        "overrides",
        "negate",
        "case_insensitive",
        "seed",
        "metadata",
    ];
    assert_frequent(&counts, &words, 15);
}

/// Each operator of an otherwise empty rule must hold for some contexts and not for others.
#[test]
fn contexts_meet_every_operator_and_miss_it() {
    let mut counts = BTreeMap::new();
    for seed in 0..6_000 {
        let mut choices = Choices::from_seed(seed);
        let condition = super::condition::condition(&mut choices, &["s".to_owned()]);
        let Some(operator) = condition["operator"].as_str().map(str::to_owned) else {
            continue;
        };
        let document = serde_json::json!({
            "segments": { "s": { "when": "country in ['DE', 'FR', 'de']" } },
            "flags": { "f": { "enabled": true, "targeting_rules": [{ "conditions": [condition] }] } },
        });
        for request in requests(&mut choices, &document, 3) {
            let answer = evaluate(&document, "f", &request.context, &Value::Null, &request.world());
            count(&mut counts, format!("{operator} {}", answer.enabled));
        }
    }
    for operator in reference::OPERATORS {
        assert_frequent(&counts, &[&format!("{operator} true"), &format!("{operator} false")], 15);
    }
}

#[test]
fn hostile_documents_break_some_flags_and_leave_others() {
    let mut counts = BTreeMap::new();
    for seed in 0..600 {
        let mut choices = Choices::from_seed(seed);
        let document = hostile_document(&mut choices);
        for request in requests(&mut choices, &document, 20) {
            let answer = ask(evaluate, &document, &request);
            count(&mut counts, answer.error.unwrap_or(answer.reason));
        }
    }
    let errors = ["PARSE_ERROR", "PROVIDER_NOT_READY", "FLAG_NOT_FOUND"];
    assert_frequent(&counts, &errors, 100);
    assert_frequent(&counts, &["TARGETING_MATCH", "SPLIT", "DISABLED", "PREREQUISITE_FAILED"], 60);
}

#[test]
fn no_bytes_are_too_short() {
    let mut choices = Choices::from_seed(11);
    for length in 0..300 {
        let bytes: Vec<u8> =
            (0..length).map(|_| u8::try_from(choices.below(256)).unwrap()).collect();
        let mut choices = Choices::from_bytes(&bytes);
        let document = hostile_document(&mut choices);
        for request in requests(&mut choices, &document, 2) {
            let _answer = ask(evaluate, &document, &request);
        }
    }
}

#[test]
fn serialising_changes_no_document() {
    for seed in 0..300 {
        let document = document(&mut Choices::from_seed(seed));
        let again: Value = serde_json::from_str(&document.to_string()).unwrap();
        assert_eq!(document, again);
    }
}

#[test]
fn older_documents_reach_every_answer() {
    let (mut rules, mut features) = (BTreeMap::new(), BTreeMap::new());
    for seed in 0..300 {
        let mut choices = Choices::from_seed(seed);
        let document = rollout_rules_document(&mut choices);
        for request in rollout_rules_requests(&mut choices, 10) {
            count(&mut rules, ask(evaluate_rollout_rules, &document, &request).reason);
        }
        let document = feature_flags_document(&mut choices);
        for request in feature_flags_requests(&mut choices, 10) {
            count(&mut features, ask(evaluate_feature_flags, &document, &request).reason);
        }
    }
    let reasons = ["DISABLED", "STATIC", "TARGETING_MATCH", "SPLIT", "DEFAULT"];
    assert_frequent(&rules, &reasons, 100);
    assert_frequent(&features, &["DISABLED", "TARGETING_MATCH", "SPLIT", "DEFAULT"], 100);
    for counts in [&rules, &features] {
        assert!(counts.get("ERROR").is_none_or(|errors| *errors < 2_500), "{counts:?}");
    }
}
