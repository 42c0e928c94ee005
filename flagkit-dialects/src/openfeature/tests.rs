use flagkit_core::{Context, ErrorCode, Fixed, Timestamp, compile};
use serde_json::json;

use super::*;
use crate::decode::{decode, detect};
use crate::dialect::Dialect;

fn variant(evaluator: &str, context: &Context) -> Result<Option<String>, ErrorCode> {
    let document = json!({ "flag": {
        "variants": { "a": 1, "b": 2, "none": 3 },
        "defaultVariant": "none",
        "contextEvaluator": evaluator,
    } });
    let settings = Settings::default();
    let decoded = decode(Dialect::OpenFeature, &document.to_string(), &settings).unwrap();
    let snapshot = compile(decoded.document).snapshot;
    let found = snapshot.resolve("flag", context, &Fixed::at(Timestamp::EPOCH), &mut ());
    found.map(|found| found.variant().map(str::to_owned))
}

#[test]
fn evaluators_name_a_variant_or_nothing() {
    let context = Context::anonymous().with("age", 37).with("email", "ann@acme.org");
    for (evaluator, expected) in [
        ("age > 30 ? 'a' : ''", "a"),
        ("age > 40 ? 'a' : ''", "none"),
        ("age>=37&&email==\"ann@acme.org\"?'a':'b'", "a"),
        ("!(age < 30) || nobody ? 'a' : 'b'", "a"),
        ("!nobody ? age == 37.0 ? 'a' : 'b' : 'b'", "a"),
        ("age != -37 && email != null ? 'b' : 'a'", "b"),
        ("!!age ? 'b' : 'a'", "b"),
        ("'b'", "b"),
        ("nobody", "none"),
    ] {
        assert_eq!(variant(evaluator, &context), Ok(Some(expected.into())), "{evaluator}");
    }
    assert_eq!(variant("email", &context), Err(ErrorCode::General));
}

#[test]
fn what_is_no_evaluator_breaks_the_flag() {
    let deep = format!("{}1{}", "(".repeat(1_000), ")".repeat(1_000));
    for evaluator in ["", "age >", "age ? 'a'", "'a", "(age", "age > 3 'a'", "-", "a + b", &deep] {
        let found = variant(evaluator, &Context::anonymous());
        assert_eq!(found, Err(ErrorCode::ParseError), "{evaluator}");
    }
}

#[test]
fn the_document_is_recognised_by_its_own_keys() {
    let flag = r#"{ "variants": { "on": true }, "defaultVariant": "on", "flagMetadata": null }"#;
    assert_eq!(detect(&format!(r#"{{ "a": {flag} }}"#)), Some(Dialect::OpenFeature));
    assert_eq!(detect(r#"{ "a": { "variants": { "on": true } } }"#), None);
}

#[test]
fn disabled_flags_and_flags_without_default_answer_the_callers() {
    let document = json!({
        "off": { "disabled": true, "variants": { "a": 1 }, "defaultVariant": "a" },
        "none": { "variants": { "a": 1 }, "defaultVariant": null },
        "static": { "variants": { "a": 1 }, "defaultVariant": "a", "flagMetadata": { "x": 1 } },
        "gone": { "variants": { "a": 1 }, "defaultVariant": "b" },
        "odd": { "variants": [] },
    });
    let settings = Settings::default();
    let decoded = decode(Dialect::OpenFeature, &document.to_string(), &settings).unwrap();
    let snapshot = compile(decoded.document).snapshot;
    let ask = |key| {
        let world = Fixed::at(Timestamp::EPOCH);
        let answer = answer(&snapshot, (key, ValueType::Integer), &(), &world);
        (answer.variant, answer.reason.name(), answer.error.map(ErrorCode::name))
    };
    assert_eq!(ask("off"), (None, "DISABLED", None));
    assert_eq!(ask("none"), (None, "DEFAULT", None));
    assert_eq!(ask("static"), (Some("a"), "STATIC", None));
    assert_eq!(ask("gone"), (None, "ERROR", Some("GENERAL")));
    assert_eq!(ask("odd"), (None, "ERROR", Some("PARSE_ERROR")));
}
