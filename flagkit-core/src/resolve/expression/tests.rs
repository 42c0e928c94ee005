use std::sync::Arc;

use crate::ambient::Fixed;
use crate::bucketing::{Hash, Units};
use crate::compile::compile;
use crate::context::Context;
use crate::document::{
    Computed, Condition, Document, Expression, Flag, Fractional, Function, Rule, Serve, Spread,
    Supplied, Term, Variant,
};
use crate::reason::{ErrorCode, Reason};
use crate::timestamp::Timestamp;
use crate::value::Value;

use Function as F;

fn value(value: impl Into<Value>) -> Term {
    Term::Value(value.into())
}

fn call(function: Function, arguments: impl Into<Vec<Term>>) -> Term {
    Term::Call(function, arguments.into())
}

fn var(path: &str) -> Term {
    call(F::Attribute, [value(path)])
}

fn list(items: impl Into<Vec<Term>>) -> Term {
    Term::List(items.into())
}

fn rule(when: Condition, serve: Serve) -> Rule {
    Rule { id: None, label: None, when, serve, reason: Reason::TargetingMatch }
}

fn resolve(names: &[&str], rule: Rule) -> Result<Option<String>, ErrorCode> {
    let variants = names.iter().map(|name| Variant {
        key: Some((*name).into()),
        value: Value::Null,
        enabled: true,
        metadata: None,
    });
    let flag = Flag {
        key: "flag".into(),
        variants: variants.collect(),
        rules: vec![rule],
        version: None,
        metadata: None,
    };
    let snapshot = compile(Document { flags: vec![flag], ..Document::default() }).snapshot;
    let context = Context::new("user-1")
        .with("age", 37)
        .with("score", 1.5)
        .with("email", "ann@example.com")
        .with("tags", Value::List([Value::from("a"), "b".into(), "c".into()].into()))
        .with("none", Value::List([].into()));
    let world = Fixed::at(Timestamp::EPOCH);
    let found = snapshot.resolve("flag", &context, &world, &mut ());
    found.map(|found| found.variant().map(str::to_owned))
}

fn expression(term: Term) -> Expression {
    let flag = Supplied::Object(vec![
        ("key".into(), Supplied::Value("flag".into())),
        ("now".into(), Supplied::Seconds),
    ]);
    let supplied = vec![("id".into(), Supplied::TargetingKey), ("$flag".into(), flag)];
    Expression { term, supplied, when_failing: None }
}

/// The name that a term comes to; null is `Ok(None)`.
fn name(term: Term, names: &[&str]) -> Result<Option<String>, ErrorCode> {
    let when_unknown = Box::new(Serve::Error(ErrorCode::General));
    let expression = expression(term);
    let computed = Computed { expression, when_null: Box::new(Serve::Default), when_unknown };
    resolve(names, rule(Condition::Always, Serve::from(computed)))
}

fn check(cases: impl IntoIterator<Item = (Term, &'static str)>) {
    for (term, expected) in cases {
        let shown = format!("{term:?}");
        assert_eq!(name(term, &[expected]), Ok(Some(expected.into())), "{shown}");
    }
}

#[test]
fn results_name_variants() {
    check([
        (value("x"), "x"),
        (value(true), "true"),
        (value(false), "false"),
        (value(3), "3"),
        (value(1.0), "1.0"),
        (value(1e16), "1e+16"),
        (value(0.000_01), "1e-05"),
        (value(123_456.75), "123456.75"),
    ]);
    assert_eq!(name(value(Value::Null), &["x"]), Ok(None));
    assert_eq!(name(value("y"), &["x"]), Err(ErrorCode::General));
    assert_eq!(name(var("tags"), &["x"]), Err(ErrorCode::General));
}

#[test]
fn data_is_found_under_dotted_paths() {
    check([
        (var("age"), "37"),
        (var("id"), "user-1"),
        (var("$flag.key"), "flag"),
        (var("$flag.now"), "0"),
        (var("tags.1"), "b"),
        (var("tags.length"), "3"),
        (var("email.0"), "a"),
        (call(F::Attribute, [value("nobody"), value("else")]), "else"),
        (call(F::Attribute, [call(F::Join, [value("tags."), value(2)])]), "c"),
        (call(F::Join, [call(F::Missing, [value("age"), value("x"), value("y")])]), "x,y"),
        (call(F::Join, [call(F::MissingSome, [value(1), list([value("age"), value("x")])])]), ""),
    ]);
    assert_eq!(name(var("tags.01"), &["b"]), Ok(None));
    assert_eq!(name(var("age.length"), &["2"]), Ok(None));
    assert_eq!(name(call(F::Attribute, [list([])]), &[]), Ok(None));
}

#[test]
fn numbers_stay_what_they_are() {
    check([
        (call(F::Add, [value(1), value(2)]), "3"),
        (call(F::Add, [value(1), value("2")]), "3.0"),
        (call(F::Add, [value(true), value(Value::Null)]), "1"),
        (call(F::Multiply, [var("score"), value(2)]), "3.0"),
        (call(F::Subtract, [value(5)]), "-5"),
        (call(F::Divide, [value(6), value(3)]), "2.0"),
        (call(F::Remainder, [value(-7), value(3)]), "2"),
        (call(F::Remainder, [value(7.5), value(-2)]), "-0.5"),
        (call(F::Minimum, [value(3), value("1"), value(2)]), "1.0"),
        (call(F::Maximum, [value(0), value(true)]), "true"),
        (call(F::Maximum, [list([list([value(true)])])]), "true"),
        (call(F::Maximum, [list([list([])])]), "0"),
        (call(F::Maximum, [list([value(1), value(2)])]), "nan"),
        (call(F::Maximum, []), "nan"),
        (call(F::Add, [value(" 1_000 ")]), "1000.0"),
        (call(F::Add, [value("inf")]), "nan"),
    ]);
    for zero in [value(0), value(0.0), value(false)] {
        assert_eq!(name(call(F::Divide, [value(1), zero]), &[]), Err(ErrorCode::General));
    }
}

#[test]
fn text_is_joined_and_cut() {
    let substring = |index: i64, length: Option<i64>| {
        let length = length.map_or(value(Value::Null), value);
        call(F::Substring, [value("jäson"), value(index), length])
    };
    check([
        (call(F::Join, [value("a"), value(1.0), value(true), value(Value::Null)]), "a1Truenull"),
        (call(F::Join, [value(0.1), list([value("x"), list([value(2)])])]), "0.1x,2"),
        (call(F::Join, [value(1e15)]), "1e+15"),
        (substring(1, None), "äson"),
        (substring(-2, None), "on"),
        (substring(-9, None), "jäson"),
        (substring(1, Some(2)), "äs"),
        (substring(1, Some(-2)), "äs"),
        (call(F::Substring, [call(F::Join, [value("ab"), value("cd")]), value(1)]), "bcd"),
    ]);
}

#[test]
fn lists_are_walked() {
    let current = || var("current");
    let sum = call(F::Add, [current(), var("accumulator")]);
    let numbers = || list([value(1), value(2), value(3)]);
    let large = || call(F::Greater, [var(""), value(1)]);
    check([
        (call(F::Reduce, [numbers(), sum, value(0)]), "6"),
        (
            call(F::Join, [call(F::Map, [numbers(), call(F::Multiply, [var(""), value(2)])])]),
            "2,4,6",
        ),
        (call(F::Join, [call(F::Filter, [numbers(), large()])]), "2,3"),
        (call(F::Every, [numbers(), large()]), "false"),
        (call(F::Every, [var("none"), value(true)]), "false"),
        (call(F::Some, [numbers(), large()]), "true"),
        (call(F::None, [var("none"), value(true)]), "true"),
        (call(F::Join, [call(F::Merge, [value(0), numbers(), list([])])]), "0,1,2,3"),
        (call(F::In, [value("b"), var("tags")]), "true"),
        (call(F::In, [value("@example"), var("email")]), "true"),
        (call(F::In, [value(true), numbers()]), "true"),
    ]);
}

#[test]
fn long_lists_of_texts_are_sets() {
    let many = || list((0..50).map(|number| value(number.to_string())).collect::<Vec<_>>());
    check([
        (call(F::In, [value("37"), many()]), "true"),
        (call(F::In, [call(F::Join, [var("age")]), many()]), "true"),
        (call(F::In, [value("50"), many()]), "false"),
        (call(F::In, [var("age"), many()]), "false"),
    ]);
}

#[test]
fn comparisons_convert_unless_they_are_strict() {
    let yes = [
        call(F::ConvertedEqual, [value(1), value("1")]),
        call(F::ConvertedEqual, [value(0), value(Value::Null)]),
        call(F::ConvertedEqual, [value("a,b,c"), var("tags")]),
        call(F::ConvertedEqual, [var("tags"), var("tags")]),
        call(F::ConvertedUnequal, [value(""), value(0)]),
        call(F::ConvertedUnequal, [list([value(1)]), list([value(1)])]),
        call(F::Equal, [list([value(1)]), list([value(1.0)])]),
        call(F::Equal, [value(1), value(true)]),
        call(F::Unequal, [value(1), value("1")]),
        call(F::Less, [value(1), value(2), value(3)]),
        call(F::Not, [call(F::Less, [value(1), value(3), value(2)])]),
        call(F::Less, [value("10"), value("9")]),
        call(F::Less, [value("9"), value(10)]),
        call(F::GreaterOrEqual, [value(Value::Null), value(0)]),
        call(F::Version, [value(1.2), value(">"), value("1.1")]),
        call(F::Version, [value("v1.4-rc.1"), value("<"), value("1.4+build")]),
        call(F::Version, [value("1.4.9"), value("~"), value("1.4")]),
        call(F::StartsWith, [var("email"), value("ann")]),
        call(F::EndsWith, [var("email"), value(".com")]),
    ];
    check(yes.into_iter().map(|term| (call(F::If, [term, value("yes"), value("no")]), "yes")));
    for null in [
        call(F::Version, [value("1"), value("=="), value("1")]),
        call(F::Version, [value("2.0.0.0"), value("="), value("2")]),
        call(F::StartsWith, [value(1), value("1")]),
        call(F::EndsWith, [value("x")]),
    ] {
        assert_eq!(name(null, &[]), Ok(None));
    }
}

#[test]
fn a_bucket_chooses_among_weights() {
    let fractional = |units, spread| {
        F::Fractional(Fractional {
            hash: Hash::Murmur3 { seed: 0 },
            units,
            spread,
            flag_path: "$flag.key".into(),
            subject_path: "id".into(),
        })
    };
    let halves = || [list([value("low"), value(50)]), list([value("high"), value(50)])];
    let product = fractional(Units::Utf8, Spread::Product);
    // MurmurHash3 of `ceQdGm` is 2³² − 1, that of `ejOoVL` is 0.
    for (key, expected) in [("ceQdGm", "high"), ("ejOoVL", "low")] {
        let [low, high] = halves();
        check([(call(product.clone(), [value(key), low, high]), expected)]);
    }
    for function in [product, fractional(Units::Cbor, Spread::Product)] {
        let [low, high] = halves();
        check([(call(F::IsTrue, [call(function.clone(), [low, high])]), "true")]);
        let weights = [value(0), value(1.0), value(true), value(2_147_483_648_i64)];
        for weight in weights {
            let term = call(function.clone(), [value("x"), list([value("low"), weight])]);
            assert_eq!(name(term, &["low"]), Ok(None));
        }
    }
}

#[test]
fn failures_are_as_the_expression_says() {
    let unknown = || call(F::Fails(ErrorCode::ParseError), [value(1)]);
    assert_eq!(name(unknown(), &[]), Err(ErrorCode::ParseError));
    let lazy = call(F::If, [value(true), value("x"), unknown()]);
    assert_eq!(name(lazy, &["x"]), Ok(Some("x".into())));
    for (when_failing, expected) in
        [(None, Err(ErrorCode::ParseError)), (Some(Value::from(true)), Ok(Some("x".into())))]
    {
        let expression = Expression { when_failing, ..expression(unknown()) };
        let rule = rule(Condition::Holds(expression), Serve::Variant(0));
        assert_eq!(resolve(&["x"], rule), expected);
    }
}

#[test]
fn evaluations_that_take_too_long_fail() {
    let numbers = list((0..200).map(|number| value(i64::from(number))).collect::<Vec<_>>());
    let inner = |each| call(F::Map, [numbers.clone(), each]);
    assert!(name(inner(value(1)), &[]).is_err(), "a list names nothing");
    let term = call(F::IsTrue, [inner(inner(value(1)))]);
    assert_eq!(name(term, &["true"]), Ok(Some("true".into())));
    let term = call(F::IsTrue, [inner(inner(inner(value(1))))]);
    assert_eq!(name(term, &["true"]), Err(ErrorCode::General));
}

#[test]
fn shared_parts_count_where_they_stand() {
    let mut shared = Arc::new(value(true));
    for _ in 0..20 {
        let twice = [Term::Shared(shared.clone()), Term::Shared(shared.clone())];
        shared = Arc::new(call(F::And, twice));
    }
    let term = call(F::And, [Term::Shared(shared.clone())]);
    assert_eq!(name(term, &["true"]), Err(ErrorCode::General), "a million steps and more");
    for _ in 0..40 {
        let twice = [Term::Shared(shared.clone()), Term::Shared(shared.clone())];
        shared = Arc::new(call(F::And, twice));
    }
    assert_eq!(name(Term::Shared(shared), &["true"]), Err(ErrorCode::ParseError), "too deep");
}
