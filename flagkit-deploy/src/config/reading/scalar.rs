//! Single values, with their units.

use flagkit_dialects::{Written, closest, condition};
use serde_json::{Value as Json, json};

use super::Reading;
use crate::config::rules;
use crate::config::shape::Kind;
use crate::quantity::{Quantity, QuantityError, Ratio, SpanText};
use crate::split::Weight;
use crate::time::Span;

/// What is wrong with a value, and what to write instead.
type Wrong = (String, String);

impl Reading {
    /// A single value; null where it is wrong, which is then among the findings.
    pub(super) fn scalar(&mut self, kind: &Kind, node: &Written, path: &str) -> Json {
        read(kind, node).unwrap_or_else(|(problem, mend)| {
            self.findings.add(path, problem, &mend);
            Json::Null
        })
    }
}

fn read(kind: &Kind, node: &Written) -> Result<Json, Wrong> {
    match kind {
        Kind::Text | Kind::Name(_) => text(node, TEXT_MAX),
        Kind::Words => text(node, WORDS_MAX),
        Kind::Boolean => match node {
            Written::Boolean(value) => Ok(json!(value)),
            other => wrong("true or false", other, "write true or false without quotes"),
        },
        Kind::Count { min, max } => count(node, *min, *max),
        Kind::Ratio { max } => proportion(node, *max),
        Kind::Number { max } => match number(node) {
            Some(value) if (0.0..=*max).contains(&value) => Ok(json!(value)),
            _ => wrong(&format!("a number from 0 to {max}"), node, "write a number"),
        },
        Kind::Weight => weight(node),
        Kind::Span { max_ms } => span(node, *max_ms),
        Kind::Limit => limit(node),
        Kind::Amount => amount(node),
        Kind::Rule => rule(node),
        Kind::Choice(words) => choice(node, words),
        // The others are no single values.
        _ => Ok(Json::Null),
    }
}

fn wrong(wanted: &str, node: &Written, mend: &str) -> Result<Json, Wrong> {
    Err((format!("expected {wanted}, found {}", node.summary()), mend.to_owned()))
}

fn text(node: &Written, most: usize) -> Result<Json, Wrong> {
    match node {
        Written::Text(text) if text.is_empty() => {
            Err(("the text is empty".to_owned(), "write something, or remove the key".to_owned()))
        }
        Written::Text(text) if text.len() > most => {
            Err((format!("the text has more than {most} bytes"), "write less".to_owned()))
        }
        Written::Text(text) => Ok(json!(text)),
        other => wrong("text", other, "write text, in quotes if it looks like a number"),
    }
}

fn number(node: &Written) -> Option<f64> {
    match node {
        #[expect(clippy::cast_precision_loss, reason = "limits are far below")]
        Written::Integer(value) => Some(*value as f64),
        Written::Float(value) => Some(*value),
        _ => None,
    }
}

fn count(node: &Written, min: u64, max: u64) -> Result<Json, Wrong> {
    let value = match node {
        Written::Integer(value) => u64::try_from(*value).ok(),
        _ => None,
    };
    match value.filter(|value| (min..=max).contains(value)) {
        Some(value) => Ok(json!(value)),
        None => wrong(
            &format!("a whole number from {min} to {max}"),
            node,
            "write a number without unit",
        ),
    }
}

/// A quantity with its unit.
fn quantity<Q: Quantity>(node: &Written) -> Result<Q, Wrong> {
    let value = match node {
        Written::Integer(value) => json!(value),
        Written::Float(value) => json!(value),
        Written::Text(text) => json!(text),
        other => {
            return Err((format!("expected a number, found {}", other.summary()), MEND.into()));
        }
    };
    Q::read(&value).map_err(|QuantityError { problem, mend }| (problem, mend))
}

fn proportion(node: &Written, max: f64) -> Result<Json, Wrong> {
    let Ratio(value) = quantity(node)?;
    if value <= max {
        return Ok(json!(value));
    }
    let mend = format!("write at most {}%", max * 100.0);
    Err((format!("{} is too much", node.summary()), mend))
}

fn weight(node: &Written) -> Result<Json, Wrong> {
    quantity::<Weight>(node).map(|weight| json!(weight.ppm()))
}

fn span(node: &Written, max_ms: u64) -> Result<Json, Wrong> {
    let SpanText(span) = quantity(node)?;
    let most = Span::from_ms(max_ms);
    if span > most {
        return Err((format!("{span} is longer than {most}"), format!("write at most {most}")));
    }
    Ok(json!(span.ms()))
}

/// Any number; a length of time counts in seconds, as in conditions.
fn limit(node: &Written) -> Result<Json, Wrong> {
    let read = match node {
        Written::Text(text) => condition::Quantity::parse(text).ok().and_then(|it| it.number()),
        other => number(other),
    };
    match read {
        Some(value) => Ok(json!(value)),
        None => wrong("a number", node, "write it like `0.05`, `5%` or `200ms`"),
    }
}

fn amount(node: &Written) -> Result<Json, Wrong> {
    match node {
        Written::Integer(value) if (0..=100_000).contains(value) => Ok(json!({ "count": value })),
        Written::Text(_) => quantity::<Weight>(node).map(|weight| json!({ "share": weight.ppm() })),
        _ => wrong("instances", node, "write a number such as `2`, or a share such as `25%`"),
    }
}

fn rule(node: &Written) -> Result<Json, Wrong> {
    let mend = "write a condition such as `error_rate < 1%`, in quotes if YAML needs them";
    match node {
        Written::Text(text) => rules::condition(text).map(|rule| json!(rule)),
        other => wrong("a condition", other, mend),
    }
}

fn choice(node: &Written, words: &'static [&'static str]) -> Result<Json, Wrong> {
    let all = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let mend = format!("write one of {all}");
    match node {
        Written::Text(text) if words.contains(&text.as_str()) => Ok(json!(text)),
        Written::Text(text) => {
            let hint = closest(text, words.iter().copied());
            let hint = hint.map_or_else(String::new, |word| format!("; did you mean `{word}`?"));
            Err((format!("`{text}` is unknown here{hint}"), mend))
        }
        other => wrong("a word", other, &mend),
    }
}

const MEND: &str = "write a number with its unit";
const TEXT_MAX: usize = 1000;
const WORDS_MAX: usize = 64 << 10;
