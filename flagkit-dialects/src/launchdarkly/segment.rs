//! Segments: who is included, who is excluded, and rules for the others.

use flagkit_core::document::{Bucket, Condition, Operator, Segment};
use flagkit_core::{ErrorCode, Value};

use super::clause;
use super::reference::{self, USER};
use super::rollout::{self, Owner, Subject, WITHOUT_CONTEXT};
use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;
use crate::settings::BucketFloat;

/// Lowers one segment; one that is broken fails wherever it is asked.
pub(super) fn lower(
    key: &str,
    node: &Node<'_>,
    path: &Path<'_>,
    float: BucketFloat,
    report: &mut Report,
) -> Segment {
    let errors = report.errors();
    let fields = Fields::open(node, path, report);
    let when = fields.map(|fields| {
        let own_key = fields.text("key", report).unwrap_or(key);
        let salt = fields.text("salt", report).unwrap_or_default();
        let owner = Owner { key: own_key, salt, float };
        if fields.boolean("unbounded", report).unwrap_or(false) {
            big(&fields, owner, report)
        } else {
            listed(&fields, owner, report)
        }
    });
    let when = when.filter(|_| report.errors() == errors);
    let broken = Condition::Fails(ErrorCode::ParseError);
    Segment { key: key.to_owned(), when: when.unwrap_or(broken) }
}

/// A segment whose members stand in it.
fn listed(fields: &Fields<'_, '_>, owner: Owner<'_>, report: &mut Report) -> Condition {
    let included = keys("included", "includedContexts", fields, report);
    let excluded = keys("excluded", "excludedContexts", fields, report);
    let rules = rules(fields, owner, report);
    let by_rules = if excluded.is_empty() {
        rules
    } else {
        Condition::All(vec![Condition::Any(excluded).negated(), rules])
    };
    Condition::Any(included.into_iter().chain([by_rules]).collect())
}

/// A segment whose members stand elsewhere; who is neither in nor out there is left to the rules.
fn big(fields: &Fields<'_, '_>, owner: Owner<'_>, report: &mut Report) -> Condition {
    let Some(generation) = rollout::integer("generation", fields, report) else {
        // Asking for the members of nothing tells whoever listens that this is not configured.
        let nobody = reference::membership("", owner.key);
        return reference::exists(nobody);
    };
    let kind = clause::kind("unboundedContextKind", fields, report).unwrap_or(USER);
    let is = |answer: bool| {
        let membership = reference::membership(kind, &format!("{}.g{generation}", owner.key));
        reference::test(membership, Operator::OneOf(vec![Value::Boolean(answer)]), false)
    };
    let by_rules = Condition::All(vec![is(false).negated(), rules(fields, owner, report)]);
    let members = Condition::Any(vec![is(true), by_rules]);
    Condition::All(vec![reference::has_kind(kind), members])
}

/// A test for each list of keys that is not empty.
fn keys(
    users: &'static str,
    contexts: &'static str,
    fields: &Fields<'_, '_>,
    report: &mut Report,
) -> Vec<Condition> {
    let mut tests = Vec::new();
    tests.extend(is_one_of(USER, fields.texts(users, report)));
    let path = fields.at(contexts);
    for (place, node) in fields.list(contexts, report).iter().enumerate() {
        let path = path.index(place);
        let Some(fields) = Fields::open(node, &path, report) else { continue };
        let kind = clause::kind("contextKind", &fields, report).unwrap_or(USER);
        tests.extend(is_one_of(kind, fields.texts("values", report)));
    }
    tests
}

/// Whether the key of the context of this kind is in a list.
pub(super) fn is_one_of(kind: &str, keys: Vec<&str>) -> Option<Condition> {
    if keys.is_empty() {
        return None;
    }
    let keys = keys.into_iter().map(Value::from).collect();
    Some(reference::test(reference::key_of(kind), Operator::OneOf(keys), false))
}

fn rules(fields: &Fields<'_, '_>, owner: Owner<'_>, report: &mut Report) -> Condition {
    let path = fields.at("rules");
    let nodes = fields.list("rules", report).iter().enumerate();
    let rules = nodes.filter_map(|(place, node)| {
        let path = path.index(place);
        let fields = Fields::open(node, &path, report)?;
        Some(rule(&fields, owner, report))
    });
    Condition::Any(rules.collect())
}

fn rule(fields: &Fields<'_, '_>, owner: Owner<'_>, report: &mut Report) -> Condition {
    let clauses = clause::all(fields, report);
    let kind = clause::kind("rolloutContextKind", fields, report);
    let subject = rollout::subject(kind, fields, report);
    let Some(weight) = rollout::weight(fields, report) else { return clauses };
    let kind = kind.unwrap_or(USER);
    let below = rollout::share(weight, owner.float);
    let inside = |subject, when_missing| {
        let prefix = format!("{}.{}.", owner.key, owner.salt);
        let bucketing = rollout::bucketing(prefix, owner.float);
        let ranges = vec![(0.0, below)];
        Condition::from(Bucket { subject, bucketing, ranges, when_missing })
    };
    let without_context = WITHOUT_CONTEXT < below;
    let bucket = match subject {
        Subject::Key => inside(reference::key_of(kind), without_context),
        Subject::Attribute(lookup) => {
            // An attribute that is absent has the bucket 0.
            present(kind, inside(lookup, 0.0 < below), without_context)
        }
        Subject::Kind => {
            let bucketing =
                rollout::bucketing(format!("{}.{}.", owner.key, owner.salt), owner.float);
            let bucket = bucketing.prepare().bucket(kind.into()).unwrap_or(0.0);
            present(kind, constant(bucket < below), without_context)
        }
        Subject::Malformed => {
            present(kind, Condition::Fails(ErrorCode::ParseError), without_context)
        }
    };
    Condition::All(vec![clauses, bucket])
}

/// One thing where there is a context of this kind, another where there is none.
fn present(kind: &str, then: Condition, otherwise: bool) -> Condition {
    let has_kind = reference::has_kind(kind);
    if otherwise {
        return Condition::Any(vec![has_kind.negated(), then]);
    }
    Condition::All(vec![has_kind, then])
}

fn constant(holds: bool) -> Condition {
    if holds { Condition::Always } else { Condition::Any(Vec::new()) }
}
