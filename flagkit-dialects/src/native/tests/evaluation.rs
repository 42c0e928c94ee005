//! What lowered flags answer. Buckets were computed with `md5sum` and a calculator:
//!
//! | user | md5("new-checkout:…") mod 10000 | md5("new-checkout:variant:…") mod 10000 |
//! |---|---|---|
//! | user_123 | 8 | 5948 |
//! | u-1 | 9923 | 7838 |
//! | u-2 | 8272 | 3811 |
//! | u-3 | 3174 | 4719 |
//! | anonymous | 3296 | |

use super::*;

/// One flag of this key and these fields.
fn flag(fields: &str) -> String {
    format!("schema: flagkit/1\nflags: {{ new-checkout: {{ enabled: true, {fields} }} }}")
}

fn check(fields: &str, cases: &[(serde_json::Value, &str)]) {
    for (context, expected) in cases {
        assert_eq!(answer(&flag(fields), "new-checkout", context), *expected, "{fields} {context}");
    }
}

fn user(id: &str) -> serde_json::Value {
    json!({ "user_id": id })
}

#[test]
fn a_percentage_counts_two_decimals() {
    check(
        "rollout_percentage: 0.09",
        &[(user("user_123"), "on true - - SPLIT"), (user("u-3"), "off false - - SPLIT")],
    );
    check("rollout_percentage: 0.08", &[(user("user_123"), "off false - - SPLIT")]);
    check("rollout_percentage: 31.75", &[(user("u-3"), "on true - - SPLIT")]);
    check("rollout_percentage: 31.74", &[(user("u-3"), "off false - - SPLIT")]);
    check("rollout_percentage: 100", &[(user("u-1"), "on true - - STATIC")]);
    check("rollout_percentage: 0", &[(user("u-1"), "off false - - SPLIT")]);
    check("default: no-thanks", &[(user("u-1"), "off \"no-thanks\" - - SPLIT")]);
}

#[test]
fn whoever_has_no_id_is_anonymous() {
    let cases = [json!({}), json!({ "user_id": null }), user("anonymous")];
    for context in cases {
        check("rollout_percentage: 32.97", &[(context.clone(), "on true - - SPLIT")]);
        check("rollout_percentage: 32.96", &[(context, "off false - - SPLIT")]);
    }
    check(
        "rollout_percentage: 0.09",
        &[(json!({ "targetingKey": "user_123" }), "on true - - SPLIT")],
    );
}

#[test]
fn weights_choose_the_variant() {
    let variants = "rollout_percentage: 100, variants: { control: { weight: 50, value: old }, \
                    treatment: { weight: 50 } }";
    check(
        variants,
        &[
            (user("u-2"), "on \"old\" control - SPLIT"),
            (user("u-1"), "on \"treatment\" treatment - SPLIT"),
            (user("user_123"), "on \"treatment\" treatment - SPLIT"),
        ],
    );
    let listed = "rollout_percentage: 100, variants: [{ name: a, weight: 1, value: { b: [1] } }]";
    check(listed, &[(user("u-1"), "on {\"b\":[1]} a - SPLIT")]);
    let weightless = "rollout_percentage: 100, variants: { a: {}, b: }";
    check(weightless, &[(user("u-1"), "on true - - SPLIT")]);
}

#[test]
fn gates_come_first() {
    let off = "off false - - DISABLED";
    check("enabled: false, rollout_percentage: 100", &[]);
    let text = "schema: flagkit/1\nflags: { new-checkout: { rollout_percentage: 100 } }";
    assert_eq!(answer(text, "new-checkout", &user("u-1")), off);
    let schedule = "rollout_percentage: 100, schedule: { starts_at: 2026-12-01T00:00:00Z, \
                    ends_at: 2027-01-01T00:00:00Z }";
    for (now, expected) in [
        ("2026-11-30T23:59:59Z", off),
        ("2026-12-01T00:00:00Z", "on true - - STATIC"),
        ("2026-12-31T23:59:59Z", "on true - - STATIC"),
        ("2027-01-01T00:00:00Z", off),
    ] {
        // The context cannot turn the clock.
        let context = json!({ "now": 0 });
        assert_eq!(answer_at(&flag(schedule), "new-checkout", &context, now), expected, "{now}");
    }
}

#[test]
fn environments_ask_the_setting_then_the_document_then_the_context() {
    let fields = "environments: [staging, production], rollout_percentage: 100";
    check(
        fields,
        &[
            (json!({}), "off false - - DISABLED"),
            (json!({ "environment": "test" }), "off false - - DISABLED"),
            (json!({ "environment": "staging" }), "on true - - STATIC"),
        ],
    );
    let named = format!("environment: test\n{}", flag(fields));
    let context = json!({ "environment": "staging" });
    assert_eq!(answer(&named, "new-checkout", &context), "off false - - DISABLED");
    let settings = Settings { environment: Some("production".to_owned()), ..Settings::default() };
    let decoded = decode(Dialect::Native, &named, &settings).unwrap();
    assert_eq!(decoded.environment.as_deref(), Some("production"));
    assert_eq!(answer_in(decoded, "new-checkout", &json!({}), NOW), "on true - - STATIC");
}

#[test]
fn a_ramp_grows_by_the_calendar() {
    // u-3 is in bucket 3174.
    let fields = "rollout_percentage: 5, schedule: { ramp: [ \
                  { at: 2026-12-08T00:00:00Z, percentage: 50 }, \
                  { at: 1796083200, percentage: 31.74 }, \
                  { at: 2026-12-20T00:00:00Z, percentage: 100 } ] }";
    for (now, expected) in [
        ("2026-11-01T00:00:00Z", "off false - - SPLIT"),
        ("2026-12-01T00:00:00Z", "off false - - SPLIT"),
        ("2026-12-08T00:00:00Z", "on true - - SPLIT"),
        ("2026-12-21T00:00:00Z", "on true - - STATIC"),
    ] {
        assert_eq!(answer_at(&flag(fields), "new-checkout", &user("u-3"), now), expected, "{now}");
    }
}

#[test]
fn overrides_are_asked_by_the_text_of_the_id() {
    let fields = "variants: { control: { value: old } }, default: none, \
                  overrides: { u-7: control, u-8: false, u-9: true, 42: true, anonymous: control }";
    let rule = "override TARGETING_MATCH";
    check(
        fields,
        &[
            (user("u-7"), &format!("on \"old\" control {rule}")),
            (user("u-8"), &format!("off \"none\" - {rule}")),
            (user("u-9"), &format!("on true - {rule}")),
            (json!({ "user_id": 42 }), &format!("on true - {rule}")),
            (json!({}), &format!("on \"old\" control {rule}")),
            (user("u-1"), "off \"none\" - - SPLIT"),
        ],
    );
}

#[test]
fn dependencies_must_be_on() {
    let text = "
schema: flagkit/1
flags:
  child: { enabled: true, rollout_percentage: 100, dependencies: [parent] }
  dark: { enabled: true, rollout_percentage: 100, dependencies: [{ flag: theme, variants: [dark] }] }
  any: { enabled: true, rollout_percentage: 100, dependencies: [{ flag: theme, variants: [] }] }
  parent: { enabled: false }
  theme: { enabled: true, variants: { dark: {}, light: {} }, overrides: { a: dark, b: light } }
";
    for (flag, id, expected) in [
        ("child", "a", "off false - - PREREQUISITE_FAILED"),
        ("dark", "a", "on true - - STATIC"),
        ("dark", "b", "off false - - PREREQUISITE_FAILED"),
        ("any", "b", "on true - - STATIC"),
        ("any", "c", "off false - - PREREQUISITE_FAILED"),
    ] {
        assert_eq!(answer(text, flag, &user(id)), expected, "{flag} {id}");
    }
}

#[test]
fn the_first_rule_that_matches_decides() {
    // md5("new-checkout:eu-pro:…") mod 10000: u-3 551, u-2 4681;
    // md5("new-checkout:eu-pro:variant:…") mod 10000: u-3 5756.
    let fields = "variants: { a: {}, b: {} }, targeting_rules: [ \
        { id: staff, conditions: [ { attribute: email, operator: ends_with, values: '@us.org' } ], variant: b }, \
        { id: banned, when: 'country == \"XX\"', enabled: false, rollout: { percentage: 100 } }, \
        { id: eu-pro, conditions: [ 'country in [\"DE\"]', { when: 'plan == \"pro\"' } ], \
          rollout: { percentage: 25, variants: { a: 1, b: 3 } } }, \
        { match_type: any, conditions: [ { attribute: age, operator: greater_than, value: 99 } ] } ]";
    check(
        fields,
        &[
            (json!({ "email": "x@us.org" }), "on \"b\" b staff TARGETING_MATCH"),
            (json!({ "country": "XX" }), "off false - banned TARGETING_MATCH"),
            (
                json!({ "country": "DE", "plan": "pro", "user_id": "u-3" }),
                "on \"b\" b eu-pro SPLIT",
            ),
            (
                json!({ "country": "DE", "plan": "pro", "user_id": "u-2" }),
                "off false - eu-pro SPLIT",
            ),
            (json!({ "age": "100" }), "on true - 3 TARGETING_MATCH"),
            (json!({ "country": "DE" }), "off false - - SPLIT"),
        ],
    );
}

#[test]
fn a_percentage_condition_hashes_the_salt_and_its_place() {
    // md5("new-checkout:0:…") mod 10000: u-1 1946, u-3 5181.
    let fields = |extra: &str| {
        format!(
            "targeting_rules: [ {{ conditions: [ {{ operator: percentage, values: [19.47] {extra} }} ] }} ]"
        )
    };
    check(
        &fields(""),
        &[
            (user("u-1"), "on true - 0 TARGETING_MATCH"),
            (user("u-3"), "off false - - SPLIT"),
            (json!({}), "off false - - SPLIT"),
        ],
    );
    check(
        &fields(", negate: true"),
        &[(user("u-1"), "off false - - SPLIT"), (json!({}), "on true - 0 TARGETING_MATCH")],
    );
    check(&fields(", seed: 'new-checkout:0'"), &[(user("u-1"), "on true - 0 TARGETING_MATCH")]);
}

#[test]
fn segments_exclude_before_they_include() {
    let text = "
schema: flagkit/1
segments:
  testers: { include: [u-1, 7, u-9], exclude: [u-9, u-2], conditions: [ 'plan == \"pro\"' ] }
  nobody: {}
  nested: { match_type: any, conditions: [ { operator: in_segment, values: [testers, nobody] } ] }
  by-company: { bucket_by: company, include: [acme] }
flags:
  in: { enabled: true, targeting_rules: [ { when: 'in_segment \"nested\"' } ] }
  out: { enabled: true, targeting_rules: [ { conditions: [ { operator: not_in_segment, value: testers } ] } ] }
  all: { enabled: true, targeting_rules: [ { when: 'in_segment \"nobody\"' } ] }
  company: { enabled: true, targeting_rules: [ { when: 'in_segment \"by-company\"' } ] }
";
    let (on, off) = ("on true - 0 TARGETING_MATCH", "off false - - SPLIT");
    for (flag, context, expected) in [
        ("in", user("u-1"), on),
        ("in", json!({ "user_id": 7 }), on),
        ("in", user("u-9"), off),
        ("in", json!({ "user_id": "u-5", "plan": "pro" }), on),
        ("in", json!({ "user_id": "u-2", "plan": "pro" }), off),
        ("out", user("u-9"), on),
        ("out", user("u-1"), off),
        ("all", user("u-1"), off),
        ("company", json!({ "company": "acme" }), on),
        ("company", json!({ "user_id": "acme" }), off),
    ] {
        assert_eq!(answer(text, flag, &context), expected, "{flag} {context}");
    }
}

#[test]
fn attributes_stand_in_for_each_other() {
    let fields = |when: &str| format!("targeting_rules: [ {{ when: '{when}' }} ]");
    let on = "on true - 0 TARGETING_MATCH";
    let off = "off false - - SPLIT";
    check(&fields("user_id == \"k\""), &[(json!({ "targetingKey": "k" }), on)]);
    check(&fields("targetingKey == \"k\""), &[(json!({ "user_id": "k" }), on)]);
    check(
        &fields("user_id == \"k\""),
        &[(json!({ "user_id": "x", "targetingKey": "k" }), off), (json!({}), off)],
    );
    check(
        &fields("device.os == \"iOS\""),
        &[
            (json!({ "device": { "os": "iOS" } }), on),
            (json!({ "device.os": "android", "device": { "os": "iOS" } }), off),
        ],
    );
    check(
        &fields("now after \"2026-12-04T00:00:00Z\""),
        &[(json!({}), on), (json!({ "now": 0 }), off)],
    );
}

#[test]
fn another_hash_gives_other_buckets_and_the_salt_can_be_shared() {
    let fields = "rollout_percentage: 0.09, salt: new-checkout";
    let text = flag(fields).replace("{ new-checkout:", "{ other:");
    assert_eq!(answer(&text, "other", &user("user_123")), "on true - - SPLIT");
    check("rollout_percentage: 0.09, hash: xxh3", &[(user("user_123"), "off false - - SPLIT")]);
    check(
        "rollout_percentage: 0.09, bucket_by: id",
        &[(json!({ "id": "user_123" }), "on true - - SPLIT")],
    );
}

#[test]
fn flags_may_be_a_list() {
    let text = r#"{"schema": "flagkit/1", "flags": [{"name": "a", "enabled": true, "rollout_percentage": 100}]}"#;
    assert_eq!(answer(text, "a", &json!({})), "on true - - STATIC");
    assert!(problems(text).is_empty());
}

#[test]
fn metadata_and_revision_are_kept() {
    let text =
        "schema: flagkit/1\nrevision: 42\nflags: { a: { metadata: { owner: payments, n: [1] } } }";
    let document = read(text).document;
    assert_eq!(document.revision, Some(42));
    let metadata = document.flags[0].metadata.clone().unwrap();
    assert_eq!(metadata.get("owner").and_then(|owner| owner.as_str()), Some("payments"));
}
