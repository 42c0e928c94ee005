//! One flag: its fields become variants and rules.

use std::sync::Arc;

use flagkit_core::document::{Condition, Flag, Rule, Serve};
use flagkit_core::{Reason, Value};

use super::shared::Shared;
use super::variant::Variants;
use super::{Outline, PARSE_ERROR, bucketing, dependency, exact, gate, overrides, rollout, rule};
use crate::bounds::Salted;
use crate::fields::Fields;
use crate::lookup::{self, Subject, WhenMissing};
use crate::node::{Node, room, to_structure};
use crate::path::Path;
use crate::report::Report;
use crate::seen::Seen;

/// Lowers one flag; if anything is wrong with it, it fails for everybody.
pub(super) fn lower(
    key: &str,
    node: &Node<'_>,
    path: &Path<'_>,
    outline: &Outline<'_>,
    report: &mut Report,
) -> Flag {
    let errors = report.errors();
    let Some(fields) = Fields::read(node, path, FLAG_KEYS, report) else {
        return Flag::broken(key.to_owned(), PARSE_ERROR);
    };
    let exact = exact::flag(key, &fields, report);
    let mut flag = match exact {
        Some(flag) => {
            check_name(key, &fields, report);
            check_notes(&fields, report);
            flag
        }
        None => flag(key, &fields, outline, report),
    };
    if report.errors() > errors {
        fail(&mut flag);
    }
    flag
}

/// Makes the flag fail for everybody, and keeps what it refers to.
pub(super) fn fail(flag: &mut Flag) {
    let rule = Rule {
        id: None,
        label: None,
        when: Condition::Always,
        serve: Serve::Error(PARSE_ERROR),
        reason: Reason::Error,
    };
    flag.rules.insert(0, rule);
}

fn flag(key: &str, fields: &Fields<'_, '_>, outline: &Outline<'_>, report: &mut Report) -> Flag {
    check_name(key, fields, report);
    check_notes(fields, report);
    let bucket_by = fields.text("bucket_by", report).unwrap_or(lookup::USER_ID);
    let salt = fields.text("salt", report).unwrap_or(key);
    let shared = Shared {
        variants: Variants::read(fields, report),
        salted: Salted {
            scheme: bucketing::scheme(fields, &outline.scheme, report),
            salt: salt.into(),
            subject: Subject {
                attribute: bucket_by,
                environment: outline.environment.as_deref(),
                when_missing: WhenMissing::Anonymous,
            },
        },
        bucket_by,
        outline,
    };
    let off = fields.node_or_null("default").map(|node| value(node, &fields.at("default"), report));
    Flag {
        key: key.to_owned(),
        rules: rules(fields, &shared, report),
        variants: shared.variants.into_document(off.unwrap_or(Value::Boolean(false))),
        version: None,
        metadata: metadata(fields, report),
    }
}

fn rules(fields: &Fields<'_, '_>, shared: &Shared<'_>, report: &mut Report) -> Vec<Rule> {
    let (gates, ramp) = gate::rules(fields, shared, report);
    let overrides = overrides::rules(fields, shared, report);
    let dependencies = dependency::rules(fields, shared, report);
    let listed = fields.node("targeting_rules").and_then(Node::as_list).unwrap_or_default();
    // Rules are large. Most flags have one or two, and a vector that grows has space for four.
    let seldom = gates.len() + overrides.len() + dependencies.len();
    let mut rules = Vec::with_capacity(seldom + room(listed.len()) + ramp.len() + 1);
    rules.extend([gates, overrides, dependencies].into_iter().flatten());
    rule::rules(fields, shared, &mut rules, report);
    rollout::rules(fields, &ramp, shared, &mut rules, report);
    rules
}

/// A name beside the key must agree with it.
pub(super) fn check_name(key: &str, fields: &Fields<'_, '_>, report: &mut Report) {
    let Some(name) = fields.text("name", report) else {
        return;
    };
    if name != key {
        let problem = format!("the name `{name}` contradicts the key `{key}`");
        report.error_about(&fields.at("name"), problem, "make them equal, or remove `name`", name);
    }
}

/// What only humans and other tools read: wrong types change no answer.
fn check_notes(fields: &Fields<'_, '_>, report: &mut Report) {
    let is_text = |node: &Node<'_>| node.as_text().is_some();
    let are_texts = |node: &Node<'_>| node.as_list().is_some_and(|tags| tags.iter().all(is_text));
    let is_time = |node: &Node<'_>| crate::time::point(&node.to_value()).is_some();
    let notes: [(&str, &str, IsFine<'_>); 4] = [
        ("description", "text", &is_text),
        ("tags", "a list of text", &are_texts),
        ("created_at", "a time", &is_time),
        ("updated_at", "a time", &is_time),
    ];
    for (name, wanted, is_fine) in notes {
        let Some(node) = fields.node(name).filter(|node| !is_fine(node)) else {
            continue;
        };
        let problem = format!("expected {wanted}, found {}", node.summary());
        report.warning(&fields.at(name), problem, "no answer depends on it", "correct it");
    }
}

type IsFine<'f> = &'f dyn Fn(&Node<'_>) -> bool;

fn metadata(fields: &Fields<'_, '_>, report: &mut Report) -> Option<Arc<flagkit_core::Structure>> {
    let node = fields.node("metadata")?;
    let Node::Map(entries) = node else {
        let problem = format!("expected a map, found {}", node.summary());
        let consequence = "the flag has no metadata";
        report.warning(&fields.at("metadata"), problem, consequence, "write a map");
        return None;
    };
    warn_of_repeated_keys(node, &fields.at("metadata"), report);
    (!entries.is_empty()).then(|| Arc::new(to_structure(entries)))
}

/// A value to serve.
pub(super) fn value(node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Value {
    warn_of_repeated_keys(node, path, report);
    node.to_value()
}

fn warn_of_repeated_keys(node: &Node<'_>, path: &Path<'_>, report: &mut Report) {
    match node {
        Node::List(items) => {
            for (place, item) in items.iter().enumerate() {
                warn_of_repeated_keys(item, &path.index(place), report);
            }
        }
        Node::Map(entries) => {
            let mut seen = Seen::default();
            for (key, value) in *entries {
                if !seen.insert(&**key) {
                    let problem = format!("the key `{key}` is there twice");
                    let mend = "remove one of them";
                    report.warning(&path.key(key), problem, "the last one counts", mend);
                }
                warn_of_repeated_keys(value, &path.key(key), report);
            }
        }
        _ => {}
    }
}

pub(super) const FLAG_KEYS: &[&str] = &[
    "name",
    "description",
    "enabled",
    "environments",
    "default",
    "variants",
    "dependencies",
    "targeting_rules",
    "rollout_percentage",
    "bucket_by",
    "salt",
    "hash",
    "bucketing",
    "schedule",
    "overrides",
    "exact",
    "tags",
    "metadata",
    "created_at",
    "updated_at",
];
