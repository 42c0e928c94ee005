use serde_json::{Value, json};

use super::{super::World, evaluate_feature_flags};

fn check(flag: &Value, context: &Value, is_on: bool, reason: &str) {
    let world = World { environment: Some("staging"), now: 0.0 };
    let document = json!({ "feature_flags": { "new_ui": flag } });
    let answer = evaluate_feature_flags(&document, "new_ui", context, &json!(is_on), &world);
    assert_eq!((answer.enabled, answer.reason), (is_on, reason), "{flag} for {context}");
    assert_eq!(answer.value, json!(is_on));
}

#[test]
fn the_percentage_alone_decides() {
    // md5("new_ui:u-1") = db3717680d9cadefb36da9866d38a0cc, mod 100 = 32.
    let flag = |percentage: f64| json!({ "enabled": true, "percentage": percentage, "user_groups": ["u-1"] });
    check(&flag(32.0), &json!({ "user_id": "u-1" }), false, "SPLIT");
    check(&flag(33.0), &json!({ "user_id": "u-1" }), true, "SPLIT");
    check(&flag(0.0), &json!({ "user_id": "u-1" }), true, "TARGETING_MATCH");
    check(&json!({ "percentage": 100 }), &json!({}), false, "DISABLED");
}

#[test]
fn groups_targeting_and_environments_let_in() {
    let groups = json!({ "enabled": true, "user_groups": ["qa", "u-1"] });
    check(&groups, &json!({ "groups": ["x", "qa"] }), true, "TARGETING_MATCH");
    check(&groups, &json!({ "user_groups": "qa" }), true, "TARGETING_MATCH");
    check(&groups, &json!({ "user_id": "u-1" }), true, "TARGETING_MATCH");
    check(&groups, &json!({ "user_id": "u-2" }), false, "DEFAULT");
    let targeting = json!([{ "country": "DE" }, { "level": [1, 2] }]);
    let targeted = json!({ "enabled": true, "targeting": { "user_attributes": targeting } });
    check(&targeted, &json!({ "country": "DE" }), true, "TARGETING_MATCH");
    check(&targeted, &json!({ "country": "FR", "level": 2.0 }), true, "TARGETING_MATCH");
    check(&targeted, &json!({ "country": "FR", "level": "2" }), false, "DEFAULT");
    check(
        &json!({ "enabled": true, "environments": ["staging"] }),
        &json!({}),
        true,
        "TARGETING_MATCH",
    );
    let elsewhere = json!({ "enabled": true, "environments": ["dev"] });
    check(&elsewhere, &json!({ "environment": "dev" }), false, "DEFAULT");
}

#[test]
fn wrong_types_break_a_flag() {
    let flags = [
        json!(true),
        json!({ "enabled": "yes" }),
        json!({ "percentage": "50" }),
        json!({ "user_groups": "qa" }),
        json!({ "targeting": [] }),
        json!({ "targeting": { "user_attributes": [{ "a": 1, "b": 2 }] } }),
        json!({ "environments": "dev" }),
    ];
    for flag in flags {
        check(&flag, &json!({}), false, "ERROR");
    }
}
