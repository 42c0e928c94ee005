//! The older shape `feature-flags`: one top key, and the first way in counts.
//!
//! A percentage above 0 decides alone; it hashes the flag's name and the user modulo
//! 100. Else a flag is on in its groups, for its targeted attributes, and in its
//! environments. What other engines read (`rollback_conditions`, `scheduled_rollout`)
//! is kept in the flag's metadata.

use std::collections::HashMap;
use std::sync::Arc;

use flagkit_core::document::{Condition, Flag, Lookup, Order, Rule, Serve};
use flagkit_core::{Document, Reason, Structure, Value};

use crate::error::WrongShape;
use crate::fields::Fields;
use crate::lookup;
use crate::node::{Entry, Node};
use crate::older::{self, OFF, ON};
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::time::now;

pub(crate) mod ramp;

/// Lowers a whole document.
pub(crate) fn lower(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    let mut report = Report::new();
    let entries = entries(root)?;
    // Only to be told of keys that mean nothing.
    Fields::read(root, &Path::ROOT, &[TOP], &mut report);
    let above = Path::ROOT.key(TOP);
    let mut times: HashMap<&str, usize> = HashMap::new();
    for (name, _) in entries {
        *times.entry(name).or_default() += 1;
    }
    let mut flags = Vec::with_capacity(entries.len());
    for (name, node) in entries {
        let path = above.key(name);
        match times.insert(name, 0) {
            Some(1) => flags.push(flag(name, node, &path, (settings, &mut report))),
            Some(0) => {}
            times => {
                let times = times.unwrap_or_default();
                let problem = format!("there are {times} flags called `{name}`");
                report.error(&path, problem, "rename or remove all but one");
                flags.push(older::broken(name));
            }
        }
    }
    let document = Document { flags, ..Document::default() };
    let environment = settings.environment.clone();
    Ok(Lowered { document, diagnostics: report.into_diagnostics(), environment })
}

/// All flags in document order.
pub(crate) fn entries<'n>(root: &'n Node<'n>) -> Result<&'n [Entry<'n>], WrongShape> {
    let Some(top) = root.as_map() else {
        let problem = format!("the document is {}, not a map with the key `{TOP}`", root.kind());
        return Err(WrongShape::new("", problem));
    };
    let mut flags = top.iter().filter(|(key, _)| *key == TOP).map(|(_, flags)| flags);
    match (flags.next(), flags.next()) {
        (_, Some(_)) => Err(WrongShape::new(TOP, format!("the key `{TOP}` is there twice"))),
        (Some(Node::Map(entries)), None) => Ok(entries),
        (Some(other), None) => {
            let problem = format!("`{TOP}` must be a map, not {}", other.kind());
            Err(WrongShape::new(TOP, problem))
        }
        (None, None) => Err(WrongShape::new("", format!("the document has no `{TOP}`"))),
    }
}

fn flag(
    name: &str,
    node: &Node<'_>,
    path: &Path<'_>,
    (settings, report): (&Settings, &mut Report),
) -> Flag {
    let errors = report.errors();
    let Some(fields) = Fields::read(node, path, FLAG_KEYS, report) else {
        return older::broken(name);
    };
    let is_enabled = fields.boolean("enabled", report).unwrap_or(false);
    let percentage = percentage(&fields, report);
    let mut rules = Vec::new();
    if !is_enabled {
        rules.push(older::rule(Condition::Always, OFF, Reason::Disabled));
    }
    for step in ramp::steps(&fields, percentage, report).into_iter().rev() {
        let when = now(Order::GreaterOrEqual, step.at);
        rules.push(split(name, when, step.percentage));
    }
    if percentage > 0.0 {
        rules.push(split(name, Condition::Always, percentage));
    }
    let ways = ways(&fields, settings, report);
    rules.extend(ways.into_iter().map(|way| older::rule(way, ON, Reason::TargetingMatch)));
    rules.push(older::rule(Condition::Always, OFF, Reason::Default));
    if report.errors() > errors {
        return older::broken(name);
    }
    older::flag(name, older::off(), rules, metadata(&fields))
}

/// A number; above 100 it takes everyone.
fn percentage(fields: &Fields<'_, '_>, report: &mut Report) -> f64 {
    let Some(node) = fields.node("percentage") else {
        return 0.0;
    };
    node.as_float().unwrap_or_else(|| {
        fields.mismatch("percentage", "a number", "write a number without quotes", report);
        0.0
    })
}

/// Buckets run from 0 to 99; `bucket < percentage`.
fn split(name: &str, when: Condition, percentage: f64) -> Rule {
    let on = Serve::Variant(ON);
    let serve = if percentage >= 100.0 {
        on
    } else {
        let bucket = older::bucket(Some(format!("{name}:")), 0, percentage.ceil());
        Serve::Within {
            bucket: Box::new(bucket),
            inside: Box::new(on),
            outside: Box::new(Serve::Variant(OFF)),
        }
    };
    Rule { id: None, label: None, when, serve, reason: Reason::Split }
}

/// The conditions of which each one switches on.
fn ways(fields: &Fields<'_, '_>, settings: &Settings, report: &mut Report) -> Vec<Condition> {
    let values = |name, report: &mut Report| -> Vec<Value> {
        fields.list(name, report).iter().map(Node::to_value).collect()
    };
    let mut ways = Vec::new();
    let groups = values("user_groups", report);
    if !groups.is_empty() {
        for name in GROUP_ATTRIBUTES {
            ways.push(older::is_one_of(lookup::attribute(name, None), groups.clone()));
        }
    }
    ways.extend(targeting(fields, report));
    let environments = values("environments", report);
    if environments.is_empty() {
        return ways;
    }
    let here = settings.environment.as_deref();
    let environment = match here {
        Some(here) => Lookup::Constant(Value::from(here)),
        None => Lookup::Name(lookup::ENVIRONMENT.to_owned()),
    };
    ways.push(older::is_one_of(environment, environments));
    ways
}

/// One condition for each entry of `targeting.user_attributes`.
fn targeting(fields: &Fields<'_, '_>, report: &mut Report) -> Vec<Condition> {
    let Some(node) = fields.node("targeting") else {
        return Vec::new();
    };
    let path = fields.at("targeting");
    let Some(targeting) = Fields::read(node, &path, &["user_attributes"], report) else {
        return Vec::new();
    };
    let path = targeting.at("user_attributes");
    let mut conditions = Vec::new();
    for (place, node) in targeting.list("user_attributes", report).iter().enumerate() {
        let Some([(name, value)]) = node.as_map() else {
            let problem = format!("expected a map of one key, found {}", node.summary());
            let mend = "write an attribute and its value, such as `plan: pro`";
            report.error(&path.index(place), problem, mend);
            continue;
        };
        let values = match value {
            Node::List(items) => items.iter().map(Node::to_value).collect(),
            single => vec![single.to_value()],
        };
        conditions.push(older::is_one_of(lookup::attribute(name, None), values));
    }
    conditions
}

/// The metadata, with what other engines read.
fn metadata(fields: &Fields<'_, '_>) -> Option<Arc<Structure>> {
    let own = fields.node("metadata").and_then(Node::as_map).unwrap_or_default();
    let own = own.iter().map(|(key, value)| (*key, value.to_value()));
    let kept =
        KEPT.iter().filter_map(|name| fields.node(name).map(|node| (*name, node.to_value())));
    let structure: Structure = own.chain(kept).collect();
    (!structure.is_empty()).then(|| Arc::new(structure))
}

/// The one key at the top.
pub(crate) const TOP: &str = "feature_flags";
/// The attributes in which a group may be found; a single user may be listed like a group.
pub(crate) const GROUP_ATTRIBUTES: [&str; 3] = ["groups", "user_groups", lookup::USER_ID];
pub(crate) const KEPT: [&str; 2] = ["rollback_conditions", "scheduled_rollout"];

const FLAG_KEYS: &[&str] = &[
    "name",
    "description",
    "enabled",
    "percentage",
    "user_groups",
    "targeting",
    "environments",
    "metadata",
    "rollback_conditions",
    "scheduled_rollout",
];

#[cfg(test)]
mod tests;
