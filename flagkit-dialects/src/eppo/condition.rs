//! Conditions: one attribute of the subject against one operator.
//!
//! A condition never holds if the attribute is absent (unless it asks for that), if either side
//! cannot be read, or if the operator is unknown: newer conditions must not break older SDKs.

use flagkit_core::document::{
    Condition, Digest, Lookup, NumberReading, Operator, Order, Readings, Search, Test, TextReading,
    Unreadable, VersionReading,
};
use flagkit_core::{Case, Number, SemanticVersion};

use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

use super::writing::Writing;

/// What an allocation's rule asks.
pub(super) fn read(
    node: &Node<'_>,
    path: &Path<'_>,
    writing: Writing,
    report: &mut Report,
) -> Condition {
    let test = attribute(node, writing).zip(comparison(node, writing));
    let Some((lookup, comparison)) = test else {
        let problem = format!("the condition cannot be read: {}", node.summary());
        let mend =
            "write `attribute`, `operator` and a `value` of the kind that the operator needs";
        report.warning(path, problem, "it never holds", mend);
        return NEVER;
    };
    Condition::Test(comparison.of(lookup))
}

/// The operator of a condition and what it compares with.
struct Comparison {
    operator: Operator,
    negate: bool,
    when_missing: bool,
}

impl Comparison {
    fn new(operator: Operator) -> Self {
        Self { operator, negate: false, when_missing: false }
    }

    fn of(self, lookup: Lookup) -> Test {
        Test {
            lookup,
            operator: self.operator,
            case: Case::Sensitive,
            reads: READS,
            negate: self.negate,
            when_missing: self.when_missing,
            when_unreadable: Unreadable::Holds(false),
            when_malformed: Some(Unreadable::Holds(false)),
        }
    }
}

/// A test of the targeting key that absent ones do not pass.
pub(super) fn of_subject(operator: Operator) -> Test {
    Test {
        lookup: Lookup::TargetingKey,
        operator,
        case: Case::Sensitive,
        reads: READS,
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    }
}

/// The attribute `id` is the subject where the context has none of that name.
fn id() -> Lookup {
    Lookup::NameOr(ID.to_owned(), Box::new(Lookup::TargetingKey))
}

fn attribute(node: &Node<'_>, writing: Writing) -> Option<Lookup> {
    let name = node.entry("attribute")?.as_text()?;
    match (writing, Digest::parse(name)) {
        (Writing::Plain, _) if name == ID => Some(id()),
        (Writing::Plain, _) => Some(Lookup::Name(name.to_owned())),
        (Writing::Obfuscated, Some(digest)) if digest == Digest::of(ID) => Some(id()),
        (Writing::Obfuscated, digest) => digest.map(Lookup::NameDigest),
    }
}

fn comparison(node: &Node<'_>, writing: Writing) -> Option<Comparison> {
    let (operator, value) = (node.entry("operator")?.as_text()?, node.entry("value")?);
    match named(operator, writing)? {
        "ONE_OF" => Some(Comparison::new(one_of(value, writing)?)),
        "NOT_ONE_OF" => {
            Some(Comparison { negate: true, ..Comparison::new(one_of(value, writing)?) })
        }
        "MATCHES" => Some(Comparison::new(matches(value, writing)?)),
        "NOT_MATCHES" => {
            Some(Comparison { negate: true, ..Comparison::new(matches(value, writing)?) })
        }
        "IS_NULL" => {
            let is_null = boolean(value, writing)?;
            let exists = Comparison::new(Operator::Exists);
            Some(Comparison { negate: is_null, when_missing: is_null, ..exists })
        }
        "GTE" => ordered(Order::GreaterOrEqual, value, writing).map(Comparison::new),
        "GT" => ordered(Order::Greater, value, writing).map(Comparison::new),
        "LTE" => ordered(Order::LessOrEqual, value, writing).map(Comparison::new),
        "LT" => ordered(Order::Less, value, writing).map(Comparison::new),
        _ => None,
    }
}

/// The operator's own name: obfuscated documents hide even that.
fn named(name: &str, writing: Writing) -> Option<&str> {
    match writing {
        Writing::Plain => Some(name),
        Writing::Obfuscated => {
            let digest = Digest::parse(name)?;
            OPERATORS.into_iter().find(|operator| Digest::of(operator) == digest)
        }
    }
}

fn one_of(value: &Node<'_>, writing: Writing) -> Option<Operator> {
    let texts: Option<Vec<&str>> = value.as_list()?.iter().map(Node::as_text).collect();
    let texts = texts?;
    Some(match writing {
        Writing::Plain => Operator::TextOneOf(texts.into_iter().map(str::to_owned).collect()),
        // What is no digest equals no digest.
        Writing::Obfuscated => {
            Operator::DigestOneOf(texts.into_iter().filter_map(Digest::parse).collect())
        }
    })
}

fn matches(value: &Node<'_>, writing: Writing) -> Option<Operator> {
    let pattern = match value {
        Node::Text(text) => writing.read(text)?.into_owned(),
        _ => return None,
    };
    Some(Operator::Matches(vec![pattern], Search::Anywhere))
}

fn boolean(value: &Node<'_>, writing: Writing) -> Option<bool> {
    match (writing, value) {
        (Writing::Plain, Node::Boolean(value)) => Some(*value),
        (Writing::Obfuscated, Node::Text(text)) => {
            let digest = Digest::parse(text)?;
            [true, false].into_iter().find(|value| Digest::of(&value.to_string()) == digest)
        }
        _ => None,
    }
}

/// Text that is a version is compared as one, all else as a number.
fn ordered(order: Order, value: &Node<'_>, writing: Writing) -> Option<Operator> {
    let Node::Text(text) = value else {
        return Some(Operator::Number(order, vec![Number::Float(value.as_float()?)]));
    };
    let text = writing.read(text)?;
    if SemanticVersion::parse(&text).is_some() {
        return Some(Operator::Version(order, vec![text.into_owned()]));
    }
    Some(Operator::Number(order, vec![Number::Float(text.parse().ok()?)]))
}

const READS: Readings = Readings {
    text: TextReading::Doubles,
    number: NumberReading::Doubles,
    version: VersionReading::WithBuild,
    ..Readings::STRICT
};
const NEVER: Condition = Condition::Any(Vec::new());
const ID: &str = "id";
const OPERATORS: [&str; 9] =
    ["ONE_OF", "NOT_ONE_OF", "MATCHES", "NOT_MATCHES", "IS_NULL", "GTE", "GT", "LTE", "LT"];
