//! What operators are met by, one row for each thing to know.

use flagkit_core::document::{
    Condition, Lookup, Operator, Readings, Test, TextReading, Unreadable,
};
use flagkit_core::{Case, Context, Value, compile};

use crate::build::{document, flag, is_on, on_when};

/// Whether the attribute `a` with this value meets the operator.
fn meets(operator: Operator, reads: Readings, value: impl Into<Value>) -> bool {
    let when = Condition::Test(Test {
        lookup: Lookup::Name("a".into()),
        operator,
        case: Case::Sensitive,
        reads,
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    });
    let compiled = compile(document(vec![flag("f", on_when(when))], Vec::new()));
    assert!(compiled.diagnostics.is_empty(), "{:?}", compiled.diagnostics);
    is_on(&compiled.snapshot, "f", &Context::anonymous().with("a", value)).unwrap()
}

const JSON: Readings = Readings { text: TextReading::Json, ..Readings::STRICT };

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn operators_of_text_see_values_as_the_test_reads_them() {
    for operator in [
        Operator::TextOneOf(texts(&["42", "true"])),
        Operator::TextContains(texts(&["4", "ru"])),
        Operator::StartsWith(texts(&["4", "t"])),
    ] {
        for value in [Value::from("42"), Value::from("true")] {
            assert!(meets(operator.clone(), Readings::STRICT, value));
        }
        for value in [Value::from(42), Value::from(true)] {
            assert!(meets(operator.clone(), JSON, value.clone()));
            assert!(!meets(operator.clone(), Readings::STRICT, value));
        }
    }
}

#[test]
fn text_contains_looks_into_text_only() {
    let operator = || Operator::TextContains(texts(&["b", "xy"]));
    assert!(meets(operator(), Readings::STRICT, "abc"));
    assert!(!meets(operator(), Readings::STRICT, "ax"));
    assert!(!meets(operator(), Readings::STRICT, Value::List([Value::from("b")].into())));
    assert!(!meets(Operator::TextContains(Vec::new()), Readings::STRICT, "abc"));
}
