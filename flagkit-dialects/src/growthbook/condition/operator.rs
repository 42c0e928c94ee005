//! What a value is compared with: a plain value or operators.

use flagkit_core::document::{Condition, Kind, Operator, Order, Script};
use flagkit_core::{ErrorCode, Value};

use crate::node::Node;

use super::super::groups::id_of;
use super::super::pattern::{self, Letters, Refused};
use super::super::script;
use super::test::{self, NEVER, opposite};
use super::{Conditions, Place, Reading, Root, fails, joined};

impl Conditions<'_> {
    /// A plain value, or an object of operators.
    pub(super) fn value(
        &mut self,
        node: &Node<'_>,
        place: &Place,
        reading: &mut Reading<'_, '_>,
    ) -> Condition {
        match node {
            Node::Null => exists(place, false),
            Node::Boolean(value) => {
                let truthy = test::script(place, Script::Truthy, false);
                if *value { truthy } else { falsy(place) }
            }
            Node::Text(text) => test::text(place, text),
            Node::Map(_) if is_operators(node) => self.operators(node, place, reading),
            Node::List(_) | Node::Map(_) => {
                test::script(place, Script::SameJson(script::value(node)), false)
            }
            number => test::number(place, number.as_float().unwrap_or(f64::NAN)),
        }
    }

    fn operators(
        &mut self,
        node: &Node<'_>,
        place: &Place,
        reading: &mut Reading<'_, '_>,
    ) -> Condition {
        let entries = script::entries(node).unwrap_or_default();
        let each =
            entries.iter().map(|(name, operand)| self.operator(name, operand, place, reading));
        joined(each.collect())
    }

    fn operator(
        &mut self,
        name: &str,
        operand: &Node<'_>,
        place: &Place,
        reading: &mut Reading<'_, '_>,
    ) -> Condition {
        match name {
            "$eq" => identical(operand, place),
            "$ne" => opposite(identical(operand, place)),
            "$lt" => ordered(Order::Less, operand, place),
            "$lte" => ordered(Order::LessOrEqual, operand, place),
            "$gt" => ordered(Order::Greater, operand, place),
            "$gte" => ordered(Order::GreaterOrEqual, operand, place),
            "$in" => among(operand, place, |is_in| is_in),
            "$nin" => among(operand, place, opposite),
            "$ini" => among_lowercase(operand, place, |is_in| is_in),
            "$nini" => among_lowercase(operand, place, opposite),
            "$inGroup" => self.membership(&id_of(operand), place),
            "$notInGroup" => match self.membership(&id_of(operand), place) {
                // A group that is no list has no members and no others.
                Condition::Any(none) if none.is_empty() => NEVER,
                is_in => opposite(is_in),
            },
            "$exists" => exists(place, script::is_truthy(operand)),
            "$type" => kind(operand, place),
            "$not" => self.value(operand, place, reading).negated(),
            "$size" => {
                let length = self.value(operand, &place.length(), reading);
                Condition::All(vec![is_list(place), length])
            }
            "$elemMatch" => self.element(operand, place, reading),
            "$all" => self.all(operand, place, Letters::AsWritten, reading),
            "$alli" => self.all(operand, place, Letters::AnyCase, reading),
            "$regex" => matches(operand, place, Letters::AsWritten, reading, |is_match| is_match),
            "$regexi" => matches(operand, place, Letters::AnyCase, reading, |is_match| is_match),
            "$notRegex" => matches(operand, place, Letters::AsWritten, reading, opposite),
            "$notRegexi" => matches(operand, place, Letters::AnyCase, reading, opposite),
            "$veq" => version(Order::Equal, operand, place),
            "$vne" => opposite(version(Order::Equal, operand, place)),
            "$vgt" => version(Order::Greater, operand, place),
            "$vgte" => version(Order::GreaterOrEqual, operand, place),
            "$vlt" => version(Order::Less, operand, place),
            "$vlte" => version(Order::LessOrEqual, operand, place),
            _ => NEVER,
        }
    }

    /// One element, which is not null, satisfies operators or a condition of its own.
    fn element(
        &mut self,
        operand: &Node<'_>,
        place: &Place,
        reading: &mut Reading<'_, '_>,
    ) -> Condition {
        if operand.is_null() {
            return Condition::All(vec![is_list(place), fails(reading)]);
        }
        let when = if is_operators(operand) {
            self.operators(operand, &Place::ELEMENT, reading)
        } else {
            self.condition(operand, &Root::Element, reading)
        };
        place.any_element(when, false)
    }

    /// Each of the values is that of some element.
    fn all(
        &mut self,
        operand: &Node<'_>,
        place: &Place,
        letters: Letters,
        reading: &mut Reading<'_, '_>,
    ) -> Condition {
        let Node::List(items) = operand else { return NEVER };
        let mut all = vec![is_list(place)];
        for item in *items {
            let when = match (item, letters) {
                (Node::Text(text), Letters::AnyCase) => lowercase(text),
                _ => self.value(item, &Place::ELEMENT, reading),
            };
            all.push(place.any_element(when, true));
        }
        Condition::All(all)
    }
}

/// An object all of whose keys begin with `$`, and not an empty one.
fn is_operators(node: &Node<'_>) -> bool {
    let entries = node.as_map().unwrap_or_default();
    !entries.is_empty() && entries.iter().all(|(key, _)| key.starts_with('$'))
}

/// There, and not truthy.
fn falsy(place: &Place) -> Condition {
    match test::script(place, Script::Truthy, false) {
        Condition::Test(test) => {
            Condition::Test(flagkit_core::document::Test { negate: true, ..test })
        }
        other => other,
    }
}

fn exists(place: &Place, wanted: bool) -> Condition {
    let exists = test::test(place.lookup(), Operator::Exists, false);
    if wanted { exists } else { opposite(exists) }
}

fn is_list(place: &Place) -> Condition {
    test::script(place, Script::IsA(Kind::List), false)
}

fn identical(operand: &Node<'_>, place: &Place) -> Condition {
    test::script(place, Script::Identical(script::value(operand)), operand.is_null())
}

fn ordered(order: Order, operand: &Node<'_>, place: &Place) -> Condition {
    let script = Operator::Script(Script::Ordered(order, script::value(operand)));
    test::test(place.or(0), script, false)
}

/// Every operator of lists fails without a list.
fn among(
    operand: &Node<'_>,
    place: &Place,
    then: impl FnOnce(Condition) -> Condition,
) -> Condition {
    let Node::List(items) = operand else { return NEVER };
    then(test::one_of(place, items.iter().map(script::value).collect()))
}

fn among_lowercase(
    operand: &Node<'_>,
    place: &Place,
    then: impl FnOnce(Condition) -> Condition,
) -> Condition {
    let Node::List(items) = operand else { return NEVER };
    let lowercase = |item: &Node<'_>| match item {
        Node::Text(text) => Value::from(text.to_lowercase()),
        other => script::value(other),
    };
    let values: Vec<Value> = items.iter().map(lowercase).collect();
    let has_null = values.contains(&Value::Null);
    then(test::script(place, Script::LowercaseOneOf(values), has_null))
}

fn lowercase(text: &str) -> Condition {
    let script = Script::LowercaseText(text.to_lowercase());
    test::test(Place::ELEMENT.or("null"), Operator::Script(script), false)
}

fn kind(operand: &Node<'_>, place: &Place) -> Condition {
    let kind = match operand.as_text() {
        Some("null") => return exists(place, false),
        Some("string") => Kind::String,
        Some("number") => Kind::Number,
        Some("boolean") => Kind::Boolean,
        Some("array") => Kind::List,
        Some("object") => Kind::Object,
        _ => return NEVER,
    };
    test::script(place, Script::IsA(kind), false)
}

fn version(order: Order, operand: &Node<'_>, place: &Place) -> Condition {
    let version = match operand {
        Node::Text(text) => text.to_string(),
        Node::Integer(_) | Node::Unsigned(_) | Node::Float(_) => {
            script::text(&script::value(operand))
        }
        _ => "0".to_owned(),
    };
    let script = Operator::Script(Script::PaddedVersion(order, version));
    test::test(place.or("0"), script, false)
}

/// A pattern that JavaScript refuses matches nothing, and its opposite nothing either.
fn matches(
    operand: &Node<'_>,
    place: &Place,
    letters: Letters,
    reading: &mut Reading<'_, '_>,
    then: impl FnOnce(Condition) -> Condition,
) -> Condition {
    let Some(source) = operand.as_text() else { return NEVER };
    match pattern::operator(source, letters) {
        Ok(pattern) => then(test::matches(place.or("null"), pattern)),
        Err(Refused::Invalid) => {
            let problem = format!("`{source}` is no regular expression");
            let consequence = "nothing satisfies the condition";
            reading.report.warning(&reading.path, problem, consequence, "correct it");
            NEVER
        }
        Err(Refused::Unsupported(why)) => {
            let problem = format!("the pattern `{source}` cannot be used: {why}");
            reading.report.error_about(&reading.path, problem, "write it without", source);
            Condition::Fails(ErrorCode::ParseError)
        }
    }
}
