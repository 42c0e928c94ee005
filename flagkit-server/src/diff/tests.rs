use serde_json::{Value, json};

use super::diff;

#[test]
fn differences_are_told_where_they_are() {
    let cases: [(Option<&str>, Option<&str>, Value); 7] = [
        (Some("{}"), Some("{}"), json!([])),
        (None, Some("1"), json!([{ "path": "", "after": 1 }])),
        (Some("1"), None, json!([{ "path": "", "before": 1 }])),
        (Some(r#"{"a":1,"b":2}"#), Some(r#"{"b":2,"a":1}"#), json!([])),
        (
            Some(r#"{"a":{"b":1,"c":2}}"#),
            Some(r#"{"a":{"b":3,"d":4}}"#),
            json!([
                { "path": "a.b", "before": 1, "after": 3 },
                { "path": "a.c", "before": 2 },
                { "path": "a.d", "after": 4 },
            ]),
        ),
        (
            Some(r#"{"rules":[1,2]}"#),
            Some(r#"{"rules":[1,3,4]}"#),
            json!([{ "path": "rules[1]", "before": 2, "after": 3 }, { "path": "rules[2]", "after": 4 }]),
        ),
        (Some("null"), Some("{}"), json!([{ "path": "", "before": null, "after": {} }])),
    ];
    for (before, after, wanted) in cases {
        let found = serde_json::to_value(diff(before, after)).unwrap();
        assert_eq!(found, wanted, "{before:?} and {after:?}");
    }
}
