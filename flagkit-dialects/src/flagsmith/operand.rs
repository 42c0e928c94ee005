//! What a condition compares with: its value, as Python converts it for each operator.

use flagkit_core::document::{
    ByKind, Lookup, Operator, Readings, Test, TextOperand, TextReading, Unreadable,
};
use flagkit_core::{Case, SemanticVersion, Value};

use crate::json::value_from_json;
use crate::node::Node;

use super::python;

/// A test with the answers that fit this dialect: what is missing or cannot be read, fails.
pub(super) fn test(lookup: Lookup, operator: Operator, text: TextReading) -> Test {
    Test {
        lookup,
        operator,
        case: Case::Sensitive,
        reads: Readings { text, ..Readings::STRICT },
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::Holds(false),
        when_malformed: None,
    }
}

/// Holds where there is something.
pub(super) fn exists(lookup: Lookup) -> Test {
    test(lookup, Operator::Exists, TextReading::Strict)
}

/// Holds where there is a number, a boolean or text.
pub(super) fn exists_as_scalar(lookup: Lookup) -> Test {
    test(lookup, Operator::StartsWith(vec![String::new()]), TextReading::Numerals)
}

/// What Python makes of the value for every kind of attribute; `Err` says what it reads and this
/// does not.
pub(super) fn by_kind(value: &Node<'_>) -> Result<ByKind, String> {
    let text = match value {
        Node::Text(text) => &**text,
        // Python looks for the suffix of versions first, which only text and lists allow.
        Node::Null => return Ok(ByKind { text: Some(plain("None")), ..for_anything() }),
        Node::List(_) => {
            let text = python::text(&value.to_value());
            return Ok(ByKind { text: Some(plain(&text)), ..for_anything() });
        }
        Node::Map(_) => return Ok(for_anything()),
        number => return Ok(of_number(number)),
    };
    if python::has_foreign_digits(text) {
        return Err(format!("`{text}` has digits that are not those of ASCII"));
    }
    let boolean = Some(!matches!(text, "False" | "false"));
    let (integer, float) = (python::int(text)?, python::float(text));
    let text = match text.strip_suffix(VERSION) {
        None => Some(plain(text)),
        Some(version) => SemanticVersion::parse(version)
            .is_some()
            .then(|| TextOperand::Version(version.to_owned())),
    };
    Ok(ByKind { boolean, integer, float, text })
}

fn plain(text: &str) -> TextOperand {
    TextOperand::Text(text.to_owned())
}

/// Every boolean is compared with true where the value is no text.
fn for_anything() -> ByKind {
    ByKind { boolean: Some(true), ..ByKind::default() }
}

/// Numbers and booleans convert to each other, cutting fractions.
fn of_number(node: &Node<'_>) -> ByKind {
    let (integer, float) = match node {
        Node::Boolean(value) => (Some(i128::from(*value)), Some(f64::from(u8::from(*value)))),
        Node::Float(value) => {
            #[expect(clippy::cast_possible_truncation, reason = "as Python's int does")]
            let cut = value.is_finite().then_some(value.trunc() as i128);
            (cut, Some(*value))
        }
        Node::Integer(value) => (Some((*value).into()), node.as_float()),
        Node::Unsigned(value) => (Some((*value).into()), node.as_float()),
        _ => (None, None),
    };
    ByKind { integer, float, ..for_anything() }
}

/// The texts of a list that `IN` compares with; `Err` for what Python fails at.
pub(super) fn list(value: &Node<'_>) -> Result<Vec<String>, &'static str> {
    match value {
        Node::List(items) => Ok(texts(items)),
        Node::Text(text) if text.starts_with('[') => {
            let items: Result<Vec<serde_json::Value>, _> = serde_json::from_str(text);
            Ok(items.map_or_else(
                |_| separated(text),
                |items| items.iter().map(|item| python::text(&value_from_json(item))).collect(),
            ))
        }
        Node::Text(text) => Ok(separated(text)),
        _ => Err("write a list, or text with commas"),
    }
}

fn texts(items: &[Node<'_>]) -> Vec<String> {
    items.iter().map(|item| python::text(&item.to_value())).collect()
}

fn separated(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

/// The text that `CONTAINS` looks for; `None` if nothing contains it.
pub(super) fn part(value: &Node<'_>) -> Option<String> {
    match value {
        Node::Text(_) | Node::Null | Node::List(_) => Some(python::text(&value.to_value())),
        _ => None,
    }
}

/// Matches the versions that have this as their pre-release label or build: Python finds it
/// among the parts of a version.
pub(super) fn version_part(text: &str) -> Option<String> {
    let part = text.strip_suffix(VERSION)?;
    let is_label =
        SemanticVersion::parse(&format!("0.0.0-{part}")).is_some() && !part.contains('+');
    let is_build = SemanticVersion::parse(&format!("0.0.0+{part}")).is_some();
    let part = part.replace('.', r"\.");
    let label = is_label.then(|| format!(r"{CORE}-{part}(?:\+{BUILD})?\z"));
    let build = is_build.then(|| format!(r"{CORE}(?:-{LABEL})?\+{part}\z"));
    let either: Vec<String> = label.into_iter().chain(build).collect();
    // Nothing matches the empty class.
    Some(if either.is_empty() { r"[^\s\S]".to_owned() } else { either.join("|") })
}

/// The divisor and remainder of `MODULO`; `None` if nothing fulfils the condition.
pub(super) fn modulo(text: &str) -> Option<(f64, f64)> {
    let (divisor, remainder) = text.split_once('|')?;
    Some((python::float(divisor)?, python::float(remainder)?))
}

/// The percentage; `None` if it is text that is no number, `Err` for what Python fails at.
pub(super) fn percentage(value: &Node<'_>) -> Result<Option<f64>, &'static str> {
    match value {
        Node::Text(text) => Ok(python::float(text)),
        Node::Boolean(value) => Ok(Some(f64::from(u8::from(*value)))),
        Node::Null | Node::List(_) | Node::Map(_) => Err("write a number from 0 to 100"),
        number => Ok(number.as_float()),
    }
}

/// The text of any value, as `str` makes it.
pub(super) fn text(value: &Node<'_>) -> String {
    let value: Value = value.to_value();
    python::text(&value)
}

const VERSION: &str = ":semver";
const CORE: &str = r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)";
const LABEL: &str = r"(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*";
const BUILD: &str = r"[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*";
