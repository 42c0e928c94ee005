//! Documents of LaunchDarkly: the flags and segments that its server-side SDKs evaluate, and
//! the values that its client-side SDKs receive.
//!
//! Server-side documents are `{"flags": {…}, "segments": {…}}`, also as the payload of a stream
//! (below `data`). Client-side ones map each flag's key to its `value`, which is passed through.
//!
//! Contexts of the kind `user` are FlagKit's own: the key is the targeting key and attributes
//! have their names. [`context()`] makes one from LaunchDarkly's JSON, of one kind or several.
//! What the SDKs call the outcome is in the label of the rule (`RULE_MATCH 2`,
//! `PREREQUISITE_FAILED payments`), the place of the variation in the variant's name, and
//! `inExperiment` in its metadata; [`answer()`] puts them together as the SDKs do.

use flagkit_core::Document;
use flagkit_core::document::{Broken, References};

use crate::error::WrongShape;
use crate::node::{Entry, Node};
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::vendors::Reader;

mod answer;
mod big_segments;
mod clause;
mod client_side;
mod context;
mod flag;
mod hash;
mod operator;
mod reference;
mod rollout;
mod segment;
mod variations;

pub use answer::{Answer, Question, ValueType, answer};
pub use big_segments::{BigSegments, BigSegmentsStatus};
pub use context::{InvalidContext, context};
pub use hash::secure_mode_hash;

pub(crate) const READER: Reader = Reader { lower, is_likely };

/// Lowers a whole document.
fn lower(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    let float = settings.launchdarkly.bucket_float;
    let mut report = Report::new();
    let (root, above) = match root.entry("data").filter(|data| is_server_side(data)) {
        Some(data) => (data, &DATA),
        None => (root, &Path::ROOT),
    };
    let mut document = Document { references: REFERENCES, ..Document::default() };
    if is_server_side(root) {
        let segments = section(root, above, "segments")?;
        let flags = section(root, above, "flags")?;
        let path = above.key("segments");
        for (key, node) in segments.iter().filter(|(_, node)| !is_deleted(node)) {
            report.begin_segment();
            document.segments.push(segment::lower(key, node, &path.key(key), float, &mut report));
        }
        let path = above.key("flags");
        for (key, node) in flags.iter().filter(|(_, node)| !is_deleted(node)) {
            report.begin_flag();
            document.flags.push(flag::lower(key, node, &path.key(key), float, &mut report));
        }
    } else {
        let problem = || format!("flags must be an object, not {}", root.kind());
        let flags = root.as_map().ok_or_else(|| WrongShape::new("", problem()))?;
        for (key, node) in flags.iter().filter(|(_, node)| !is_deleted(node)) {
            document.flags.push(client_side::lower(key, node, &above.key(key), &mut report));
        }
    }
    let diagnostics = report.into_diagnostics();
    Ok(Lowered { document, diagnostics, environment: settings.environment.clone() })
}

/// The entries of `flags` or `segments`.
fn section<'n>(
    root: &'n Node<'n>,
    above: &Path<'_>,
    name: &str,
) -> Result<&'n [Entry<'n>], WrongShape> {
    match root.entry(name).filter(|node| !node.is_null()) {
        None => Ok(&[]),
        Some(Node::Map(entries)) => Ok(entries),
        Some(other) => {
            let problem = format!("`{name}` must be an object, not {}", other.kind());
            Err(WrongShape::new(above.key(name).to_string(), problem))
        }
    }
}

/// Client-side documents have flags at their top; one may be called `flags`.
fn is_server_side(root: &Node<'_>) -> bool {
    let is_section = |name| root.entry(name).is_some_and(|node| node.entry("value").is_none());
    is_section("flags") || is_section("segments")
}

fn is_deleted(node: &Node<'_>) -> bool {
    node.is_null() || node.entry("deleted") == Some(&Node::Boolean(true))
}

/// Whether a flag, or one of the first few, has what no other format has.
fn is_likely(root: &Node<'_>) -> bool {
    let root = root.entry("data").unwrap_or(root);
    let is_flag = |node: &Node<'_>| {
        node.entry("variations").is_some_and(|variations| variations.as_list().is_some())
            && node.entry("on").is_some()
            && (node.entry("fallthrough").is_some() || node.entry("offVariation").is_some())
    };
    let flags = root.entry("flags").and_then(Node::as_map).unwrap_or_default();
    flags.iter().take(8).any(|(_, node)| is_flag(node))
}

static DATA: Path<'static> = Path::ROOT.key("data");

/// What is unknown is not there, and a circle fails evaluations that come back.
const REFERENCES: References = References {
    unknown_flag: Broken::NeverHolds,
    unknown_segment: Broken::NeverHolds,
    circle: Broken::Reentered,
};

#[cfg(test)]
mod tests;
