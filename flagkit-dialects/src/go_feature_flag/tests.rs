use flagkit_core::{Fixed, Snapshot, Timestamp, compile};
use serde_json::{Value, json};

use super::{Answer, answer, bulk, context};
use crate::{Dialect, Settings, decode};

fn snapshot(document: &Value) -> Snapshot {
    let text = document.to_string();
    let decoded = decode(Dialect::GoFeatureFlag, &text, &Settings::default()).unwrap();
    compile(decoded.document).snapshot
}

fn ask(document: &Value, flag: &str, asked: &Value) -> Answer {
    let world = Fixed::at(Timestamp::parse("2024-06-01T00:00:00Z").unwrap());
    answer(&snapshot(document), flag, &context(asked).unwrap(), &world, &json!("default"))
}

/// Variation and reason.
fn served(flag: &Value, asked: &Value) -> (String, String) {
    let answer = ask(&json!({ "f": flag }), "f", asked);
    (answer.variation, answer.error.map_or(answer.reason, str::to_owned))
}

fn flag(more: &Value) -> Value {
    let mut flag = json!({ "variations": { "a": 1, "b": 2 }, "defaultRule": { "variation": "b" } });
    flag.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    flag
}

fn holds(query: &str, attributes: &Value) -> bool {
    let flag = flag(&json!({ "targeting": [{ "query": query, "variation": "a" }] }));
    served(&flag, &json!({ "key": "k", "custom": attributes })).0 == "a"
}

#[test]
fn the_value_decides_how_attributes_are_read() {
    let attributes = json!({
        "t": "AbC", "n": 1.7, "b": true, "v": "1.10.0", "o": { "n": 1, "t": "x" }, "anonymous": "yes",
    });
    for (query, expected) in [
        ("t eq \"aBc\"", true),
        ("t gt \"abB\"", true),
        ("t in [\"abc\"]", false),
        ("t in [\"x\", \"AbC\"]", true),
        ("n eq 1", true),
        ("n eq 1.0", false),
        ("n ne 1.0", true),
        ("n ne \"1.7\"", false),
        ("missing ne 1", false),
        ("v gt 1.9.0", true),
        ("b ne false", true),
        ("missing eq null", true),
        ("t pr", true),
        ("o.n eq 1", true),
        ("o.n in [1]", false),
        ("anonymous eq false", true),
        ("key eq \"K\"", true),
        ("{\"==\": [{\"var\": \"o.t\"}, \"x\"]}", true),
    ] {
        assert_eq!(holds(query, &attributes), expected, "{query}");
    }
}

#[test]
fn queries_group_from_the_left_and_impossible_comparisons_fail_them_whole() {
    let attributes = json!({ "x": 1, "t": "a" });
    for (query, expected) in [
        ("x eq 1 or x eq 1 and x eq 2", false),
        ("x eq 1 or (x eq 1 and x eq 2)", true),
        ("not (x eq 2)", true),
        ("not (x gt true)", false),
        ("x gt true or x eq 1", false),
        ("x eq 1 or x gt true", true),
        ("t.a eq 1 or x eq 1", false),
        ("not (t.a pr)", false),
        ("   x eq 1 \n   and x eq 1", true),
        ("x eq 1 and something", false),
        ("x eq 1 AND x eq 2", true),
        ("x  eq 1", false),
        ("x eq [1]", false),
    ] {
        assert_eq!(holds(query, &attributes), expected, "{query}");
    }
}

#[test]
fn percentages_share_the_buckets_in_descending_order_of_names() {
    // fnv1a_32("fuser-1") = 3,165,944,256, mod 100,000 = 44,256; `b` has the first buckets.
    let split =
        |a: f64| flag(&json!({ "defaultRule": { "percentage": { "a": a, "b": 100.0 - a } } }));
    for (a, expected) in [(55.0, "b"), (55.744, "a"), (55.743, "b"), (56.0, "a")] {
        let answer = served(&split(a), &json!({ "targetingKey": "user-1" }));
        assert_eq!(answer, (expected.into(), "SPLIT".into()), "{a}");
    }
    let none = json!({ "targetingKey": "" });
    assert_eq!(served(&split(50.0), &none).1, "TARGETING_KEY_MISSING");
    assert_eq!(served(&flag(&json!({})), &none), ("b".into(), "STATIC".into()));
}

#[test]
fn steps_of_a_schedule_change_the_flag_in_the_order_of_their_dates() {
    let flag = flag(&json!({
        "targeting": [{ "name": "r", "query": "x eq 1", "variation": "a" }],
        "scheduledRollout": [
            { "date": "2024-03-01T00:00:00Z", "targeting": [{ "name": "r", "query": "x eq 3" }] },
            { "date": "2024-02-01T00:00:00Z", "targeting": [{ "name": "r", "query": "x eq 2" }] },
            { "date": "2024-04-01T00:00:00Z", "disable": true },
        ],
    }));
    for (now, x, variation) in [
        ("2024-01-31T23:59:59Z", 1, "a"),
        ("2024-02-01T00:00:00Z", 1, "b"),
        ("2024-02-01T00:00:00Z", 2, "a"),
        ("2024-03-01T00:00:00Z", 3, "a"),
        ("2024-04-01T00:00:00Z", 3, "SdkDefault"),
    ] {
        let asked =
            json!({ "targetingKey": "k", "x": x, "gofeatureflag": { "currentDateTime": now } });
        assert_eq!(served(&flag, &asked).0, variation, "{now} {x}");
    }
}

#[test]
fn experiments_run_between_their_dates_both_included() {
    let flag = flag(&json!({
        "experimentation": { "start": "2024-01-01T00:00:00Z", "end": "2024-02-01T00:00:00Z" }
    }));
    for (now, variation) in [
        ("2023-12-31T23:59:59Z", "SdkDefault"),
        ("2024-01-01T00:00:00Z", "b"),
        ("2024-02-01T00:00:00Z", "b"),
        ("2024-02-01T00:00:01Z", "SdkDefault"),
    ] {
        let asked = json!({ "targetingKey": "k", "gofeatureflag": { "currentDateTime": now } });
        assert_eq!(served(&flag, &asked).0, variation, "{now}");
    }
}

#[test]
fn a_progressive_rollout_ends_with_everyone() {
    let stage = |variation: &str, percentage: f64, date: &str| json!({ "variation": variation, "percentage": percentage, "date": date });
    let flag = flag(&json!({ "defaultRule": { "progressiveRollout": {
        "initial": stage("a", 0.0, "2024-01-01T00:00:00Z"), "end": stage("b", 0.0, "2024-02-01T00:00:00Z"),
    } } }));
    let served_at = |now: &str, key: &str| {
        let asked = json!({ "targetingKey": key, "gofeatureflag": { "currentDateTime": now } });
        served(&flag, &asked)
    };
    let mut last = 0;
    for now in [
        "2024-01-01T00:00:00Z",
        "2024-01-10T00:00:00Z",
        "2024-01-20T00:00:00Z",
        "2024-02-01T00:00:00Z",
    ] {
        let keys = (0..200).map(|n| format!("user-{n}"));
        let inside = keys.filter(|key| served_at(now, key).0 == "b").count();
        assert!(inside >= last, "{now}: {inside} after {last}");
        last = inside;
    }
    assert_eq!(last, 200);
}

#[test]
fn rules_that_say_nothing_are_errors_where_they_are_reached() {
    let broken = flag(&json!({ "targeting": [{ "query": "x eq 1" }] }));
    let asked = |x: i64| json!({ "targetingKey": "k", "x": x });
    assert_eq!(served(&broken, &asked(1)).1, "FLAG_CONFIG");
    assert_eq!(served(&broken, &asked(2)), ("b".into(), "DEFAULT".into()));
    let mistyped = flag(&json!({ "targeting": 1 }));
    assert_eq!(served(&mistyped, &asked(1)).1, "FLAG_CONFIG");
}

#[test]
fn answers_tell_what_the_flag_says_of_itself() {
    let flag = flag(&json!({
        "targeting": [{ "name": "r", "query": "x eq 1", "variation": "a" }],
        "version": "2", "trackEvents": false, "metadata": { "owner": "me" },
    }));
    let document = json!({ "f": flag, "g": { "variations": {}, "disable": true } });
    let asked = json!({ "targetingKey": "k", "x": 1 });
    let expected = json!({
        "value": 1, "variationType": "a", "reason": "TARGETING_MATCH", "errorCode": "",
        "failed": false, "cacheable": true, "trackEvents": false, "version": "2",
        "metadata": { "owner": "me", "evaluatedRuleName": "r" },
    });
    assert_eq!(ask(&document, "f", &asked).to_json(), expected);
    let not_found = ask(&document, "h", &asked).to_ofrep("h");
    assert_eq!(not_found, Err(json!({ "message": "Not Found" })));
    let world = Fixed::at(Timestamp::EPOCH);
    let all = bulk(&snapshot(&document), &context(&asked).unwrap(), &world);
    let variants = [all.pointer("/flags/0/variant"), all.pointer("/flags/1/variant")];
    assert_eq!(variants, [Some(&json!("a")), Some(&json!(""))]);
    assert_eq!(crate::detect(&document.to_string()), Some(Dialect::GoFeatureFlag));
}
