//! What operators are met by, one row for each thing to know.

use flagkit_core::document::{
    Condition, ListReading, Lookup, NumberReading, Operator, Order, Readings, SetRelation, Test,
    TextReading, Unreadable,
};
use flagkit_core::{Case, Context, Structure, Value, compile};

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

const MEMBERS: Readings = Readings { lists: ListReading::Members, ..Readings::STRICT };

fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| Value::from(*item)).collect())
}

#[test]
fn lists_stand_to_sets() {
    use SetRelation::{ContainsAll, ContainsAny, Equals, PartOf};
    let rows: [(&[&str], [bool; 4]); 6] = [
        // Contains all of, any of, equals, is part of: a and b.
        (&[], [false, false, false, false]),
        (&["a"], [false, true, false, true]),
        (&["b", "a", "b"], [true, true, true, true]),
        (&["a", "b", "c"], [true, true, false, false]),
        (&["a", "c"], [false, true, false, false]),
        (&["ab"], [false, false, false, false]),
    ];
    for (items, expected) in rows {
        for (relation, expected) in [ContainsAll, ContainsAny, Equals, PartOf].iter().zip(expected)
        {
            let operator = Operator::Set(*relation, texts(&["a", "b"]));
            assert_eq!(meets(operator, MEMBERS, list(items)), expected, "{relation:?} {items:?}");
        }
    }
    for (relation, items, expected) in [
        (ContainsAll, &[] as &[&str], true),
        (Equals, &[], true),
        (Equals, &["a"], false),
        (ContainsAny, &["a"], false),
        (PartOf, &[], false),
    ] {
        assert_eq!(meets(Operator::Set(relation, Vec::new()), MEMBERS, list(items)), expected);
    }
}

#[test]
fn other_elements_equal_no_text_and_collections_are_none() {
    let operator = |relation| Operator::Set(relation, texts(&["a"]));
    let mixed = Value::List([Value::from("a"), Value::from(1)].into());
    assert!(meets(operator(SetRelation::ContainsAll), MEMBERS, mixed.clone()));
    assert!(!meets(operator(SetRelation::Equals), MEMBERS, mixed));
    let nested = Value::List([Value::from("a"), list(&["a"])].into());
    assert!(!meets(operator(SetRelation::ContainsAny), MEMBERS, nested));
}

#[test]
fn text_and_objects_are_sets_only_where_the_test_reads_members() {
    let operator = || Operator::Set(SetRelation::Equals, texts(&["a", "ü"]));
    let object = ["a", "ü"].map(|name| (name, Value::Null)).into_iter().collect::<Structure>();
    for value in [Value::from("üa"), Value::from(object)] {
        assert!(meets(operator(), MEMBERS, value.clone()));
        assert!(!meets(operator(), Readings::STRICT, value));
    }
    assert!(!meets(operator(), MEMBERS, 1));
}

#[test]
fn integers_in_text_are_integers_and_nothing_else() {
    let reads = Readings { number: NumberReading::IntegersInText, ..Readings::STRICT };
    let least_ten = |value: Value| {
        meets(Operator::Number(Order::GreaterOrEqual, vec![10_i64.into()]), reads, value)
    };
    for text in ["10", " +1_0\n", "0011", "999999999999999999999999999999999999999999"] {
        assert!(least_ten(text.into()), "{text}");
    }
    for text in ["", "9", "1__0", "_10", "10_", "1e9", "10.0", "0x10", "+-10", "ten"] {
        assert!(!least_ten(text.into()), "{text}");
    }
    assert!(least_ten(Value::Integer(10)) && !least_ten(Value::Float(10.0)));
}

#[test]
fn lower_case_is_that_of_each_character() {
    let reads = Readings { text: TextReading::Lowercase, ..Readings::STRICT };
    let is =
        |operand: &str, value: &str| meets(Operator::TextOneOf(texts(&[operand])), reads, value);
    assert!(is("abc", "aBC") && is("ä\u{3c3}", "Ä\u{3a3}") && is("k", "\u{212a}"));
    assert!(!is("s", "\u{17f}") && !is("ss", "ß") && !is("ABC", "abc"));
    let long = "Ä".repeat(1000);
    assert!(meets(Operator::TextContains(vec!["ä".repeat(1000)]), reads, long.as_str()));
    assert!(!meets(Operator::TextOneOf(texts(&["1"])), reads, 1));
}

#[test]
fn texts_have_an_order() {
    let less = |value: Value| {
        meets(Operator::TextOrder(Order::Less, texts(&["b", "a"])), Readings::STRICT, value)
    };
    assert!(less("ab".into()) && less("B".into()));
    assert!(!less("b".into()) && !less("ä".into()) && !less(1.into()));
}

#[test]
fn doubles_are_cut_towards_zero() {
    let reads = Readings { number: NumberReading::CutDoubles, ..Readings::STRICT };
    let one =
        |value: Value| meets(Operator::Number(Order::Equal, vec![1_i64.into()]), reads, value);
    assert!(one(1.into()) && one(1.9.into()) && !one(2.into()) && !one(0.9.into()));
    for value in [Value::from("1"), Value::from(true), Value::from(1e300), Value::from(f64::NAN)] {
        assert!(!one(value.clone()), "{value}");
    }
}
