//! Documents of Flipt: the snapshot of one namespace that its server sends to client-side engines,
//! under `/internal/v1/evaluation/snapshot/namespace/…`.
//!
//! A boolean flag serves `true` or `false`; a variant flag serves the key of a variant, or the
//! caller's default where there is none. A variant's attachment and the segments that a context
//! is in are in [`variant`] and [`boolean`], the answers in Flipt's own shape.
//!
//! A flag counts as on where a rule matches, or where a boolean flag serves `true`.

use std::collections::HashMap;
use std::sync::Arc;

use flagkit_core::document::{Flag, Rule, Segment, Variant};
use flagkit_core::{Document, ErrorCode, Reason, Structure, Value};

use crate::error::WrongShape;
use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::vendors::Reader;

mod answer;
mod constraint;
mod context;
mod rollout;
mod rule;
mod segment;

pub use answer::{
    BatchResponse, BooleanResponse, NotEvaluated, VariantResponse, boolean, evaluate, variant,
};
pub use context::context;

pub(crate) const READER: Reader = Reader { lower, is_likely };

/// Lowers a whole document.
fn lower(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    let Some(flags) = root.entry("flags").and_then(Node::as_list) else {
        return Err(WrongShape::new("flags", "`flags` must be there, and a list"));
    };
    let mut lowering = Lowering { report: Report::new(), segments: Vec::new() };
    // Of two flags with one key the last counts.
    let mut last: HashMap<&str, usize> = HashMap::new();
    for (index, node) in flags.iter().enumerate() {
        if let Some(key) = node.entry("key").and_then(Node::as_text) {
            last.insert(key, index);
        }
    }
    let mut lowered = Vec::with_capacity(flags.len());
    for (index, node) in flags.iter().enumerate() {
        let path = FLAGS.index(index);
        match node.entry("key").and_then(Node::as_text) {
            Some(key) if last.get(key) == Some(&index) => {
                lowered.push(lowering.flag(key, node, &path));
            }
            Some(_) => {}
            None => lowering.report.error(&path, "a flag needs a `key` that is text", "add it"),
        }
    }
    let Lowering { report, segments } = lowering;
    let document = Document { flags: lowered, segments, ..Document::default() };
    let environment = settings.environment.clone();
    Ok(Lowered { document, diagnostics: report.into_diagnostics(), environment })
}

/// Whether this looks like the snapshot of a namespace.
fn is_likely(root: &Node<'_>) -> bool {
    let namespace = root.entry("namespace").and_then(|namespace| namespace.entry("key"));
    namespace.is_some() && root.entry("flags").and_then(Node::as_list).is_some()
}

/// What is known while a document is lowered.
struct Lowering {
    report: Report,
    /// Segments stand inside the rules that use them; here they are side by side.
    segments: Vec<Segment>,
}

/// What a flag serves, and when.
#[derive(Default)]
struct Parts {
    variants: Vec<Variant>,
    rules: Vec<Rule>,
}

impl Lowering {
    fn flag(&mut self, key: &str, node: &Node<'_>, path: &Path<'_>) -> Flag {
        let errors = self.report.errors();
        let broken = || Flag::broken(key.to_owned(), ErrorCode::ParseError);
        let Some(fields) = Fields::open(node, path, &mut self.report) else {
            return broken();
        };
        let kind = kind(&fields, &mut self.report);
        let is_enabled = fields.boolean("enabled", &mut self.report);
        if fields.node("enabled").is_none() {
            self.report.error(path, "a flag needs `enabled`", "add it");
        }
        let Some(is_enabled) = is_enabled else { return broken() };
        let parts = match kind {
            Kind::Boolean => self.rollouts(key, is_enabled, &fields),
            Kind::Variant => self.rules(key, is_enabled, &fields),
        };
        if self.report.errors() > errors {
            return broken();
        }
        let Parts { variants, rules } = parts;
        let metadata = Some(Arc::new(metadata(kind)));
        Flag { key: key.to_owned(), variants, rules, version: None, metadata }
    }
}

/// The two kinds of flags.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Boolean,
    Variant,
}

/// Anything that is not called boolean is a variant flag.
fn kind(fields: &Fields<'_, '_>, report: &mut Report) -> Kind {
    match fields.text("type", report) {
        Some(BOOLEAN) => Kind::Boolean,
        _ => Kind::Variant,
    }
}

fn metadata(kind: Kind) -> Structure {
    let name = match kind {
        Kind::Boolean => BOOLEAN,
        Kind::Variant => VARIANT,
    };
    [(TYPE, Value::from(name))].into_iter().collect()
}

/// What a rule is for and why: the reason in Flipt's words is its label.
fn reason(label: &str) -> Reason {
    match label {
        MATCH => Reason::TargetingMatch,
        DISABLED => Reason::Disabled,
        DEFAULT => Reason::Default,
        _ => Reason::Unknown,
    }
}

static FLAGS: Path<'static> = Path::ROOT.key("flags");
const TYPE: &str = "type";
const BOOLEAN: &str = "BOOLEAN_FLAG_TYPE";
const VARIANT: &str = "VARIANT_FLAG_TYPE";
const MATCH: &str = "MATCH_EVALUATION_REASON";
const DEFAULT: &str = "DEFAULT_EVALUATION_REASON";
const DISABLED: &str = "FLAG_DISABLED_EVALUATION_REASON";
const UNKNOWN: &str = "UNKNOWN_EVALUATION_REASON";

#[cfg(test)]
mod tests;
