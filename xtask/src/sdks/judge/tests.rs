//! What SDKs are expected to answer, case by case.

use serde_json::{Value, json};

use super::super::answers::absent;
use super::Language::{JavaScript, Python, Rust};
use super::{agrees, expected};

/// What the core says of a flag that serves this.
fn served(value: &Value) -> Value {
    json!({ "value": value, "variant": "v", "reason": "SPLIT", "error": null })
}

#[test]
fn values_are_taken_only_for_what_the_language_takes_them_for() {
    for (language, wanted, value, is_taken) in [
        (Python, "boolean", json!(true), true),
        (Python, "boolean", json!("true"), false),
        (Python, "integer", json!(1), true),
        (Python, "integer", json!(1.0), false),
        (Python, "integer", json!(true), true),
        (Python, "float", json!(1), false),
        (Python, "float", json!(1.0), true),
        (JavaScript, "float", json!(1), true),
        (JavaScript, "integer", json!(1.5), true),
        (JavaScript, "integer", json!(true), false),
        (JavaScript, "object", json!([1]), true),
        (JavaScript, "string", json!({}), false),
        (Rust, "integer", json!(1.0), true),
        (Rust, "integer", json!(1.5), false),
        (Rust, "float", json!(1), true),
        (Rust, "object", json!("text"), true),
    ] {
        let question = json!({ "type": wanted, "default": "mine" });
        let answer = expected(language, &question, &served(&value));
        let found = if is_taken { &value } else { &json!("mine") };
        assert_eq!(answer.get("value"), Some(found), "{language:?}, {wanted}, {value}");
        assert_eq!(answer.get("error").is_none(), is_taken, "{language:?}, {wanted}, {value}");
    }
}

#[test]
fn errors_and_absent_values_give_the_default() {
    let question = json!({ "type": "boolean", "default": true });
    let core = json!({ "value": absent(), "error": { "code": "FLAG_NOT_FOUND" } });
    let wanted = json!({ "value": true, "reason": "ERROR", "error": "FLAG_NOT_FOUND" });
    assert_eq!(expected(Python, &question, &core), wanted);
    let core = json!({ "value": absent(), "reason": "DISABLED", "error": null });
    assert_eq!(expected(Python, &question, &core), json!({ "value": true }));
}

#[test]
fn numbers_are_compared_as_the_language_does() {
    let (wanted, found) = (json!({ "value": [{ "a": 1.0 }] }), json!({ "value": [{ "a": 1 }] }));
    assert!(agrees(JavaScript, &wanted, &found));
    assert!(!agrees(Python, &wanted, &found));
    assert!(!agrees(JavaScript, &wanted, &json!({ "value": [{ "a": 1, "b": 2 }] })));
    assert!(!agrees(JavaScript, &wanted, &json!({})));
}
