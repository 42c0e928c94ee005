//! Buckets are `md5("beta:" user_id) mod 100`: u-1 65, u-2 15, u-42 9, u-7 51, anonymous 77.

use flagkit_core::{Fixed, Timestamp, compile};
use serde_json::json;

use crate::{Dialect, Settings, context_from_json, decode, value_to_json};

fn answer_in(
    text: &str,
    context: &serde_json::Value,
    environment: Option<&str>,
    now: &str,
) -> String {
    let settings = Settings { environment: environment.map(str::to_owned), ..Settings::default() };
    let decoded = decode(Dialect::FeatureFlags, text, &settings).unwrap();
    let snapshot = compile(decoded.document).snapshot;
    let world = Fixed::at(Timestamp::parse(now).unwrap());
    match snapshot.resolve("beta", &context_from_json(context), &world, &mut ()) {
        Ok(found) => {
            let value = found.value().map(value_to_json).unwrap();
            format!("{} {value} {}", if found.is_enabled() { "on" } else { "off" }, found.reason())
        }
        Err(code) => format!("error {code}"),
    }
}

fn flag(fields: &str) -> String {
    format!("feature_flags:\n  beta: {{ {fields} }}\n")
}

fn check(fields: &str, cases: &[(serde_json::Value, &str)]) {
    for (context, expected) in cases {
        let answer = answer_in(&flag(fields), context, None, "2026-12-01T00:00:00Z");
        assert_eq!(answer, *expected, "{fields} {context}");
    }
}

#[test]
fn the_switch_comes_first_then_the_percentage_alone() {
    let user = |id: &str| json!({ "user_id": id });
    let (on, off) = ("on true SPLIT", "off false SPLIT");
    check("enabled: false, percentage: 100", &[(user("u-1"), "off false DISABLED")]);
    check("percentage: 100", &[(user("u-1"), "off false DISABLED")]);
    check("enabled: true", &[(user("u-1"), "off false DEFAULT")]);
    check("enabled: true, percentage: 15", &[(user("u-2"), off), (user("u-42"), on)]);
    check("enabled: true, percentage: 15.5", &[(user("u-2"), on)]);
    check("enabled: true, percentage: 78", &[(json!({}), on)]);
    check("enabled: true, percentage: 77", &[(json!({}), off)]);
    check("enabled: true, percentage: 200", &[(user("u-1"), on)]);
    check("enabled: true, percentage: 1, user_groups: [u-1]", &[(user("u-1"), off)]);
    check(
        "enabled: true, percentage: 0, user_groups: [u-1]",
        &[(user("u-1"), "on true TARGETING_MATCH")],
    );
}

#[test]
fn groups_attributes_and_environments_each_switch_on() {
    let (on, off) = ("on true TARGETING_MATCH", "off false DEFAULT");
    check(
        "enabled: true, user_groups: [staff, u-7]",
        &[
            (json!({ "groups": ["qa", "staff"] }), on),
            (json!({ "user_groups": "staff" }), on),
            (json!({ "user_id": "u-7" }), on),
            (json!({ "user_id": "u-8", "groups": [] }), off),
        ],
    );
    check(
        "enabled: true, targeting: { user_attributes: [{ plan: pro }, { level: [1, 2] }] }",
        &[
            (json!({ "plan": "pro" }), on),
            (json!({ "level": 2 }), on),
            (json!({ "level": "2" }), off),
            (json!({ "plan": ["x", "pro"] }), on),
        ],
    );
    let fields = "enabled: true, environments: [staging]";
    check(fields, &[(json!({ "environment": "staging" }), on), (json!({}), off)]);
    for (environment, expected) in [("staging", on), ("production", off)] {
        let context = json!({ "environment": "staging" });
        let now = "2026-12-01T00:00:00Z";
        assert_eq!(answer_in(&flag(fields), &context, Some(environment), now), expected);
    }
}

#[test]
fn a_scheduled_rollout_becomes_a_ramp() {
    // u-7 is in bucket 51, u-1 in 65.
    let fields = "enabled: true, percentage: 10, scheduled_rollout: { start_date: 2026-12-01, \
                  end_date: 2026-12-03T00:00:00Z, increment: 25, interval: 1d }";
    for (user, now, expected) in [
        ("u-42", "2026-11-30T23:59:59Z", "on true SPLIT"),
        ("u-2", "2026-11-30T23:59:59Z", "off false SPLIT"),
        ("u-2", "2026-12-01T00:00:00Z", "on true SPLIT"),
        ("u-7", "2026-12-01T23:59:59Z", "off false SPLIT"),
        ("u-7", "2026-12-02T00:00:00Z", "on true SPLIT"),
        ("u-1", "2026-12-02T00:00:00Z", "off false SPLIT"),
        ("u-1", "2026-12-03T00:00:00Z", "on true SPLIT"),
    ] {
        let context = json!({ "user_id": user });
        assert_eq!(answer_in(&flag(fields), &context, None, now), expected, "{user} {now}");
    }
    // No step after the end: 85 % for ever, and anonymous users are in bucket 77.
    assert_eq!(answer_in(&flag(fields), &json!({}), None, "2030-01-01T00:00:00Z"), "on true SPLIT");
}

#[test]
fn a_schedule_that_cannot_be_read_is_a_warning() {
    for schedule in [
        "soon",
        "{}",
        "{ start_date: x, increment: 5, interval: 1d }",
        "{ start_date: 2026-12-01, increment: -5, interval: 1d }",
        "{ start_date: 2026-12-01, increment: 0.0001, interval: 1 }",
    ] {
        let text = flag(&format!("enabled: true, percentage: 10, scheduled_rollout: {schedule}"));
        let decoded = decode(Dialect::FeatureFlags, &text, &Settings::default()).unwrap();
        assert_eq!(decoded.diagnostics.len(), 1, "{schedule}");
        assert!(!decoded.diagnostics[0].is_error());
        let answer = answer_in(&text, &json!({ "user_id": "u-42" }), None, "2026-12-02T00:00:00Z");
        assert_eq!(answer, "on true SPLIT", "{schedule}");
    }
}

#[test]
fn what_other_engines_read_is_kept() {
    let text = flag("metadata: { owner: me }, rollback_conditions: [error_rate > 0.02]");
    let decoded = decode(Dialect::FeatureFlags, &text, &Settings::default()).unwrap();
    let metadata = decoded.document.flags[0].metadata.clone().unwrap();
    assert_eq!(metadata.get("owner").and_then(|owner| owner.as_str()), Some("me"));
    assert_eq!(
        metadata.get("rollback_conditions").map(ToString::to_string).as_deref(),
        Some("[\"error_rate > 0.02\"]")
    );
}

#[test]
fn wrong_types_break_the_flag() {
    for fields in [
        "enabled: 1",
        "percentage: half",
        "user_groups: staff",
        "targeting: []",
        "targeting: { user_attributes: [{ a: 1, b: 2 }] }",
        "targeting: { user_attributes: [a] }",
        "environments: {}",
    ] {
        check(fields, &[(json!({}), "error PARSE_ERROR")]);
    }
    let twice = "feature_flags: { beta: { enabled: true }, beta: {} }";
    assert_eq!(answer_in(twice, &json!({}), None, "2026-12-01T00:00:00Z"), "error PARSE_ERROR");
}

#[test]
fn without_the_top_key_there_is_no_document() {
    for (text, expected) in [
        ("flags: {}", "line 1, column 1: the document has no `feature_flags`"),
        ("feature_flags: []", "line 1, column 1: `feature_flags` must be a map, not a list"),
        ("[]", "line 1, column 1: the document is a list, not a map with the key `feature_flags`"),
    ] {
        let error = decode(Dialect::FeatureFlags, text, &Settings::default()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let decoded = decode(Dialect::FeatureFlags, "feature_flags: {}\nx: 1", &Settings::default());
    assert_eq!(decoded.unwrap().diagnostics[0].path, "x");
}
