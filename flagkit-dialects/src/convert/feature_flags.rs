//! From `feature-flags` to native flags.

use std::collections::HashSet;

use super::Attempt;
use super::build::{condition, kept, map, text};
use crate::error::WrongShape;
use crate::feature_flags::{self, GROUP_ATTRIBUTES, KEPT, entries};
use crate::node::{Draft, Node};
use crate::settings::{Lowered, Settings};

pub(super) fn convert(
    root: &Node<'_>,
    settings: &Settings,
) -> Result<(Vec<Attempt>, Lowered), WrongShape> {
    let lowered = feature_flags::lower(root, settings)?;
    let broken: HashSet<&str> = lowered
        .document
        .flags
        .iter()
        .filter(|flag| flag.variants.is_empty())
        .map(|flag| &*flag.key)
        .collect();
    let attempts = entries(root)?.iter().map(|(name, node)| {
        let is_broken = broken.contains(&**name);
        let why = || "the flag is broken; decoding it says why".to_owned();
        (name.to_string(), if is_broken { Err(why()) } else { flag(node) })
    });
    let attempts = attempts.collect();
    Ok((attempts, lowered))
}

fn flag(node: &Node<'_>) -> Result<Draft<'static>, String> {
    let is_enabled = node.entry("enabled") == Some(&Node::Boolean(true));
    let mut entries = kept(node, &["description"]);
    entries.push(("enabled".into(), Draft::Boolean(is_enabled)));
    if is_enabled {
        entries.extend(ways(node)?);
    }
    if let Some(metadata) = metadata(node) {
        entries.push(("metadata".into(), metadata));
    }
    Ok(Draft::Map(entries))
}

type Entries = Vec<(std::borrow::Cow<'static, str>, Draft<'static>)>;

/// What an enabled flag is on for.
fn ways(node: &Node<'_>) -> Result<Entries, String> {
    let everybody = || ("rollout_percentage".into(), Draft::Integer(100));
    let is_there = |name: &str| node.entry(name).is_some_and(|node| !node.is_null());
    if is_there("scheduled_rollout") {
        return Err("its scheduled rollout hashes otherwise than native percentages".to_owned());
    }
    let percentage = node.entry("percentage").and_then(Node::as_float).unwrap_or(0.0);
    if percentage >= 100.0 {
        return Ok(vec![everybody()]);
    }
    if percentage > 0.0 {
        return Err(format!(
            "{percentage} % are chosen by md5(flag:user_id) mod 100, native percentages by \
             mod 10000: other users would be reached"
        ));
    }
    let conditions = conditions(node);
    let environments = node.entry("environments").and_then(Node::as_list).unwrap_or_default();
    match (conditions.is_empty(), environments.is_empty()) {
        (true, true) => Ok(Vec::new()),
        (false, true) => Ok(vec![("targeting_rules".into(), Draft::List(vec![rule(conditions)]))]),
        // The gate of a native flag asks the same: the setting first, then the context.
        (true, false) if environments.iter().all(|name| name.as_text().is_some()) => {
            let environments = environments.iter().map(Node::to_draft).collect();
            Ok(vec![("environments".into(), Draft::List(environments)), everybody()])
        }
        (true, false) => Err("an environment is not text".to_owned()),
        (false, false) => {
            Err("its environments count beside groups or attributes, and a native condition would \
             ask the context before the environment of the application"
                .to_owned())
        }
    }
}

fn rule(conditions: Vec<Draft<'static>>) -> Draft<'static> {
    map([("match_type", text("any")), ("conditions", Draft::List(conditions))])
}

/// The groups and targeted attributes.
fn conditions(node: &Node<'_>) -> Vec<Draft<'static>> {
    let mut conditions = Vec::new();
    let groups = node.entry("user_groups");
    let is_filled = |node: &&Node<'_>| node.as_list().is_some_and(|groups| !groups.is_empty());
    if let Some(groups) = groups.filter(is_filled) {
        let is_in = |name| condition(name, "in", groups.to_draft());
        conditions.extend(GROUP_ATTRIBUTES.map(is_in));
    }
    let targeting = node.entry("targeting").and_then(|node| node.entry("user_attributes"));
    for (name, value) in targeting.and_then(Node::as_list).into_iter().flatten().filter_map(single)
    {
        let values = match value {
            Node::List(_) => value.to_draft(),
            single => Draft::List(vec![single.to_draft()]),
        };
        conditions.push(condition(name, "in", values));
    }
    conditions
}

fn single<'n>(node: &'n Node<'_>) -> Option<(&'n str, &'n Node<'n>)> {
    match node.as_map()? {
        [(name, value)] => Some((name, value)),
        _ => None,
    }
}

/// The metadata, with what other engines read.
fn metadata(node: &Node<'_>) -> Option<Draft<'static>> {
    let own = node.entry("metadata").and_then(Node::as_map).unwrap_or_default();
    let own = own.iter().map(|(key, value)| (key.to_string().into(), value.to_draft()));
    let entries: Entries = own.chain(kept(node, &KEPT)).collect();
    (!entries.is_empty()).then_some(Draft::Map(entries))
}
