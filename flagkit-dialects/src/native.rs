//! The native format `flagkit/1`: a tree becomes a document.
//!
//! A flag becomes rules in the order in which it is evaluated: switched off, wrong
//! environment, outside its schedule; overrides; dependencies; targeting rules; the
//! percentage. Its variants 0 and 1 are what it serves when it is off, and when it is
//! on without a variant; the named ones follow in document order.
//!
//! A broken flag keeps its rules behind one that fails, so that the core still sees
//! to whom it refers and finds every circle as it was written.

use std::collections::{HashMap, HashSet};

use flagkit_core::document::Segment;
use flagkit_core::{Diagnostic, Document, ErrorCode, Hash};

use crate::bounds::Scheme;
use crate::dialect::{Dialect, UnknownDialect};
use crate::error::WrongShape;
use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};

mod bucketing;
mod condition;
mod dependency;
pub(crate) mod exact;
mod flag;
mod gate;
mod overrides;
mod rollout;
mod rule;
mod schedule;
mod segment;
mod segment_use;
mod shared;
mod variant;

/// What the reading of one flag knows of the rest of the document.
struct Outline<'n> {
    environment: Option<String>,
    scheme: Scheme,
    flags: HashMap<&'n str, Known<'n>>,
}

/// A flag before it is read.
#[derive(Clone, Copy)]
struct Known<'n> {
    node: &'n Node<'n>,
    times: usize,
}

/// Lowers a whole document.
pub(crate) fn lower(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    let mut report = Report::new();
    let fields = top(root, &mut report)?;
    check_schema(&fields, &mut report)?;
    let environment = environment(&fields)?;
    let revision = revision(&fields)?;
    let flags = flags(&fields)?;
    let outline = Outline {
        environment: settings.environment.clone().or(environment),
        scheme: scheme(&fields)?,
        flags: known(&flags),
    };
    let (segments, broken) = lower_segments(&fields, &outline, &mut report)?;
    let flags = lower_flags(&flags, &outline, &mut report);
    let references = exact::at_top("references", &fields)?;
    let flag_keys = exact::at_top("flag_keys", &fields)?;
    let mut document = Document { flags, segments, revision, references, flag_keys };
    segment_use::spread(&mut document, broken, &mut report);
    let (diagnostics, environment) = (report.into_diagnostics(), outline.environment);
    Ok(Lowered { document, diagnostics, environment })
}

/// The keys at the top; none of them may be there twice.
fn top<'n>(root: &'n Node<'n>, report: &mut Report) -> Result<Fields<'n, 'static>, WrongShape> {
    let Node::Map(entries) = root else {
        let problem = format!("the document is {}, not a map with the key `flags`", root.kind());
        return Err(WrongShape::new("", problem));
    };
    for known in DOCUMENT_KEYS {
        if entries.iter().filter(|(key, _)| key == known).count() > 1 {
            let problem = format!("the key `{known}` is there twice; remove one of them");
            return Err(WrongShape::new(*known, problem));
        }
    }
    let fields = Fields::read(root, &Path::ROOT, DOCUMENT_KEYS, report);
    fields.ok_or_else(|| WrongShape::new("", "the document is no map"))
}

fn check_schema(fields: &Fields<'_, 'static>, report: &mut Report) -> Result<(), WrongShape> {
    match fields.node("schema") {
        None => {
            let problem = "the document does not say which format it is in";
            let consequence = "it is read as `flagkit/1`";
            let mend = "add `schema: flagkit/1` at the top";
            report.warning(&fields.at("schema"), problem, consequence, mend);
            Ok(())
        }
        Some(node) if node.as_text() == Some(SCHEMA) => Ok(()),
        Some(other) => {
            let problem = format!("{} is no known schema; this is `{SCHEMA}`", other.summary());
            Err(WrongShape::new("schema", problem))
        }
    }
}

fn environment(fields: &Fields<'_, 'static>) -> Result<Option<String>, WrongShape> {
    match fields.node("environment") {
        None => Ok(None),
        Some(Node::Text(text)) => Ok(Some(text.to_string())),
        Some(other) => {
            let problem = format!("`environment` must be text, not {}", other.kind());
            Err(WrongShape::new("environment", problem))
        }
    }
}

fn revision(fields: &Fields<'_, 'static>) -> Result<Option<u64>, WrongShape> {
    let Some(node) = fields.node("revision") else {
        return Ok(None);
    };
    let revision = match node {
        Node::Integer(revision) => u64::try_from(*revision).ok(),
        Node::Unsigned(revision) => Some(*revision),
        _ => None,
    };
    let problem = || format!("`revision` must be a whole number from 0, not {}", node.summary());
    revision.map(Some).ok_or_else(|| WrongShape::new("revision", problem()))
}

/// The scheme of the document: a mistake in it concerns every flag, so there is no document.
fn scheme(fields: &Fields<'_, 'static>) -> Result<Scheme, WrongShape> {
    let mut report = Report::new();
    let usual = Scheme::hashed(Hash::Md5 { bits: 128 });
    let scheme = bucketing::scheme(fields, &usual, &mut report);
    let problem = report.into_diagnostics().into_iter().find(Diagnostic::is_error);
    problem.map_or(Ok(scheme), |found| {
        Err(WrongShape::new(found.path, format!("{}; {}", found.problem, found.mend)))
    })
}

/// In whose words contexts for converted flags are written.
pub(crate) fn contexts(root: &Node<'_>) -> Result<Dialect, WrongShape> {
    let Some(node) = root.entry("contexts").filter(|node| !node.is_null()) else {
        return Ok(Dialect::Native);
    };
    let Some(name) = node.as_text() else {
        let problem = format!("`contexts` must be the name of a dialect, not {}", node.kind());
        return Err(WrongShape::new("contexts", problem));
    };
    name.parse().map_err(|unknown: UnknownDialect| WrongShape::new("contexts", unknown.to_string()))
}

/// A flag, and its place if it is in a list.
type Named<'n> = (Option<&'n str>, Option<usize>, &'n Node<'n>);

/// All flags in document order, from a map or a list.
fn flags<'n>(fields: &Fields<'n, 'static>) -> Result<Vec<Named<'n>>, WrongShape> {
    match fields.node("flags") {
        Some(Node::Map(entries)) => {
            Ok(entries.iter().map(|(key, node)| (Some(&**key), None, node)).collect())
        }
        Some(Node::List(items)) => {
            let named = |(place, node): (usize, &'n Node<'n>)| {
                (node.entry("name").and_then(Node::as_text), Some(place), node)
            };
            Ok(items.iter().enumerate().map(named).collect())
        }
        Some(other) => {
            let problem = format!("`flags` must be a map or a list, not {}", other.kind());
            Err(WrongShape::new("flags", problem))
        }
        None => Err(WrongShape::new("", "the document has no `flags`")),
    }
}

fn known<'n>(flags: &[Named<'n>]) -> HashMap<&'n str, Known<'n>> {
    let mut known: HashMap<&str, Known<'_>> = HashMap::with_capacity(flags.len());
    for (name, _, node) in flags {
        if let Some(name) = name {
            known.entry(name).or_insert(Known { node, times: 0 }).times += 1;
        }
    }
    known
}

fn lower_flags(
    flags: &[Named<'_>],
    outline: &Outline<'_>,
    report: &mut Report,
) -> Vec<flagkit_core::document::Flag> {
    let above = Path::ROOT.key("flags");
    // In a document of a million flags every look-up is felt.
    let are_unique = outline.flags.values().all(|known| known.times == 1);
    let mut repeated = HashSet::new();
    let mut lowered = Vec::with_capacity(flags.len());
    report.begin_flag();
    for (name, place, node) in flags {
        let Some(name) = name else {
            nameless(&above.index(place.unwrap_or_default()), node, report);
            continue;
        };
        let known = if are_unique { None } else { outline.flags.get(name) };
        let times = known.map_or(1, |known| known.times);
        if times == 1 {
            lowered.push(flag::lower(name, node, &above.key(name), outline, report));
        } else if repeated.insert(*name) {
            let problem = format!("there are {times} flags called `{name}`");
            report.error(&above.key(name), problem, "rename or remove all but one");
            lowered.push(flagkit_core::document::Flag::broken((*name).to_owned(), PARSE_ERROR));
        }
    }
    lowered
}

/// An element of a list of flags that cannot be asked for.
fn nameless(path: &Path<'_>, node: &Node<'_>, report: &mut Report) {
    let problem = match node {
        Node::Map(_) => "a flag in a list needs a `name` that is text".to_owned(),
        other => format!("expected a map, found {}", other.summary()),
    };
    report.error(path, problem, "add `name`, or write `flags` as a map");
}

/// The segments, and the names of those that are broken.
fn lower_segments(
    fields: &Fields<'_, 'static>,
    outline: &Outline<'_>,
    report: &mut Report,
) -> Result<(Vec<Segment>, HashSet<String>), WrongShape> {
    let (mut segments, mut broken) = (Vec::new(), HashSet::new());
    let entries = match fields.node("segments") {
        None => return Ok((segments, broken)),
        Some(Node::Map(entries)) => entries,
        Some(other) => {
            let problem = format!("`segments` must be a map, not {}", other.kind());
            return Err(WrongShape::new("segments", problem));
        }
    };
    let above = Path::ROOT.key("segments");
    let mut seen = HashSet::new();
    report.begin_segment();
    for (name, node) in *entries {
        let errors = report.errors();
        if seen.insert(&**name) {
            segments.push(segment::lower(name, node, &above.key(name), outline, report));
        } else {
            let problem = format!("the segment `{name}` is there twice");
            report.error(&above.key(name), problem, "rename or remove one of them");
        }
        if report.errors() > errors {
            broken.insert(name.to_string());
        }
    }
    Ok((segments, broken))
}

/// The name of the format.
pub(crate) const SCHEMA: &str = "flagkit/1";
const PARSE_ERROR: ErrorCode = ErrorCode::ParseError;

const DOCUMENT_KEYS: &[&str] = &[
    "schema",
    "environment",
    "revision",
    "hash",
    "bucketing",
    "references",
    "flag_keys",
    "contexts",
    "segments",
    "flags",
];

#[cfg(test)]
mod tests;
