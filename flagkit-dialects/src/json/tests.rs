use serde_json::json;

use super::*;

#[test]
fn values_survive_the_way_there_and_back() {
    for json in [
        json!(null),
        json!(true),
        json!(-7),
        json!(1.5),
        json!(1.0),
        json!("x"),
        json!([1, "a", [], {}]),
        json!({ "a": { "b": [null] } }),
    ] {
        assert_eq!(value_to_json(&value_from_json(&json)), json);
    }
}

#[test]
fn large_integers_are_kept() {
    assert_eq!(value_from_json(&json!(i64::MAX)), Value::Integer(i64::MAX));
    assert_eq!(value_from_json(&json!(u64::MAX)), Value::Unsigned(u64::MAX));
}

#[test]
fn a_targeting_key_of_any_kind_counts() {
    let context = context_from_json(&json!({ "targetingKey": 42 }));
    assert_eq!(context, Context::new(42).with("targetingKey", 42));
    assert_eq!(context_from_json(&json!({ "targetingKey": null })), {
        Context::anonymous().with("targetingKey", Value::Null)
    });
    assert_eq!(context_from_json(&json!("u-1")), Context::anonymous());
}
