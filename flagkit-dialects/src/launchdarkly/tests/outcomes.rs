//! What rollouts, prerequisites, targets and segments decide.

use super::*;

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
fn a_context_target_of_users_stands_for_the_user_target_of_its_variation() {
    let document = flag(&json!({
        "targets": [{ "variation": 0, "values": ["u"] }, { "variation": 2, "values": ["u"] }],
        "contextTargets": [
            { "contextKind": "org", "variation": 1, "values": ["o"] },
            { "variation": 1, "values": ["u"] },
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
