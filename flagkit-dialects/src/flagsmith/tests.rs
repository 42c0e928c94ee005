use flagkit_core::Attributes;
use serde_json::{Value, json};

use super::{Engine, Evaluator, context};

/// What a document of one segment with this condition says of a context.
fn is_in(condition: &Value, context: &Value) -> bool {
    let document = json!({
        "environment": { "key": "env", "name": "Production" },
        "segments": { "1": { "key": "1", "name": "s", "rules": [
            { "type": "ALL", "conditions": [condition] }
        ] } }
    });
    let result = read(&document).evaluate(context);
    result["segments"] == json!([{ "name": "s" }])
}

fn read(document: &Value) -> Evaluator {
    Evaluator::read(&document.to_string()).unwrap()
}

fn with_trait(value: &Value) -> Value {
    json!({ "identity": { "identifier": "u", "traits": { "t": value } } })
}

#[test]
fn values_are_cast_to_the_kind_of_the_trait() {
    for (operator, value, given, expected) in [
        ("EQUAL", json!("0"), json!(true), true),
        ("EQUAL", json!("false"), json!(true), false),
        ("EQUAL", json!("4_2"), json!(42), true),
        ("EQUAL", json!("4__2"), json!(42), false),
        ("EQUAL", json!(" 42 "), json!("042"), true),
        ("EQUAL", json!("42.0"), json!(42), false),
        ("NOT_EQUAL", json!("x"), json!(42), false),
        ("NOT_EQUAL", json!("nan"), json!(1.5), true),
        ("GREATER_THAN", json!("-inf"), json!(1.5), true),
        ("EQUAL", json!(42.9), json!(42), true),
        ("EQUAL", json!(null), json!("None"), true),
        ("EQUAL", json!("['a', 1, None]"), json!(["a", 1, null]), true),
        ("LESS_THAN", json!("1.10.0:semver"), json!("1.9.0"), true),
        ("NOT_EQUAL", json!("1.10:semver"), json!("1.9.0"), false),
        ("CONTAINS", json!("2"), json!("123"), false),
        ("CONTAINS", json!("rc.1:semver"), json!("1.2.3-rc.1"), true),
        ("NOT_CONTAINS", json!("2"), json!("123"), false),
        ("IN", json!("7,x"), json!("007"), true),
        ("IN", json!("[1.0, true]"), json!(true), false),
        ("IN", json!("[oh,no"), json!("no"), true),
        ("MODULO", json!("2|1"), json!(true), true),
        ("MODULO", json!("-3|-1"), json!("5"), true),
        ("MODULO", json!("3"), json!(3), false),
        ("SOMETHING_NEW", json!("a"), json!("a"), false),
    ] {
        let condition = json!({ "property": "t", "operator": operator, "value": value });
        assert_eq!(is_in(&condition, &with_trait(&given)), expected, "{given} {condition}");
    }
}

#[test]
fn patterns_match_from_the_start_what_python_prints() {
    for (pattern, given, expected) in [
        (r"7$", json!("007"), true),
        (r"rue", json!(true), false),
        (r"1e\+16", json!(1e16), true),
        (r"p(?=ro)", json!("pro"), true),
        (r"(.)\1", json!("aa"), true),
        (r"\bpro\b", json!("pro-plan"), true),
    ] {
        let condition = json!({ "property": "t", "operator": "REGEX", "value": pattern });
        assert_eq!(is_in(&condition, &with_trait(&given)), expected, "{given} {pattern}");
    }
}

#[test]
fn a_trait_of_the_name_of_a_path_comes_first() {
    let condition =
        json!({ "property": "$.environment.name", "operator": "EQUAL", "value": "Production" });
    assert!(is_in(&condition, &json!({})));
    let shadowed =
        json!({ "identity": { "identifier": "u", "traits": { "$.environment.name": "QA" } } });
    assert!(!is_in(&condition, &shadowed));
}

#[test]
fn objects_and_lists_at_a_path_count_as_not_set() {
    let context = with_trait(&json!(["a"]));
    let is_set =
        |property: &str| is_in(&json!({ "property": property, "operator": "IS_SET" }), &context);
    assert!(is_set("t"), "the text of the list is set");
    assert!(!is_set("$.identity.traits.t"));
    assert!(!is_set("$.identity.traits"));
    assert!(is_set("$.identity.identifier"));
}

#[test]
fn an_identity_without_key_is_hashed_with_the_one_that_is_made_up() {
    let split = json!({ "property": "", "operator": "PERCENTAGE_SPLIT", "value": "50" });
    let of = |identity: Value| is_in(&split, &json!({ "identity": identity }));
    for number in 0..20 {
        let id = format!("u{number}");
        let made_up = of(json!({ "identifier": id }));
        assert_eq!(of(json!({ "identifier": id, "key": format!("env_{id}") })), made_up, "{id}");
        assert_eq!(of(json!({ "identifier": id, "key": "" })), made_up, "{id}");
    }
    assert!(!is_in(&split, &json!({})));
}

#[test]
fn contexts_of_other_origin_are_hashed_alike() {
    let document = json!({
        "environment": { "key": "env", "name": "Production" },
        "features": { "f": { "key": "1", "name": "f", "enabled": true, "value": "base", "variants": [
            { "value": "a", "weight": 50, "priority": 1 }
        ] } }
    });
    let evaluator = read(&document);
    for number in 0..20 {
        let id = format!("u{number}");
        let json = json!({ "identity": { "identifier": id } });
        let whole = evaluator.evaluate(&json);
        let plain = flagkit_core::Context::new(id.as_str());
        let found =
            evaluator.snapshot().resolve("f", &plain, &super::answer::NO_WORLD, &mut ()).unwrap();
        assert_eq!(found.value().unwrap().as_str(), whole["flags"]["f"]["value"].as_str(), "{id}");
    }
}

#[test]
fn the_lowest_priority_wins_and_the_first_of_equal_ones() {
    let segment = |key: &str, priority: Value| {
        let mut over = json!({ "key": "1", "name": "f", "enabled": true, "value": key });
        if !priority.is_null() {
            over["priority"] = priority;
        }
        json!({ "key": key, "name": key, "overrides": [over], "rules": [
            { "type": "ALL", "conditions": [{ "property": "t", "operator": "IS_SET" }] }
        ] })
    };
    let document = json!({
        "environment": { "key": "env", "name": "Production" },
        "features": { "f": { "key": "1", "name": "f", "enabled": false, "value": "base" } },
        "segments": {
            "a": segment("a", Value::Null), "b": segment("b", json!(2)), "c": segment("c", json!(2.0))
        }
    });
    let result = read(&document).evaluate(&with_trait(&json!(1)));
    assert_eq!(result["flags"]["f"]["reason"], "TARGETING_MATCH; segment=b");
    assert_eq!(result["flags"]["f"]["value"], "b");
}

#[test]
fn the_reason_of_a_feature_without_overrides_depends_on_the_release() {
    let document = json!({
        "environment": { "key": "env", "name": "Production" },
        "features": { "f": { "key": "1", "name": "f", "enabled": true, "value": null } }
    });
    let reason = |engine| {
        let result = read(&document).speaking(engine).evaluate(&json!({}));
        result["flags"]["f"]["reason"].clone()
    };
    assert_eq!(reason(Engine::UpTo11_1_0), "DEFAULT");
    assert_eq!(reason(Engine::From11_1_1), "STATIC");
}

#[test]
fn a_broken_piece_fails_for_itself_alone() {
    let document = json!({
        "environment": { "key": "env", "name": "Production" },
        "features": {
            "good": { "key": "1", "name": "good", "enabled": true, "value": 1 },
            "bad": { "key": "2", "name": "bad", "enabled": "yes", "value": 1 },
            "dependent": { "key": "3", "name": "dependent", "enabled": true, "value": 1 }
        },
        "segments": { "s": { "key": "s", "name": "s", "overrides": [
            { "key": "3", "name": "dependent", "enabled": true, "value": 2 }
        ], "rules": [{ "type": "ALL", "conditions": [
            { "property": "$.flags.good.enabled", "operator": "EQUAL", "value": "true" }
        ] }] } }
    });
    let evaluator = read(&document);
    let flags = evaluator.evaluate(&json!({}))["flags"].clone();
    assert_eq!(flags["good"]["value"], 1);
    assert_eq!(flags["bad"]["reason"], "ERROR; code=PARSE_ERROR");
    assert_eq!(flags["dependent"]["reason"], "ERROR; code=PARSE_ERROR");
    let problems: Vec<String> =
        evaluator.diagnostics().iter().map(|diagnostic| diagnostic.path.clone()).collect();
    assert_eq!(problems, ["segments.s.rules[0].conditions[0].property", "features.bad.enabled"]);
}

#[test]
fn documents_of_another_shape_are_refused() {
    for document in [json!([]), json!({}), json!({ "environment": { "key": "e" }, "features": [] })]
    {
        assert!(Evaluator::read(&document.to_string()).is_err(), "{document}");
    }
}

#[test]
fn a_context_without_identity_has_no_targeting_key() {
    assert!(context(&json!({ "identity": null })).targeting_key().is_none());
    assert!(context(&json!([])).targeting_key().is_none());
}
