//! Clauses: what rules of flags and of segments ask of a context.

use flagkit_core::ErrorCode;
use flagkit_core::document::Condition;

use super::operator;
use super::reference::{self, Reference, USER};
use crate::fields::Fields;
use crate::node::{Node, room};
use crate::path::Path;
use crate::report::Report;

/// All clauses of a rule; a rule without clauses is for everyone.
pub(super) fn all(rule: &Fields<'_, '_>, report: &mut Report) -> Condition {
    let path = rule.at("clauses");
    let nodes = rule.list("clauses", report);
    let mut clauses = Vec::with_capacity(room(nodes.len()));
    let read = nodes.iter().enumerate();
    clauses.extend(read.filter_map(|(place, node)| clause(node, &path.index(place), report)));
    match clauses.len() {
        0 => Condition::Always,
        1 => clauses.swap_remove(0),
        _ => Condition::All(clauses),
    }
}

fn clause(node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Option<Condition> {
    let fields = Fields::open(node, path, report)?;
    let negate = fields.boolean("negate", report).unwrap_or(false);
    let values = fields.list("values", report);
    let Some(name) = fields.text("op", report) else {
        if fields.node("op").is_none() {
            report.error(path, "a clause needs `op`", "add it");
        }
        return None;
    };
    if name == "segmentMatch" {
        let any = values.iter().filter_map(Node::as_text).map(str::to_owned);
        let any = Condition::Any(any.map(Condition::InSegment).collect());
        return Some(if negate { any.negated() } else { any });
    }
    if !operator::is_known(name) {
        let problem = format!("there is no operator `{name}`");
        report.warning(&fields.at("op"), problem, "nothing meets the clause", "correct it");
    }
    let kind = kind("contextKind", &fields, report);
    let reference = reference("attribute", kind, &fields, report);
    let kind = kind.unwrap_or(USER);
    Some(match reference {
        None => fails(kind),
        Some(reference) if reference.is_kind() => {
            operator::lower(reference::kinds(), name, values, negate)
        }
        Some(reference) => {
            let test = operator::lower(reference.lookup(kind), name, values, negate);
            if reference.is_anonymous() {
                // It has a value wherever there is a context, and only there.
                Condition::All(vec![reference::has_kind(kind), test])
            } else {
                test
            }
        }
    })
}

/// The kind of context that this key names; the default kind is none, because it makes a
/// difference to references.
pub(super) fn kind<'n>(
    name: &'static str,
    fields: &Fields<'n, '_>,
    report: &mut Report,
) -> Option<&'n str> {
    fields.text(name, report).filter(|kind| !kind.is_empty())
}

/// The reference under this key; one that cannot be followed is a warning, because evaluations
/// that do not get there are fine.
pub(super) fn reference<'n>(
    name: &'static str,
    kind: Option<&str>,
    fields: &Fields<'n, '_>,
    report: &mut Report,
) -> Option<Reference<'n>> {
    let text = fields.text(name, report).unwrap_or_default();
    let parsed = Reference::parse(text, kind.is_some());
    if let Err(problem) = parsed {
        let consequence = "evaluations that get here answer the caller's default with PARSE_ERROR";
        report.warning(&fields.at(name), problem, consequence, "name an attribute");
    }
    parsed.ok()
}

/// Fails evaluations that have a context of this kind.
pub(super) fn fails(kind: &str) -> Condition {
    Condition::All(vec![reference::has_kind(kind), Condition::Fails(ErrorCode::ParseError)])
}
