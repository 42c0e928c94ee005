//! The OpenFeature specification's own test document: flags for checking SDKs and providers.
//!
//! ```
//! use flagkit_core::{Fixed, Timestamp, compile};
//! use flagkit_dialects::{Dialect, Settings, decode, openfeature};
//! use serde_json::json;
//!
//! let text = r#"{ "greeting": {
//!     "variants": { "short": "hi", "long": "good morning" },
//!     "defaultVariant": "short",
//!     "contextEvaluator": "age > 60 && !customer ? 'long' : ''"
//! } }"#;
//! let decoded = decode(Dialect::OpenFeature, text, &Settings::default())?;
//! let snapshot = compile(decoded.document).snapshot;
//! let context = openfeature::context(&json!({ "age": 61, "customer": false }))?;
//! let found = snapshot.resolve("greeting", &context, &Fixed::at(Timestamp::EPOCH), &mut ());
//! assert_eq!(found.map(|found| found.variant()), Ok(Some("long")));
//! # Ok::<(), flagkit_dialects::DecodeError>(())
//! ```
//!
//! Contexts and answers are those of flagd, which are OpenFeature's.

use std::sync::Arc;

use flagkit_core::document::{
    Computed, Condition, Expression, Flag, Function, Rule, Serve, Term, Variant,
};
use flagkit_core::{Document, ErrorCode, Reason, Value};

use crate::error::WrongShape;
use crate::fields::Fields;
use crate::node::{Node, to_structure};
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::vendors::Reader;

mod evaluator;

pub use crate::flagd::{Answer, ValueType, answer, context};

pub(crate) const READER: Reader = Reader { lower, is_likely };

/// Lowers a whole document.
fn lower(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    let Some(entries) = root.as_map() else {
        return Err(WrongShape::new("", format!("expected an object, found {}", root.summary())));
    };
    let mut report = Report::new();
    let flags = entries.iter().map(|(key, node)| flag(key, node, &mut report)).collect();
    let document = Document { flags, ..Document::default() };
    let environment = settings.environment.clone();
    Ok(Lowered { document, diagnostics: report.into_diagnostics(), environment })
}

/// Flags right at the top, some with keys that nobody else has.
fn is_likely(root: &Node<'_>) -> bool {
    let own = |node: &Node<'_>| {
        node.entry("contextEvaluator").is_some() || node.entry("flagMetadata").is_some()
    };
    root.as_map().is_some_and(|entries| {
        entries.iter().all(|(_, node)| node.entry("variants").is_some())
            && entries.iter().any(|(_, node)| own(node))
    })
}

fn flag(key: &str, node: &Node<'_>, report: &mut Report) -> Flag {
    let (errors, path) = (report.errors(), Path::ROOT.key(key));
    let broken = || Flag::broken(key.to_owned(), ErrorCode::ParseError);
    let Some(fields) = Fields::open(node, &path, report) else { return broken() };
    let variants = variants(&fields, report);
    let default = default(&fields, &variants, report);
    let rules = if fields.boolean("disabled", report) == Some(true) {
        vec![rule(Serve::Default, Reason::Disabled)]
    } else {
        rules(&fields, default, report)
    };
    let metadata = match fields.node("flagMetadata") {
        None => None,
        Some(Node::Map(entries)) => Some(Arc::new(to_structure(entries))),
        Some(_) => {
            fields.mismatch("flagMetadata", "an object", "write an object", report);
            None
        }
    };
    if report.errors() > errors {
        return broken();
    }
    Flag { key: key.to_owned(), variants, rules, version: None, metadata }
}

/// The evaluator, and behind it the default.
fn rules(fields: &Fields<'_, '_>, default: Serve, report: &mut Report) -> Vec<Rule> {
    let Some(text) = fields.text("contextEvaluator", report) else {
        let reason =
            if matches!(default, Serve::Default) { Reason::Default } else { Reason::Static };
        return vec![rule(default, reason)];
    };
    let term = match evaluator::parse(text) {
        Ok(term) => term,
        Err(problem) => {
            let mend = "write such as `age > 60 ? 'long' : ''`";
            report.error(&fields.at("contextEvaluator"), problem, mend);
            return Vec::new();
        }
    };
    // Empty text names nothing.
    let term = Term::Call(Function::Or, vec![term, Term::Value(Value::Null)]);
    let computed = Computed {
        expression: Expression { term, supplied: Vec::new(), when_failing: None },
        when_null: Box::new(Serve::NextRule),
        when_unknown: Box::new(Serve::Error(ErrorCode::General)),
    };
    let targeting = rule(Serve::from(computed), Reason::TargetingMatch);
    vec![targeting, rule(default, Reason::Default)]
}

fn variants(fields: &Fields<'_, '_>, report: &mut Report) -> Vec<Variant> {
    let Some(Node::Map(entries)) = fields.node("variants") else {
        fields.mismatch("variants", "an object", "write names and their values", report);
        return Vec::new();
    };
    let all = to_structure(entries);
    let variant = |(name, value): (&str, &Value)| Variant {
        key: Some(name.into()),
        value: value.clone(),
        enabled: *value != Value::Boolean(false),
        metadata: None,
    };
    all.iter().map(variant).collect()
}

/// What is served where nothing is targeted; without a default it is the caller's.
fn default(fields: &Fields<'_, '_>, variants: &[Variant], report: &mut Report) -> Serve {
    let Some(name) = fields.text("defaultVariant", report) else { return Serve::Default };
    let place = variants.iter().position(|variant| variant.key.as_deref() == Some(name));
    place.map_or(Serve::Error(ErrorCode::General), Serve::Variant)
}

fn rule(serve: Serve, reason: Reason) -> Rule {
    Rule { id: None, label: None, when: Condition::Always, serve, reason }
}

#[cfg(test)]
mod tests;
