//! Comparisons: the value's kind decides how the attribute is read.

use flagkit_core::document::{
    Condition, Kind, Lookup, NumberReading, Operator, Order, Readings, Script, Test, TextReading,
    Unreadable,
};
use flagkit_core::{Case, Number, Value};

use super::NEVER;
use super::parser::Comparison;
use super::value::Literal;

/// Where queries find an attribute: the key has two names, and `anonymous` is always there.
pub(super) fn lookup(path: &[&str]) -> Lookup {
    let name = |name: &str| Lookup::Name(name.to_owned());
    match path {
        ["key" | "targetingKey"] => {
            Lookup::FirstOf(vec![Lookup::TargetingKey, Lookup::Constant(Value::from(""))])
        }
        ["anonymous"] => {
            Lookup::FirstOf(vec![name("anonymous"), Lookup::Constant(Value::Boolean(false))])
        }
        [single] => name(single),
        steps => Lookup::Path(steps.iter().map(|step| (*step).to_owned()).collect()),
    }
}

/// Whether the path leads into something that is never an object.
pub(super) fn is_dead_end(path: &[&str]) -> bool {
    matches!(path, ["key" | "targetingKey" | "anonymous", _, ..])
}

/// Holds if the value here is there and no object.
pub(super) fn is_no_object(path: &[&str]) -> Condition {
    let operator = Operator::Script(Script::IsA(Kind::Object));
    Condition::Test(Test { negate: true, ..test(lookup(path), operator, Readings::STRICT) })
}

/// Holds if the attribute is there and not null.
pub(super) fn present(path: &[&str]) -> Condition {
    Condition::Test(test(lookup(path), Operator::Exists, Readings::STRICT))
}

/// The comparison; `None` if there is none of this kind, which makes the whole query fail.
pub(super) fn comparison(
    path: &[&str],
    comparison: Comparison,
    literal: &Literal<'_>,
) -> Option<Condition> {
    let leaf = Leaf { path, comparison };
    match literal {
        Literal::Boolean(value) => leaf.boolean(*value),
        Literal::Null => leaf.null(),
        Literal::Version(version) => {
            let order = leaf.order()?;
            Some(leaf.ordered(
                |order| Operator::Version(order, vec![(*version).into()]),
                order,
                Readings::STRICT,
            ))
        }
        Literal::Text(text) => Some(leaf.text(text)),
        Literal::Float(value) => leaf.number(Number::Float(*value), NumberReading::Strict),
        Literal::Integer(value) => leaf.number(Number::from((*value)?), NumberReading::CutDoubles),
        Literal::Texts(texts) => {
            let texts = texts.iter().map(|text| (*text).to_owned()).collect();
            let operator = Operator::TextOneOf(texts);
            let one_of = || leaf.test(operator, Readings::STRICT);
            Some(if comparison == Comparison::In { one_of() } else { NEVER })
        }
        Literal::Floats(values) => {
            leaf.number_in(values.iter().map(|value| Number::Float(*value)).collect())
        }
        Literal::Integers(values) => {
            // Whole numbers inside of objects are floats to the vendor's evaluators.
            let values = if path.len() == 1 { values.as_slice() } else { &[] };
            leaf.number_in(values.iter().map(|value| Number::from(*value)).collect())
        }
    }
}

struct Leaf<'q> {
    path: &'q [&'q str],
    comparison: Comparison,
}

impl Leaf<'_> {
    fn boolean(&self, value: bool) -> Option<Condition> {
        let wanted = match self.comparison {
            Comparison::Equal => value,
            Comparison::NotEqual => !value,
            _ => return None,
        };
        let identical = Script::Identical(Value::Boolean(wanted));
        Some(self.test(Operator::Script(identical), Readings::STRICT))
    }

    fn null(&self) -> Option<Condition> {
        let exists = test(lookup(self.path), Operator::Exists, Readings::STRICT);
        match self.comparison {
            Comparison::NotEqual => Some(Condition::Test(exists)),
            Comparison::Equal => {
                Some(Condition::Test(Test { negate: true, when_missing: true, ..exists }))
            }
            _ => None,
        }
    }

    /// Text of any case.
    fn text(&self, text: &str) -> Condition {
        let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
        let texts = || vec![text.chars().map(lower).collect::<String>()];
        match (self.comparison, self.order()) {
            (_, Some(Order::Equal)) => {
                self.ordered(|_| Operator::TextOneOf(texts()), Order::Equal, LOWERCASE)
            }
            (_, Some(order)) => self.test(Operator::TextOrder(order, texts()), LOWERCASE),
            (Comparison::Contains, _) => self.test(Operator::TextContains(texts()), LOWERCASE),
            (Comparison::StartsWith, _) => self.test(Operator::StartsWith(texts()), LOWERCASE),
            (Comparison::EndsWith, _) => self.test(Operator::EndsWith(texts()), LOWERCASE),
            _ => NEVER,
        }
    }

    fn number(&self, value: Number, reading: NumberReading) -> Option<Condition> {
        if self.comparison == Comparison::In {
            return Some(NEVER);
        }
        let reads = Readings { number: reading, ..Readings::STRICT };
        Some(self.ordered(|order| Operator::Number(order, vec![value]), self.order()?, reads))
    }

    fn number_in(&self, values: Vec<Number>) -> Option<Condition> {
        if self.comparison == Comparison::In {
            return Some(self.test(Operator::Number(Order::Equal, values), Readings::STRICT));
        }
        self.order().map(|_| NEVER)
    }

    /// The order that is asked for; not being equal is a negated one.
    fn order(&self) -> Option<Order> {
        Some(match self.comparison {
            Comparison::Equal | Comparison::NotEqual => Order::Equal,
            Comparison::Greater => Order::Greater,
            Comparison::Less => Order::Less,
            Comparison::GreaterOrEqual => Order::GreaterOrEqual,
            Comparison::LessOrEqual => Order::LessOrEqual,
            _ => return None,
        })
    }

    /// What is absent or of another kind is not even unequal.
    fn ordered(
        &self,
        operator: impl FnOnce(Order) -> Operator,
        order: Order,
        reads: Readings,
    ) -> Condition {
        let test = test(lookup(self.path), operator(order), reads);
        Condition::Test(Test { negate: self.comparison == Comparison::NotEqual, ..test })
    }

    fn test(&self, operator: Operator, reads: Readings) -> Condition {
        Condition::Test(test(lookup(self.path), operator, reads))
    }
}

fn test(lookup: Lookup, operator: Operator, reads: Readings) -> Test {
    Test {
        lookup,
        operator,
        case: Case::Sensitive,
        reads,
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::Holds(false),
        when_malformed: None,
    }
}

const LOWERCASE: Readings = Readings { text: TextReading::Lowercase, ..Readings::STRICT };
