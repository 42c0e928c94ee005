//! Buckets of the key `hashKey` with the salt `saltyA`, as LaunchDarkly's SDKs publish them in
//! their tests: userKeyA 0.42157587, userKeyB 0.6708485, userKeyC 0.10343106.

use flagkit_core::{Context, ErrorCode, Fixed, Reason, Snapshot, Timestamp, compile};
use serde_json::{Value as Json, json};

use super::*;
use crate::{BucketFloat, Dialect, LaunchDarklySettings, decode, detect};

const WORLD: Fixed = Fixed::at(Timestamp::EPOCH);

fn compiled(document: &Json) -> Snapshot {
    let decoded = decode(Dialect::LaunchDarkly, &document.to_string(), &Settings::default());
    compile(decoded.unwrap().document).snapshot
}

fn ask_with(document: &Json, context: &Json, big_segments: Option<&BigSegments>) -> Answer {
    let default = &json!("default");
    let value_type = ValueType::Any;
    let question = Question { flag: "flag", context, value_type, default, big_segments };
    answer(&compiled(document), &question, &WORLD)
}

/// The place of the variation, or nothing, and the kind of the reason or error.
fn ask(document: &Json, context: &Json) -> (Option<i64>, String) {
    let answer = ask_with(document, context, None);
    let reason = answer.reason.get("errorKind").or(answer.reason.get("kind")).cloned();
    (answer.variation_index, reason.unwrap().as_str().unwrap().to_owned())
}

/// A flag with three variations that is on, and this over it.
fn flag(parts: &Json) -> Json {
    let mut flag = json!({
        "key": "hashKey", "salt": "saltyA", "on": true, "variations": ["a", "b", "c"],
        "offVariation": 2, "fallthrough": { "variation": 1 },
    });
    for (name, value) in parts.as_object().unwrap() {
        flag[name] = value.clone();
    }
    json!({ "flags": { "flag": flag } })
}

/// A flag that serves the first variation where a clause holds.
fn clause(clause: &Json) -> Json {
    flag(&json!({ "rules": [{ "id": "r", "variation": 0, "clauses": [clause] }] }))
}

fn holds(of: &Json, context: &Json) -> bool {
    match ask(&clause(of), context) {
        (Some(0), reason) if reason == "RULE_MATCH" => true,
        (Some(1), reason) if reason == "FALLTHROUGH" => false,
        other => panic!("{other:?} for {of}"),
    }
}

fn user(key: &str) -> Json {
    json!({ "kind": "user", "key": key })
}

#[test]
fn an_absent_attribute_passes_no_clause_and_an_odd_one_fails_it() {
    let starts =
        |negate| json!({ "attribute": "a", "op": "startsWith", "values": ["x"], "negate": negate });
    for (value, plain, negated) in [
        (json!("xy"), true, false),
        (json!("y"), false, true),
        (json!(1), false, true),
        (json!(["y", 1, "xy"]), true, false),
        (json!([["xy"], null]), false, true),
        (json!([]), false, true),
        (json!(null), false, false),
    ] {
        let context = json!({ "kind": "user", "key": "u", "a": value });
        assert_eq!(holds(&starts(false), &context), plain, "{value}");
        assert_eq!(holds(&starts(true), &context), negated, "{value}");
    }
    assert!(!holds(&starts(true), &user("u")));
}

#[test]
fn patterns_that_are_none_and_unknown_operators_match_nothing() {
    let context = json!({ "kind": "user", "key": "u", "a": "xyz" });
    for (op, values, plain) in [
        ("matches", json!(["("]), false),
        ("matches", json!(["(", "y"]), true),
        ("matches", json!(["(", 1, "^y"]), false),
        ("somethingNew", json!(["xyz"]), false),
        ("in", json!([]), false),
    ] {
        for negate in [false, true] {
            let of = json!({ "attribute": "a", "op": op, "values": values, "negate": negate });
            assert_eq!(holds(&of, &context), plain != negate, "{of}");
        }
    }
}

#[test]
fn values_that_an_operator_cannot_read_do_not_spoil_the_others() {
    let context = json!({ "kind": "user", "key": "u", "n": 5, "v": "2.1", "t": 1000.9 });
    for (of, expected) in [
        (json!({ "attribute": "n", "op": "lessThan", "values": ["9", true, 6] }), true),
        (json!({ "attribute": "v", "op": "semVerEqual", "values": ["x", "2.1.0"] }), true),
        (json!({ "attribute": "t", "op": "after", "values": ["soon", 999] }), true),
        // The fraction of milliseconds does not count.
        (json!({ "attribute": "t", "op": "after", "values": [1000] }), false),
        (json!({ "attribute": "t", "op": "before", "values": ["1970-01-01T00:00:01.001Z"] }), true),
        (json!({ "attribute": "n", "op": "in", "values": ["5", [5]] }), false),
        (json!({ "attribute": "n", "op": "in", "values": [5.0] }), true),
    ] {
        assert_eq!(holds(&of, &context), expected, "{of}");
    }
}

#[test]
fn references_are_pointers_only_beside_a_kind() {
    let context = json!({
        "kind": "user", "key": "u", "a/b": "x", "/c": "x", "~": "x", "o": { "p/q": "x", "l": ["x"] },
    });
    let both = |attribute: &str| {
        let plain = json!({ "attribute": attribute, "op": "in", "values": ["x"] });
        let with_kind = json!({
            "attribute": attribute, "contextKind": "user", "op": "in", "values": ["x"],
        });
        (ask(&clause(&plain), &context).1, ask(&clause(&with_kind), &context).1)
    };
    for (attribute, plain, with_kind) in [
        ("a/b", "RULE_MATCH", "RULE_MATCH"),
        ("/a~1b", "FALLTHROUGH", "RULE_MATCH"),
        ("/c", "RULE_MATCH", "FALLTHROUGH"),
        ("/~1c", "FALLTHROUGH", "RULE_MATCH"),
        ("~", "RULE_MATCH", "RULE_MATCH"),
        ("/~0", "FALLTHROUGH", "RULE_MATCH"),
        ("/o/p~1q", "FALLTHROUGH", "RULE_MATCH"),
        ("/o/l/0", "FALLTHROUGH", "FALLTHROUGH"),
        ("/kind/user", "FALLTHROUGH", "FALLTHROUGH"),
        ("_meta", "FALLTHROUGH", "FALLTHROUGH"),
        ("", "MALFORMED_FLAG", "MALFORMED_FLAG"),
        ("/", "FALLTHROUGH", "MALFORMED_FLAG"),
        ("/o//p", "FALLTHROUGH", "MALFORMED_FLAG"),
        ("/o/", "FALLTHROUGH", "MALFORMED_FLAG"),
        ("/~2", "FALLTHROUGH", "MALFORMED_FLAG"),
        ("/o~", "FALLTHROUGH", "MALFORMED_FLAG"),
    ] {
        assert_eq!(both(attribute), (plain.to_owned(), with_kind.to_owned()), "{attribute}");
    }
}

#[test]
fn a_context_of_one_kind_says_nothing_about_another() {
    let org = json!({ "kind": "org", "key": "o", "plan": "pro" });
    let multi =
        json!({ "kind": "multi", "org": { "key": "o", "plan": "pro" }, "user": { "key": "u" } });
    let plan = |kind: &str| json!({ "attribute": "plan", "contextKind": kind, "op": "in", "values": ["pro"] });
    assert!(holds(&plan("org"), &org) && holds(&plan("org"), &multi));
    assert!(!holds(&plan("user"), &org) && !holds(&plan("user"), &multi));
    let anonymous = |kind: &str| json!({ "attribute": "anonymous", "contextKind": kind, "op": "in", "values": [false] });
    assert!(holds(&anonymous("org"), &org) && !holds(&anonymous("user"), &org));
    let kinds = |values: Json, negate| json!({ "attribute": "kind", "op": "in", "values": values, "negate": negate });
    assert!(holds(&kinds(json!(["org"]), false), &multi));
    assert!(!holds(&kinds(json!(["org"]), true), &multi));
    assert!(holds(&kinds(json!(["user"]), true), &org));
}

#[test]
fn flagkits_own_contexts_are_users() {
    let document = flag(&json!({ "rules": [
        { "id": "kind", "variation": 0, "clauses": [
            { "attribute": "kind", "op": "in", "values": ["user"] },
            { "attribute": "plan", "op": "in", "values": ["pro"] },
            { "attribute": "anonymous", "op": "in", "values": [false] },
            { "attribute": "key", "op": "in", "values": ["u-1"] }] },
    ] }));
    let snapshot = compiled(&document);
    let pro = Context::new("u-1").with("plan", "pro");
    let found = snapshot.resolve("flag", &pro, &WORLD, &mut ()).unwrap();
    assert_eq!(
        (found.variant(), found.rule(), found.label()),
        (Some("0"), Some("kind"), Some("RULE_MATCH 0"))
    );
    let found = snapshot.resolve("flag", &Context::new("u-1"), &WORLD, &mut ()).unwrap();
    assert_eq!((found.variant(), found.reason()), (Some("1"), Reason::Default));
}

#[test]
fn invalid_contexts_are_refused_and_old_users_are_read() {
    for bad in [
        json!(null),
        json!({}),
        json!({ "key": 1 }),
        json!({ "kind": "user" }),
        json!({ "kind": "user", "key": "" }),
        json!({ "kind": null, "key": "u" }),
        json!({ "kind": "kind", "key": "u" }),
        json!({ "kind": "a b", "key": "u" }),
        json!({ "kind": "multi" }),
        json!({ "kind": "multi", "user": "u" }),
        json!({ "kind": "multi", "multi": { "key": "u" } }),
        json!({ "kind": "user", "key": "u", "anonymous": null }),
        json!({ "kind": "user", "key": "u", "name": 1 }),
        json!({ "kind": "user", "key": "u", "_meta": 1 }),
        json!({ "key": "u", "email": 1 }),
        json!({ "key": "u", "custom": [] }),
    ] {
        assert!(context(&bad).is_err(), "{bad}");
        assert_eq!(ask(&flag(&json!({})), &bad), (None, "USER_NOT_SPECIFIED".to_owned()));
    }
    let old = json!({
        "key": "", "email": "a@b", "anonymous": null, "ignored": 1,
        "custom": { "plan": "pro", "key": "hidden", "kind": "org", "anonymous": true },
    });
    let found = context(&old).unwrap();
    let same = context(&json!({ "key": "", "email": "a@b", "custom": { "plan": "pro" } })).unwrap();
    assert_eq!(found, same);
}

#[test]
fn buckets_below_a_running_sum_get_a_variation_and_the_rest_the_last() {
    let rollout = |weights: &[i64]| {
        let shares = weights.iter().enumerate();
        let shares = shares.map(|(place, weight)| json!({ "variation": place, "weight": weight }));
        flag(&json!({ "fallthrough": { "rollout": { "variations": shares.collect::<Vec<_>>() } } }))
    };
    for (weights, key, expected) in [
        ([42157, 2, 57841], "userKeyA", 1),
        ([42158, 2, 57840], "userKeyA", 0),
        ([1, 1, 0], "userKeyA", 2),
        ([0, 67084, 32916], "userKeyB", 2),
        ([0, 67085, 32915], "userKeyB", 1),
        ([-5, 10344, 0], "userKeyC", 2),
    ] {
        let expected = (Some(expected), "FALLTHROUGH".to_owned());
        assert_eq!(ask(&rollout(&weights), &user(key)), expected, "{weights:?}");
    }
}

#[test]
fn who_has_no_context_of_the_kind_gets_the_first_even_where_its_weight_is_nothing() {
    let variations =
        json!([{ "variation": 0, "weight": 0 }, { "variation": 1, "weight": 100_000 }]);
    let rollout = |more: &Json| {
        let mut rollout = json!({ "contextKind": "org", "variations": variations });
        for (name, value) in more.as_object().unwrap() {
            rollout[name] = value.clone();
        }
        flag(&json!({ "fallthrough": { "rollout": rollout } }))
    };
    let org = json!({ "kind": "org", "key": "o" });
    for (more, without, with) in [
        (json!({}), "FALLTHROUGH", Some(1)),
        // Without the attribute the bucket is 0.
        (json!({ "bucketBy": "missing" }), "FALLTHROUGH", Some(1)),
        (json!({ "bucketBy": "kind" }), "FALLTHROUGH", Some(1)),
        (json!({ "bucketBy": "/a//b" }), "FALLTHROUGH", None),
    ] {
        let document = rollout(&more);
        assert_eq!(ask(&document, &user("u")), (Some(0), without.to_owned()), "{more}");
        assert_eq!(ask(&document, &org).0, with, "{more}");
    }
}

#[test]
fn only_a_tracked_share_of_an_experiment_is_in_it() {
    let document = flag(&json!({ "fallthrough": { "rollout": {
        "kind": "experiment", "bucketBy": "ignored", "variations": [
            { "variation": 0, "weight": 20_000, "untracked": true },
            { "variation": 0, "weight": 30_000 },
            { "variation": 1, "weight": 50_000 }],
    } } }));
    let in_experiment = |context: &Json| {
        let answer = ask_with(&document, context, None);
        (answer.variation_index, answer.reason.get("inExperiment").cloned())
    };
    assert_eq!(in_experiment(&user("userKeyC")), (Some(0), None));
    assert_eq!(in_experiment(&user("userKeyA")), (Some(0), Some(json!(true))));
    assert_eq!(in_experiment(&user("userKeyB")), (Some(1), Some(json!(true))));
    assert_eq!(in_experiment(&json!({ "kind": "org", "key": "userKeyA" })), (Some(0), None));
}

#[test]
fn single_and_double_precision_sum_weights_differently() {
    let text = flag(&json!({ "salt": "s", "fallthrough": { "rollout": { "variations": [
        { "variation": 0, "weight": 10_000 }, { "variation": 1, "weight": 10_000 },
        { "variation": 2, "weight": 10_000 }, { "variation": 0, "weight": 70_000 }] } } }));
    for float in [BucketFloat::Single, BucketFloat::Double] {
        let launchdarkly = LaunchDarklySettings { bucket_float: float };
        let settings = Settings { launchdarkly, ..Settings::default() };
        let decoded = decode(Dialect::LaunchDarkly, &text.to_string(), &settings).unwrap();
        let flag = &decoded.document.flags[0];
        let flagkit_core::document::Serve::Split(split) = &flag.rules[0].serve else {
            panic!("{:?}", flag.rules)
        };
        let third = split.ranges[2].to;
        let expected = match float {
            BucketFloat::Single => f64::from(0.1_f32 + 0.1_f32 + 0.1_f32),
            BucketFloat::Double => 0.1 + 0.1 + 0.1,
        };
        assert_eq!(third, expected);
    }
}

#[test]
fn prerequisites_need_a_variation_of_a_flag_that_is_on() {
    let document = |other: &Json| {
        let mut document = flag(&json!({ "prerequisites": [{ "key": "other", "variation": 1 }] }));
        document["flags"]["other"] = other.clone();
        document
    };
    let serving = |on: bool, variation: i64| {
        json!({ "on": on, "offVariation": 1, "variations": [true, false],
            "fallthrough": { "variation": variation } })
    };
    for (other, expected) in [
        (serving(true, 1), "FALLTHROUGH"),
        (serving(true, 0), "PREREQUISITE_FAILED"),
        // Off is never accepted, even with the variation that is asked for.
        (serving(false, 1), "PREREQUISITE_FAILED"),
        (json!(null), "PREREQUISITE_FAILED"),
        // A variation that does not exist is none that is accepted.
        (serving(true, 7), "PREREQUISITE_FAILED"),
        // A clause that cannot be decided leaves nothing to say.
        (
            json!({ "on": true, "variations": [true, false], "rules": [
            { "variation": 0, "clauses": [{ "attribute": "", "op": "in", "values": [] }] }] }),
            "MALFORMED_FLAG",
        ),
        (
            json!({ "on": true, "variations": [true, false], "fallthrough": { "variation": 1 },
            "prerequisites": [{ "key": "flag", "variation": 0 }] }),
            "MALFORMED_FLAG",
        ),
        // Who never gets round the circle does not notice it.
        (
            json!({ "on": false, "variations": [true, false],
            "prerequisites": [{ "key": "flag", "variation": 0 }] }),
            "PREREQUISITE_FAILED",
        ),
    ] {
        let document = document(&other);
        assert_eq!(ask(&document, &user("u")).1, expected, "{other}");
    }
    let answer = ask_with(&document(&json!(null)), &user("u"), None);
    assert_eq!(answer.reason["prerequisiteKey"], "other");
    assert_eq!((answer.value, answer.variation_index), (json!("c"), Some(2)));
}

#[test]
fn a_flag_that_is_off_without_a_variation_serves_the_default_and_that_is_no_error() {
    let document = flag(&json!({ "on": false, "offVariation": null }));
    let answer = ask_with(&document, &user("u"), None);
    assert_eq!((answer.value, answer.variation_index), (json!("default"), None));
    assert_eq!(answer.reason, json!({ "kind": "OFF" }));
}

#[test]
fn a_target_of_users_without_keys_stands_for_the_user_target_of_its_variation() {
    let document = flag(&json!({
        "targets": [{ "variation": 0, "values": ["u"] }, { "variation": 2, "values": ["u"] }],
        "contextTargets": [
            { "contextKind": "org", "variation": 1, "values": ["o"] },
            { "contextKind": "user", "variation": 2, "values": [] },
            { "contextKind": "user", "variation": 0, "values": [] }],
    }));
    assert_eq!(ask(&document, &user("u")), (Some(2), "TARGET_MATCH".to_owned()));
    let both = json!({ "kind": "multi", "org": { "key": "o" }, "user": { "key": "u" } });
    assert_eq!(ask(&document, &both), (Some(1), "TARGET_MATCH".to_owned()));
}

#[test]
fn segments_include_before_they_exclude_and_ask_rules_last() {
    let document = |segment: &Json| {
        let mut document =
            clause(&json!({ "attribute": "", "op": "segmentMatch", "values": ["no", "s"] }));
        document["segments"] = json!({ "s": segment });
        document
    };
    let of = |segment: &Json, context: &Json| ask(&document(segment), context).0 == Some(0);
    let segment = json!({
        "included": ["both"], "excluded": ["both", "out"], "rules": [{ "clauses": [] }],
        "includedContexts": [{ "contextKind": "org", "values": ["o"] }],
    });
    assert!(of(&segment, &user("both")) && of(&segment, &user("other")));
    assert!(!of(&segment, &user("out")));
    assert!(of(
        &json!({ "includedContexts": segment["includedContexts"] }),
        &json!({ "kind": "org", "key": "o" })
    ));
    // userKeyA has the bucket 0.42157587.
    let weighted = |weight: i64| json!({ "key": "hashKey", "salt": "saltyA", "rules": [{ "clauses": [], "weight": weight }] });
    assert!(of(&weighted(42_158), &user("userKeyA")) && !of(&weighted(42_157), &user("userKeyA")));
    // Who has no context of the kind is before all buckets.
    assert!(of(&weighted(0), &json!({ "kind": "org", "key": "o" })));
}

#[test]
fn big_segments_ask_a_store_once_for_each_key() {
    let mut document =
        clause(&json!({ "attribute": "", "op": "segmentMatch", "values": ["one", "two", "old"] }));
    document["segments"] = json!({
        "one": { "unbounded": true, "generation": 3, "included": ["u"] },
        "two": { "unbounded": true, "generation": 1, "rules": [
            { "clauses": [{ "attribute": "key", "op": "in", "values": ["by-rule"] }] }] },
        "old": { "unbounded": true, "included": ["u"] },
    });
    let ask = |store: Option<&BigSegments>, key: &str| {
        let answer = ask_with(&document, &user(key), store);
        let status = answer.reason["bigSegmentsStatus"].as_str().unwrap().to_owned();
        (answer.variation_index, status, answer.membership_queries.len())
    };
    let healthy = || BigSegments::new(BigSegmentsStatus::Healthy);
    let found = |index: i64, status: &str, queries| (Some(index), status.to_owned(), queries);
    let member = healthy().with("u", "one.g3", true);
    assert_eq!(ask(Some(&member), "u"), found(0, "HEALTHY", 1));
    // The last segment cannot be looked up, and that is what is reported.
    assert_eq!(ask(Some(&member), "v"), found(1, "NOT_CONFIGURED", 1));
    assert_eq!(ask(Some(&healthy()), "by-rule"), found(0, "HEALTHY", 1));
    let excluded = healthy().with("by-rule", "two.g1", false);
    assert_eq!(ask(Some(&excluded), "by-rule"), found(1, "NOT_CONFIGURED", 1));
    let stale = BigSegments::new(BigSegmentsStatus::Stale).with("u", "two.g1", true);
    assert_eq!(ask(Some(&stale), "u"), found(0, "STALE", 1));
    let away = BigSegments::new(BigSegmentsStatus::StoreError).with("by-rule", "two.g1", false);
    assert_eq!(ask(Some(&away), "by-rule"), found(0, "STORE_ERROR", 1));
    assert_eq!(ask(None, "by-rule"), found(0, "NOT_CONFIGURED", 0));
}

#[test]
fn circles_of_segments_fail_who_goes_round() {
    let refers = |key: &str| json!([{ "clauses": [{ "attribute": "", "op": "segmentMatch", "values": [key] }] }]);
    let mut document = clause(&json!({ "attribute": "", "op": "segmentMatch", "values": ["one"] }));
    document["segments"] = json!({
        "one": { "rules": refers("two") }, "two": { "rules": refers("one"), "included": ["in"], "excluded": ["out"] },
    });
    for (key, expected) in [("in", "RULE_MATCH"), ("out", "FALLTHROUGH"), ("u", "MALFORMED_FLAG")] {
        assert_eq!(ask(&document, &user(key)).1, expected, "{key}");
    }
}

#[test]
fn typed_calls_refuse_other_types_and_cut_numbers() {
    let document = json!({ "flags": { "flag": {
        "on": true, "variations": [-2.9, null], "fallthrough": { "variation": 0 },
        "rules": [{ "variation": 1, "clauses": [{ "attribute": "key", "op": "in", "values": ["null"] }] }],
    } } });
    let snapshot = compiled(&document);
    let ask = |value_type, key: &str| {
        let question = Question {
            flag: "flag",
            context: &user(key),
            value_type,
            default: &json!(7),
            big_segments: None,
        };
        let answer = answer(&snapshot, &question, &WORLD);
        (answer.value, answer.reason.get("errorKind").is_some())
    };
    assert_eq!(ask(ValueType::Integer, "u"), (json!(-2), false));
    assert_eq!(ask(ValueType::Double, "u"), (json!(-2.9), false));
    assert_eq!(ask(ValueType::String, "u"), (json!(7), true));
    assert_eq!(ask(ValueType::Boolean, "u"), (json!(7), true));
    assert_eq!(ask(ValueType::Any, "null"), (json!(null), false));
}

#[test]
fn client_side_values_pass_through() {
    let reason = json!({ "kind": "RULE_MATCH", "ruleIndex": 1, "ruleId": "id" });
    for (value, expected) in [(json!("x"), json!("x")), (json!(null), json!("default"))] {
        let document =
            json!({ "flag": { "value": value, "variation": 3, "version": 9, "reason": reason } });
        let answer = ask_with(&document, &user("u"), None);
        assert_eq!((answer.value, answer.variation_index), (expected, Some(3)));
        assert_eq!(answer.reason, reason);
    }
    assert_eq!(ask(&json!({ "other": { "value": 1 } }), &user("u")).1, "FLAG_NOT_FOUND");
}

#[test]
fn broken_flags_answer_for_themselves_and_say_where() {
    let text = json!({ "flags": {
        "flag": { "on": true, "variations": [1], "fallthrough": { "variation": 0 } },
        "gone": { "deleted": true, "version": 3 },
        "broken": { "on": "yes", "rules": [{ "clauses": [{ "values": [] }] }] },
        "list": [],
    }, "segments": { "odd": { "included": "u" } } });
    let decoded = decode(Dialect::LaunchDarkly, &text.to_string(), &Settings::default()).unwrap();
    let errors = decoded.diagnostics.iter().filter(|found| found.is_error());
    let paths: Vec<&str> = errors.map(|error| &*error.path).collect();
    assert_eq!(
        paths,
        [
            "segments.odd.included",
            "flags.broken.rules[0].clauses[0]",
            "flags.broken.on",
            "flags.list"
        ]
    );
    let snapshot = compile(decoded.document).snapshot;
    for (key, expected) in [
        ("flag", Ok(Some("0"))),
        ("gone", Err(ErrorCode::FlagNotFound)),
        ("broken", Err(ErrorCode::ParseError)),
        ("list", Err(ErrorCode::ParseError)),
    ] {
        let found = snapshot.resolve(key, &Context::new("u"), &WORLD, &mut ());
        assert_eq!(found.map(|found| found.variant()), expected, "{key}");
    }
    for wrong in ["[]", r#"{"flags": []}"#, r#"{"flags": {}, "segments": 1}"#] {
        assert!(decode(Dialect::LaunchDarkly, wrong, &Settings::default()).is_err(), "{wrong}");
    }
}

#[test]
fn server_side_documents_are_recognised_and_read_from_streams() {
    let document = flag(&json!({}));
    assert_eq!(detect(&document.to_string()), Some(Dialect::LaunchDarkly));
    let streamed = json!({ "path": "/", "data": document });
    assert_eq!(detect(&streamed.to_string()), Some(Dialect::LaunchDarkly));
    assert_eq!(ask(&streamed, &user("u")).0, Some(1));
}

#[test]
fn keys_of_several_kinds_are_joined_for_the_hash() {
    let multi = json!({ "kind": "multi", "user": { "key": "u:%" }, "org": { "key": "o" } });
    let kinds = context::Kinds::read(&multi).unwrap();
    assert_eq!(kinds.qualified_key(), "org:o:user:u%3A%25");
    assert_eq!(context::Kinds::read(&user("u:%")).unwrap().qualified_key(), "u:%");
}
