use super::*;

#[test]
fn the_percentage_of_one_flag_is_exchanged() {
    for (flag, expected) in [
        (
            r#"{ "rollout_percentage": 10, "tags": [] }"#,
            r#"{ "rollout_percentage": 25, "tags": [] }"#,
        ),
        (r#"{ "enabled": true }"#, r#"{"rollout_percentage": 25, "enabled": true }"#),
        ("{}", r#"{"rollout_percentage": 25}"#),
        (
            r#"{ "schedule": { "ramp": [{ "at": 1, "percentage": 5 }] }, "rollout_percentage": 1.5 }"#,
            r#"{ "schedule": { "ramp": null }, "rollout_percentage": 25 }"#,
        ),
    ] {
        let document = |flag: &str| {
            format!(
                "{{ \"flags\": {{\n  \"ä\": {{ \"rollout_percentage\": 3 }},\n \"a.b\": {flag} }} }}"
            )
        };
        assert_eq!(changed(document(flag), "a.b", 25.0), Some(document(expected)), "{flag}");
    }
}

#[test]
fn a_flag_that_is_not_there_changes_nothing() {
    assert_eq!(changed(r#"{ "flags": { "a": {} } }"#.to_owned(), "b", 25.0), None);
}
