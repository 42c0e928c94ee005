//! Segments: lists of keys, and rules.
//!
//! Split's ordinary and rule-based segments may have the same names, so each kind has a prefix.

use std::collections::HashMap;

use flagkit_core::Case;
use flagkit_core::ErrorCode;
use flagkit_core::document::{
    Condition, Lookup, Operator, Readings, Segment, Test, TextReading, Unreadable,
};

use super::condition::{self, NEVER};
use super::{Shared, is_active};
use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// All segments of a document.
pub(super) fn all(root: &Node<'_>, shared: &Shared<'_>, report: &mut Report) -> Vec<Segment> {
    report.begin_segment();
    let mut segments = ordinary(root, report);
    let nodes = root.entry("rbs").and_then(|part| part.entry("d")).and_then(Node::as_list);
    for (place, node) in nodes.unwrap_or_default().iter().enumerate() {
        if is_active(node) {
            let path = RULE_BASED.index(place);
            segments.extend(rule_based(node, &path, shared, report).into_iter().flatten());
        }
    }
    segments
}

/// Holds for the keys of an ordinary segment.
pub(super) fn in_ordinary(name: &str) -> Condition {
    Condition::InSegment(ordinary_name(name))
}

/// Holds for whom a rule-based segment's rules include and nothing excludes.
pub(super) fn in_rule_based(name: &str) -> Condition {
    Condition::InSegment(part(Part::Whole, name))
}

/// The lists of keys under `segments`: a map from names to lists, or a list of objects with
/// `name` and `added` as localhost mode reads them from files.
fn ordinary(root: &Node<'_>, report: &mut Report) -> Vec<Segment> {
    match root.entry("segments") {
        None | Some(Node::Null) => Vec::new(),
        Some(Node::Map(entries)) => {
            let by_name: HashMap<&str, &Node<'_>> =
                entries.iter().map(|(name, keys)| (&**name, keys)).collect();
            let lists = by_name.into_iter();
            lists.map(|(name, keys)| list(name, keys, &SEGMENTS.key(name), report)).collect()
        }
        Some(Node::List(items)) => {
            let items = items.iter().enumerate();
            items.filter_map(|(place, item)| file(item, &SEGMENTS.index(place), report)).collect()
        }
        Some(other) => {
            let problem = format!("expected segments, found {}", other.kind());
            report.error(&SEGMENTS, problem, "write a map from names to lists of keys");
            Vec::new()
        }
    }
}

fn file(node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Option<Segment> {
    let fields = Fields::open(node, path, report)?;
    let Some(name) = fields.text("name", report) else {
        report.error(path, "a segment needs a `name` that is text", "add it");
        return None;
    };
    let keys = fields.node("added").unwrap_or(&Node::List(&[]));
    Some(list(name, keys, &fields.at("added"), report))
}

fn list(name: &str, keys: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Segment {
    let texts = keys.as_list().map(|keys| keys.iter().map(Node::as_text).collect());
    let Some(Some(texts)) = texts else {
        report.error(path, "the keys of a segment must be a list of texts", "write them so");
        return Segment { key: ordinary_name(name), when: BROKEN };
    };
    Segment { key: ordinary_name(name), when: has_key(texts) }
}

/// The segments that say together who is in a rule-based one.
fn rule_based(
    node: &Node<'_>,
    path: &Path<'_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> Option<[Segment; 4]> {
    let fields = Fields::open(node, path, report)?;
    let Some(name) = fields.text("name", report) else {
        report.error(path, "a rule-based segment needs a `name` that is text", "add it");
        return None;
    };
    let errors = report.errors();
    let excluded = Excluded::read(&fields, report);
    let rules = rules(&fields, shared, report);
    let is_broken = report.errors() > errors;
    let segment = |of: Part, when: Condition| Segment {
        key: part(of, name),
        when: if is_broken { BROKEN } else { when },
    };
    let is_in = |of: Part| Condition::InSegment(part(of, name));
    let whole = Condition::All(vec![
        is_in(Part::ExcludedKeys).negated(),
        is_in(Part::ExcludedSegments).negated(),
        is_in(Part::Rules),
    ]);
    Some([
        segment(Part::ExcludedKeys, has_key(excluded.keys)),
        segment(Part::ExcludedSegments, excluded.segments),
        segment(Part::Rules, rules),
        segment(Part::Whole, whole),
    ])
}

/// Holds if a condition's matchers do; with a matcher that nobody knows it holds for everyone.
fn rules(fields: &Fields<'_, '_>, shared: &Shared<'_>, report: &mut Report) -> Condition {
    let nodes = fields.list("conditions", report);
    if condition::is_unsupported(nodes) {
        return Condition::Always;
    }
    let path = fields.at("conditions");
    let when = |(place, node)| {
        let path = path.index(place);
        let fields = Fields::open(node, &path, report)?;
        condition::is_rollout(&fields, report);
        Some(condition::when(&fields, shared, report))
    };
    Condition::Any(nodes.iter().enumerate().filter_map(when).collect())
}

/// Who is not in a rule-based segment, whatever its rules say.
struct Excluded<'n> {
    keys: Vec<&'n str>,
    segments: Condition,
}

impl<'n> Excluded<'n> {
    fn read(fields: &Fields<'n, '_>, report: &mut Report) -> Self {
        let nothing = Self { keys: Vec::new(), segments: NEVER };
        let Some(node) = fields.node("excluded") else { return nothing };
        let path = fields.at("excluded");
        let Some(excluded) = Fields::open(node, &path, report) else { return nothing };
        let keys = excluded.texts("keys", report);
        let nodes = excluded.list("segments", report);
        let path = excluded.at("segments");
        let mut segments = NEVER;
        for (place, node) in nodes.iter().enumerate().rev() {
            segments = excluded_segment(node, &path.index(place), segments, report);
        }
        Self { keys, segments }
    }
}

/// Holds for members of an excluded segment or of those behind it in the list.
///
/// SDKs look no further where a rule-based one excludes the key itself.
fn excluded_segment(
    node: &Node<'_>,
    path: &Path<'_>,
    behind: Condition,
    report: &mut Report,
) -> Condition {
    let Some(fields) = Fields::open(node, path, report) else { return behind };
    let Some(name) = fields.text("name", report) else {
        report.error(path, "an excluded segment needs a `name`", "add it");
        return behind;
    };
    if fields.text("type", report) != Some("rule-based") {
        return or(vec![in_ordinary(name)], behind);
    }
    let is_in = |of: Part| Condition::InSegment(part(of, name));
    Condition::All(vec![
        is_in(Part::ExcludedKeys).negated(),
        or(vec![is_in(Part::ExcludedSegments), is_in(Part::Rules)], behind),
    ])
}

/// One level for as many alternatives as stand side by side.
fn or(mut first: Vec<Condition>, behind: Condition) -> Condition {
    match behind {
        Condition::Any(mut others) => first.append(&mut others),
        other => first.push(other),
    }
    Condition::Any(first)
}

/// Holds for these targeting keys.
fn has_key(keys: Vec<&str>) -> Condition {
    if keys.is_empty() {
        return NEVER;
    }
    Condition::Test(Test {
        lookup: Lookup::TargetingKey,
        operator: Operator::TextOneOf(keys.into_iter().map(str::to_owned).collect()),
        case: Case::Sensitive,
        reads: Readings { text: TextReading::Json, ..Readings::STRICT },
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    })
}

/// What a rule-based segment consists of.
#[derive(Clone, Copy)]
enum Part {
    Whole,
    Rules,
    ExcludedKeys,
    ExcludedSegments,
}

fn part(part: Part, name: &str) -> String {
    let prefix = match part {
        Part::Whole => "rule-based",
        Part::Rules => "rules of",
        Part::ExcludedKeys => "keys excluded from",
        Part::ExcludedSegments => "segments excluded from",
    };
    format!("{prefix}:{name}")
}

fn ordinary_name(name: &str) -> String {
    format!("segment:{name}")
}

static RBS: Path<'static> = Path::ROOT.key("rbs");
static RULE_BASED: Path<'static> = RBS.key("d");
static SEGMENTS: Path<'static> = Path::ROOT.key("segments");
const BROKEN: Condition = Condition::Fails(ErrorCode::ParseError);
