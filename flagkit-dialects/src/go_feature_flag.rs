//! Documents of go-feature-flag: a map from names to flags, as YAML or JSON.
//!
//! The clock is the attribute `gofeatureflag.currentDateTime` of the context, or else the time
//! of the evaluation. What a flag is after each step of its scheduled rollout is computed when it
//! is read; each of its rules carries the time in which it counts.

use flagkit_core::document::{Flag, References};
use flagkit_core::{Context, Document, ErrorCode, Structure, Timestamp, Value};

use crate::error::WrongShape;
use crate::fields::Fields;
use crate::json::value_from_json;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::vendors::Reader;

mod answer;
mod flag;
mod parts;
mod progressive;
mod query;
mod rule;

pub use answer::{Answer, answer, bulk};

pub(crate) const READER: Reader = Reader { lower, is_likely };

/// The context in go-feature-flag's words: `targetingKey` and attributes beside it, or `key` and
/// the attributes under `custom`.
///
/// ```
/// use flagkit_core::Context;
/// use flagkit_dialects::go_feature_flag::context;
/// use serde_json::json;
///
/// let expected = Context::new("u-1").with("plan", "pro");
/// assert_eq!(context(&json!({ "key": "u-1", "custom": { "plan": "pro" } })), Ok(expected));
/// let flat = context(&json!({ "targetingKey": "u-1", "plan": "pro" })).unwrap();
/// assert_eq!(flat, Context::new("u-1").with("plan", "pro").with("targetingKey", "u-1"));
/// ```
///
/// # Errors
///
/// In words, what is wrong: a key that is no text, a context that is no object.
pub fn context(json: &serde_json::Value) -> Result<Context, String> {
    let entries = json.as_object().ok_or_else(|| "a context must be an object".to_owned())?;
    let nested = entries.get("custom").filter(|_| !entries.contains_key(TARGETING_KEY));
    let key = entries.get(TARGETING_KEY).or_else(|| entries.get("key"));
    let attributes = match nested {
        None if entries.contains_key(TARGETING_KEY) || !entries.contains_key("key") => entries,
        None => &serde_json::Map::new(),
        Some(serde_json::Value::Object(custom)) => custom,
        Some(_) => return Err("`custom` must be an object".to_owned()),
    };
    let mut context = match key {
        None | Some(serde_json::Value::Null) => Context::anonymous(),
        Some(serde_json::Value::String(key)) => Context::new(key.as_str()),
        Some(_) => return Err("the key must be text".to_owned()),
    };
    for (name, value) in attributes {
        let value = value_from_json(value);
        match (name.as_str(), &value) {
            // Anything else counts as `false`.
            ("anonymous", Value::Boolean(_)) => context.insert(name.as_str(), value),
            ("anonymous", _) => {}
            (PROTECTED, Value::Structure(fields)) => {
                context.insert(PROTECTED, readable(fields));
            }
            _ => context.insert(name.as_str(), value),
        }
    }
    Ok(context)
}

/// Without a time that is none: then the time of the evaluation counts.
fn readable(fields: &Structure) -> Value {
    let is_time = |value: &Value| value.as_str().is_some_and(|t| Timestamp::parse(t).is_some());
    let kept = fields.iter().filter(|(name, value)| *name != CURRENT || is_time(value));
    Value::from(kept.map(|(name, value)| (name, value.clone())).collect::<Structure>())
}

fn lower(root: &Node<'_>, _settings: &Settings) -> Result<Lowered, WrongShape> {
    let Node::Map(entries) = root else {
        let problem = format!("expected a map from names to flags, found {}", root.kind());
        return Err(WrongShape::new("", problem));
    };
    let mut report = Report::new();
    let flags = entries.iter().map(|(name, node)| {
        report.begin_flag();
        named_flag(name, node, &Path::ROOT.key(name), &mut report)
    });
    let flags = flags.collect();
    let references = References::default();
    let document = Document { flags, references, ..Document::default() };
    Ok(Lowered { document, diagnostics: report.into_diagnostics(), environment: None })
}

fn named_flag(name: &str, node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Flag {
    let errors = report.errors();
    let flag = Fields::open(node, path, report).map(|fields| flag::flag(name, &fields, report));
    match flag {
        Some(flag) if report.errors() == errors => flag,
        _ => Flag::broken(name.to_owned(), ErrorCode::ParseError),
    }
}

fn is_likely(root: &Node<'_>) -> bool {
    let is_flag = |node: &Node<'_>| {
        let has = |name: &str| node.entry(name).is_some_and(|node| node.as_map().is_some());
        has("variations") && has("defaultRule")
    };
    root.as_map().is_some_and(|entries| entries.iter().any(|(_, node)| is_flag(node)))
}

const TARGETING_KEY: &str = "targetingKey";
/// The attribute with what the context says to the evaluator itself.
const PROTECTED: &str = "gofeatureflag";
/// The time, in there.
const CURRENT: &str = "currentDateTime";

#[cfg(test)]
mod tests;
