#![expect(clippy::needless_pass_by_value, reason = "tests write JSON where it is used")]

use flagkit_core::document::Digest;
use flagkit_core::{Fixed, Timestamp, compile};
use serde_json::{Value, json};

use super::*;
use crate::decode::detect;
use crate::{Dialect, decode};

const NOW: &str = "2026-06-01T00:00:00Z";

/// A document of one text flag with variations `a` and `b`, and these allocations.
fn document(allocations: Value) -> Value {
    json!({
        "createdAt": NOW, "environment": { "name": "Test" }, "flags": { "f": {
            "key": "f", "enabled": true, "variationType": "STRING", "totalShards": 10000,
            "variations": {
                "a": { "key": "a", "value": "A" },
                "b": { "key": "b", "value": "B" },
            },
            "allocations": allocations,
        } },
    })
}

/// An allocation with one rule of these conditions that serves `a`.
fn allocation(conditions: Value) -> Value {
    json!({
        "key": "first", "rules": [{ "conditions": conditions }],
        "splits": [{ "variationKey": "a", "shards": [] }],
    })
}

fn condition(operator: &str, value: Value) -> Value {
    json!({ "attribute": "x", "operator": operator, "value": value })
}

fn world() -> Fixed {
    Fixed::at(Timestamp::parse(NOW).unwrap())
}

fn ask(document: &Value, kind: Kind, attributes: Value, words: Words) -> Value {
    let flags = Flags::read(&document.to_string()).unwrap();
    let subject = context(&json!({ "subjectKey": "alice", "attributes": attributes })).unwrap();
    let question = Question { flag: "f", kind, subject: "alice" };
    flags.answer(question, &subject, &world(), words)
}

fn details(document: &Value, attributes: Value) -> Value {
    ask(document, Kind::String, attributes, Words::Server)["evaluationDetails"].clone()
}

/// Whether a condition on `x` holds.
fn holds(operator: &str, value: Value, attributes: Value) -> bool {
    let document = document(json!([allocation(json!([condition(operator, value)]))]));
    details(&document, attributes)["variationKey"] == "a"
}

#[test]
fn texts_of_numbers_and_booleans_are_compared() {
    for (operands, x, expected) in [
        (json!(["1"]), json!(1), true),
        (json!(["1"]), json!(1.0), true),
        (json!(["1.0"]), json!(1.0), false),
        (json!(["true"]), json!(true), true),
        (json!(["1000000000000000000000"]), json!(1e21), true),
        (json!(["0.0000001"]), json!(1e-7), true),
        // The vendor's numbers are doubles: 2⁵³ + 1 is none.
        (json!(["9007199254740992"]), json!(9_007_199_254_740_993_i64), true),
        (json!(["null"]), json!(null), false),
        (json!(["A"]), json!("a"), false),
    ] {
        let attributes = json!({ "x": x });
        assert_eq!(holds("ONE_OF", operands.clone(), attributes.clone()), expected, "{operands}");
        let is_there = !x.is_null();
        assert_eq!(holds("NOT_ONE_OF", operands, attributes), is_there && !expected, "{x}");
    }
}

#[test]
fn what_is_absent_meets_no_condition_but_the_one_that_asks_for_it() {
    for operator in ["ONE_OF", "NOT_ONE_OF"] {
        assert!(!holds(operator, json!(["a"]), json!({})));
    }
    for operator in ["MATCHES", "NOT_MATCHES", "GTE", "LT"] {
        assert!(!holds(operator, json!("1"), json!({ "x": null })));
    }
    assert!(holds("IS_NULL", json!(true), json!({ "x": null })));
    assert!(holds("IS_NULL", json!(true), json!({})));
    assert!(!holds("IS_NULL", json!(false), json!({})));
    assert!(holds("IS_NULL", json!(false), json!({ "x": "" })));
}

#[test]
fn patterns_match_anywhere_in_the_text_of_any_value() {
    assert!(holds("MATCHES", json!("b"), json!({ "x": "abc" })));
    assert!(!holds("MATCHES", json!("^b"), json!({ "x": "abc" })));
    assert!(holds("MATCHES", json!("^tr"), json!({ "x": true })));
    assert!(holds("NOT_MATCHES", json!("b"), json!({ "x": 7 })));
}

#[test]
fn versions_compare_with_their_build_metadata_and_numbers_as_doubles() {
    for (operator, value, x, expected) in [
        ("GTE", json!("1.5.0"), json!("1.10.0"), true),
        ("GT", json!("1.0.0"), json!("1.0.0+1"), true),
        ("LT", json!("1.0.0+10"), json!("1.0.0+9"), true),
        ("LT", json!("1.0.0"), json!("1.0.0-rc.1"), true),
        // What is no version is a number, also in text.
        ("GTE", json!("1.0"), json!("1"), true),
        ("GTE", json!(10), json!("1e1"), true),
        ("LT", json!(10), json!(" 9"), false),
        ("LT", json!(10), json!(true), false),
        // A version never compares with a number.
        ("GTE", json!("1.0.0"), json!(2), false),
        ("GTE", json!(1), json!("2.0.0"), false),
        ("LTE", json!("inf"), json!(1), true),
    ] {
        let attributes = json!({ "x": x });
        assert_eq!(holds(operator, value.clone(), attributes), expected, "{operator} {value} {x}");
    }
}

#[test]
fn a_condition_that_cannot_be_read_never_holds_and_breaks_nothing() {
    for broken in [
        condition("CONTAINS", json!("a")),
        condition("ONE_OF", json!("a")),
        condition("ONE_OF", json!(["a", 1])),
        condition("GTE", json!(true)),
        condition("GTE", json!("z")),
        condition("IS_NULL", json!("true")),
        condition("MATCHES", json!(1)),
        json!({ "operator": "ONE_OF", "value": ["a"] }),
        json!(5),
    ] {
        let text = document(json!([allocation(json!([broken]))])).to_string();
        let decoded = decode(Dialect::Eppo, &text, &Settings::default()).unwrap();
        assert_eq!(decoded.diagnostics.len(), 1, "{broken}");
        assert!(!decoded.diagnostics[0].is_error());
        assert_eq!(decoded.diagnostics[0].path, "flags.f.allocations[0].rules[0].conditions[0]");
        let rules = json!([{ "conditions": [broken] }, { "conditions": [] }]);
        let mut both = allocation(json!([]));
        both["rules"] = rules;
        assert_eq!(details(&document(json!([both])), json!({ "x": "a" }))["variationKey"], "a");
    }
    // Patterns are read when the document is compiled.
    let never = document(json!([allocation(json!([condition("NOT_MATCHES", json!("("))]))]));
    assert_eq!(details(&never, json!({ "x": "a" }))["variationKey"], Value::Null);
}

#[test]
fn the_subject_is_the_attribute_id_unless_there_is_one() {
    let named = json!([{ "attribute": "id", "operator": "ONE_OF", "value": ["alice"] }]);
    let document = document(json!([allocation(named)]));
    assert_eq!(details(&document, json!({}))["variationKey"], "a");
    assert_eq!(details(&document, json!({ "id": "bob" }))["variationKey"], Value::Null);
    assert_eq!(details(&document, json!({ "id": null }))["variationKey"], Value::Null);
}

#[test]
fn splits_are_asked_in_their_order_however_their_shards_are_written() {
    let shard = |salt: &str, start: u32, end: u32| json!({ "salt": salt, "ranges": [{ "start": start, "end": end }] });
    let split =
        |variation: &str, shards: Value| json!({ "variationKey": variation, "shards": shards });
    // md5("s-alice") begins with 8c58032c and md5("t-alice") with 5c5a6824:
    // 2354578220 mod 10000 = 8220, 1549428772 mod 10000 = 8772.
    let (s, t) = (8220, 8772);
    for (splits, expected) in [
        (
            json!([
                split("a", json!([shard("s", 0, s)])),
                split("b", json!([shard("s", s, 10000)]))
            ]),
            json!("b"),
        ),
        (
            json!([
                split("a", json!([shard("s", 0, s + 1)])),
                split("b", json!([shard("s", 0, 10000)]))
            ]),
            json!("a"),
        ),
        (json!([split("a", json!([shard("s", 0, s)]))]), Value::Null),
        // A percentage for all, and a split inside.
        (
            json!([
                split("a", json!([shard("s", 0, 9000), shard("t", 0, t)])),
                split("b", json!([shard("s", 0, 9000), shard("t", t, 10000)]))
            ]),
            json!("b"),
        ),
        (json!([split("a", json!([shard("s", 0, s), shard("t", 0, 10000)]))]), Value::Null),
        // Salts of their own.
        (
            json!([
                split("a", json!([shard("s", 0, s)])),
                split("b", json!([shard("t", t, t + 1)]))
            ]),
            json!("b"),
        ),
        // No range, so nobody.
        (json!([split("a", json!([{ "salt": "s", "ranges": [] }]))]), Value::Null),
        (json!([]), Value::Null),
    ] {
        let allocations = json!([{ "key": "all", "splits": splits }]);
        let details = details(&document(allocations), json!({}));
        assert_eq!(details["variationKey"], expected, "{splits}");
    }
}

#[test]
fn details_say_why_each_allocation_was_passed_over() {
    let split = json!([{ "variationKey": "b", "shards": [] }]);
    let nobody = json!([{ "variationKey": "a", "shards": [{ "salt": "s", "ranges": [] }] }]);
    let never = json!([{ "conditions": [condition("ONE_OF", json!([]))] }]);
    let always = json!([{ "conditions": [condition("ONE_OF", json!([]))] }, { "conditions": [] }]);
    let document = document(json!([
        { "key": "early", "startAt": "2026-06-01T00:00:00.001Z", "rules": never, "splits": split },
        { "key": "late", "endAt": "2026-05-31T23:59:59.999Z", "rules": always, "splits": split },
        { "key": "over", "startAt": "2020-1-1 0:0:0Z", "endAt": "2021-01-01T00:00:00Z", "splits": split },
        { "key": "others", "startAt": NOW, "endAt": NOW, "rules": never, "splits": split },
        { "key": "nobody", "rules": always, "splits": nobody },
        { "key": "these", "rules": always, "splits": split },
        { "key": "rest", "splits": split },
    ]));
    let details = details(&document, json!({}));
    let codes: Vec<&str> = details["unmatchedAllocations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["allocationEvaluationCode"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        [
            "BEFORE_START_TIME",
            "AFTER_END_TIME",
            "AFTER_END_TIME",
            "FAILING_RULE",
            "TRAFFIC_EXPOSURE_MISS"
        ]
    );
    assert_eq!(details["matchedAllocation"]["orderPosition"], 6);
    assert_eq!(details["matchedRule"], json!({ "conditions": [] }));
    assert_eq!(details["unevaluatedAllocations"][0]["key"], "rest");
    let description = "Supplied attributes match rules defined in allocation \"these\".";
    assert_eq!(details["flagEvaluationDescription"], description);
}

#[test]
fn shards_that_everybody_has_count_in_one_family_of_sdks_only() {
    let all = json!({ "salt": "s", "ranges": [{ "start": 0, "end": 10000 }] });
    let mut one = allocation(json!([]));
    one["splits"] = json!([{ "variationKey": "a", "shards": [all, all] }]);
    let document = document(json!([one]));
    let described = |words| {
        let answer = ask(&document, Kind::String, json!({}), words);
        answer["evaluationDetails"]["flagEvaluationDescription"].as_str().unwrap().to_owned()
    };
    let rules = "Supplied attributes match rules defined in allocation \"first\"";
    assert_eq!(described(Words::Server), format!("{rules}."));
    let more = "and alice belongs to the range of traffic assigned to \"a\".";
    assert_eq!(described(Words::Published), format!("{rules} {more}"));
}

#[test]
fn a_variation_of_another_type_is_an_error_only_where_it_is_served() {
    let mut document = document(json!([{
        "key": "all", "splits": [{ "variationKey": "a", "shards": [] }],
    }]));
    document["flags"]["f"]["variationType"] = json!("INTEGER");
    for (value, served) in [
        (json!(3.0), json!(3)),
        (json!(-0.0), json!(0)),
        (json!(9_223_372_036_854_775_808_u64), json!(i64::MAX)),
        (json!(3.5), Value::Null),
        (json!("3"), Value::Null),
        (json!(1e19), Value::Null),
    ] {
        document["flags"]["f"]["variations"]["a"]["value"] = value.clone();
        let answer = ask(&document, Kind::Integer, json!({}), Words::Published);
        assert_eq!(answer.get("value").cloned().unwrap_or_default(), served, "{value}");
        if served.is_null() {
            let details = &answer["evaluationDetails"];
            assert_eq!(details["flagEvaluationCode"], "ASSIGNMENT_ERROR");
            assert_eq!(details["variationValue"], value);
            let server = ask(&document, Kind::Integer, json!({}), Words::Server);
            let details = &server["evaluationDetails"];
            assert_eq!(details["flagEvaluationCode"], "UNEXPECTED_CONFIGURATION_ERROR");
            assert_eq!(details["variationKey"], "a");
        }
    }
}

#[test]
fn the_key_inside_a_variation_counts() {
    let mut document = document(json!([{
        "key": "all", "splits": [{ "variationKey": "a", "shards": [] }],
    }]));
    document["flags"]["f"]["variations"] = json!({ "b": { "key": "a", "value": "inside" } });
    assert_eq!(ask(&document, Kind::String, json!({}), Words::Server)["value"], "inside");
}

#[test]
fn a_flag_with_a_broken_part_answers_for_itself() {
    let whole = document(json!([{
        "key": "all", "doLog": true,
        "splits": [{ "variationKey": "a", "shards": [
            { "salt": "s", "ranges": [{ "start": 0, "end": 10000 }] },
        ], "extraLogging": { "a": "b" } }],
    }]));
    assert_eq!(details(&whole, json!({}))["flagEvaluationCode"], "MATCH");
    for (place, broken) in [
        ("/key", json!(5)),
        ("/enabled", json!(1)),
        ("/variationType", json!("string")),
        ("/totalShards", json!(10000.0)),
        ("/variations/a/value", json!(null)),
        ("/variations/b", json!(5)),
        ("/allocations", json!({})),
        ("/allocations/0/key", json!(null)),
        ("/allocations/0/doLog", json!(null)),
        ("/allocations/0/splits/0/variationKey", json!(1)),
        ("/allocations/0/splits/0/extraLogging", json!({ "a": 1 })),
        ("/allocations/0/splits/0/shards/0/salt", json!(1)),
        ("/allocations/0/splits/0/shards/0/ranges/0/start", json!(-1)),
        ("/allocations/0/splits/0/shards/0/ranges/0/end", json!(4_294_967_296_i64)),
    ] {
        let mut document = whole.clone();
        *document["flags"]["f"].pointer_mut(place).unwrap() = broken;
        document["flags"]["other"] = whole["flags"]["f"].clone();
        let decoded = decode(Dialect::Eppo, &document.to_string(), &Settings::default()).unwrap();
        assert!(decoded.diagnostics[0].is_error(), "{place}");
        let snapshot = compile(decoded.document).snapshot;
        assert!(snapshot.flag("f").unwrap().fault().is_some(), "{place}");
        assert!(snapshot.flag("other").unwrap().fault().is_none(), "{place}");
        let code = "UNEXPECTED_CONFIGURATION_ERROR";
        assert_eq!(details(&document, json!({}))["flagEvaluationCode"], code, "{place}");
    }
}

#[test]
fn a_caller_who_expects_another_type_gets_the_default() {
    let document = document(json!([{ "key": "all", "splits": [] }]));
    let told = |words| {
        let details = ask(&document, Kind::Json, json!({}), words)["evaluationDetails"].clone();
        assert_eq!(details["flagEvaluationCode"], "TYPE_MISMATCH");
        assert_eq!(details["unevaluatedAllocations"][0]["key"], "all");
        details["flagEvaluationDescription"].as_str().unwrap().to_owned()
    };
    let begin = "Variation value does not have the correct type.";
    let published = "Found STRING, but expected JSON for flag f";
    assert_eq!(told(Words::Published), format!("{begin} {published}"));
    assert_eq!(told(Words::Server), format!("{begin} Found: String != Json for flag f"));
}

#[test]
fn an_obfuscated_flag_answers_as_its_plain_twin() {
    let md5 = |text: &str| Digest::of(text).to_string();
    // base64 by `base64` of coreutils.
    let document = json!({ "format": "CLIENT", "flags": { md5("f"): {
        "key": md5("f"), "enabled": true, "variationType": "NUMERIC", "totalShards": 10000,
        "variations": { "b24=": { "key": "b24=", "value": "MS41" } },
        "allocations": [{
            "key": "YWxs", "startAt": "MjAyMC0wMS0wMVQwMDowMDowMFo=",
            "rules": [{ "conditions": [
                { "attribute": md5("country"), "operator": md5("NOT_ONE_OF"), "value": [md5("US")] },
                { "attribute": md5("age"), "operator": md5("GTE"), "value": "MTg=" },
                { "attribute": md5("email"), "operator": md5("MATCHES"), "value": "Lm9yZyQ=" },
                { "attribute": md5("id"), "operator": md5("ONE_OF"), "value": [md5("alice")] },
                { "attribute": md5("gone"), "operator": md5("IS_NULL"), "value": md5("true") },
            ] }],
            "splits": [{ "variationKey": "b24=", "shards": [
                { "salt": "cw==", "ranges": [{ "start": 8220, "end": 8221 }] },
            ] }],
        }],
    } } });
    let attributes = json!({ "country": "DE", "age": 18, "email": "a@b.org" });
    let answer = ask(&document, Kind::Numeric, attributes, Words::Server);
    assert_eq!(answer["value"], 1.5);
    assert_eq!(answer["evaluationDetails"]["matchedAllocation"]["key"], "all");
    let elsewhere = json!({ "country": "US", "age": 18, "email": "a@b.org" });
    assert!(ask(&document, Kind::Numeric, elsewhere, Words::Server).get("value").is_none());
}

#[test]
fn documents_of_other_formats_are_refused() {
    for (format, is_fine) in
        [(json!("SERVER"), true), (json!("PRECOMPUTED"), false), (json!(null), false)]
    {
        let text = json!({ "format": format, "flags": {} }).to_string();
        assert_eq!(decode(Dialect::Eppo, &text, &Settings::default()).is_ok(), is_fine);
    }
    assert!(decode(Dialect::Eppo, r#"{ "flags": [] }"#, &Settings::default()).is_err());
    assert_eq!(detect(&document(json!([])).to_string()), Some(Dialect::Eppo));
}

#[test]
fn a_pattern_that_is_only_too_large_for_us_breaks_the_flag() {
    let huge = condition("NOT_MATCHES", json!("\\w{5000}"));
    let document = document(json!([allocation(json!([huge])), allocation(json!([]))]));
    let code = "UNEXPECTED_CONFIGURATION_ERROR";
    assert_eq!(details(&document, json!({ "x": "a" }))["flagEvaluationCode"], code);
}
