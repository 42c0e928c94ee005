//! Tests of one value.

use flagkit_core::document::{
    Condition, Lookup, NumberReading, Operator, Order, Readings, Script, Test, TextReading,
    Unreadable,
};
use flagkit_core::{Case, Number, Value};

use super::Place;

/// Holds for nobody.
pub(in super::super) const NEVER: Condition = Condition::Any(Vec::new());

/// A test as most are.
pub(super) fn test(lookup: Lookup, operator: Operator, when_missing: bool) -> Condition {
    Condition::Test(plain(lookup, operator, when_missing))
}

/// The test that holds where this one does not.
pub(super) fn opposite(condition: Condition) -> Condition {
    match condition {
        Condition::Test(test) => {
            Condition::Test(Test { negate: !test.negate, when_missing: !test.when_missing, ..test })
        }
        other => other.negated(),
    }
}

pub(super) fn script(place: &Place, script: Script, when_missing: bool) -> Condition {
    test(place.lookup(), Operator::Script(script), when_missing)
}

/// What a lookup finds is truthy.
pub(in super::super) fn is_truthy(lookup: Lookup) -> Condition {
    test(lookup, Operator::Script(Script::Truthy), false)
}

fn plain(lookup: Lookup, operator: Operator, when_missing: bool) -> Test {
    Test {
        lookup,
        operator,
        case: Case::Sensitive,
        reads: READS,
        negate: false,
        when_missing,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    }
}

/// `String(value) === text`
pub(super) fn text(place: &Place, text: &str) -> Condition {
    test(place.or("null"), Operator::TextOneOf(vec![text.to_owned()]), false)
}

/// `Number(value) === number`
pub(super) fn number(place: &Place, number: f64) -> Condition {
    test(place.or(0), Operator::Number(Order::Equal, vec![Number::Float(number)]), false)
}

/// `expected.includes(value)`, or that of an element.
pub(super) fn one_of(place: &Place, values: Vec<Value>) -> Condition {
    let has_null = values.contains(&Value::Null);
    // Lists and objects are never identical with anything.
    let is_scalar = |value: &Value| !matches!(value, Value::List(_) | Value::Structure(_));
    let scalars = values.into_iter().filter(is_scalar).collect();
    test(place.lookup(), Operator::OneOf(scalars), has_null)
}

/// `RegExp.test(value)` for what a lookup finds.
pub(in super::super) fn matches(lookup: Lookup, pattern: Operator) -> Condition {
    let reads = Readings { text: TextReading::ScriptUnits, ..READS };
    Condition::Test(Test { reads, ..plain(lookup, pattern, false) })
}

const READS: Readings =
    Readings { text: TextReading::Script, number: NumberReading::Script, ..Readings::STRICT };
