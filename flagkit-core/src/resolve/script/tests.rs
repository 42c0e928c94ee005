use super::*;
use crate::value::{List, Structure};

#[test]
fn ordering_compares_code_units_or_numbers() {
    let less =
        |left: Value, right: Value| Script::Ordered(Order::Less, right).is_met_by(left.borrow());
    assert!(less("10".into(), "9".into()));
    assert!(!less("10".into(), 9.into()));
    assert!(less("8".into(), 9.5.into()));
    // U+FFFF is one unit above the surrogates of an emoji.
    assert!(less("😀".into(), "\u{ffff}".into()));
    assert!(!less("a".into(), 5.into()));
    assert!(!less(5.into(), "a".into()));
    assert!(less(false.into(), true.into()));
    assert!(less(Value::from(vec![Value::from(1)]), "2".into()));
}

#[test]
fn identical_values_are_of_one_kind() {
    let identical = |left: Value, right: Value| Script::Identical(right).is_met_by(left.borrow());
    assert!(identical(1.into(), 1.0.into()));
    assert!(!identical(1.into(), "1".into()));
    assert!(!identical(Value::from(vec![Value::from(1)]), Value::from(vec![Value::from(1)])));
    assert!(identical(9_007_199_254_740_993_i64.into(), 9_007_199_254_740_992_i64.into()));
}

#[test]
fn json_counts_the_order_of_keys() {
    let object = |names: &[&str]| {
        Value::from(names.iter().map(|name| (*name, Value::from(1))).collect::<Structure>())
    };
    let same = |left: &[&str], right: &[&str]| {
        Script::SameJson(object(right)).is_met_by(object(left).borrow())
    };
    assert!(same(&["a", "b"], &["a", "b"]));
    assert!(!same(&["b", "a"], &["a", "b"]));
    assert!(!same(&["a"], &["a", "b"]));
    assert!(!same(&["a", "b"], &["a"]));
    // Indices come first wherever they are written.
    assert!(same(&["a", "2", "1"], &["1", "a", "2"]));
    assert!(!same(&["01", "a"], &["a", "01"]));
}

#[test]
fn lower_case_counts_for_elements_and_not_for_numbers() {
    let one_of = Script::LowercaseOneOf(vec!["a".into(), 1.into()]);
    assert!(one_of.is_met_by("A".into()));
    assert!(one_of.is_met_by(ValueRef::List(List::Texts(&["x", "A"]))));
    assert!(one_of.is_met_by(1.0.into()));
    assert!(!one_of.is_met_by("1".into()));
}
