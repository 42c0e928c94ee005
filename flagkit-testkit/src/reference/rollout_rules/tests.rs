use serde_json::{Value, json};

use super::{super::World, evaluate_rollout_rules};

fn ask(document: &Value, context: &Value) -> (bool, Value, &'static str) {
    let world = World { environment: None, now: 1_000.0 };
    let answer = evaluate_rollout_rules(document, "a", context, &json!("caller"), &world);
    (answer.enabled, answer.value, answer.reason)
}

fn check(strategy: &str, parameters: &Value, context: &Value, is_on: bool) {
    let rule = json!({ "strategy": strategy, "parameters": parameters });
    let document = json!({ "name": "a", "status": "conditional", "rollout_rules": [rule] });
    let on = if strategy == "percentage" { "SPLIT" } else { "TARGETING_MATCH" };
    let reason = if is_on { on } else { "DEFAULT" };
    assert_eq!(ask(&document, context), (is_on, json!(is_on), reason), "{rule} for {context}");
}

#[test]
fn the_status_comes_first() {
    let flag = |status: &str| json!({ "name": "a", "status": status, "default_value": true, "rollout_rules": [] });
    assert_eq!(ask(&flag("disabled"), &json!({})), (true, json!(true), "DISABLED"));
    assert_eq!(ask(&flag("enabled"), &Value::Null), (true, json!(true), "STATIC"));
    assert_eq!(ask(&flag("conditional"), &json!({})), (false, json!(false), "DEFAULT"));
    assert_eq!(ask(&flag("paused"), &json!({})), (false, json!("caller"), "ERROR"));
}

#[test]
fn a_document_has_five_forms() {
    let flag = json!({ "name": "a", "status": "enabled" });
    let forms = [
        flag.clone(),
        json!([flag]),
        json!({ "flags": [flag] }),
        json!({ "flags": { "a": flag } }),
        json!({ "a": flag }),
    ];
    for form in forms {
        assert_eq!(ask(&form, &json!({})).2, "STATIC", "{form}");
    }
    assert_eq!(ask(&json!([{ "name": "b" }]), &json!({})).2, "ERROR");
}

#[test]
fn a_percentage_counts_buckets_from_one() {
    // md5("u-1") = a6048cbdca02ecd493761171122c6735, mod 100 + 1 = 90.
    let of = |percentage: f64| json!({ "percentage": percentage });
    check("percentage", &of(89.0), &json!({ "user_id": "u-1" }), false);
    check("percentage", &of(90.0), &json!({ "user_id": "u-1" }), true);
    check("percentage", &of(100.0), &json!({ "user_type": "regular" }), true);
    check("percentage", &of(0.0), &json!({ "user_id": "u-1" }), false);
    // md5("anonymous") = 294de3557d9d00b3d2d8a1e6aab028cf, mod 100 + 1 = 72.
    check("percentage", &of(71.0), &json!({ "user_type": "regular" }), false);
    check("percentage", &of(72.0), &json!({ "user_type": "regular" }), true);
}

#[test]
fn users_are_listed_by_either_name() {
    let users = json!({ "users": ["u-1"] });
    check("user_list", &users, &json!({ "targetingKey": "u-1" }), true);
    check("user_list", &users, &json!({ "user_id": "u-2" }), false);
    check("user_list", &users, &json!({ "user_type": "regular" }), false);
}

#[test]
fn attributes_have_defaults() {
    let of = |name: &str, value: Value| json!({ "attribute": name, "values": [value] });
    let regular = of("user_type", json!("regular"));
    check("user_attribute", &regular, &json!({ "user_type": "regular" }), true);
    check("user_attribute", &regular, &json!({ "user_type": "vip" }), false);
    let groups = json!({ "experiment_groups": ["a", "b"] });
    check("user_attribute", &of("experiment_group", json!("b")), &groups, true);
    let custom = json!({ "custom_attributes": { "level": 3.0 } });
    check("user_attribute", &of("level", json!(3)), &custom, true);
    check("user_attribute", &of("other", json!(3)), &custom, false);
    let regions = json!({ "regions": ["us"] });
    check("geographic", &regions, &json!({ "user_type": "regular" }), true);
    check("geographic", &regions, &json!({ "geographic_region": "eu" }), false);
}

#[test]
fn both_ends_of_a_time_belong_to_it() {
    check(
        "time_based",
        &json!({ "start_time": 1_000, "end_time": 1_000 }),
        &json!({ "user_type": "regular" }),
        true,
    );
    check("time_based", &json!({ "start_time": 1_001 }), &json!({ "user_type": "regular" }), false);
    check("time_based", &json!({ "end_time": 999 }), &json!({ "user_type": "regular" }), false);
    check(
        "time_based",
        &json!({ "user_type": "regular" }),
        &json!({ "user_type": "regular" }),
        true,
    );
    check("time_based", &json!({ "user_type": "regular" }), &Value::Null, false);
}

#[test]
fn rules_can_be_switched_off_and_the_first_match_counts() {
    let rule = |strategy: &str, is_enabled: bool| json!({ "strategy": strategy, "parameters": { "percentage": 100 }, "enabled": is_enabled });
    let document =
        |rules: Value| json!({ "name": "a", "status": "conditional", "rollout_rules": rules });
    let rules =
        json!([rule("time_based", false), rule("percentage", true), rule("time_based", true)]);
    assert_eq!(ask(&document(rules), &json!({ "user_type": "regular" })).2, "SPLIT");
    assert_eq!(
        ask(&document(json!([rule("time_based", false)])), &json!({ "user_type": "regular" })).2,
        "DEFAULT"
    );
    assert_eq!(
        ask(&document(json!([rule("lottery", false)])), &json!({ "user_type": "regular" })).2,
        "ERROR"
    );
}
