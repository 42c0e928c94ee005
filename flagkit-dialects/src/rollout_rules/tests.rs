//! Buckets are `md5(user_id) mod 100 + 1`: u-1 90, u-2 74, u-3 35, u-42 34, anonymous 72.

use flagkit_core::{Diagnostic, Fixed, Timestamp, compile};
use serde_json::json;

use crate::{Dialect, Settings, context_from_json, decode, place, value_to_json};

const NOW: f64 = 1_796_083_200.0;

fn answer_at(text: &str, flag: &str, context: &serde_json::Value, now: f64) -> String {
    let decoded = decode(Dialect::RolloutRules, text, &Settings::default()).unwrap();
    let snapshot = compile(decoded.document).snapshot;
    let world = Fixed::at(Timestamp::from_unix_seconds(now).unwrap());
    match snapshot.resolve(flag, &context_from_json(context), &world, &mut ()) {
        Ok(found) => {
            let value = found.value().map(value_to_json).unwrap();
            let state = if found.is_enabled() { "on" } else { "off" };
            format!("{state} {value} {}", found.reason())
        }
        Err(code) => format!("error {code}"),
    }
}

/// A conditional flag with one rule.
fn check(strategy: &str, parameters: &str, cases: &[(serde_json::Value, &str)]) {
    let text = format!(
        "{{\"name\": \"f\", \"status\": \"conditional\", \"rollout_rules\": [{{\"strategy\": \
         \"{strategy}\", \"parameters\": {parameters}, \"enabled\": true}}]}}"
    );
    for (context, expected) in cases {
        assert_eq!(answer_at(&text, "f", context, NOW), *expected, "{text} {context}");
    }
}

#[test]
fn the_status_decides_first() {
    let text = "
- { name: yes, status: enabled, default_value: false }
- { name: no, status: disabled, default_value: green }
- { name: still, status: disabled, default_value: true }
- { name: bare, status: disabled }
- { name: none, status: conditional, rollout_rules: [] }
- { name: idle, status: conditional, rollout_rules: [{ strategy: user_list, parameters: { users: [u-1] }, enabled: false }] }
";
    for (flag, expected) in [
        ("yes", "on true STATIC"),
        ("no", "off \"green\" DISABLED"),
        ("still", "on true DISABLED"),
        ("bare", "off false DISABLED"),
        ("none", "off false DEFAULT"),
        ("idle", "off false DEFAULT"),
        ("other", "error FLAG_NOT_FOUND"),
    ] {
        assert_eq!(answer_at(text, flag, &json!({ "user_id": "u-1" }), NOW), expected, "{flag}");
    }
}

#[test]
fn percentages_hash_the_user_alone() {
    let user = |id: &str| json!({ "user_id": id });
    let (on, off) = ("on true SPLIT", "off false DEFAULT");
    check("percentage", "{\"percentage\": 35}", &[(user("u-3"), on), (user("u-2"), off)]);
    check("percentage", "{\"percentage\": 34.9}", &[(user("u-3"), off), (user("u-42"), on)]);
    check("percentage", "{\"percentage\": 0}", &[(user("u-3"), off)]);
    check("percentage", "{\"percentage\": 100}", &[(user("u-1"), on)]);
    check("percentage", "{\"percentage\": -5}", &[(user("u-1"), off)]);
    check("percentage", "{}", &[(user("u-1"), off)]);
    check(
        "percentage",
        "{\"percentage\": 72}",
        &[(json!({ "user_type": "x" }), on), (json!({}), off)],
    );
}

#[test]
fn rules_match_lists_attributes_regions_and_times() {
    let (on, off) = ("on true TARGETING_MATCH", "off false DEFAULT");
    check(
        "user_list",
        "{\"users\": [\"u-1\"]}",
        &[
            (json!({ "user_id": "u-1" }), on),
            (json!({ "targetingKey": "u-1" }), on),
            (json!({ "user_id": "u-2" }), off),
        ],
    );
    check(
        "user_attribute",
        "{\"attribute\": \"user_type\", \"values\": [\"regular\"]}",
        &[
            (json!({ "user_id": "x" }), on),
            (json!({ "user_id": "x", "user_type": "premium" }), off),
            (json!({}), off),
        ],
    );
    check(
        "user_attribute",
        "{\"attribute\": \"experiment_group\", \"values\": [\"a\", \"b\"]}",
        &[
            (json!({ "experiment_groups": ["x", "b"] }), on),
            (json!({ "experiment_groups": [] }), off),
        ],
    );
    check(
        "user_attribute",
        "{\"attribute\": \"plan\", \"values\": [\"pro\", 7]}",
        &[
            (json!({ "custom_attributes": { "plan": "pro" } }), on),
            (json!({ "custom_attributes": { "plan": 7 } }), on),
            (json!({ "plan": "pro" , "user_id": "x" }), off),
        ],
    );
    check(
        "geographic",
        "{\"regions\": [\"us\"]}",
        &[(json!({ "user_id": "x" }), on), (json!({ "geographic_region": "eu" }), off)],
    );
    check("time_based", "{}", &[(json!({ "user_id": "x" }), on)]);
}

#[test]
fn both_ends_of_a_time_are_inside() {
    let text = "{ name: f, status: conditional, rollout_rules: [{ strategy: time_based, \
                parameters: { start_time: 1000, end_time: 2000.5 } }] }";
    for (now, expected) in [(999.0, "off"), (1000.0, "on"), (2000.5, "on"), (2001.0, "off")] {
        let answer = answer_at(text, "f", &json!({ "user_id": "x" }), now);
        assert!(answer.starts_with(expected), "{now} {answer}");
    }
}

#[test]
fn all_shapes_of_a_document_are_read() {
    for text in [
        "{ name: f, status: enabled }",
        "[{ name: f, status: enabled }]",
        "flags: [{ name: f, status: enabled }]",
        "flags: { f: { status: enabled } }",
        "flags: { name: f, status: enabled }",
        "f: { status: enabled }",
    ] {
        assert_eq!(answer_at(text, "f", &json!({}), NOW), "on true STATIC", "{text}");
    }
}

#[test]
fn what_cannot_be_read_breaks_the_flag_and_says_where() {
    let text = "
flags:
- { name: status, status: maybe }
- { name: strategy, rollout_rules: [{ strategy: user_lists }, {}] }
- { name: parameters, rollout_rules: [{ strategy: percentage, parameters: { percentage: lots, x: 1 } }] }
- { name: attribute, rollout_rules: [{ strategy: user_attribute, parameters: {} }] }
- { status: enabled }
- { name: twice }
- { name: twice }
";
    let decoded = decode(Dialect::RolloutRules, text, &Settings::default()).unwrap();
    let mut diagnostics: Vec<Diagnostic> = decoded.diagnostics;
    let places = place(text, &mut diagnostics);
    let found: Vec<String> = diagnostics
        .iter()
        .zip(places)
        .map(|(found, place)| format!("{} {}: {}", place.unwrap().line, found.path, found.problem))
        .collect();
    assert_eq!(
        found,
        [
            "3 flags.status.status: there is no status `maybe`",
            "4 flags.strategy.rollout_rules[0].strategy: there is no strategy `user_lists`; did you \
             mean `user_list`?",
            "4 flags.strategy.rollout_rules[1]: a rule needs `strategy`",
            "5 flags.parameters.rollout_rules[0].parameters.x: the key `x` is unknown here",
            "5 flags.parameters.rollout_rules[0].parameters.percentage: expected a number, found the \
             text `lots`",
            "6 flags.attribute.rollout_rules[0].parameters: the strategy needs `attribute`",
            "7 flags[4]: a flag needs a `name` that is text",
            "9 flags.twice: there are 2 flags called `twice`",
        ]
    );
    for flag in ["status", "strategy", "parameters", "attribute", "twice"] {
        assert_eq!(answer_at(text, flag, &json!({}), NOW), "error PARSE_ERROR", "{flag}");
    }
}
