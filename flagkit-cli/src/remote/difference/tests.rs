use serde_json::json;

use super::*;

fn lines(before: Option<&Value>, after: Option<&Value>) -> String {
    let mut out = Vec::new();
    print(&mut out, &between(before, after), "").unwrap();
    anstream::adapter::strip_bytes(&out).into_vec().try_into().unwrap_or_default()
}

#[test]
fn each_place_that_differs_has_its_lines() {
    let before =
        json!({"enabled": true, "rollout_percentage": 10, "tags": ["a", "b"], "x": {"y": 1}});
    let after = json!({"enabled": true, "rollout_percentage": 25, "tags": ["a", "c"], "x": {}});
    let expected = "- rollout_percentage: 10\n+ rollout_percentage: 25\n- tags[1]: \"b\"\n\
                    + tags[1]: \"c\"\n- x.y: 1\n";
    assert_eq!(lines(Some(&before), Some(&after)), expected);
}

#[test]
fn what_is_new_or_gone_is_told_field_by_field() {
    let flag = json!({"enabled": true, "variants": {"a": {}}});
    assert_eq!(lines(None, Some(&flag)), "+ enabled: true\n+ variants: {\"a\":{}}\n");
    assert_eq!(lines(Some(&flag), None), "- enabled: true\n- variants: {\"a\":{}}\n");
}

#[test]
fn equal_values_have_no_lines_and_lists_of_other_length_are_one_place() {
    assert_eq!(lines(Some(&json!([1])), Some(&json!([1]))), "");
    assert_eq!(lines(Some(&json!({"a": [1]})), Some(&json!({"a": []}))), "- a: [1]\n+ a: []\n");
    assert_eq!(lines(Some(&json!(1)), Some(&json!("b"))), "- 1\n+ \"b\"\n");
}

#[test]
fn what_is_long_is_cut() {
    let shown = lines(None, Some(&json!({"a": "é".repeat(500)})));
    assert_eq!(shown.chars().count(), "+ a: ".len() + CHARACTERS_MAX + "…\n".chars().count());
    let many: Map<String, Value> = (0..100).map(|n| (format!("k{n:02}"), json!(n))).collect();
    assert!(lines(None, Some(&many.into())).ends_with("… and 60 more places\n"));
}
