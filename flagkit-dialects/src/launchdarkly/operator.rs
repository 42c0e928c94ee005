//! Operators of clauses, with the values that each can read.

use flagkit_core::document::{
    Condition, Lookup, Operator, Order, Readings, Search, TimeReading, VersionReading,
};
use flagkit_core::{Number, Timestamp, Value};

use super::reference::{exists, test};
use crate::node::Node;

/// A test of an attribute; values that the operator cannot read are met by nothing.
pub(super) fn lower(lookup: Lookup, name: &str, values: &[Node<'_>], negate: bool) -> Condition {
    let operator = match name {
        "in" => Operator::OneOf(values.iter().filter_map(primitive).collect()),
        "startsWith" => Operator::StartsWith(texts(values)),
        "endsWith" => Operator::EndsWith(texts(values)),
        "contains" => Operator::Contains(texts(values).into_iter().map(Value::from).collect()),
        "matches" => return matches(&lookup, texts(values), negate),
        "lessThan" => numbers(Order::Less, values),
        "lessThanOrEqual" => numbers(Order::LessOrEqual, values),
        "greaterThan" => numbers(Order::Greater, values),
        "greaterThanOrEqual" => numbers(Order::GreaterOrEqual, values),
        "before" => times(Order::Less, values),
        "after" => times(Order::Greater, values),
        "semVerEqual" => versions(Order::Equal, values),
        "semVerLessThan" => versions(Order::Less, values),
        "semVerGreaterThan" => versions(Order::Greater, values),
        _ => Operator::OneOf(Vec::new()),
    };
    test(lookup, operator, negate)
}

/// Whether an SDK of today knows this operator.
pub(super) fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Each pattern is a test of its own, so that one that is no pattern spoils no other.
fn matches(lookup: &Lookup, patterns: Vec<String>, negate: bool) -> Condition {
    let one = |pattern: String, negate| {
        test(lookup.clone(), Operator::Matches(vec![pattern], Search::Anywhere), negate)
    };
    match <[String; 1]>::try_from(patterns) {
        Ok([pattern]) => one(pattern, negate),
        Err(patterns) => {
            let any = Condition::Any(patterns.into_iter().map(|text| one(text, false)).collect());
            if !negate {
                return any;
            }
            Condition::All(vec![exists(lookup.clone()), any.negated()])
        }
    }
}

fn primitive(node: &Node<'_>) -> Option<Value> {
    match node {
        Node::Null | Node::List(_) | Node::Map(_) => None,
        primitive => Some(primitive.to_value()),
    }
}

fn texts(values: &[Node<'_>]) -> Vec<String> {
    values.iter().filter_map(Node::as_text).map(str::to_owned).collect()
}

fn numbers(order: Order, values: &[Node<'_>]) -> Operator {
    let number = |node: &Node<'_>| match node {
        Node::Integer(value) => Some(Number::from(*value)),
        Node::Unsigned(value) => Some(Number::from(*value)),
        Node::Float(value) => Some(Number::Float(*value)),
        _ => None,
    };
    Operator::Number(order, values.iter().filter_map(number).collect())
}

fn times(order: Order, values: &[Node<'_>]) -> Operator {
    let time = |node: &Node<'_>| READINGS.time.read(node.to_value().borrow());
    Operator::Time(order, values.iter().filter_map(time).collect::<Vec<Timestamp>>())
}

fn versions(order: Order, values: &[Node<'_>]) -> Operator {
    let mut texts = texts(values);
    texts.retain(|text| READINGS.version.parse(text).is_some());
    Operator::Version(order, texts)
}

/// How attributes are read, and values as well.
pub(super) const READINGS: Readings = Readings {
    time: TimeReading::TextOrMilliseconds,
    version: VersionReading::Short,
    ..Readings::STRICT
};

const NAMES: [&str; 15] = [
    "in",
    "startsWith",
    "endsWith",
    "contains",
    "matches",
    "lessThan",
    "lessThanOrEqual",
    "greaterThan",
    "greaterThanOrEqual",
    "before",
    "after",
    "semVerEqual",
    "semVerLessThan",
    "semVerGreaterThan",
    "segmentMatch",
];
