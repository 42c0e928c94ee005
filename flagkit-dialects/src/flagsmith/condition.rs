//! One condition of a rule: a property, an operator and a value.

use std::sync::Arc;

use flagkit_core::document::{
    Bucket, Condition, Lookup, NumberReading, Operator, Order, Search, Test, TextReading,
};
use flagkit_core::{Case, ErrorCode};

use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

use super::bucketing::percentage;
use super::operand::{self, test};
use super::pattern::{self, Engine};
use super::property::{Properties, Property, identity_key, lacks_key};
use super::rule::broken;
use crate::backtracking::Backtracking;

/// Lowers a condition of the segment with this key.
pub(super) fn condition(
    node: &Node<'_>,
    path: &Path<'_>,
    segment: &str,
    properties: &mut Properties<'_, '_>,
    report: &mut Report,
) -> Condition {
    let Some(name) = node.entry("property").and_then(Node::as_text) else {
        let problem = "a condition needs a `property` that is text";
        return broken(&path.key("property"), problem, "name a trait or a path", report);
    };
    let operator = node.entry("operator").and_then(Node::as_text).unwrap_or_default();
    let property = match (operator, name) {
        ("PERCENTAGE_SPLIT", "") => None,
        _ => match properties.read(name) {
            Ok(property) => Some(property),
            Err(problem) => {
                let mend = "name the place in the context, or set a trait of that name";
                return broken(&path.key("property"), problem, mend, report);
            }
        },
    };
    let reading = Reading { node, path, segment, environment: properties.environment() };
    let Some(property) = property else { return reading.split_of_identity(report) };
    let lowered = reading.compare(operator, &property, report);
    match (property.is_identity_key, operator) {
        // Only hashing can put a key together without a place to keep it.
        (true, "PERCENTAGE_SPLIT") | (false, _) => lowered,
        (true, _) => guarded(lowered),
    }
}

/// Fails where the key of the identity would have to be put together.
fn guarded(condition: Condition) -> Condition {
    let fails = Condition::Fails(ErrorCode::InvalidContext);
    Condition::All(vec![Condition::Any(vec![lacks_key().negated(), fails]), condition])
}

/// A condition that is being read.
struct Reading<'n, 'p> {
    node: &'n Node<'n>,
    path: &'p Path<'p>,
    segment: &'p str,
    environment: &'p str,
}

impl Reading<'_, '_> {
    fn compare(&self, operator: &str, property: &Property, report: &mut Report) -> Condition {
        let lookup = || property.lookup.clone();
        let exists_so = if property.is_place { operand::exists_as_scalar } else { operand::exists };
        let exists = || Condition::Test(exists_so(lookup()));
        let order = match operator {
            "EQUAL" | "NOT_EQUAL" => Order::Equal,
            "GREATER_THAN" => Order::Greater,
            "GREATER_THAN_INCLUSIVE" => Order::GreaterOrEqual,
            "LESS_THAN" => Order::Less,
            "LESS_THAN_INCLUSIVE" => Order::LessOrEqual,
            "IS_SET" => return exists(),
            "IS_NOT_SET" => return exists().negated(),
            "IN" => return self.is_in(lookup(), report),
            "PERCENTAGE_SPLIT" => return self.split(property, report),
            "CONTAINS" | "NOT_CONTAINS" | "REGEX" | "MODULO" => {
                let Some(value) = self.node.entry("value") else {
                    return Condition::All(vec![exists(), self.lacks_value(report)]);
                };
                return match operator {
                    "CONTAINS" => contains(lookup(), value),
                    "NOT_CONTAINS" => contains_not(lookup(), value),
                    "REGEX" => self.matches(lookup(), value, report),
                    _ => self.modulo(lookup(), value, report),
                };
            }
            // Nothing fulfils an operator that the engine does not know.
            _ => return Condition::Any(Vec::new()),
        };
        let Some(value) = self.node.entry("value") else {
            return Condition::All(vec![exists(), self.lacks_value(report)]);
        };
        match operand::by_kind(value) {
            Ok(operand) => {
                let operator_of = Operator::SameKind(order, Box::new(operand));
                let test = test(lookup(), operator_of, TextReading::Strict);
                Condition::Test(Test { negate: operator == "NOT_EQUAL", ..test })
            }
            Err(problem) => {
                let mend = "write digits of ASCII";
                broken(&self.path.key("value"), problem, mend, report)
            }
        }
    }

    fn lacks_value(&self, report: &mut Report) -> Condition {
        broken(self.path, "a condition needs a `value`", "add it", report)
    }

    fn is_in(&self, lookup: Lookup, report: &mut Report) -> Condition {
        let Some(value) = self.node.entry("value") else { return self.lacks_value(report) };
        match operand::list(value) {
            Ok(texts) => {
                let operator = Operator::TextOneOf(texts);
                Condition::Test(test(lookup, operator, TextReading::WholeNumerals))
            }
            Err(mend) => {
                let problem = format!("`IN` needs a list, not {}", value.summary());
                broken(&self.path.key("value"), problem, mend, report)
            }
        }
    }

    fn matches(&self, lookup: Lookup, value: &Node<'_>, report: &mut Report) -> Condition {
        let source = operand::text(value);
        let operator = pattern::translate(&source).and_then(|pattern| match pattern.engine {
            Engine::Linear => Ok(Operator::Matches(vec![pattern.source], Search::AtStart)),
            Engine::Backtracking => {
                let pattern = Backtracking::at_start(&source, &pattern.source)?;
                Ok(Operator::MatchesForeign(Arc::new(pattern)))
            }
        });
        match operator {
            Ok(operator) => Condition::Test(test(lookup, operator, TextReading::Numerals)),
            Err(why) => {
                let problem = format!("the pattern `{source}` cannot be used: {why}");
                broken(&self.path.key("value"), problem, "write it without that", report)
            }
        }
    }

    fn modulo(&self, lookup: Lookup, value: &Node<'_>, report: &mut Report) -> Condition {
        let text = match value {
            Node::Text(text) => &**text,
            Node::Null | Node::Boolean(false) | Node::Integer(0) => "",
            other => {
                let problem = format!("`MODULO` needs text such as `2|0`, not {}", other.summary());
                let mend = "write the divisor and the remainder with a `|` between";
                return broken(&self.path.key("value"), problem, mend, report);
            }
        };
        let Some((divisor, remainder)) = operand::modulo(text) else {
            return Condition::Any(Vec::new());
        };
        if divisor == 0.0 {
            let problem = "nothing can be divided by zero";
            return broken(&self.path.key("value"), problem, "write another divisor", report);
        }
        let operator = Operator::Modulo { divisor, remainder };
        let mut test = test(lookup, operator, TextReading::Strict);
        test.reads.number = NumberReading::NumeralsAndBooleans;
        Condition::Test(test)
    }

    /// A percentage of whatever the property is.
    fn split(&self, property: &Property, report: &mut Report) -> Condition {
        let Some(value) = self.node.entry("value") else { return self.lacks_value(report) };
        let inside = match self.share(value, report) {
            Ok(inside) => inside,
            Err(broken) => return *broken,
        };
        let given = self.inside(property.lookup.clone(), "", TextReading::Numerals, inside);
        if property.is_identity_key {
            return Condition::Any(vec![given, self.inside_of_made_up_key(inside)]);
        }
        given
    }

    /// A percentage of the identities.
    fn split_of_identity(&self, report: &mut Report) -> Condition {
        let Some(value) = self.node.entry("value") else { return self.lacks_value(report) };
        match self.share(value, report) {
            // The key is hashed as it is, also where it spells a number.
            Ok(inside) => Condition::Any(vec![
                self.inside(identity_key(), "", TextReading::Integers, inside),
                self.inside_of_made_up_key(inside),
            ]),
            Err(broken) => *broken,
        }
    }

    /// The first percentage beyond the share.
    fn share(&self, value: &Node<'_>, report: &mut Report) -> Result<f64, Box<Condition>> {
        match operand::percentage(value) {
            Ok(Some(share)) if !share.is_nan() => Ok(share.next_up()),
            Ok(_) => Ok(f64::NEG_INFINITY),
            Err(mend) => {
                let problem = format!("expected a percentage, found {}", value.summary());
                Err(Box::new(broken(&self.path.key("value"), problem, mend, report)))
            }
        }
    }

    fn inside_of_made_up_key(&self, beyond: f64) -> Condition {
        let prefix = format!("{}_", self.environment);
        let bucket = self.inside(Lookup::TargetingKey, &prefix, TextReading::Json, beyond);
        Condition::All(vec![lacks_key(), bucket])
    }

    fn inside(&self, subject: Lookup, prefix: &str, reads: TextReading, beyond: f64) -> Condition {
        Condition::from(Bucket {
            subject,
            bucketing: percentage(self.segment, prefix, reads),
            ranges: vec![(f64::NEG_INFINITY, beyond)],
            when_missing: false,
        })
    }
}

/// Text that spells no number and has the value inside.
fn contains(lookup: Lookup, value: &Node<'_>) -> Condition {
    let Some(part) = operand::part(value) else { return Condition::Any(Vec::new()) };
    if let Some(pattern) = operand::version_part(&part) {
        let operator = Operator::Matches(vec![pattern], Search::AtStart);
        return Condition::Test(test(lookup, operator, TextReading::Strict));
    }
    let contains = test(lookup.clone(), Operator::Contains(vec![part.into()]), TextReading::Strict);
    Condition::All(vec![spells_no_number(lookup), Condition::Test(contains)])
}

fn contains_not(lookup: Lookup, value: &Node<'_>) -> Condition {
    let part = operand::text(value);
    let contains = test(lookup.clone(), Operator::Contains(vec![part.into()]), TextReading::Strict);
    let contains_not = Test { negate: true, ..contains };
    Condition::All(vec![spells_no_number(lookup), Condition::Test(contains_not)])
}

fn spells_no_number(lookup: Lookup) -> Condition {
    let numeral = r"-?[0-9]+(?:\.[0-9]+)?\z".to_owned();
    let operator = Operator::Matches(vec![numeral], Search::AtStart);
    let test = Test { negate: true, ..test(lookup, operator, TextReading::Strict) };
    Condition::Test(Test { case: Case::Sensitive, ..test })
}
