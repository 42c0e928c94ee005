use serde_json::json;

use super::agrees;

#[test]
fn only_expected_fields_count() {
    assert!(agrees(&json!({ "value": 1 }), &json!({ "value": 1.0, "more": true })));
    assert!(!agrees(&json!({ "value": 1, "reason": "x" }), &json!({ "value": 1 })));
}

#[test]
fn booleans_are_no_numbers_and_lists_are_compared_whole() {
    assert!(!agrees(&json!(1), &json!(true)));
    assert!(!agrees(&json!([1]), &json!([1, 2])));
    assert!(agrees(&json!([{ "a": 1 }]), &json!([{ "a": 1, "b": 2 }])));
}
