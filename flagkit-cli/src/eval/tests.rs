use flagkit_core::Timestamp;
use flagkit_dialects::{Dialect, Settings};

use super::*;

#[test]
fn answers_have_all_keys_in_their_order() {
    check(&[
        (
            r#"{"id": "r1", "flag": "on", "context": {"user_id": "u-1"}, "default": false}"#,
            r#"{"id":"r1","flag":"on","enabled":true,"value":true,"variant":null,"reason":"STATIC","rule":null,"error":null}"#,
        ),
        (
            r#"{"id": 7, "flag": "theme", "context": {"plan": "pro"}}"#,
            r#"{"id":7,"flag":"theme","enabled":true,"value":{"dark":true,"accent":"\"red\""},"variant":"dark","reason":"TARGETING_MATCH","rule":"pros","error":null}"#,
        ),
        (
            r#"{"flag": "theme"}"#,
            r#"{"id":null,"flag":"theme","enabled":false,"value":{"dark":false},"variant":null,"reason":"SPLIT","rule":null,"error":null}"#,
        ),
    ]);
}

#[test]
fn errors_answer_with_the_default_of_the_request() {
    check(&[
        (
            r#"{"id": {"a": [1.0]}, "flag": "nope", "default": {"x": 1.50}}"#,
            r#"{"id":{"a": [1.0]},"flag":"nope","enabled":false,"value":{"x": 1.50},"variant":null,"reason":"ERROR","rule":null,"error":{"code":"FLAG_NOT_FOUND","message":"there is no flag `nope`"}}"#,
        ),
        (
            r#"{"flag": "broken", "default": "d"}"#,
            r#"{"id":null,"flag":"broken","enabled":false,"value":"d","variant":null,"reason":"ERROR","rule":null,"error":{"code":"PARSE_ERROR","message":"the flag `broken` is broken; see `flagkit validate`"}}"#,
        ),
        (
            r#"{"flag": "on", "type": "string", "default": "d"}"#,
            r#"{"id":null,"flag":"on","enabled":false,"value":"d","variant":null,"reason":"ERROR","rule":null,"error":{"code":"TYPE_MISMATCH","message":"the flag `on` serves a boolean, not text"}}"#,
        ),
    ]);
}

#[test]
fn lines_that_cannot_be_read_do_not_end_the_run() {
    for (line, id, code) in [
        ("{", "null", "PARSE_ERROR"),
        ("[]", "null", "PARSE_ERROR"),
        ("nonsense", "null", "PARSE_ERROR"),
        (r#"{"id": 1}"#, "1", "PARSE_ERROR"),
        (r#"{"id": 2, "flag": 3}"#, "2", "PARSE_ERROR"),
        (r#"{"id": 3, "flag": "on"} x"#, "null", "PARSE_ERROR"),
        (r#"{"id": 4, "flag": "on", "type": "colour"}"#, "4", "PARSE_ERROR"),
        (r#"{"id": 5, "flag": "on", "context": "u-1"}"#, "5", "INVALID_CONTEXT"),
        (r#"{"id": 6, "flag": "on", "context": []}"#, "6", "INVALID_CONTEXT"),
        (r#"{"id": 7, "flag": "on", "context": {"a": 1e999}}"#, "7", "INVALID_CONTEXT"),
    ] {
        let answer: serde_json::Value = serde_json::from_str(&answered(line)).unwrap();
        assert_eq!(answer["id"].to_string(), id, "{line}");
        assert_eq!(answer["error"]["code"], code, "{line}");
        assert_eq!(answer["reason"], "ERROR", "{line}");
    }
    let deep =
        format!(r#"{{"flag":"on","context":{{"a":{}1{}}}}}"#, "[".repeat(500), "]".repeat(500));
    assert!(answered(&deep).contains("INVALID_CONTEXT"));
}

#[test]
fn null_stands_for_a_part_that_is_absent() {
    let line = r#"{"id": null, "flag": "on", "context": null, "default": null, "type": null}"#;
    assert!(answered(line).contains(r#""enabled":true,"value":true"#));
}

#[test]
fn the_last_of_two_equal_names_counts() {
    let line = r#"{"flag": "theme", "context": {"plan": "free", "plan": "pro"}}"#;
    assert!(answered(line).contains(r#""variant":"dark""#));
    let line = r#"{"flag": "theme", "flag": "on"}"#;
    assert!(answered(line).contains(r#""flag":"on","enabled":true"#));
}

#[test]
fn names_and_texts_may_be_escaped() {
    let line = r#"{"fl\u0061g": "th\u0065me", "context": {"pl\u0061n": "pr\u006f"}}"#;
    assert!(answered(line).contains(r#""flag":"theme","enabled":true"#));
}

#[test]
fn numbers_fit_the_types_that_can_hold_them() {
    for (kind, flag, fits) in [
        ("integer", "whole", true),
        ("integer", "half", false),
        ("integer", "three", true),
        ("float", "three", true),
        ("number", "half", true),
        ("object", "theme", true),
        ("object", "three", false),
        ("boolean", "on", true),
        ("boolean", "three", false),
        ("json", "theme", true),
    ] {
        let line =
            format!(r#"{{"flag": "{flag}", "type": "{kind}", "context": {{"plan": "pro"}}}}"#);
        assert_eq!(!answered(&line).contains("TYPE_MISMATCH"), fits, "{kind} {flag}");
    }
}

fn check(cases: &[(&str, &str)]) {
    for (line, expected) in cases {
        assert_eq!(answered(line), *expected, "{line}");
    }
}

fn answered(line: &str) -> String {
    let decoded = flagkit_dialects::decode(Dialect::Native, FLAGS, &Settings::default()).unwrap();
    let compiled = flagkit_core::compile(decoded.document);
    let world = World::new(Some(Timestamp::EPOCH));
    let evaluator = Evaluator { snapshot: &compiled.snapshot, contexts: Dialect::Native, world };
    let mut out = Vec::new();
    evaluator.answer_line(line.as_bytes(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const FLAGS: &str = r#"
flags:
  on: { enabled: true, rollout_percentage: 100 }
  broken: { enabled: true, rollout_percentage: 900 }
  whole: { enabled: false, default: 3.0 }
  half: { enabled: false, default: 3.5 }
  three: { enabled: false, default: 3 }
  theme:
    enabled: true
    default: { dark: false }
    variants: { dark: { value: { dark: true, accent: '"red"' } } }
    targeting_rules: [{ id: pros, when: 'plan == "pro"', variant: dark }]
"#;
