//! Constraints: a property against an operator.
//!
//! A property that is absent is empty text. Whatever cannot be read does not hold, negative
//! operators included.

use flagkit_core::document::{
    Condition, Lookup, NumberReading, Operator, Order, Readings, Test, TextReading, TimeReading,
    Unreadable,
};
use flagkit_core::{Case, Number, Timestamp, Value};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;

use super::Lowering;

/// A constraint, as far as the engine knows its type.
pub(super) enum Readable {
    As(Condition),
    /// It is of no known type.
    Never,
}

impl Lowering {
    pub(super) fn constraint(&mut self, node: &Node<'_>, path: &Path<'_>) -> Readable {
        let Some(fields) = Fields::open(node, path, &mut self.report) else {
            return Readable::Never;
        };
        let mut text = |name| fields.text(name, &mut self.report).unwrap_or_default();
        let (kind, property) = (text("type"), text("property"));
        let (operator, value) = (text("operator"), text("value"));
        let property = Subject(Lookup::Name(property.to_owned()));
        Readable::As(match kind {
            "STRING_CONSTRAINT_COMPARISON_TYPE" => property.text(operator, value),
            "ENTITY_ID_CONSTRAINT_COMPARISON_TYPE" => {
                Subject(Lookup::TargetingKey).text(operator, value)
            }
            "NUMBER_CONSTRAINT_COMPARISON_TYPE" => property.number(operator, value),
            "BOOLEAN_CONSTRAINT_COMPARISON_TYPE" => property.boolean(operator),
            "DATETIME_CONSTRAINT_COMPARISON_TYPE" => property.time(operator, value),
            _ => return Readable::Never,
        })
    }
}

/// What a constraint looks at.
struct Subject(Lookup);

impl Subject {
    fn text(&self, operator: &str, value: &str) -> Condition {
        let value = || value.to_owned();
        let condition = match operator {
            "empty" => return self.is_empty(),
            "notempty" => return self.is_empty().negated(),
            "eq" => self.is_one_of(vec![value()]),
            "neq" => self.is_one_of(vec![value()]).negated(),
            "prefix" => self.meets(Operator::StartsWith(vec![value()])),
            "suffix" => self.meets(Operator::EndsWith(vec![value()])),
            "contains" => self.meets(Operator::Contains(vec![Value::from(value())])),
            "notcontains" => self.meets(Operator::Contains(vec![Value::from(value())])).negated(),
            "isoneof" => self.is_one_of(texts(&value())),
            "isnotoneof" => self.is_one_of(texts(&value())).negated(),
            _ => return never(),
        };
        // Empty text meets no other operator.
        Condition::All(vec![self.is_empty().negated(), condition])
    }

    fn number(&self, operator: &str, value: &str) -> Condition {
        match operator {
            "present" => return self.is_empty().negated(),
            "notpresent" => return self.is_empty(),
            "isoneof" | "isnotoneof" => {
                let Ok(values) = serde_json::from_str::<Vec<i32>>(value) else { return never() };
                let values = values.into_iter().map(|value| Number::Integer(value.into()));
                let is_one = Operator::Number(Order::Equal, values.collect());
                return self.readable(is_one, operator == "isnotoneof");
            }
            _ => {}
        }
        let (Ok(value), Some((order, negate))) = (value.parse::<i32>(), order(operator)) else {
            return never();
        };
        self.readable(Operator::Number(order, vec![Number::Integer(value.into())]), negate)
    }

    fn boolean(&self, operator: &str) -> Condition {
        match operator {
            "present" => self.is_empty().negated(),
            "notpresent" => self.is_empty(),
            "true" | "false" => self.is_one_of(vec![operator.to_owned()]),
            _ => never(),
        }
    }

    /// Times without their fractions.
    fn time(&self, operator: &str, value: &str) -> Condition {
        match operator {
            "present" => return self.is_empty().negated(),
            "notpresent" => return self.is_empty(),
            _ => {}
        }
        let (Some(value), Some((order, negate))) =
            (Timestamp::parse_whole_seconds(value), order(operator))
        else {
            return never();
        };
        self.readable(Operator::Time(order, vec![value]), negate)
    }

    fn is_empty(&self) -> Condition {
        let is_empty = Operator::TextOneOf(vec![String::new()]);
        Condition::Test(Test { when_missing: true, ..self.test(is_empty) })
    }

    fn is_one_of(&self, texts: Vec<String>) -> Condition {
        self.meets(Operator::TextOneOf(texts))
    }

    fn meets(&self, operator: Operator) -> Condition {
        Condition::Test(self.test(operator))
    }

    /// A test that unreadable values fail, whether it is negated or not.
    fn readable(&self, operator: Operator, negate: bool) -> Condition {
        let when_unreadable = Unreadable::Holds(false);
        Condition::Test(Test { negate, when_unreadable, ..self.test(operator) })
    }

    fn test(&self, operator: Operator) -> Test {
        Test {
            lookup: self.0.clone(),
            operator,
            case: Case::Sensitive,
            reads: READS,
            negate: false,
            when_missing: false,
            when_unreadable: Unreadable::DoesNotMeet,
            when_malformed: None,
        }
    }
}

/// A list of texts in JSON; the engine takes none that is written with escapes.
fn texts(list: &str) -> Vec<String> {
    let texts = serde_json::from_str::<Vec<&str>>(list).unwrap_or_default();
    texts.into_iter().map(str::to_owned).collect()
}

fn order(operator: &str) -> Option<(Order, bool)> {
    Some(match operator {
        "eq" => (Order::Equal, false),
        "neq" => (Order::Equal, true),
        "lt" => (Order::Less, false),
        "lte" => (Order::LessOrEqual, false),
        "gt" => (Order::Greater, false),
        "gte" => (Order::GreaterOrEqual, false),
        _ => return None,
    })
}

fn never() -> Condition {
    Condition::Any(Vec::new())
}

/// Properties are text; what else an application passes is read as its text.
const READS: Readings = Readings {
    text: TextReading::Json,
    number: NumberReading::Int32InText,
    time: TimeReading::WholeSeconds,
    ..Readings::STRICT
};
