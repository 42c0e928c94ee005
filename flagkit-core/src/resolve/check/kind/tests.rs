use super::modulo;
use crate::document::{ByKind, Order, TextOperand};
use crate::value::{Number, ValueRef};

fn forty_two() -> ByKind {
    ByKind {
        boolean: Some(true),
        integer: Some(42),
        float: Some(42.0),
        text: Some(TextOperand::Text("42".into())),
    }
}

#[test]
fn a_value_meets_the_operand_of_its_own_kind() {
    let equal = |value: ValueRef<'_>| forty_two().compare(Order::Equal, value);
    assert_eq!(equal(42.into()), Some(true));
    assert_eq!(equal(42.0.into()), Some(true));
    assert_eq!(equal(true.into()), Some(true));
    assert_eq!(equal("042".into()), Some(true), "text that spells a number is one");
    assert_eq!(equal("4.2".into()), Some(false));
    assert_eq!(equal("x".into()), Some(false));
    assert_eq!(equal(ValueRef::Null), None);
}

#[test]
fn a_kind_without_operand_cannot_be_read() {
    let only_text = ByKind { text: Some(TextOperand::Text("x".into())), ..ByKind::default() };
    assert_eq!(only_text.compare(Order::Less, "a".into()), Some(true));
    assert_eq!(only_text.compare(Order::Less, 1.into()), None);
    assert_eq!(only_text.compare(Order::Less, "1.5".into()), None);
}

#[test]
fn versions_are_compared_with_versions() {
    let text = Some(TextOperand::Version("1.10.0".into()));
    let version = ByKind { text, ..ByKind::default() };
    assert_eq!(version.compare(Order::Less, "1.9.0".into()), Some(true));
    assert_eq!(version.compare(Order::Less, "new".into()), None);
}

#[test]
fn a_remainder_has_the_sign_of_the_divisor() {
    assert_eq!(modulo(Number::Integer(-7), 3.0), 2.0);
    assert_eq!(modulo(Number::Integer(7), -3.0), -2.0);
    assert_eq!(modulo(Number::Float(7.5), 2.5), 0.0);
    assert!(modulo(Number::Integer(1), 0.0).is_nan());
}
