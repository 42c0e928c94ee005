use serde_json::{Value, json};

use super::super::{document_problem, flag_problem};

fn is_sound(flag: &Value) -> bool {
    let document = json!({
        "segments": {
            "good": { "include": ["u-1"] },
            "leads-to-good": { "conditions": ["in_segment 'good'"] },
            "broken": { "match_type": "most" },
            "leads-to-broken": { "when": "not_in_segment 'broken'" },
            "leads-to-nothing": { "conditions": [{ "operator": "in_segment", "values": ["none"] }] },
            "circle-a": { "when": "in_segment 'circle-b'" },
            "circle-b": { "conditions": [{ "when": "a exists or in_segment 'circle-a'" }] },
            "into-circle": { "when": "in_segment 'circle-a'" },
        },
        "flags": { "f": flag, "parent": { "variants": { "dark": {} } }, "spoiled": { "enabled": 1, "variants": 5 } },
    });
    assert_eq!(document_problem(&document), None);
    flag_problem(&document, "f").is_none()
}

fn check(flags: &[Value], is_expected_sound: bool) {
    for flag in flags {
        assert_eq!(is_sound(flag), is_expected_sound, "{flag}");
    }
}

#[test]
fn a_sound_flag_may_say_anything_the_format_knows() {
    check(
        &[
            json!({}),
            json!({ "name": "f", "unknown": [1], "tags": 5, "metadata": "x" }),
            json!({ "enabled": null, "variants": null, "targeting_rules": null, "schedule": null }),
            json!({ "overrides": { "u-1": true, "u-2": "a" }, "variants": [{ "name": "a" }] }),
            json!({ "dependencies": ["parent", { "flag": "parent", "variants": ["dark"] }, "spoiled"] }),
            json!({ "schedule": { "starts_at": 5, "ends_at": "1970-01-01T00:00:05Z", "ramp": [] } }),
            json!({ "targeting_rules": [{}, { "match_type": "any", "when": "in_segment 'leads-to-good'" }] }),
            json!({ "rollout_percentage": 100.0, "hash": "xxh3", "salt": "", "environments": [] }),
        ],
        true,
    );
}

#[test]
fn wrong_types_and_ranges_break_a_flag() {
    check(
        &[
            json!(null),
            json!([]),
            json!({ "name": "g" }),
            json!({ "name": 5 }),
            json!({ "enabled": "true" }),
            json!({ "enabled": 1 }),
            json!({ "environments": "production" }),
            json!({ "environments": [1] }),
            json!({ "salt": 5 }),
            json!({ "bucket_by": ["user_id"] }),
            json!({ "hash": "sha1" }),
            json!({ "rollout_percentage": "50" }),
            json!({ "rollout_percentage": -0.1 }),
            json!({ "rollout_percentage": 100.1 }),
            json!({ "variants": ["a"] }),
            json!({ "variants": { "a": 50 } }),
            json!({ "variants": { "a": { "weight": -1 } } }),
            json!({ "variants": { "a": { "weight": "1" } } }),
            json!({ "variants": [{ "name": "a" }, { "name": "a" }] }),
            json!({ "variants": [{ "weight": 1 }] }),
            json!({ "overrides": [] }),
            json!({ "overrides": { "u-1": 1 } }),
            json!({ "overrides": { "u-1": "a" } }),
            json!({ "dependencies": "parent" }),
            json!({ "dependencies": [5] }),
            json!({ "dependencies": [{ "variants": [] }] }),
            json!({ "schedule": 5 }),
            json!({ "schedule": { "starts_at": "tomorrow" } }),
            json!({ "schedule": { "ramp": [{ "at": 5 }] } }),
            json!({ "schedule": { "ramp": [{ "percentage": 5 }] } }),
            json!({ "schedule": { "ramp": [{ "at": 5, "percentage": 101 }] } }),
        ],
        false,
    );
}

#[test]
fn one_bad_rule_breaks_its_flag() {
    let rules = [
        json!(5),
        json!({ "id": 5 }),
        json!({ "enabled": "no" }),
        json!({ "match_type": "none" }),
        json!({ "variant": "a" }),
        json!({ "rollout": 50 }),
        json!({ "rollout": { "percentage": 101 } }),
        json!({ "rollout": { "variants": { "a": 1 } } }),
        json!({ "rollout": { "variants": [] } }),
        json!({ "conditions": {} }),
        json!({ "conditions": [[]] }),
        json!({ "when": {} }),
        json!({ "when": "" }),
        json!({ "conditions": ["age > 'many'"] }),
        json!({ "conditions": [{ "when": "a exists", "operator": "exists" }] }),
        json!({ "when": "in_segment 'broken'" }),
        json!({ "when": "in_segment 'leads-to-broken'" }),
        json!({ "when": "in_segment 'leads-to-nothing'" }),
        json!({ "when": "in_segment 'none'" }),
        json!({ "when": "in_segment 'circle-a'" }),
        json!({ "when": "in_segment 'into-circle'" }),
    ];
    check(&rules.map(|rule| json!({ "targeting_rules": [{}, rule] })), false);
}

#[test]
fn conditions_need_what_their_operator_reads() {
    let conditions = [
        json!({}),
        json!({ "attribute": "a", "values": [1] }),
        json!({ "attribute": "a", "operator": "semver_greater_or_equal", "values": ["1.0.0"] }),
        json!({ "attribute": "a", "operator": "equals" }),
        json!({ "operator": "equals", "values": [1] }),
        json!({ "attribute": 5, "operator": "exists" }),
        json!({ "attribute": "a", "operator": "exists", "negate": 1 }),
        json!({ "attribute": "a", "operator": "equals", "values": [1], "case_insensitive": "yes" }),
        json!({ "attribute": "a", "operator": "ends_with", "values": [1] }),
        json!({ "attribute": "a", "operator": "not_regex", "values": ["("] }),
        json!({ "attribute": "a", "operator": "greater_than", "values": [true] }),
        json!({ "attribute": "a", "operator": "semver_less", "values": ["1.0"] }),
        json!({ "attribute": "a", "operator": "semver_matches", "values": ["x.y.z.w"] }),
        json!({ "attribute": "a", "operator": "after", "values": ["2026-12-01"] }),
        json!({ "attribute": "a", "operator": "in_cidr", "values": ["10.0.0.0/33"] }),
        json!({ "operator": "weekday", "values": ["someday"] }),
        json!({ "operator": "time_between", "values": ["2-4"] }),
        json!({ "operator": "in_segment", "values": [5] }),
        json!({ "operator": "percentage", "values": ["50"] }),
        json!({ "operator": "percentage", "values": [] }),
        json!({ "operator": "percentage", "values": [100.5] }),
        json!({ "operator": "percentage", "values": [50], "seed": 5 }),
    ];
    check(
        &conditions.map(|condition| json!({ "targeting_rules": [{ "conditions": [condition] }] })),
        false,
    );
}

#[test]
fn a_circle_breaks_the_flags_on_it_and_no_other() {
    let document = json!({ "flags": {
        "a": { "dependencies": ["b"] },
        "b": { "dependencies": [{ "flag": "c" }] },
        "c": { "dependencies": ["a", "root"] },
        "self": { "dependencies": ["self"] },
        "child": { "dependencies": ["a"] },
        "root": {},
    }});
    let is_broken = |name: &str| flag_problem(&document, name).is_some();
    assert_eq!(["a", "b", "c", "self"].map(is_broken), [true; 4]);
    assert_eq!(["child", "root"].map(is_broken), [false; 2]);
}

#[test]
fn a_repeated_name_breaks_all_its_flags() {
    let document = json!({ "flags": [{ "name": "a" }, { "name": "b" }, { "name": "a" }, { "enabled": true }, 5] });
    assert!(flag_problem(&document, "a").is_some());
    assert!(flag_problem(&document, "b").is_none());
}

#[test]
fn some_texts_are_no_document() {
    let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(document_problem(&json!({ "flags": {}, "x": deep(63) })), None);
    let documents = [
        json!([]),
        json!({}),
        json!({ "flags": 5 }),
        json!({ "flags": {}, "schema": "flagkit/2" }),
        json!({ "flags": {}, "segments": [] }),
        json!({ "flags": {}, "hash": "sha1" }),
        json!({ "flags": {}, "environment": 5 }),
        json!({ "flags": {}, "revision": -1 }),
        json!({ "flags": {}, "x": deep(64) }),
    ];
    for document in documents {
        assert!(document_problem(&document).is_some(), "{document}");
    }
}
