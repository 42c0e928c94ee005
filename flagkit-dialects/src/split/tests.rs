//! Buckets with seed 0, `MurmurHash3` mod 100 + 1: u-6 8, u-2 44, u-4 47.

use flagkit_core::{Fixed, Severity, Snapshot, Timestamp, compile};
use serde_json::{Value, json};

use super::{Fallbacks, answer, context};
use crate::{Dialect, Settings, decode};

const WORLD: Fixed = Fixed::at(Timestamp::EPOCH);

fn snapshot(document: &Value) -> Snapshot {
    let decoded = decode(Dialect::Split, &document.to_string(), &Settings::default()).unwrap();
    compile(decoded.document).snapshot
}

/// Treatment and label.
fn ask(document: &Value, flag: &str, asked: &Value) -> (String, String) {
    let fallbacks = document.get("fallbackTreatments").unwrap_or(&Value::Null);
    let fallbacks = Fallbacks::from_json(fallbacks).unwrap();
    let found = answer(&snapshot(document), flag, &context(asked).unwrap(), &WORLD, &fallbacks);
    (found.treatment, found.label.unwrap_or_default())
}

fn user(key: &str) -> Value {
    json!({ "key": key })
}

fn document(flags: &[Value]) -> Value {
    json!({ "ff": { "s": -1, "t": 1, "d": flags } })
}

/// A flag that is on for whom the matcher matches, and off else.
fn flag(name: &str, matcher: &Value) -> Value {
    let partitions = json!([{ "treatment": "on", "size": 100 }]);
    with_conditions(name, &[condition(matcher, "ROLLOUT", &partitions)])
}

fn with_conditions(name: &str, conditions: &[Value]) -> Value {
    json!({
        "name": name, "status": "ACTIVE", "killed": false, "algo": 2, "seed": 0,
        "trafficAllocationSeed": 0, "defaultTreatment": "off", "conditions": conditions,
    })
}

fn condition(matcher: &Value, kind: &str, partitions: &Value) -> Value {
    json!({
        "conditionType": kind,
        "matcherGroup": { "combiner": "AND", "matchers": [matcher] },
        "partitions": partitions,
        "label": "matched",
    })
}

fn everyone() -> Value {
    json!({ "matcherType": "ALL_KEYS", "negate": false })
}

/// The same with further keys.
fn and(mut object: Value, more: &Value) -> Value {
    let (Some(to), Some(from)) = (object.as_object_mut(), more.as_object()) else { return object };
    to.extend(from.clone());
    object
}

/// Whether the attribute `a` matches, and what `negate` makes of it.
fn matches(matcher: &Value, a: &Value) -> [bool; 2] {
    [false, true].map(|negate| {
        let selector = json!({ "keySelector": { "attribute": "a" }, "negate": negate });
        let document = document(&[flag("f", &and(matcher.clone(), &selector))]);
        let asked = json!({ "key": "u-1", "attributes": { "a": a } });
        ask(&document, "f", &asked).0 == "on"
    })
}

#[test]
fn what_is_absent_or_unreadable_does_not_match_and_negate_turns_it_round() {
    let number = json!({
        "matcherType": "EQUAL_TO", "unaryNumericMatcherData": { "dataType": "NUMBER", "value": 10 }
    });
    for (value, expected) in [
        (json!(10), true),
        (json!(" +1_0 "), true),
        (json!(10.0), false),
        (json!(true), false),
        (json!("ten"), false),
        (Value::Null, false),
    ] {
        assert_eq!(matches(&number, &value), [expected, !expected], "{value}");
    }
}

#[test]
fn values_become_json_with_blanks_where_text_is_needed() {
    let whitelist = |text: &str| json!({ "matcherType": "WHITELIST", "whitelistMatcherData": { "whitelist": [text] } });
    for (value, text) in [
        (json!(3), "3"),
        (json!(true), "true"),
        (json!(1e16), "1e+16"),
        (json!(["a", "ü"]), "[\"a\", \"\\u00fc\"]"),
    ] {
        assert_eq!(matches(&whitelist(text), &value), [true, false], "{text}");
    }
}

#[test]
fn dates_are_cut_to_minutes_or_days() {
    let date = |kind: &str, value: i64| {
        json!({
            "matcherType": kind, "unaryNumericMatcherData": { "dataType": "DATETIME", "value": value }
        })
    };
    // 2023-11-15T12:00:30Z in milliseconds; contexts hold seconds.
    let (milliseconds, minute) = (1_700_049_630_000_i64, 1_700_049_600_i64);
    for (kind, seconds, expected) in [
        ("GREATER_THAN_OR_EQUAL_TO", minute, true),
        ("GREATER_THAN_OR_EQUAL_TO", minute - 1, false),
        ("LESS_THAN_OR_EQUAL_TO", minute + 59, true),
        ("LESS_THAN_OR_EQUAL_TO", minute + 60, false),
        ("EQUAL_TO", minute - 43_200, true),
        ("EQUAL_TO", minute - 43_201, false),
        ("EQUAL_TO", minute + 43_199, true),
        ("EQUAL_TO", minute + 43_200, false),
    ] {
        let found = matches(&date(kind, milliseconds), &json!(seconds));
        assert_eq!(found, [expected, !expected], "{kind} {seconds}");
    }
}

#[test]
fn booleans_may_be_json_text_in_any_case() {
    let boolean = json!({ "matcherType": "EQUAL_TO_BOOLEAN", "booleanMatcherData": true });
    for (value, expected) in
        [(json!(true), true), (json!(" TRUE\n"), true), (json!("yes"), false), (json!(1), false)]
    {
        assert_eq!(matches(&boolean, &value), [expected, !expected], "{value}");
    }
}

#[test]
fn partitions_reach_up_to_the_bucket_and_control_is_past_their_end() {
    let partitions = json!([{ "treatment": "a", "size": 8 }, { "treatment": "b", "size": 36.5 }]);
    let document =
        document(&[with_conditions("f", &[condition(&everyone(), "ROLLOUT", &partitions)])]);
    for (key, treatment) in [("u-6", "a"), ("u-2", "b"), ("u-4", "control")] {
        assert_eq!(ask(&document, "f", &user(key)).0, treatment, "{key}");
    }
    let asked = json!({ "key": "u-4", "bucketingKey": "u-6" });
    assert_eq!(ask(&document, "f", &asked).0, "a");
}

#[test]
fn the_traffic_allocation_counts_from_the_first_rollout_on() {
    let all = json!([{ "treatment": "on", "size": 100 }]);
    let only_first = json!({
        "matcherType": "WHITELIST", "negate": false, "whitelistMatcherData": { "whitelist": ["u-4"] }
    });
    let conditions =
        [condition(&only_first, "WHITELIST", &all), condition(&everyone(), "ROLLOUT", &all)];
    let flag = and(with_conditions("f", &conditions), &json!({ "trafficAllocation": 43 }));
    let document = document(&[flag]);
    for (key, treatment, label) in
        [("u-4", "on", "matched"), ("u-2", "off", "not in split"), ("u-6", "on", "matched")]
    {
        assert_eq!(ask(&document, "f", &user(key)), (treatment.into(), label.into()), "{key}");
    }
}

#[test]
fn a_flag_that_does_not_exist_serves_control_to_those_that_depend_on_it() {
    let depends = |treatments: &Value| {
        json!({
            "matcherType": "IN_SPLIT_TREATMENT", "negate": false,
            "dependencyMatcherData": { "split": "ghost", "treatments": treatments },
        })
    };
    let prerequisites = json!({ "prerequisites": [{ "n": "ghost", "ts": ["on"] }] });
    let document = document(&[
        flag("control", &depends(&json!(["control"]))),
        flag("on", &depends(&json!(["on"]))),
        and(flag("needs", &everyone()), &prerequisites),
    ]);
    assert_eq!(ask(&document, "control", &user("u-1")).0, "on");
    assert_eq!(ask(&document, "on", &user("u-1")).0, "off");
    let expected = ("off".into(), "prerequisites not met".into());
    assert_eq!(ask(&document, "needs", &user("u-1")), expected);
    let fallback = json!({ "fallbackTreatments": { "byFlag": { "ghost": "on" } } });
    let document = and(document, &fallback);
    assert_eq!(ask(&document, "on", &user("u-1")).0, "on");
    let expected = ("on".into(), "fallback - definition not found".into());
    assert_eq!(ask(&document, "ghost", &user("u-1")), expected);
}

#[test]
fn a_circle_fails_where_an_evaluation_comes_back() {
    let depends = |on: &str| {
        json!({
            "matcherType": "IN_SPLIT_TREATMENT", "negate": false,
            "dependencyMatcherData": { "split": on, "treatments": ["on"] },
        })
    };
    let document = document(&[flag("a", &depends("b")), flag("b", &depends("a"))]);
    assert_eq!(ask(&document, "a", &user("u-1")), ("control".into(), "exception".into()));
}

#[test]
fn an_unknown_matcher_leaves_control_behind_the_traffic_allocation() {
    let unknown = json!({ "matcherType": "NEW", "negate": false });
    let whole = flag("whole", &unknown);
    let part = and(flag("part", &unknown), &json!({ "trafficAllocation": 43 }));
    let document = document(&[whole, part]);
    let unsupported = "targeting rule type unsupported by sdk";
    let expected = ("control".into(), unsupported.into());
    assert_eq!(ask(&document, "whole", &user("u-1")), expected);
    assert_eq!(ask(&document, "part", &user("u-1")), ("off".into(), "not in split".into()));
}

#[test]
fn rule_based_segments_exclude_first() {
    let in_segment = |name: &str| {
        json!({
            "matcherType": "IN_RULE_BASED_SEGMENT", "negate": false,
            "userDefinedSegmentMatcherData": { "segmentName": name },
        })
    };
    let segment = |name: &str, keys: &[&str], segments: &Value| {
        json!({
            "name": name, "status": "ACTIVE",
            "excluded": { "keys": keys, "segments": segments },
            "conditions": [{ "matcherGroup": { "combiner": "AND", "matchers": [everyone()] } }],
        })
    };
    let rbs = json!({ "d": [
        segment("all-but-a", &["a"], &json!([])),
        // Nobody but `a`, whom `all-but-a` excludes, is left; then `b`'s list is not looked at.
        segment("rest", &[], &json!([
            { "name": "all-but-a", "type": "rule-based" }, { "name": "ab", "type": "standard" },
        ])),
        segment("not-ab", &[], &json!([{ "name": "ab", "type": "large" }])),
    ]});
    let names = ["all-but-a", "rest", "not-ab", "unknown"];
    let flags: Vec<Value> = names.map(|name| flag(name, &in_segment(name))).into();
    let more = json!({ "rbs": rbs, "segments": { "ab": ["a", "b"] } });
    let document = and(document(&flags), &more);
    for (name, on) in [
        ("all-but-a", ["b", "c"].as_slice()),
        ("rest", &["a"]),
        ("not-ab", &["c"]),
        ("unknown", &[]),
    ] {
        for key in ["a", "b", "c"] {
            let treatment = ask(&document, name, &user(key)).0;
            assert_eq!(treatment == "on", on.contains(&key), "{name} {key}");
        }
    }
}

#[test]
fn configurations_follow_treatments_and_control_has_none() {
    let configurations = json!({ "configurations": { "on": "{}", "control": "never" } });
    let document = document(&[and(flag("f", &everyone()), &configurations)]);
    let snapshot = snapshot(&document);
    let found = snapshot.resolve("f", &context(&user("u")).unwrap(), &WORLD, &mut ()).unwrap();
    let config = found.variant_metadata().and_then(|metadata| metadata.get("config"));
    assert_eq!(config, Some(&"{}".into()));
    assert!(found.is_enabled());
}

#[test]
fn a_broken_flag_answers_for_itself_alone() {
    let broken =
        json!({ "matcherType": "MATCHES_STRING", "negate": false, "stringMatcherData": 1 });
    let archived = and(flag("gone", &everyone()), &json!({ "status": "ARCHIVED" }));
    let document = document(&[flag("good", &everyone()), flag("bad", &broken), archived]);
    let decoded = decode(Dialect::Split, &document.to_string(), &Settings::default()).unwrap();
    let [about_text, about_need] = decoded.diagnostics.as_slice() else {
        panic!("{:?}", decoded.diagnostics)
    };
    assert_eq!(about_text.severity, Severity::Error);
    let matcher = "ff.d[1].conditions[0].matcherGroup.matchers[0]";
    assert_eq!(about_text.path, format!("{matcher}.stringMatcherData"));
    assert_eq!(about_need.path, matcher);
    assert_eq!(ask(&document, "good", &user("u")).0, "on");
    assert_eq!(ask(&document, "bad", &user("u")), ("control".into(), "exception".into()));
    let expected = ("control".into(), "definition not found".into());
    assert_eq!(ask(&document, "gone", &user("u")), expected);
}

#[test]
fn the_older_form_is_read_and_both_are_recognised() {
    let older = json!({ "splits": [flag("f", &everyone())], "since": -1, "till": 9 });
    assert_eq!(ask(&older, "f", &user("u")).0, "on");
    for document in [older, document(&[])] {
        assert_eq!(crate::detect(&document.to_string()), Some(Dialect::Split));
    }
    for text in ["{\"ff\": 1}", "{}", "{\"splits\": {}}"] {
        assert!(decode(Dialect::Split, text, &Settings::default()).is_err(), "{text}");
    }
}
