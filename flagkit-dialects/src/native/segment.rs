//! Segments: excluded, then included, then by conditions.

use flagkit_core::document::{Condition, Segment};

use super::condition::{self, Owner};
use super::{Outline, PARSE_ERROR, exact, flag, overrides};
use crate::bounds::Salted;
use crate::fields::Fields;
use crate::lookup::{self, Subject, WhenMissing};
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// Lowers one segment; one that is broken fails wherever it is asked.
pub(super) fn lower(
    name: &str,
    node: &Node<'_>,
    path: &Path<'_>,
    outline: &Outline<'_>,
    report: &mut Report,
) -> Segment {
    let errors = report.errors();
    let fields = Fields::read(node, path, SEGMENT_KEYS, report);
    let when = fields.map(|fields| {
        exact::condition(&fields, report).unwrap_or_else(|| members(name, &fields, outline, report))
    });
    let when = when.filter(|_| report.errors() == errors);
    Segment { key: name.to_owned(), when: when.unwrap_or(Condition::Fails(PARSE_ERROR)) }
}

fn members(
    name: &str,
    fields: &Fields<'_, '_>,
    outline: &Outline<'_>,
    report: &mut Report,
) -> Condition {
    flag::check_name(name, fields, report);
    let bucket_by = fields.text("bucket_by", report).unwrap_or(lookup::USER_ID);
    let environment = outline.environment.as_deref();
    let subject =
        Subject { attribute: bucket_by, environment, when_missing: WhenMissing::Anonymous };
    let salted = Salted { scheme: outline.scheme.clone(), salt: name.into(), subject };
    let owner = Owner { salted: &salted, bucket_by, environment };
    let excluded = ids("exclude", fields, report);
    let mut included = Vec::new();
    let ids = ids("include", fields, report);
    if !ids.is_empty() {
        included.push(overrides::has_id(ids, &salted));
    }
    included.extend(by_conditions(fields, &owner, report));
    let included = match included.pop() {
        Some(only) if included.is_empty() => only,
        last => Condition::Any(included.into_iter().chain(last).collect()),
    };
    if excluded.is_empty() {
        return included;
    }
    Condition::All(vec![overrides::has_id(excluded, &salted).negated(), included])
}

/// The conditions; without any, nobody is in the segment because of them.
fn by_conditions(
    fields: &Fields<'_, '_>,
    owner: &Owner<'_>,
    report: &mut Report,
) -> Option<Condition> {
    let is_any = condition::match_type(fields, report);
    let mut conditions = condition::list(fields, owner, report);
    match conditions.pop()? {
        only if conditions.is_empty() => Some(only),
        last => {
            conditions.push(last);
            Some(if is_any { Condition::Any(conditions) } else { Condition::All(conditions) })
        }
    }
}

/// A list of ids; numbers and booleans count as their text.
fn ids(name: &'static str, fields: &Fields<'_, '_>, report: &mut Report) -> Vec<String> {
    let items = fields.list(name, report);
    let mut ids = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        match item {
            Node::Text(text) => ids.push(text.to_string()),
            Node::Boolean(_) | Node::Integer(_) | Node::Unsigned(_) | Node::Float(_) => {
                ids.push(item.to_value().to_string());
            }
            other => {
                let problem = format!("expected an id, found {}", other.summary());
                report.error(&fields.at(name).index(place), problem, "write text");
            }
        }
    }
    ids
}

const SEGMENT_KEYS: &[&str] = &[
    "name",
    "description",
    "include",
    "exclude",
    "match_type",
    "conditions",
    "when",
    "bucket_by",
    "exact",
];
