//! From `rollout-rules` to native flags.

use std::collections::HashSet;

use super::Attempt;
use super::build::{absent, condition, kept, map, text};
use crate::error::WrongShape;
use crate::lookup;
use crate::node::{Draft, Node};
use crate::rollout_rules::strategy::{CUSTOM_ATTRIBUTES, EXPERIMENT_GROUPS, Strategy};
use crate::rollout_rules::{self, Status, entries, status_named};
use crate::settings::{Lowered, Settings};

pub(super) fn convert(
    root: &Node<'_>,
    settings: &Settings,
) -> Result<(Vec<Attempt>, Lowered), WrongShape> {
    let lowered = rollout_rules::lower(root, settings)?;
    let broken: HashSet<&str> = lowered
        .document
        .flags
        .iter()
        .filter(|flag| flag.variants.is_empty())
        .map(|flag| &*flag.key)
        .collect();
    let named = entries(root)?.into_iter().filter_map(|found| Some((found.name?, found.node)));
    let attempts = named.map(|(name, node)| {
        let native = if broken.contains(name) { Err(BROKEN.to_owned()) } else { flag(node) };
        (name.to_owned(), native)
    });
    let attempts = attempts.collect();
    Ok((attempts, lowered))
}

fn flag(node: &Node<'_>) -> Result<Draft<'static>, String> {
    let mut entries = kept(node, &["description"]);
    let mut add = |key: &'static str, value| entries.push((key.into(), value));
    let status = node.entry("status").and_then(Node::as_text).and_then(status_named);
    match status.unwrap_or(Status::Disabled) {
        Status::Disabled => {
            let default = node.entry("default_value").filter(|default| !default.is_null());
            if default == Some(&Node::Boolean(true)) {
                return Err(
                    "a disabled flag that serves true counts as on; a native one is off".to_owned()
                );
            }
            add("enabled", Draft::Boolean(false));
            if let Some(default) = default {
                add("default", default.to_draft());
            }
        }
        Status::Enabled => {
            add("enabled", Draft::Boolean(true));
            add("rollout_percentage", Draft::Integer(100));
        }
        Status::Conditional => {
            add("enabled", Draft::Boolean(true));
            add("targeting_rules", Draft::List(rules(node)?));
        }
    }
    entries.extend(kept(node, &["tags", "metadata", "created_at", "updated_at"]));
    Ok(Draft::Map(entries))
}

/// One rule that switches off without context, and one for each old rule.
fn rules(node: &Node<'_>) -> Result<Vec<Draft<'static>>, String> {
    let without_context = map([
        ("id", text("without-context")),
        ("conditions", Draft::List(CONTEXT.map(absent).to_vec())),
        ("enabled", Draft::Boolean(false)),
    ]);
    let mut native = vec![without_context];
    let rules = node.entry("rollout_rules").and_then(Node::as_list).unwrap_or_default();
    for rule in rules.iter().filter(|rule| rule.entry("enabled") != Some(&Node::Boolean(false))) {
        native.extend(self::rule(rule)?);
    }
    Ok(native)
}

/// The native rule; none if the old one matches nobody.
fn rule(rule: &Node<'_>) -> Result<Option<Draft<'static>>, String> {
    let name = rule.entry("strategy").and_then(Node::as_text).unwrap_or_default();
    let strategy = Strategy::named(name).ok_or_else(|| BROKEN.to_owned())?;
    let parameter = |name: &str| rule.entry("parameters").and_then(|node| node.entry(name));
    let list = |name: &str| parameter(name).map_or(Draft::List(Vec::new()), Node::to_draft);
    let conditions = match strategy {
        Strategy::Percentage => {
            return percentage(parameter("percentage").and_then(Node::as_float).unwrap_or(0.0));
        }
        Strategy::UserList => vec![condition(lookup::USER_ID, "in", list("users"))],
        Strategy::Geographic => or_else("geographic_region", "us", list("regions")),
        Strategy::UserAttribute => {
            let name = parameter("attribute").and_then(Node::as_text).unwrap_or_default();
            attribute(name, list("values"))?
        }
        Strategy::TimeBased => times(parameter("start_time"), parameter("end_time")),
    };
    let match_type = if strategy == Strategy::TimeBased { "all" } else { "any" };
    let entries = [("match_type", text(match_type)), ("conditions", Draft::List(conditions))];
    Ok(Some(map(entries)))
}

fn percentage(percentage: f64) -> Result<Option<Draft<'static>>, String> {
    if percentage <= 0.0 {
        return Ok(None);
    }
    if percentage < 100.0 {
        return Err(format!(
            "{percentage} % are chosen by md5(user_id) mod 100, native percentages by another \
             hash: other users would be reached"
        ));
    }
    Ok(Some(map([("conditions", Draft::List(Vec::new()))])))
}

/// An attribute with a default: listing the default lists whoever lacks the attribute.
fn or_else(name: &str, default: &str, values: Draft<'static>) -> Vec<Draft<'static>> {
    let is_default = |value: &Draft<'_>| matches!(value, Draft::Text(text) if text == default);
    let includes_default = matches!(&values, Draft::List(values) if values.iter().any(is_default));
    let mut conditions = vec![condition(name, "in", values)];
    if includes_default {
        conditions.push(absent(name));
    }
    conditions
}

fn attribute(name: &str, values: Draft<'static>) -> Result<Vec<Draft<'static>>, String> {
    match name {
        "user_type" => Ok(or_else("user_type", "regular", values)),
        "experiment_group" => Ok(vec![condition(EXPERIMENT_GROUPS, "in", values)]),
        custom if custom.contains('.') => {
            Err(format!("the custom attribute `{custom}` has a dot in its name"))
        }
        custom => Ok(vec![condition(&format!("{CUSTOM_ATTRIBUTES}.{custom}"), "in", values)]),
    }
}

/// Both ends are inside, so they are said as "not before" and "not after".
fn times(start: Option<&Node<'_>>, end: Option<&Node<'_>>) -> Vec<Draft<'static>> {
    let not = |operator: &str, time: &Node<'_>| {
        map([
            ("attribute", text(lookup::NOW)),
            ("operator", text(operator)),
            ("values", Draft::List(vec![time.to_draft()])),
            ("negate", Draft::Boolean(true)),
        ])
    };
    let start = start.filter(|time| !time.is_null()).map(|time| not("before", time));
    let end = end.filter(|time| !time.is_null()).map(|time| not("after", time));
    start.into_iter().chain(end).collect()
}

const BROKEN: &str = "the flag is broken; decoding it says why";

const CONTEXT: [&str; 5] =
    [lookup::USER_ID, "user_type", "geographic_region", EXPERIMENT_GROUPS, CUSTOM_ATTRIBUTES];
