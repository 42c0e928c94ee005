//! Client-side documents: what the server has decided already, passed through.

use std::sync::Arc;

use flagkit_core::document::{Condition, Flag, Rule, Serve, Variant};
use flagkit_core::{ErrorCode, Reason, Structure, Value};

use super::rollout;
use super::variations::is_on;
use crate::fields::Fields;
use crate::node::{Node, to_structure};
use crate::path::Path;
use crate::report::Report;

/// Lowers one flag: a single variant for everybody, with the server's reason in its metadata.
pub(super) fn lower(key: &str, node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Flag {
    let errors = report.errors();
    let flag = Fields::open(node, path, report).map(|fields| read(key, &fields, report));
    let flag = flag.filter(|_| report.errors() == errors);
    flag.unwrap_or_else(|| Flag::broken(key.to_owned(), ErrorCode::ParseError))
}

fn read(key: &str, fields: &Fields<'_, '_>, report: &mut Report) -> Flag {
    let value = fields.node("value").map_or(Value::Null, Node::to_value);
    let variation = rollout::integer("variation", fields, report);
    let path = fields.at("reason");
    let reason = fields.node("reason").filter(|node| Fields::open(node, &path, report).is_some());
    let kind = reason.and_then(|reason| reason.entry("kind")).and_then(Node::as_text);
    let told: Structure = match reason {
        Some(Node::Map(entries)) => to_structure(entries),
        _ => Structure::default(),
    };
    let metadata: Structure = [(REASON, Value::from(told))].into_iter().collect();
    let variant = Variant {
        key: variation.map(|number| number.to_string().into()),
        enabled: is_on(&value),
        value,
        metadata: Some(Arc::new(metadata)),
    };
    let rule = Rule {
        id: None,
        label: kind.map(Arc::from),
        when: Condition::Always,
        serve: Serve::Variant(0),
        reason: reason_of(kind),
    };
    let version = fields.node("flagVersion").or(fields.node("version"));
    Flag {
        key: key.to_owned(),
        variants: vec![variant],
        rules: vec![rule],
        version: version.and_then(|node| node.to_value().as_integer()?.try_into().ok()),
        metadata: None,
    }
}

fn reason_of(kind: Option<&str>) -> Reason {
    match kind {
        Some("OFF") => Reason::Disabled,
        Some("TARGET_MATCH" | "RULE_MATCH") => Reason::TargetingMatch,
        Some("PREREQUISITE_FAILED") => Reason::PrerequisiteFailed,
        Some("FALLTHROUGH") => Reason::Default,
        _ => Reason::Unknown,
    }
}

/// The server's reason in a variant's metadata.
pub(super) const REASON: &str = "reason";
