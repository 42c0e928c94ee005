//! Operators: a value of the user against the target of a condition.

use std::collections::HashMap;

use flagkit_core::document::{
    ByKind, Condition, Lookup, NumberReading, Operator, Order, Readings, Test, TextReading,
    Unreadable,
};
use flagkit_core::{Case, Number, Timestamp};

use crate::json::value_to_json;
use crate::node::Node;

use super::foreign::{self, Shape};

/// Whether the SDK knows the operator.
pub(super) fn is_known(operator: &str) -> bool {
    KNOWN.contains(&operator)
}

/// What an operator compares.
#[derive(Clone, Copy)]
pub(super) struct Comparison<'a> {
    pub(super) lookup: &'a Lookup,
    pub(super) operator: &'a str,
    pub(super) target: &'a Node<'a>,
}

impl Comparison<'_> {
    /// The condition; it never holds for operators that [`is_known`] refuses.
    pub(super) fn condition(&self) -> Condition {
        match self.operator {
            "gt" => self.number(Order::Greater),
            "gte" => self.number(Order::GreaterOrEqual),
            "lt" => self.number(Order::Less),
            "lte" => self.number(Order::LessOrEqual),
            "version_gt" => self.version(Order::Greater, false),
            "version_gte" => self.version(Order::GreaterOrEqual, false),
            "version_lt" => self.version(Order::Less, false),
            "version_lte" => self.version(Order::LessOrEqual, false),
            "version_eq" => self.version(Order::Equal, false),
            "version_neq" => self.version(Order::Equal, true),
            "any" => self.texts(Operator::TextOneOf, Case::Lowered, false),
            "none" => self.texts(Operator::TextOneOf, Case::Lowered, true),
            "any_case_sensitive" => self.texts(Operator::TextOneOf, Case::Sensitive, false),
            "none_case_sensitive" => self.texts(Operator::TextOneOf, Case::Sensitive, true),
            "str_starts_with_any" => self.texts(Operator::StartsWith, Case::Lowered, false),
            "str_ends_with_any" => self.texts(Operator::EndsWith, Case::Lowered, false),
            "str_contains_any" => self.texts(Operator::TextContains, Case::Lowered, false),
            "str_contains_none" => self.texts(Operator::TextContains, Case::Lowered, true),
            "str_matches" => self.matches(),
            "before" => self.time(Order::Less),
            "after" => self.time(Order::Greater),
            "on" => self.day(),
            "eq" => self.equals(false),
            "neq" => self.equals(true),
            "array_contains_any" => self.elements(Shape::HasAny, false),
            "array_contains_none" => self.elements(Shape::HasAny, true),
            "array_contains_all" => self.elements(Shape::HasAll, false),
            "not_array_contains_all" => self.elements(Shape::HasAll, true),
            _ => never(),
        }
    }

    /// A test that does not hold where there is nothing, or nothing that can be read.
    fn test(&self, operator: Operator, reads: Readings) -> Test {
        Test {
            lookup: self.lookup.clone(),
            operator,
            case: Case::Sensitive,
            reads,
            negate: false,
            when_missing: false,
            when_unreadable: Unreadable::Holds(false),
            when_malformed: None,
        }
    }

    fn number(&self, order: Order) -> Condition {
        let target = match self.target {
            Node::Text(text) => text.parse().ok(),
            number => number.as_float(),
        };
        let Some(target) = target else { return never() };
        let operator = Operator::Number(order, vec![Number::Float(target)]);
        Condition::Test(self.test(operator, DOUBLES))
    }

    fn version(&self, order: Order, negate: bool) -> Condition {
        let Node::Text(target) = self.target else { return never() };
        let test = self.test(Operator::Dotted(order, target.to_string()), TEXTS);
        Condition::Test(Test { negate, ..test })
    }

    /// A text among those of the target; what is missing or an object has the empty text.
    fn texts(&self, operator: fn(Vec<String>) -> Operator, case: Case, negate: bool) -> Condition {
        let targets = match (self.target, case, self.operator) {
            (Node::List(items), ..) => {
                let texts = keyed(items);
                texts.into_iter().map(|(_, text)| text).collect()
            }
            // The SDK looks the text up in lower case, so other keys are never found.
            (Node::Map(entries), _, "any" | "none") => {
                let keys = entries.iter().map(|(key, _)| key.to_string());
                keys.filter(|key| *key == key.to_lowercase()).collect()
            }
            _ => Vec::new(),
        };
        let empty_meets = targets.iter().any(String::is_empty);
        let test = self.test(operator(targets), TEXTS);
        let when_missing = empty_meets != negate;
        let when_unreadable = Unreadable::Holds(when_missing);
        Condition::Test(Test { case, negate, when_missing, when_unreadable, ..test })
    }

    fn matches(&self) -> Condition {
        let Node::Text(source) = self.target else { return never() };
        foreign::pattern(source)
            .map_or_else(never, |operator| Condition::Test(self.test(operator, TEXTS)))
    }

    fn time(&self, order: Order) -> Condition {
        milliseconds(self.target).map_or_else(never, |target| self.moment(order, target))
    }

    fn moment(&self, order: Order, target: i64) -> Condition {
        let operator = Operator::Number(order, vec![target.into()]);
        Condition::Test(self.test(operator, MILLISECONDS))
    }

    fn day(&self) -> Condition {
        let Some(target) = milliseconds(self.target) else { return never() };
        let (first, last) = day_of(target);
        Condition::All(vec![
            self.moment(Order::GreaterOrEqual, first),
            self.moment(Order::LessOrEqual, last),
        ])
    }

    /// The kind of the target decides how the value is read.
    fn equals(&self, negate: bool) -> Condition {
        let test = match self.target {
            Node::Null => {
                let exists = self.test(Operator::Exists, Readings::STRICT);
                let equals = Condition::Test(exists).negated();
                return if negate { equals.negated() } else { equals };
            }
            Node::Boolean(target) => {
                let operand = ByKind { boolean: Some(*target), ..ByKind::default() };
                self.test(Operator::SameKind(Order::Equal, Box::new(operand)), Readings::STRICT)
            }
            Node::Text(target) => self.test(Operator::TextOneOf(vec![target.to_string()]), TEXTS),
            Node::List(items) => {
                let texts = keyed(items);
                return self.shaped(Shape::List(texts.len(), texts), negate, negate);
            }
            Node::Map(entries) => {
                let texts: HashMap<String, String> =
                    entries.iter().map(|(key, node)| (key.to_string(), text_of(node))).collect();
                return self.shaped(Shape::Object(texts), negate, negate);
            }
            number => {
                let target = Number::Float(number.as_float().unwrap_or(f64::NAN));
                self.test(Operator::Number(Order::Equal, vec![target]), DOUBLES)
            }
        };
        let when_unreadable = Unreadable::DoesNotMeet;
        Condition::Test(Test { negate, when_missing: negate, when_unreadable, ..test })
    }

    fn elements(&self, shape: fn(Vec<String>) -> Shape, negate: bool) -> Condition {
        let Node::List(items) = self.target else { return never() };
        let texts = keyed(items).into_iter().map(|(_, text)| text).collect();
        self.shaped(shape(texts), negate, false)
    }

    /// A list or an object; text that looks like one is none.
    fn shaped(&self, shape: Shape, negate: bool, otherwise: bool) -> Condition {
        let is_text = self.test(Operator::StartsWith(vec![String::new()]), Readings::STRICT);
        let test = self.test(shape.operator(), JSON);
        let when_unreadable = Unreadable::Holds(otherwise);
        let test = Test { negate, when_missing: otherwise, when_unreadable, ..test };
        let (is_text, test) = (Condition::Test(is_text), Condition::Test(test));
        if otherwise {
            Condition::Any(vec![is_text, test])
        } else {
            Condition::All(vec![is_text.negated(), test])
        }
    }
}

/// The time of the evaluation against a target: a whole number of milliseconds, and nothing to
/// all operators but those of times.
pub(super) fn now(operator: &str, target: &Node<'_>) -> Condition {
    let nothing = super::lookup::nothing();
    let Some(target_time) = milliseconds(target) else {
        return Comparison { lookup: &nothing, operator, target }.condition();
    };
    match operator {
        "before" => is_before(target_time),
        // A moment later is still the same millisecond.
        "after" => is_before(target_time.saturating_add(1)).negated(),
        "on" => {
            let (first, last) = day_of(target_time);
            let is_over = is_before(last.saturating_add(1));
            Condition::All(vec![is_before(first).negated(), is_over])
        }
        _ => Comparison { lookup: &nothing, operator, target }.condition(),
    }
}

/// Whether the evaluation takes place before this moment.
pub(super) fn is_before(milliseconds: i64) -> Condition {
    let Some(time) = Timestamp::from_unix_milliseconds(milliseconds) else {
        // No calendar reaches it.
        return if milliseconds > 0 { Condition::Always } else { never() };
    };
    let operator = Operator::Time(Order::Less, vec![time]);
    let target = &Node::Null;
    let comparison = Comparison { lookup: &Lookup::Now, operator: "before", target };
    Condition::Test(comparison.test(operator, Readings::STRICT))
}

/// The texts of a list by their places; of those that differ only by case the last counts.
fn keyed(items: &[Node<'_>]) -> Vec<(usize, String)> {
    let mut by_lowered: HashMap<String, usize> = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        by_lowered.insert(text_of(item).to_lowercase(), place);
    }
    let mut places: Vec<usize> = by_lowered.into_values().collect();
    places.sort_unstable();
    places.iter().filter_map(|place| Some((*place, text_of(items.get(*place)?)))).collect()
}

/// Text as it is, everything else as JSON.
fn text_of(node: &Node<'_>) -> String {
    match node {
        Node::Text(text) => text.to_string(),
        other => value_to_json(&other.to_value()).to_string(),
    }
}

/// The target as milliseconds since 1970.
#[expect(clippy::cast_possible_truncation, reason = "as the SDK converts it")]
fn milliseconds(target: &Node<'_>) -> Option<i64> {
    match target {
        Node::Text(text) => {
            let number = text.parse().ok();
            number.or_else(|| Timestamp::parse_leniently(text).map(Timestamp::unix_milliseconds))
        }
        Node::Integer(value) => Some(*value),
        number => number.as_float().map(|value| value as i64),
    }
}

/// The first and the last millisecond of a day; the day of 1970 begins a day early, because
/// division cuts towards it.
fn day_of(milliseconds: i64) -> (i64, i64) {
    let day = milliseconds / DAY;
    let at = |day: i64| day.saturating_mul(DAY);
    match day {
        1.. => (at(day), at(day + 1).saturating_sub(1)),
        0 => (1 - DAY, DAY - 1),
        _ => (at(day - 1).saturating_add(1), at(day)),
    }
}

/// Holds for nobody.
pub(super) fn never() -> Condition {
    Condition::Any(Vec::new())
}

const DAY: i64 = 86_400_000;
const TEXTS: Readings = Readings { text: TextReading::DoublesAndLists, ..Readings::STRICT };
const JSON: Readings = Readings { text: TextReading::Json, ..Readings::STRICT };
const DOUBLES: Readings = Readings { number: NumberReading::Doubles, ..Readings::STRICT };
const MILLISECONDS: Readings = Readings { number: NumberReading::Milliseconds, ..Readings::STRICT };
const KNOWN: [&str; 30] = [
    "gt",
    "gte",
    "lt",
    "lte",
    "version_gt",
    "version_gte",
    "version_lt",
    "version_lte",
    "version_eq",
    "version_neq",
    "any",
    "none",
    "any_case_sensitive",
    "none_case_sensitive",
    "str_starts_with_any",
    "str_ends_with_any",
    "str_contains_any",
    "str_contains_none",
    "str_matches",
    "before",
    "after",
    "on",
    "eq",
    "neq",
    "in_segment_list",
    "not_in_segment_list",
    "array_contains_any",
    "array_contains_none",
    "array_contains_all",
    "not_array_contains_all",
];
