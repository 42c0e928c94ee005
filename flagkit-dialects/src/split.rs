//! Documents of Split (Harness FME): what its servers and its localhost mode hand to SDKs.
//!
//! Two forms are read: `{ "ff": { "d": […] }, "rbs": { "d": […] } }` and the older
//! `{ "splits": […] }`. Split keeps the keys of ordinary segments, and what stands in for the
//! treatment `control`, outside of these; here they may stand in the document, under
//! `segments` and `fallbackTreatments`.
//!
//! The targeting key is Split's matching key; an attribute named [`BUCKETING_KEY`] is the
//! bucketing key, if there is one. Every flag serves treatments as text, `control` included;
//! it counts as on for all of them but `off` and `control`.

use std::collections::HashSet;

use flagkit_core::document::{Broken, Flag, References};
use flagkit_core::{Context, Document, ErrorCode};

use crate::error::WrongShape;
use crate::fields::Fields;
use crate::json::value_from_json;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::vendors::Reader;

mod answer;
mod bucketing;
mod condition;
mod dates;
mod fallback;
mod flag;
mod matcher;
mod segment;
mod treatments;

pub use answer::{Answer, answer};
pub use bucketing::{Algorithm, bucketing};
pub use fallback::{Fallback, Fallbacks};

pub(crate) const READER: Reader = Reader { lower, is_likely };

/// The attribute that is hashed in place of the targeting key.
pub const BUCKETING_KEY: &str = "$bucketingKey";

/// The context in Split's words: `key`, `bucketingKey` and `attributes`.
///
/// A key that is a number counts as its text; an attribute that is `null` counts as absent.
///
/// ```
/// use flagkit_core::Context;
/// use flagkit_dialects::split;
/// use serde_json::json;
///
/// let asked = json!({ "key": "user-1", "bucketingKey": "b-7", "attributes": { "plan": "pro" } });
/// let context = Context::new("user-1").with("plan", "pro").with(split::BUCKETING_KEY, "b-7");
/// assert_eq!(split::context(&asked), Ok(context));
/// assert!(split::context(&json!({ "attributes": {} })).is_err());
/// ```
///
/// # Errors
///
/// In words, what is wrong: a key that is missing or neither text nor a number, attributes that
/// are no object.
pub fn context(json: &serde_json::Value) -> Result<Context, String> {
    let key = key(json, "key")?.ok_or_else(|| "a `key` is needed".to_owned())?;
    let mut context = Context::new(key);
    match json.get("attributes") {
        None | Some(serde_json::Value::Null) => {}
        Some(serde_json::Value::Object(attributes)) => {
            for (name, value) in attributes {
                context.insert(name.as_str(), value_from_json(value));
            }
        }
        Some(_) => return Err("`attributes` must be an object".to_owned()),
    }
    if let Some(key) = self::key(json, "bucketingKey")? {
        context.insert(BUCKETING_KEY, key);
    }
    Ok(context)
}

fn key(json: &serde_json::Value, name: &str) -> Result<Option<String>, String> {
    match json.get(name) {
        None | Some(serde_json::Value::Null) => Ok(None),
        Some(serde_json::Value::String(key)) => Ok(Some(key.clone())),
        Some(serde_json::Value::Number(key)) => Ok(Some(key.to_string())),
        Some(_) => Err(format!("`{name}` must be text")),
    }
}

fn lower(root: &Node<'_>, _settings: &Settings) -> Result<Lowered, WrongShape> {
    let mut report = Report::new();
    let found = flags(root)?;
    let fallbacks = fallback::read(root, &mut report);
    let existing = found.active().filter_map(name).collect();
    let shared = Shared { existing, fallbacks };
    let mut lowered = Vec::new();
    for (place, node) in found.nodes.iter().enumerate().filter(|(_, node)| is_active(node)) {
        report.begin_flag();
        lowered.extend(named_flag(node, &found.path.index(place), &shared, &mut report));
    }
    lowered.extend(shared.missing_flags());
    let document = Document {
        flags: lowered,
        segments: segment::all(root, &shared, &mut report),
        revision: found.revision,
        references: REFERENCES,
        ..Document::default()
    };
    Ok(Lowered { document, diagnostics: report.into_diagnostics(), environment: None })
}

fn is_likely(root: &Node<'_>) -> bool {
    let has = |name: &str| root.entry("ff").and_then(|part| part.entry(name)).is_some();
    let is_older = || root.entry("splits").is_some_and(|splits| splits.as_list().is_some());
    has("d") && has("t") || is_older() && root.entry("since").is_some()
}

/// What flags and segments must know of each other.
struct Shared<'n> {
    /// The names of all flags that can be asked.
    existing: HashSet<&'n str>,
    fallbacks: Fallbacks,
}

impl Shared<'_> {
    /// What a flag that does not exist serves.
    fn treatment_of_missing(&self, flag: &str) -> &str {
        self.fallbacks.of(flag).map_or(CONTROL, Fallback::treatment)
    }

    /// Flags that exist in the fallback treatments only.
    fn missing_flags(&self) -> impl Iterator<Item = Flag> {
        let names = self.fallbacks.flags().filter(|name| !self.existing.contains(name));
        names.map(|name| flag::missing(name, self))
    }
}

/// The flags of a document.
struct Found<'n> {
    nodes: &'n [Node<'n>],
    path: Path<'static>,
    revision: Option<u64>,
}

impl<'n> Found<'n> {
    fn active(&self) -> impl Iterator<Item = &'n Node<'n>> {
        self.nodes.iter().filter(|node| is_active(node))
    }
}

/// The flags of a document of either form.
fn flags<'n>(root: &'n Node<'n>) -> Result<Found<'n>, WrongShape> {
    let (part, path) = match root.entry("ff") {
        Some(part) => (part.entry("d"), FF_FLAGS),
        None => (root.entry("splits"), SPLITS),
    };
    let till = root.entry("ff").unwrap_or(root);
    let revision = till.entry("t").or_else(|| till.entry("till"));
    let revision = match revision {
        Some(Node::Integer(revision)) => u64::try_from(*revision).ok(),
        _ => None,
    };
    match part {
        Some(Node::List(nodes)) => Ok(Found { nodes, path, revision }),
        Some(other) => {
            let problem = format!("flags must be a list, not {}", other.kind());
            Err(WrongShape::new(path.to_string(), problem))
        }
        None => Err(WrongShape::new("", "flags must be under `ff.d` or `splits`")),
    }
}

/// Split deletes by handing out flags and segments of any other status.
fn is_active(node: &Node<'_>) -> bool {
    match node.entry("status") {
        None => true,
        Some(status) => status.as_text() == Some("ACTIVE"),
    }
}

fn name<'n>(node: &'n Node<'n>) -> Option<&'n str> {
    node.entry("name").and_then(Node::as_text)
}

fn named_flag(
    node: &Node<'_>,
    path: &Path<'_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> Option<Flag> {
    let fields = Fields::open(node, path, report)?;
    let Some(name) = fields.text("name", report) else {
        report.error(path, "a flag needs a `name` that is text", "add it");
        return None;
    };
    let errors = report.errors();
    let flag = flag::flag(name, &fields, shared, report);
    if report.errors() > errors {
        return Some(Flag::broken(name.to_owned(), ErrorCode::ParseError));
    }
    Some(flag)
}

static FF: Path<'static> = Path::ROOT.key("ff");
const FF_FLAGS: Path<'static> = FF.key("d");
const SPLITS: Path<'static> = Path::ROOT.key("splits");

/// The treatment of those for whom there is none.
const CONTROL: &str = "control";

/// Nobody is in a segment that does not exist. Flags that do not exist serve a treatment, so no
/// reference to one is left. SDKs follow circles until they can no longer.
const REFERENCES: References = References {
    unknown_flag: Broken::Reached,
    unknown_segment: Broken::NeverHolds,
    circle: Broken::Reentered,
};

#[cfg(test)]
mod tests;
