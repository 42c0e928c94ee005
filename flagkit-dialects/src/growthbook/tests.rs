//! Each test is a class of differences that a comparison with the SDK could show. Expected
//! values are the JavaScript SDK's.

use flagkit_core::{Fixed, Snapshot, Timestamp, Value, compile};
use serde_json::json;

use super::*;
use crate::{Dialect, decode, value_from_json, value_to_json};

fn matches(condition: &serde_json::Value, attributes: &serde_json::Value) -> bool {
    let user = User::from_json(&json!({ "attributes": attributes }).to_string()).unwrap();
    Features::matches(&condition.to_string(), None, &user).unwrap()
}

#[test]
fn missing_attributes_are_null_and_null_is_zero_or_text() {
    for (condition, expected) in [
        (json!({ "a": { "$lt": 1 } }), true),
        (json!({ "a": { "$gt": "" } }), false),
        (json!({ "a": 0 }), true),
        (json!({ "a": "null" }), true),
        (json!({ "a": false }), false),
        (json!({ "a": null }), true),
        (json!({ "a": { "$nin": ["x"] } }), true),
        (json!({ "a": { "$nin": "x" } }), false),
        (json!({ "a": { "$in": [null] } }), true),
        (json!({ "a": { "$vlt": "1.0.0" } }), true),
        (json!({ "a": { "$regex": "^null$" } }), true),
        (json!({ "a": { "$type": "null" } }), true),
        (json!({ "a": { "$not": { "$exists": true } } }), true),
    ] {
        assert_eq!(matches(&condition, &json!({})), expected, "{condition}");
    }
}

#[test]
fn plain_values_are_converted_and_operators_are_strict() {
    for (condition, attribute, expected) in [
        (json!("1"), json!(1.0), true),
        (json!("a,b"), json!(["a", "b"]), true),
        (json!("[object Object]"), json!({}), true),
        (json!(5), json!(" 5 "), true),
        (json!(0), json!([]), true),
        (json!(true), json!("false"), true),
        (json!({ "$eq": 5 }), json!("5"), false),
        (json!({ "$eq": "a" }), json!(["a"]), false),
        (json!({ "$in": ["a"] }), json!(["a", "b"]), true),
        (json!({ "$in": [["a"]] }), json!(["a"]), false),
        (json!({ "$ini": ["ΑΣ"] }), json!("ασ"), false),
        (json!({ "$ini": ["ας"] }), json!("ΑΣ"), true),
        (json!({}), json!({}), true),
        (json!([]), json!([]), true),
        (json!({ "$gt": "9" }), json!("10"), false),
        (json!({ "$gt": 9 }), json!("10"), true),
        (json!({ "$unknown": 1 }), json!(1), false),
    ] {
        let condition = json!({ "a": condition });
        assert_eq!(matches(&condition, &json!({ "a": attribute })), expected, "{condition}");
    }
}

#[test]
fn elements_are_looked_at_one_by_one() {
    let attributes = json!({
        "orders": [{ "id": 1, "tags": ["new"] }, null, { "id": 2, "tags": [] }, 0],
    });
    for (condition, expected) in [
        (json!({ "orders": { "$elemMatch": { "id": 2, "tags": { "$size": 0 } } } }), true),
        (json!({ "orders": { "$elemMatch": { "id": 1, "tags": { "$size": 0 } } } }), false),
        (
            json!({ "orders": { "$elemMatch": { "tags": { "$elemMatch": { "$eq": "new" } } } } }),
            true,
        ),
        (json!({ "orders": { "$elemMatch": { "$eq": 0 } } }), true),
        (json!({ "orders": { "$elemMatch": { "$type": "null" } } }), false),
        (json!({ "orders": { "$all": [null] } }), true),
        (json!({ "orders": { "$size": { "$gt": 3 } } }), true),
        (json!({ "orders.0.id": 1, "orders.length": 4 }), true),
        (json!({ "orders.00.id": 1 }), false),
    ] {
        assert_eq!(matches(&condition, &attributes), expected, "{condition}");
    }
}

#[test]
fn saved_groups_are_cut_where_they_close_a_circle() {
    let groups = json!({
        "a": { "type": "condition", "condition": { "$or": [{ "x": 1 }, { "$savedGroup": { "id": "b" } }] } },
        "b": { "type": "condition", "condition": { "$or": [{ "y": 1 }, { "$savedGroup": { "id": "a" } }] } },
        "ids": { "type": "list", "attributeKey": "id", "values": [7, "u"] },
        "odd": { "type": "later" },
    });
    let groups = groups.to_string();
    for (condition, attributes, expected) in [
        (json!({ "$savedGroup": { "id": "a" } }), json!({ "y": 1 }), true),
        (json!({ "$savedGroup": { "id": "a" } }), json!({}), false),
        (json!({ "$savedGroup": { "id": "ids" } }), json!({ "id": 7 }), true),
        (json!({ "$savedGroup": { "id": "ids", "attributeKey": "x" } }), json!({ "id": 7 }), false),
        (json!({ "id": { "$notInGroup": "ids" } }), json!({ "id": "7" }), true),
        (json!({ "id": { "$notInGroup": "nowhere" } }), json!({}), true),
        (json!({ "id": { "$notInGroup": "odd" } }), json!({}), false),
        (json!({ "id": { "$inGroup": "odd" } }), json!({}), false),
    ] {
        let user = User::from_json(&json!({ "attributes": attributes }).to_string()).unwrap();
        let found = Features::matches(&condition.to_string(), Some(&groups), &user);
        assert_eq!(found, Ok(expected), "{condition}");
    }
}

#[test]
fn null_is_no_condition_where_it_is_reached() {
    let user = User::from_json(r#"{ "attributes": { "a": 1 } }"#).unwrap();
    let holds = |condition: &str| Features::matches(condition, None, &user);
    assert!(holds(r#"{ "$not": null }"#).is_err());
    assert_eq!(holds(r#"{ "a": 2, "$not": null }"#), Ok(false));
    assert!(holds("null").is_err());
}

const DOCUMENT: &str = r#"{
    "features": {
        "parent": { "defaultValue": 0, "rules": [{ "key": "p", "variations": [0, 1], "hashVersion": 2 }] },
        "child": { "defaultValue": "none", "rules": [
            { "parentConditions": [{ "id": "parent", "condition": { "value": 1 }, "gate": true }] },
            { "id": "pro", "force": "pro", "condition": { "plan": "pro" } },
            { "force": "half", "coverage": 0.5, "hashAttribute": "device" },
            { "key": "hold", "variations": ["in", "out"], "meta": [{ "key": "i", "passthrough": true }, { "key": "o" }] },
            { "contextualVariations": ["a", "b"], "contextualBanditRef": "bandit", "filters": [{ "seed": "f", "ranges": [[0, 0.7]] }] }
        ] },
        "loop": { "defaultValue": 1, "rules": [
            { "force": 2, "condition": { "plan": "pro" } },
            { "parentConditions": [{ "id": "pool", "condition": {} }], "force": 3 }
        ] },
        "pool": { "defaultValue": 1, "rules": [
            { "parentConditions": [{ "id": "loop", "condition": { "value": 2 } }], "force": 4 }
        ] },
        "lost": { "rules": [{ "parentConditions": [{ "id": "nowhere", "condition": { "value": null } }], "force": true }] }
    },
    "contextualBandits": { "bandit": { "banditVersion": 3, "contexts": [
        { "leafId": 1, "condition": { "device": "d-1" }, "weights": [1, 0] },
        { "leafId": 2, "condition": { "device": { "$in": ["d-2", "d-3"] } }, "weights": [0, 1] }
    ] } }
}"#;

fn snapshot(document: &str) -> Snapshot {
    let decoded = decode(Dialect::GrowthBook, document, &Settings::default()).unwrap();
    assert_eq!(decoded.diagnostics, []);
    compile(decoded.document).snapshot
}

/// Flags and features are made of the same parts, and answer the same for attributes alone.
#[test]
fn flags_serve_what_features_are() {
    let (snapshot, features) = (snapshot(DOCUMENT), Features::from_json(DOCUMENT).unwrap());
    let world = Fixed::at(Timestamp::EPOCH);
    let mut seen = std::collections::HashSet::new();
    for number in 0..200 {
        let plan = if number % 7 == 0 { "pro" } else { "free" };
        let device = format!("d-{}", number % 5);
        let attributes = json!({ "id": format!("u-{number}"), "plan": plan, "device": device });
        let context = json!({ "attributes": attributes }).to_string();
        let mut user = User::from_json(&context).unwrap();
        for key in ["parent", "child", "loop", "pool", "lost"] {
            let told = features.feature(key, &mut user).unwrap();
            let served = snapshot.resolve(key, user.attributes(), &world, &mut ());
            if told.source == Source::CyclicPrerequisite {
                assert!(served.is_err(), "{key} {attributes}");
                continue;
            }
            let served = served.unwrap();
            assert_eq!(served.value(), Some(&told.value), "{key} {attributes}");
            assert_eq!(served.label(), Some(told.source.name()), "{key} {attributes}");
            assert_eq!(served.rule(), told.rule, "{key} {attributes}");
            assert_eq!(served.is_enabled(), told.is_on());
            seen.insert((key, told.source.name(), told.value.to_string()));
        }
    }
    assert!(seen.len() >= 12, "{seen:?}");
}

#[test]
fn coverage_of_a_forced_value_includes_its_bound() {
    // `hash("f", "id", 1)` of this user is 0.5 exactly.
    let (mut number, recipe) = (0, HashVersion::V1.prepare("f"));
    while recipe.bucket(Value::from(format!("u-{number}")).borrow()) != Some(0.5) {
        number += 1;
    }
    let context = json!({ "attributes": { "id": format!("u-{number}") } }).to_string();
    for (coverage, expected) in [(0.5, 1), (0.499, 0)] {
        let document = json!({ "features": {
            "f": { "defaultValue": 0, "rules": [{ "force": 1, "coverage": coverage }] },
        } });
        let document = document.to_string();
        let mut user = User::from_json(&context).unwrap();
        let found = Features::from_json(&document).unwrap().feature("f", &mut user).unwrap().value;
        assert_eq!(found, Value::from(expected));
        let snapshot = snapshot(&document);
        let world = Fixed::at(Timestamp::EPOCH);
        let served = snapshot.resolve("f", user.attributes(), &world, &mut ()).unwrap();
        assert_eq!(served.value(), Some(&found));
    }
}

#[test]
fn what_the_caller_says_comes_in_its_order() {
    let features = Features::from_json(
        r#"{ "features": { "f": { "defaultValue": 9, "rules": [{ "key": "e", "variations": [0, 1, 2] }] } } }"#,
    )
    .unwrap();
    for (context, value, source) in [
        (json!({ "forcedVariations": { "e": 2 } }), json!(2), Source::Experiment),
        (json!({ "forcedVariations": { "e": 3 } }), json!(9), Source::DefaultValue),
        (json!({ "forcedVariations": { "e": 2 }, "url": "/?e=1" }), json!(1), Source::Experiment),
        (
            json!({ "enabled": false, "forcedVariations": { "e": 2 } }),
            json!(9),
            Source::DefaultValue,
        ),
        (json!({ "qaMode": true, "attributes": { "id": "u" } }), json!(9), Source::DefaultValue),
        (json!({ "forcedFeatureValues": { "f": null } }), json!(null), Source::Override),
        (json!({ "attributes": { "id": "" } }), json!(9), Source::DefaultValue),
    ] {
        let mut user = User::from_json(&context.to_string()).unwrap();
        let found = features.feature("f", &mut user).unwrap();
        assert_eq!((value_to_json(&found.value), found.source), (value, source), "{context}");
    }
}

#[test]
fn earlier_assignments_stay_until_their_version_is_excluded() {
    let features = |rule: &str| {
        let document = format!(
            r#"{{ "features": {{ "f": {{ "rules": [{{ "key": "e", "variations": ["a", "b"],
                "meta": [{{ "key": "0" }}, {{ "key": "1" }}], "weights": [1, 0]{rule} }}] }} }} }}"#
        );
        Features::from_json(&document).unwrap()
    };
    let user = || {
        let earlier =
            r#"[{ "attributeName": "id", "attributeValue": "7", "assignments": { "e__0": "1" } }]"#;
        let user = User::from_json(r#"{ "attributes": { "id": 7 } }"#).unwrap();
        user.with_sticky_buckets(StickyBuckets::from_json(earlier).unwrap())
    };
    for (rule, expected, is_sticky) in [
        ("", Some("b"), true),
        (r#", "bucketVersion": 1"#, Some("a"), false),
        (r#", "bucketVersion": 1, "minBucketVersion": 1"#, None, false),
        (r#", "disableStickyBucketing": true"#, Some("a"), false),
        (r#", "condition": { "id": 8 }"#, Some("b"), true),
    ] {
        let features = features(rule);
        let mut user = user();
        let found = features.feature("f", &mut user).unwrap();
        assert_eq!(found.value.as_str(), expected, "{rule}");
        let used = found.experiment.is_some_and(|(_, result)| result.sticky_bucket_used);
        assert_eq!(used, is_sticky, "{rule}");
    }
}

#[test]
fn new_assignments_are_remembered_under_the_attribute_that_was_hashed() {
    let features = Features::from_json(
        r#"{ "features": { "f": { "rules": [{ "key": "e", "variations": ["a", "b"],
            "fallbackAttribute": "device", "bucketVersion": 2 }] } } }"#,
    )
    .unwrap();
    let user = User::from_json(r#"{ "attributes": { "device": ["d", 1] } }"#).unwrap();
    let mut user = user.with_sticky_buckets(StickyBuckets::default());
    let found = features.feature("f", &mut user).unwrap();
    let (_, result) = found.experiment.unwrap();
    let documents = user.sticky_buckets().unwrap().documents();
    assert_eq!(documents[0].key(), r#"device||["d",1]"#);
    assert_eq!(documents[0].assignments, [("e__2".to_owned(), result.key)]);
}

#[test]
fn pages_are_matched_part_by_part() {
    let is_on = |kind: &str, pattern: &str, url: &str| {
        let document = json!({ "experiments": [{
            "key": "e",
            "variations": [{}, {}],
            "urlPatterns": [{ "type": kind, "pattern": pattern, "include": true }],
        }] });
        let features = Features::from_json(&document.to_string()).unwrap();
        let context = json!({ "attributes": { "id": "u" }, "url": url }).to_string();
        let mut user = User::from_json(&context).unwrap();
        features.experiment(0, &mut user).unwrap().unwrap().in_experiment
    };
    for (kind, pattern, url, expected) in [
        ("simple", "/shop/*", "https://a.example/shop/cart?x=1", true),
        ("simple", "/shop", "https://a.example/Shop/", true),
        ("simple", "/shop", "https://a.example/shop/cart", false),
        ("simple", "*.example.com", "https://www.EXAMPLE.com:443/", true),
        ("simple", "*.example.com", "https://example.org/", false),
        ("simple", "example.com/a?b=*", "https://example.com/a?c=1&b=2", true),
        ("simple", "example.com/a?b=2", "https://example.com/a?b=3", false),
        ("simple", "/a#top", "https://example.com/a#top", true),
        ("simple", "/a#top", "https://example.com/a", false),
        ("simple", "/b", "https://example.com/a/../b", true),
        ("regex", "^https://", "https://example.com", true),
        ("regex", "^/only$", "/only", true),
        ("regex", "a(?=%20b)", "https://example.com/a b", true),
        ("regex", "[", "https://example.com", false),
        ("other", "", "https://example.com", false),
    ] {
        assert_eq!(is_on(kind, pattern, url), expected, "{kind} {pattern} {url}");
    }
}

#[test]
fn redirects_keep_the_parameters_that_the_new_page_has_not() {
    let document = json!({ "experiments": [{
        "key": "e", "persistQueryString": true, "weights": [0, 1],
        "variations": [{}, { "urlRedirect": "https://b.example/new?x=2" }],
    }] });
    let features = Features::from_json(&document.to_string()).unwrap();
    let context = r#"{ "attributes": { "id": "u" }, "url": "https://a.example/?x=1&y=a b" }"#;
    let mut user = User::from_json(context).unwrap();
    let redirects = features.redirects(&mut user).unwrap();
    let merged = redirects[0].url_with_parameters.as_deref();
    assert_eq!(merged, Some("https://b.example/new?x=2&y=a+b"));
}

#[test]
fn a_broken_feature_fails_alone() {
    let document = r#"{ "features": {
        "bad": { "rules": [{ "force": 1, "condition": { "a": { "$regex": "(a)\\1" } } }] },
        "good": { "defaultValue": true }
    } }"#;
    let decoded = decode(Dialect::GrowthBook, document, &Settings::default()).unwrap();
    assert_eq!(decoded.diagnostics.len(), 1);
    let snapshot = compile(decoded.document).snapshot;
    let world = Fixed::at(Timestamp::EPOCH);
    assert!(snapshot.resolve("bad", &(), &world, &mut ()).is_err());
    assert!(snapshot.resolve("good", &(), &world, &mut ()).unwrap().is_enabled());
}

#[test]
fn encrypted_documents_are_opened_with_their_key() {
    // The AES-128-CBC vector of NIST SP 800-38A, F.2.1, and a block of padding.
    let key = "K34VFiiu0qar9xWICc9PPA==";
    let (iv, text) = ("AAECAwQFBgcICQoLDA0ODw==", "dkmrrIEZskbO6Y6bEukZfYmbkDhwCWS29SzH+5hsdyQ=");
    assert_eq!(decrypt(&format!("{iv}.{text}"), key), None, "those bytes carry no padding");
    let document = r#"{ "encryptedFeatures": "a.b" }"#;
    let refused = decode(Dialect::GrowthBook, document, &Settings::default()).unwrap_err();
    assert!(refused.to_string().contains("decrypt"), "{refused}");
    assert_eq!(crate::detect(document), Some(Dialect::GrowthBook));
}

#[test]
fn broken_documents_are_errors_and_not_the_end() {
    for document in ["[]", "{}", r#"{ "features": [] }"#, r#"{ "features": 3 }"#, "{"] {
        assert!(decode(Dialect::GrowthBook, document, &Settings::default()).is_err(), "{document}");
    }
    for feature in ["null", "3", r#"{ "rules": 3 }"#, r#"{ "rules": [null, 3, []] }"#] {
        let document = format!(r#"{{ "features": {{ "f": {feature} }} }}"#);
        let features = Features::from_json(&document).unwrap();
        let found = features.feature("f", &mut User::default()).unwrap();
        assert_eq!((found.value, found.source), (Value::Null, Source::DefaultValue), "{feature}");
    }
}

#[test]
fn whole_numbers_beyond_what_a_float_holds_are_rounded() {
    let user = User::from_json(r#"{ "attributes": { "a": 9007199254740993 } }"#).unwrap();
    let is_it = Features::matches(r#"{ "a": { "$in": [9007199254740992] } }"#, None, &user);
    assert_eq!(is_it, Ok(true));
    assert_eq!(user.truthy("a"), Some(value_from_json(&json!(9_007_199_254_740_992.0))));
}

#[test]
fn saved_groups_may_refer_to_each_other_in_long_chains_and_circles() {
    let group = |number: usize, next: usize| {
        let refers = json!({ "$savedGroup": { "id": format!("g{next}") } });
        (format!("g{number}"), json!({ "type": "condition", "condition": refers }))
    };
    for last in [20_000, 0] {
        let mut groups: serde_json::Map<_, _> = (0..20_000).map(|n| group(n, n + 1)).collect();
        groups.extend([group(19_999, last)]);
        let user = User::default();
        let condition = r#"{ "$savedGroup": { "id": "g0" } }"#;
        let groups = serde_json::Value::Object(groups).to_string();
        // Deeper than anything can be evaluated, but neither a crash nor a member.
        assert_ne!(Features::matches(condition, Some(&groups), &user), Ok(true));
    }
}
