//! Targeting rules: the first one whose conditions hold decides.

use std::borrow::Cow;

use flagkit_core::Reason;
use flagkit_core::document::{Rule, Serve};

use super::condition::{self, Owner};
use super::shared::Shared;
use super::variant::{OFF, ON, weight};
use crate::fields::Fields;
use crate::node::{Entry, Node};
use crate::path::Path;
use crate::report::Report;
use crate::seen::Seen;

/// Adds the rules of a flag.
pub(super) fn rules(
    fields: &Fields<'_, '_>,
    shared: &Shared<'_>,
    rules: &mut Vec<Rule>,
    report: &mut Report,
) {
    let path = fields.at("targeting_rules");
    let nodes = fields.list("targeting_rules", report);
    let mut ids = Seen::default();
    for (place, node) in nodes.iter().enumerate() {
        let path = path.index(place);
        let Some(rule) = rule(place, node, &path, (shared, report)) else {
            continue;
        };
        if rule.id.as_ref().is_some_and(|id| !ids.insert(id.clone())) {
            let id = rule.id.as_deref().unwrap_or_default();
            let problem = format!("another rule of the flag has the id `{id}`");
            let consequence = "explanations cannot tell them apart and their rollouts coincide";
            report.warning(&path.key("id"), problem, consequence, "rename one of them");
        }
        rules.push(rule);
    }
}

fn rule(
    place: usize,
    node: &Node<'_>,
    path: &Path<'_>,
    (shared, report): (&Shared<'_>, &mut Report),
) -> Option<Rule> {
    let fields = Fields::read(node, path, RULE_KEYS, report)?;
    let id = fields.text("id", report);
    let id = id.map_or_else(|| Cow::Owned(place.to_string()), Cow::Borrowed);
    let owner = Owner {
        salted: &shared.salted,
        bucket_by: shared.bucket_by,
        environment: shared.environment(),
    };
    let when = condition::all_of(&fields, &owner, report);
    let is_enabled = fields.boolean("enabled", report).unwrap_or(true);
    let (serve, reason) = serve(&id, &fields, shared, report);
    let (serve, reason) =
        if is_enabled { (serve, reason) } else { (Serve::Variant(OFF), Reason::TargetingMatch) };
    Some(Rule { id: Some((&*id).into()), label: None, when, serve, reason })
}

/// The rule's variant, or its rollout, or just on.
fn serve(
    id: &str,
    rule: &Fields<'_, '_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> (Serve, Reason) {
    let name = rule.text("variant", report);
    let variant = name.and_then(|name| shared.variants.place(name, &rule.at("variant"), report));
    let (mut percentage, mut weights) = (100.0, Vec::new());
    let path = rule.at("rollout");
    let node = rule.node("rollout");
    if let Some(rollout) =
        node.and_then(|node| Fields::read(node, &path, &["percentage", "variants"], report))
    {
        percentage = rollout.percentage("percentage", report).unwrap_or(100.0);
        weights = read_weights(&rollout, shared, report);
        if variant.is_some() && !weights.is_empty() {
            let problem = "the rule has a `variant` of its own";
            let consequence = "these variants are never served";
            report.warning(&rollout.at("variants"), problem, consequence, "remove one of them");
        }
    }
    let reason = if percentage >= 100.0 { Reason::TargetingMatch } else { Reason::Split };
    if percentage >= 100.0 && (variant.is_some() || weights.is_empty()) {
        return (Serve::Variant(variant.unwrap_or(ON)), reason);
    }
    let salted = shared.salted.then(id);
    let inside = match variant {
        Some(variant) => Serve::Variant(variant),
        None => salted.pick(&weights, Serve::Variant(ON)),
    };
    (salted.within(percentage, inside, Serve::Variant(OFF)), reason)
}

/// The map from variants to weights of a rule's own rollout, in its order.
fn read_weights(
    rollout: &Fields<'_, '_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> Vec<(usize, f64)> {
    let entries: &[Entry<'_>] = match rollout.node("variants") {
        None => &[],
        Some(Node::Map(entries)) => entries,
        Some(_) => {
            let mend = "write a map from variants to weights";
            rollout.mismatch("variants", "a map", mend, report);
            &[]
        }
    };
    let path = rollout.at("variants");
    let mut weights = Vec::with_capacity(entries.len());
    let mut seen = Seen::default();
    for (name, node) in entries {
        let path = path.key(name);
        if !seen.insert(&**name) {
            report.error(&path, format!("`{name}` is there twice"), "remove one of them");
        }
        let weight = weight(node, &path, report);
        if let Some(variant) = shared.variants.place(name, &path, report) {
            weights.push((variant, weight));
        }
    }
    weights
}

const RULE_KEYS: &[&str] =
    &["id", "description", "match_type", "conditions", "when", "enabled", "variant", "rollout"];
