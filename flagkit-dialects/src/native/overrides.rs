//! Overrides: what single ids get, whatever the rules say.

use std::collections::HashSet;

use flagkit_core::document::{
    Condition, Operator, Readings, Rule, Serve, Test, TextReading, Unreadable,
};
use flagkit_core::{Case, Reason};

use super::shared::Shared;
use super::variant::{OFF, ON};
use crate::bounds::Salted;
use crate::fields::Fields;
use crate::node::{Entry, Node};
use crate::path::Path;
use crate::report::Report;

/// One rule for each thing that overrides serve, in the order of their first mention.
pub(super) fn rules(
    fields: &Fields<'_, '_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> Vec<Rule> {
    let entries: &[Entry<'_>] = match fields.node("overrides") {
        None => &[],
        Some(Node::Map(entries)) => entries,
        Some(_) => {
            let mend = "write a map from ids to variants, true or false";
            fields.mismatch("overrides", "a map", mend, report);
            &[]
        }
    };
    let path = fields.at("overrides");
    let mut outcomes: Vec<(usize, Vec<String>)> = Vec::new();
    let mut seen = HashSet::with_capacity(entries.len());
    for (id, node) in entries {
        let path = path.key(id);
        if !seen.insert(&**id) {
            report.error(&path, format!("the id `{id}` is there twice"), "remove one of them");
        }
        let Some(variant) = outcome(node, &path, shared, report) else {
            continue;
        };
        match outcomes.iter_mut().find(|(other, _)| *other == variant) {
            Some((_, ids)) => ids.push(id.to_string()),
            None => outcomes.push((variant, vec![id.to_string()])),
        }
    }
    outcomes.into_iter().map(|(variant, ids)| rule(variant, ids, &shared.salted)).collect()
}

/// The place of the variant that an override serves.
fn outcome(
    node: &Node<'_>,
    path: &Path<'_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> Option<usize> {
    match node {
        Node::Boolean(true) => Some(ON),
        Node::Boolean(false) => Some(OFF),
        Node::Text(name) => shared.variants.place(name, path, report),
        other => {
            let problem = format!("expected a variant, true or false, found {}", other.summary());
            report.error(path, problem, "write the name of a variant, true or false");
            None
        }
    }
}

fn rule(variant: usize, ids: Vec<String>, salted: &Salted<'_>) -> Rule {
    Rule {
        id: Some("override".into()),
        label: None,
        when: has_id(ids, salted),
        serve: Serve::Variant(variant),
        reason: Reason::TargetingMatch,
    }
}

/// Holds for these ids.
pub(super) fn has_id(ids: Vec<String>, salted: &Salted<'_>) -> Condition {
    Condition::Test(Test {
        lookup: salted.subject.lookup(),
        operator: Operator::TextOneOf(ids),
        case: Case::Sensitive,
        reads: Readings { text: TextReading::Json, ..Readings::STRICT },
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    })
}
