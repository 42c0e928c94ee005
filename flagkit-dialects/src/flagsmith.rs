//! Flagsmith: evaluation contexts, which hold features, segments and perhaps an identity.
//!
//! A feature becomes a flag. Every segment override of it is a rule, the one with the lowest
//! priority first; the environment's own state is the last rule. Segments stay segments.
//!
//! The reference is the Python engine, so `str`, `int`, `float` and `re` of Python decide what
//! conditions compare; each such conversion is an operand, a reading or a pattern of the
//! document (see `docs/dialects/flagsmith.md`).

use flagkit_core::document::{Document, Segment};

use crate::error::WrongShape;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::vendors::Reader;

mod answer;
mod bucketing;
mod condition;
mod context;
mod feature;
mod json_path;
mod operand;
mod pattern;
mod property;
mod python;
mod rule;

pub use answer::{Engine, Evaluator};
pub use context::context;

use property::Properties;

pub(crate) const READER: Reader = Reader { lower, is_likely };

/// Lowers a whole document.
fn lower(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    let mut report = Report::new();
    let environment = environment(root)?;
    let segments = members(root, "segments")?;
    let features = members(root, "features")?;
    let document = Document {
        segments: lower_segments(&segments, root, environment, &mut report),
        flags: feature::lower(&features, &segments, environment, &mut report),
        ..Document::default()
    };
    let environment = settings.environment.clone().or_else(|| name(root));
    Ok(Lowered { document, diagnostics: report.into_diagnostics(), environment })
}

/// An environment with key and name beside features or segments.
fn is_likely(root: &Node<'_>) -> bool {
    let has_environment = environment(root).is_ok() && name(root).is_some();
    let is_map = |name| matches!(root.entry(name), Some(Node::Map(_)));
    has_environment && (is_map("features") || is_map("segments"))
}

/// The environment's key, which is part of the key of an identity that has none.
fn environment<'n>(root: &'n Node<'n>) -> Result<&'n str, WrongShape> {
    let key = root.entry("environment").and_then(|environment| environment.entry("key"));
    key.and_then(Node::as_text)
        .ok_or_else(|| WrongShape::new("environment", "there is no environment with a `key`"))
}

fn name(root: &Node<'_>) -> Option<String> {
    root.entry("environment")?.entry("name")?.as_text().map(str::to_owned)
}

/// The entries of a map that may be missing; of an entry that is there twice the last counts.
fn members<'n>(
    root: &'n Node<'n>,
    name: &'static str,
) -> Result<Vec<(&'n str, &'n Node<'n>)>, WrongShape> {
    match root.entry(name) {
        None | Some(Node::Null) => Ok(Vec::new()),
        Some(Node::Map(entries)) => Ok(entries.iter().map(|(key, node)| (&**key, node)).collect()),
        Some(other) => {
            Err(WrongShape::new(name, format!("`{name}` must be a map, not {}", other.kind())))
        }
    }
}

fn lower_segments(
    segments: &[(&str, &Node<'_>)],
    root: &Node<'_>,
    environment: &str,
    report: &mut Report,
) -> Vec<Segment> {
    report.begin_segment();
    let mut properties = Properties::new(root, environment);
    let above = Path::ROOT.key("segments");
    let lowered = segments.iter().map(|(key, node)| Segment {
        key: (*key).to_owned(),
        when: rule::segment(node, &above.key(key), &mut properties, report),
    });
    lowered.collect()
}

#[cfg(test)]
mod tests;
