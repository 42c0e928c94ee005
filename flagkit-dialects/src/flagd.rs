//! flagd: flags with `JsonLogic` targeting, as the daemon and the in-process providers read them.
//!
//! ```
//! use flagkit_core::{Fixed, Timestamp, compile};
//! use flagkit_dialects::{Dialect, Settings, decode, flagd};
//! use serde_json::json;
//!
//! let text = r#"{ "flags": { "beta": {
//!     "state": "ENABLED",
//!     "variants": { "on": true, "off": false },
//!     "defaultVariant": "off",
//!     "targeting": { "if": [{ "ends_with": [{ "var": "email" }, "@acme.org"] }, "on"] }
//! } } }"#;
//! let decoded = decode(Dialect::Flagd, text, &Settings::default())?;
//! let snapshot = compile(decoded.document).snapshot;
//! let context = flagd::context(&json!({ "targetingKey": "u-1", "email": "ann@acme.org" }))?;
//! let found = snapshot.resolve("beta", &context, &Fixed::at(Timestamp::EPOCH), &mut ());
//! assert_eq!(found.map(|found| found.variant()), Ok(Some("on")));
//! # Ok::<(), flagkit_dialects::DecodeError>(())
//! ```
//!
//! Every quirk is told in `docs/dialects/flagd.md`.

use flagkit_core::{Context, Document};

use crate::error::{DecodeError, WrongShape};
use crate::json::value_from_json;
use crate::lookup::TARGETING_KEY;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::vendors::Reader;

mod answer;
mod evaluators;
mod flag;
mod metadata;
mod validity;

pub use answer::{Answer, ValueType, answer};
pub use validity::is_valid;

use evaluators::Evaluators;
use metadata::SetMetadata;

pub(crate) const READER: Reader = Reader { lower, is_likely };

/// The context that this object is: `targetingKey` is who is evaluated, everything else an
/// attribute.
///
/// ```
/// use flagkit_core::Context;
/// use flagkit_dialects::flagd;
/// use serde_json::json;
///
/// let context = flagd::context(&json!({ "targetingKey": "u-7", "age": 37 }))?;
/// assert_eq!(context, Context::new("u-7").with("age", 37));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
///
/// # Errors
///
/// Anything but an object.
pub fn context(json: &serde_json::Value) -> Result<Context, DecodeError> {
    let attributes = json.as_object().ok_or_else(|| DecodeError::new("a context is an object"))?;
    let key = attributes.get(TARGETING_KEY).filter(|key| !key.is_null());
    let mut context = key.map_or_else(Context::anonymous, |key| Context::new(value_from_json(key)));
    for (name, value) in attributes.iter().filter(|(name, _)| *name != TARGETING_KEY) {
        context.insert(name.as_str(), value_from_json(value));
    }
    Ok(context)
}

/// Lowers a whole document.
fn lower(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    if root.as_map().is_none() {
        return Err(WrongShape::new("", format!("expected an object, found {}", root.summary())));
    }
    let switches = settings.flagd;
    let mut report = Report::new();
    let metadata = SetMetadata::read(last(root, "metadata"), &mut report)?;
    let evaluators = Evaluators::read(last(root, "$evaluators"), switches, &mut report);
    let mut reader = flag::Reader::new(&evaluators, metadata, switches);
    let flags = match last(root, "flags") {
        None | Some(Node::Null) => Vec::new(),
        Some(Node::Map(entries)) => {
            entries.iter().map(|(key, node)| reader.flag(key, node, &mut report)).collect()
        }
        Some(Node::List(items)) => reader.listed(items, &mut report),
        Some(other) => {
            let problem = format!("expected an object of flags, found {}", other.summary());
            return Err(WrongShape::new("flags", problem));
        }
    };
    let document = Document { flags, ..Document::default() };
    let environment = settings.environment.clone();
    Ok(Lowered { document, diagnostics: report.into_diagnostics(), environment })
}

/// Only flagd has evaluators, flags with a `state` in capitals, and its own schema.
fn is_likely(root: &Node<'_>) -> bool {
    if root.entry("schema").is_some() {
        return false;
    }
    let is_flag = |node: &Node<'_>| {
        node.entry("variants").is_some()
            && matches!(node.entry("state").and_then(Node::as_text), Some("ENABLED" | "DISABLED"))
    };
    let has_flags = match root.entry("flags") {
        Some(Node::Map(entries)) => entries.iter().any(|(_, node)| is_flag(node)),
        Some(Node::List(items)) => items.iter().any(is_flag),
        _ => return false,
    };
    let schema = root.entry("$schema").and_then(Node::as_text);
    has_flags
        || root.entry("$evaluators").is_some()
        || schema.is_some_and(|schema| schema.contains("flagd.dev"))
}

/// The value under a key; of a key that is there twice the last counts.
fn last<'n>(node: &'n Node<'_>, name: &str) -> Option<&'n Node<'n>> {
    node.as_map()?.iter().rfind(|(key, _)| *key == name).map(|(_, value)| value)
}

const FLAGS: Path<'static> = Path::ROOT.key("flags");

#[cfg(test)]
mod tests;
