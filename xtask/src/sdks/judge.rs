//! What an OpenFeature SDK must answer, given what the core answers.

use serde_json::{Value, json};

use super::answers::absent;

/// Where types are told apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Language {
    /// `1` is an integer and `1.0` is not; booleans are integers.
    Python,
    /// There are numbers.
    JavaScript,
    /// An integer is a number without fraction, and every number is a float.
    Rust,
}

/// What the SDK answers to this question; only what the protocol promises is in it.
pub(super) fn expected(language: Language, question: &Value, core: &Value) -> Value {
    let field = |value: &Value, name| value.get(name).cloned().unwrap_or_default();
    let default = field(question, "default");
    let wanted = question.get("type").and_then(Value::as_str).unwrap_or_default();
    if let Some(code) = core.pointer("/error/code") {
        return json!({ "value": default, "reason": "ERROR", "error": code });
    }
    let value = field(core, "value");
    if value == absent() {
        // What else an SDK says of a value that is not there is its own.
        return json!({ "value": default });
    }
    if !fits(language, wanted, &value) {
        return json!({ "value": default, "reason": "ERROR", "error": "TYPE_MISMATCH" });
    }
    let reason = told(language, field(core, "reason"));
    json!({ "value": value, "variant": field(core, "variant"), "reason": reason })
}

/// The reason as the server tells it to SDKs that know no others than those of OpenFeature.
fn told(language: Language, reason: Value) -> Value {
    if language != Language::Rust && reason == "PREREQUISITE_FAILED" {
        return "DEFAULT".into();
    }
    reason
}

/// Whether an SDK takes a value for what was asked for.
fn fits(language: Language, wanted: &str, value: &Value) -> bool {
    match (wanted, value) {
        ("boolean", Value::Bool(_))
        | ("string", Value::String(_))
        | ("object", Value::Object(_) | Value::Array(_)) => true,
        ("integer" | "float", Value::Number(number)) => match language {
            Language::Python => number.is_f64() == (wanted == "float"),
            Language::JavaScript => true,
            Language::Rust => {
                let is_whole = number.as_f64().is_some_and(|number| number.fract() == 0.0);
                is_whole || wanted == "float"
            }
        },
        ("integer", Value::Bool(_)) => language == Language::Python,
        ("object", _) if language == Language::Rust => true,
        ("object", Value::Null) => language == Language::JavaScript,
        _ => false,
    }
}

/// Whether an answer has everything that is expected of it.
pub(super) fn agrees(language: Language, expected: &Value, answer: &Value) -> bool {
    let Some(fields) = expected.as_object() else {
        return false;
    };
    fields
        .iter()
        .all(|(name, wanted)| same(language, wanted, answer.get(name).unwrap_or(&Value::Null)))
}

/// Equality; only in Python `1` and `1.0` are different.
pub(super) fn same(language: Language, left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) if language != Language::Python => {
            left.as_f64() == right.as_f64()
        }
        (Value::Array(left), Value::Array(right)) => {
            let pairs = || left.iter().zip(right);
            left.len() == right.len() && pairs().all(|(left, right)| same(language, left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| {
                    right.get(name).is_some_and(|right| same(language, left, right))
                })
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests;
