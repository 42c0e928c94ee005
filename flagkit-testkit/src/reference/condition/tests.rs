use serde_json::{Value, json};

use super::super::{Scene, World, bucket::Bucketing};

/// What each condition of a flag `beta` says about the context.
fn results(context: &Value, conditions: &Value) -> Vec<bool> {
    let document = json!({ "environment": "staging", "segments": {
        "listed": { "include": ["u-1"], "exclude": ["u-9"] },
        "germans": { "conditions": ["country == 'DE'"], "include": ["u-9"], "exclude": ["u-9"] },
        "both": { "match_type": "all", "when": "in_segment 'listed' and in_segment 'germans'" },
        "nobody": { "match_type": "all", "conditions": [] },
        "nameless": { "include": ["anonymous"], "bucket_by": "company_id" },
        "half": { "conditions": ["now exists", { "operator": "percentage", "values": [68.48] }] },
        "less": { "match_type": "any", "conditions": [
            "now not_exists", { "operator": "percentage", "values": [68.47], "seed": "half:1" },
        ] },
    }});
    let world = World { environment: None, now: 1_796_083_200.0 };
    let bucketing = Bucketing::of_flag(&document, "beta", &Value::Null);
    let scene = Scene { document: &document, context, world: &world };
    super::results(&scene, &json!({ "conditions": conditions }), &bucketing)
}

fn check(context: &Value, cases: &[(Value, bool)]) {
    for (condition, expected) in cases {
        assert_eq!(results(context, &json!([condition])), [*expected], "{condition} of {context}");
    }
}

#[test]
fn missing_attributes_meet_nothing() {
    let of = |operator: &str| json!({ "attribute": "x", "operator": operator, "values": [null] });
    for context in [json!({}), json!({ "x": null }), json!(null)] {
        check(
            &context,
            &[
                (of("equals"), false),
                (of("not_equals"), true),
                (of("not_contains"), true),
                (of("exists"), false),
                (of("not_exists"), true),
                (json!({ "attribute": "x", "operator": "not_regex", "values": ["a"] }), true),
                (json!({ "attribute": "x", "operator": "not_starts_with", "values": ["a"] }), true),
                (
                    json!({ "attribute": "x", "operator": "equals", "values": [1], "negate": true }),
                    true,
                ),
                (json!({ "attribute": "x", "operator": "percentage", "values": [100] }), false),
            ],
        );
    }
}

#[test]
fn negative_operators_meet_none_of_the_values() {
    check(
        &json!({ "country": "DE", "roles": ["qa"] }),
        &[
            (json!({ "attribute": "country", "operator": "in", "values": ["FR", "DE"] }), true),
            (
                json!({ "attribute": "country", "operator": "not_in", "values": ["FR", "DE"] }),
                false,
            ),
            (json!({ "attribute": "country", "operator": "not_in", "values": [] }), true),
            (json!({ "attribute": "country", "operator": "equals", "value": "DE" }), true),
            (
                json!({ "attribute": "country", "operator": "not_equals", "values": "DE", "negate": true }),
                true,
            ),
            (json!({ "attribute": "roles", "operator": "not_contains", "values": ["qa"] }), false),
            (
                json!({ "attribute": "country", "operator": "not_ends_with", "values": ["E"] }),
                false,
            ),
            (json!({ "attribute": "country", "operator": "not_exists" }), false),
            (
                json!({ "attribute": "country", "operator": "equals", "value": "de", "case_insensitive": true }),
                true,
            ),
        ],
    );
}

#[test]
fn names_stand_in_for_one_another() {
    let is = |name: &str, value: &str| json!({ "attribute": name, "operator": "equals", "values": [value] });
    check(
        &json!({ "targetingKey": "u-1", "user_id": null }),
        &[
            (is("user_id", "u-1"), true),
            (is("environment", "staging"), true),
            (json!({ "attribute": "now", "operator": "equals", "values": [1_796_083_200] }), true),
            (json!({ "operator": "weekday", "values": ["tuesday"] }), true),
        ],
    );
    check(
        &json!({ "user_id": "u-2", "environment": "dev", "now": "then" }),
        &[
            (is("targetingKey", "u-2"), true),
            (is("environment", "dev"), true),
            (is("now", "then"), true),
        ],
    );
    check(
        &json!({ "a.b": "exact", "a": { "b": "walked", "c": { "d": "deep" }, "e": [1] } }),
        &[
            (is("a.b", "exact"), true),
            (is("a.c.d", "deep"), true),
            (json!({ "attribute": "a.e.0", "operator": "exists" }), false),
        ],
    );
}

#[test]
fn segments_exclude_then_include_then_ask() {
    let member = |name: &str| json!({ "operator": "in_segment", "values": [name] });
    check(
        &json!({ "user_id": "u-1", "country": "DE" }),
        &[
            (member("listed"), true),
            (member("germans"), true),
            (member("both"), true),
            (member("nobody"), false),
            (member("nameless"), true),
            (json!({ "operator": "not_in_segment", "values": ["nobody", "listed"] }), false),
        ],
    );
    check(&json!({ "user_id": "u-9", "country": "DE" }), &[(member("germans"), false)]);
}

#[test]
fn a_percentage_has_a_salt_of_its_own() {
    let percentage = |value: f64| json!({ "operator": "percentage", "values": [value] });
    let context = json!({ "user_id": "u-1" });
    // md5("beta:1:u-1") = 6eb2cf5bde109579ac9eca835afe99f5, bucket 5989.
    assert_eq!(results(&context, &json!(["user_id exists", percentage(59.89)])), [true, false]);
    assert_eq!(results(&context, &json!(["user_id exists", percentage(59.9)])), [true, true]);
    // md5("shared:u-1") = 83896821d9f448c3bf0921296cd8f83f, bucket 2767.
    let seeded =
        |value: f64| json!({ "operator": "percentage", "values": [value], "seed": "shared" });
    check(&context, &[(seeded(27.67), false), (seeded(27.68), true)]);
    // md5("half:1:u-1") = 12f590187b4f320c7897424cccbc0a7f, bucket 6847; the flag's salt is not in it.
    let member = |name: &str| json!({ "operator": "in_segment", "values": [name] });
    check(&context, &[(member("half"), true), (member("less"), false)]);
}
