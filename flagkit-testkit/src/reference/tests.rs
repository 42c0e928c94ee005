//! The evaluation table, row by row. Digests as `md5sum` prints them.

use serde_json::{Value, json};

use super::{Answer, World, evaluate};

const NOW: f64 = 1_796_083_200.0;

/// An answer in short: on, value, variant, reason, rule, error.
type Row<'a> = (bool, Value, Option<&'a str>, &'static str, Option<&'a str>, Option<&'static str>);

fn answer((enabled, value, variant, reason, rule, error): Row<'_>) -> Answer {
    let (variant, rule) = (variant.map(str::to_owned), rule.map(str::to_owned));
    Answer { enabled, value, variant, reason, rule, error }
}

/// Asks `flag`, under the name `new-checkout`, for one user.
fn check(flag: &Value, context: &Value, expected: Row<'_>) {
    let document = json!({ "environment": "staging", "flags": {
        "new-checkout": flag,
        "on": { "enabled": true, "rollout_percentage": 100 },
        "off": { "rollout_percentage": 100 },
        "dark": { "enabled": true, "variants": { "dark": { "weight": 1 }, "light": {} }, "rollout_percentage": 100 },
        "spoiled": { "enabled": "yes" },
        "needs-off": { "enabled": true, "dependencies": ["off"], "rollout_percentage": 100 },
    }});
    let world = World { environment: None, now: NOW };
    let given = evaluate(&document, "new-checkout", context, &json!("caller"), &world);
    assert_eq!(given, answer(expected), "{flag} for {context}");
}

fn user(id: &str) -> Value {
    json!({ "user_id": id })
}

#[test]
fn unknown_and_broken_flags_answer_the_callers_default() {
    let world = World { environment: None, now: NOW };
    let ask = |document: Value| evaluate(&document, "a", &json!({}), &json!("caller"), &world);
    let error = |code| answer((false, json!("caller"), None, "ERROR", None, Some(code)));
    assert_eq!(ask(json!({ "flags": {} })), error("FLAG_NOT_FOUND"));
    assert_eq!(ask(json!({ "flags": { "a": { "enabled": "yes" } } })), error("PARSE_ERROR"));
    assert_eq!(ask(json!({ "flags": [{ "name": "a" }, { "name": "a" }] })), error("PARSE_ERROR"));
    assert_eq!(ask(json!("flags")), error("PROVIDER_NOT_READY"));
}

#[test]
fn disabled_flags_serve_their_default() {
    let off = |value: Value| (false, value, None, "DISABLED", None, None);
    let rule = json!([{ "id": "everyone" }]);
    check(&json!({ "targeting_rules": rule }), &user("u-1"), off(json!(false)));
    check(&json!({ "default": null }), &user("u-1"), off(Value::Null));
    let flag = json!({ "enabled": true, "environments": ["production"], "default": "old" });
    check(&flag, &user("u-1"), off(json!("old")));
    // The document's environment is known, so the context is not asked.
    check(&flag, &json!({ "environment": "production" }), off(json!("old")));
    for schedule in
        [json!({ "starts_at": NOW + 1.0 }), json!({ "ends_at": "2026-12-01T00:00:00Z" })]
    {
        check(&json!({ "enabled": true, "schedule": schedule }), &user("u-1"), off(json!(false)));
    }
    let schedule = json!({ "starts_at": NOW, "ends_at": NOW + 1.0 });
    let open = json!({ "enabled": true, "schedule": schedule, "targeting_rules": rule, "environments": ["staging"] });
    check(
        &open,
        &user("u-1"),
        (true, json!(true), None, "TARGETING_MATCH", Some("everyone"), None),
    );
}

#[test]
fn an_override_comes_before_prerequisites() {
    let flag = json!({
        "enabled": true, "default": "none", "dependencies": ["off"],
        "variants": { "a": { "value": [1] }, "b": {} },
        "overrides": { "u-1": "a", "u-2": "b", "u-3": true, "u-4": false, "anonymous": true, "42.0": true },
    });
    let by = |enabled, value, variant| {
        (enabled, value, variant, "TARGETING_MATCH", Some("override"), None)
    };
    check(&flag, &user("u-1"), by(true, json!([1]), Some("a")));
    check(&flag, &json!({ "targetingKey": "u-2" }), by(true, json!("b"), Some("b")));
    check(&flag, &user("u-3"), by(true, json!(true), None));
    check(&flag, &user("u-4"), by(false, json!("none"), None));
    check(&flag, &json!({ "user_id": null }), by(true, json!(true), None));
    check(&flag, &json!({ "user_id": 42.0 }), by(true, json!(true), None));
    let failed = (false, json!("none"), None, "PREREQUISITE_FAILED", None, None);
    check(&flag, &json!({ "user_id": 42 }), failed);
}

#[test]
fn prerequisites_must_be_on_and_in_their_variants() {
    let met = (true, json!(true), None, "STATIC", None, None);
    let failed = (false, json!(false), None, "PREREQUISITE_FAILED", None, None);
    let cases = [
        (json!(["on", "dark"]), true),
        (json!(["on", "off"]), false),
        (json!(["needs-off"]), false),
        (json!(["spoiled"]), false),
        (json!([{ "flag": "dark", "variants": ["light", "dark"] }]), true),
        (json!([{ "flag": "dark", "variants": ["light"] }]), false),
        (json!([{ "flag": "on", "variants": [] }]), true),
    ];
    for (dependencies, is_met) in cases {
        let flag =
            json!({ "enabled": true, "rollout_percentage": 100, "dependencies": dependencies });
        check(&flag, &user("u-1"), if is_met { met.clone() } else { failed.clone() });
    }
}

/// A flag with one rule called `eu`; nobody else gets it.
fn ruled(rule: &Value) -> Value {
    let mut rule = rule.clone();
    rule["id"] = json!("eu");
    json!({
        "enabled": true, "default": "none", "targeting_rules": [{ "match_type": "any" }, rule],
        "variants": { "control": { "value": 1 }, "treatment": { "value": 2 } },
    })
}

#[test]
fn the_first_rule_that_matches_decides() {
    let by = |enabled, value, variant, reason| (enabled, value, variant, reason, Some("eu"), None);
    check(&ruled(&json!({})), &user("u-1"), by(true, json!(true), None, "TARGETING_MATCH"));
    check(
        &ruled(&json!({ "variant": "treatment" })),
        &user("u-1"),
        by(true, json!(2), Some("treatment"), "TARGETING_MATCH"),
    );
    let off = json!({ "enabled": false, "variant": "treatment", "rollout": { "percentage": 0 } });
    check(&ruled(&off), &user("u-1"), by(false, json!("none"), None, "TARGETING_MATCH"));
    let miss = json!({ "when": "country == 'DE'" });
    check(&ruled(&miss), &user("u-1"), (false, json!("none"), None, "SPLIT", None, None));
    let flag = json!({ "enabled": true, "targeting_rules": [{ "when": "user_id == 'x'" }, {}] });
    check(&flag, &user("u-1"), (true, json!(true), None, "TARGETING_MATCH", Some("1"), None));
}

#[test]
fn a_rule_rolls_out_with_a_salt_of_its_own() {
    let by = |enabled, value, variant, reason| (enabled, value, variant, reason, Some("eu"), None);
    // md5("new-checkout:eu:u-1") = 4424f6ac447a5d2f0d6b96a79d0c7ecb, bucket 7307.
    let partial = |percentage: f64| ruled(&json!({ "rollout": { "percentage": percentage } }));
    check(&partial(73.07), &user("u-1"), by(false, json!("none"), None, "SPLIT"));
    check(&partial(73.08), &user("u-1"), by(true, json!(true), None, "SPLIT"));
    // md5("new-checkout:eu:variant:u-1") = 04098f825c35701c98390fb4a0597017, pick 6359;
    // md5("new-checkout:eu:variant:u-2") = c981eeef833891e841a7cbfc10204a41, pick 3425.
    let picking = ruled(&json!({ "rollout": { "variants": { "control": 1, "treatment": 1 } } }));
    check(&picking, &user("u-1"), by(true, json!(2), Some("treatment"), "TARGETING_MATCH"));
    check(&picking, &user("u-2"), by(true, json!(1), Some("control"), "TARGETING_MATCH"));
    let both = ruled(
        &json!({ "variant": "control", "rollout": { "percentage": 80, "variants": { "treatment": 1 } } }),
    );
    check(&both, &user("u-1"), by(true, json!(1), Some("control"), "SPLIT"));
}

#[test]
fn whom_no_rule_matched_the_percentage_decides() {
    // md5("new-checkout:user_123") = 20f89e0f94eb125813f5d843c7d92948, bucket 8.
    let split = |enabled| (enabled, json!(enabled), None, "SPLIT", None, None);
    let flag = |percentage: f64| json!({ "enabled": true, "rollout_percentage": percentage });
    check(&flag(0.08), &user("user_123"), split(false));
    check(&flag(0.09), &user("user_123"), split(true));
    check(&json!({ "enabled": true }), &user("user_123"), split(false));
    check(&flag(100.0), &user("user_123"), (true, json!(true), None, "STATIC", None, None));
    // md5("new-checkout:anonymous") = a512add29a57e7bff102d6e9b9dc7d20, bucket 3296.
    check(&flag(32.96), &json!({}), split(false));
    check(&flag(32.97), &json!(null), split(true));
    // md5("new-checkout:42.0") = eedb9999a609b86eee1737dd9e3a87b8, bucket 584.
    check(&flag(5.85), &json!({ "user_id": 42.0 }), split(true));
    // md5("new-checkout:42") = 416aacb48d4fdfbe1ec5032906f6195a, bucket 2314.
    check(&flag(5.85), &json!({ "user_id": 42 }), split(false));
    // md5("new-checkout:["a",1]") = 38610d62afa60016a237e851f4697a86, bucket 2342.
    check(&flag(23.43), &json!({ "user_id": ["a", 1] }), split(true));
    check(&flag(23.42), &json!({ "user_id": ["a", 1] }), split(false));
    // md5("shared:u-1") = 83896821d9f448c3bf0921296cd8f83f, bucket 2767.
    let salted = json!({ "enabled": true, "rollout_percentage": 27.68, "salt": "shared", "bucket_by": "company" });
    check(&salted, &json!({ "company": "u-1" }), split(true));
}

#[test]
fn variants_are_picked_where_there_are_any() {
    // md5("new-checkout:variant:user_123") = a1d321defd8d8f2271d1f95481013aac, pick 5948.
    let flag = json!({ "enabled": true, "rollout_percentage": 100, "variants": [
        { "name": "z", "weight": 594.8 }, { "name": "a", "weight": 405.2, "value": { "b": 1 } },
    ]});
    check(&flag, &user("user_123"), (true, json!({ "b": 1 }), Some("a"), "SPLIT", None, None));
    let weightless = json!({ "enabled": true, "rollout_percentage": 100, "variants": { "a": {} } });
    check(&weightless, &user("u-1"), (true, json!(true), None, "SPLIT", None, None));
    let empty = json!({ "enabled": true, "rollout_percentage": 100, "variants": {} });
    check(&empty, &user("u-1"), (true, json!(true), None, "STATIC", None, None));
}

#[test]
fn the_ramp_replaces_the_percentage_once_it_has_begun() {
    let flag = |ramp: Value| json!({ "enabled": true, "rollout_percentage": 100, "schedule": { "ramp": ramp } });
    let on = (true, json!(true), None, "STATIC", None, None);
    let off = (false, json!(false), None, "SPLIT", None, None);
    check(&flag(json!([])), &user("u-1"), on.clone());
    check(&flag(json!([{ "at": NOW + 1.0, "percentage": 0 }])), &user("u-1"), on.clone());
    check(&flag(json!([{ "at": NOW, "percentage": 0 }])), &user("u-1"), off.clone());
    let unsorted =
        json!([{ "at": NOW - 1.0, "percentage": 0 }, { "at": NOW - 9.0, "percentage": 100 }]);
    check(&flag(unsorted), &user("u-1"), off);
    let same = json!([{ "at": 5, "percentage": 0 }, { "at": 5, "percentage": 100 }]);
    check(&flag(same), &user("u-1"), on);
}

#[test]
fn the_environment_of_the_application_wins() {
    let document = json!({ "environment": "staging", "flags": { "a": {
        "enabled": true, "rollout_percentage": 100, "environments": ["production"],
    }}});
    let ask = |document: &Value, environment: Option<&str>, context: Value| {
        let world = World { environment, now: NOW };
        evaluate(document, "a", &context, &json!(0), &world).enabled
    };
    assert!(ask(&document, Some("production"), json!({})));
    assert!(!ask(&document, None, json!({})));
    let without = json!({ "flags": document["flags"] });
    assert!(ask(&without, None, json!({ "environment": "production" })));
    assert!(!ask(&without, None, json!({})));
    assert!(!ask(&without, Some("staging"), json!({ "environment": "production" })));
}
