//! The older shape `rollout-rules`: a status, and rules that can only switch on.
//!
//! A document is one flag, a list of flags, a map from names to flags, or any of
//! these under the key `flags`. Buckets run from 1 to 100, and the flag's name is not
//! hashed: whoever is in one flag's 10 % is in every flag's.
//!
//! A conditional flag is off for an evaluation without context, that is without any
//! of the attributes that this shape knows.

use std::collections::{HashMap, HashSet};

use flagkit_core::document::{Condition, Flag, Rule, Variant};
use flagkit_core::{Document, Reason, Value};

use crate::error::WrongShape;
use crate::fields::Fields;
use crate::node::{Entry, Node};
use crate::older::{self, OFF, ON};
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};

pub(crate) mod strategy;

/// Lowers a whole document.
pub(crate) fn lower(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    let mut report = Report::new();
    let entries = entries(root)?;
    let mut times: HashMap<&str, usize> = HashMap::new();
    for name in entries.iter().filter_map(|entry| entry.name) {
        *times.entry(name).or_default() += 1;
    }
    let (mut flags, mut repeated) = (Vec::with_capacity(entries.len()), HashSet::new());
    for entry in &entries {
        let path = entry.place.path();
        let Some(name) = entry.name else {
            report.error(&path, "a flag needs a `name` that is text", "add it");
            continue;
        };
        let times = times.get(name).copied().unwrap_or(1);
        if times == 1 {
            flags.push(flag(name, entry.node, &path, &mut report));
        } else if repeated.insert(name) {
            let problem = format!("there are {times} flags called `{name}`");
            report.error(&path, problem, "rename or remove all but one");
            flags.push(older::broken(name));
        }
    }
    let document = Document { flags, ..Document::default() };
    let environment = settings.environment.clone();
    Ok(Lowered { document, diagnostics: report.into_diagnostics(), environment })
}

/// Whether this looks like flags of this shape.
pub(crate) fn is_likely(flags: &Node<'_>) -> bool {
    let is_flag = |node: &Node<'_>| {
        node.entry("rollout_rules").is_some()
            || node.entry("status").is_some() && node.entry("enabled").is_none()
    };
    match flags {
        Node::List(items) => items.iter().any(is_flag),
        Node::Map(entries) => is_flag(flags) || entries.iter().any(|(_, node)| is_flag(node)),
        _ => false,
    }
}

/// A flag in the document.
pub(crate) struct Found<'n> {
    pub(crate) name: Option<&'n str>,
    pub(crate) node: &'n Node<'n>,
    place: Location<'n>,
}

/// Where it stands.
enum Location<'n> {
    Alone(Path<'static>),
    Key(&'static Path<'static>, &'n str),
    Index(&'static Path<'static>, usize),
}

impl Location<'_> {
    fn path(&self) -> Path<'_> {
        match self {
            Self::Alone(path) => *path,
            Self::Key(above, key) => above.key(key),
            Self::Index(above, index) => above.index(*index),
        }
    }
}

/// All flags in document order.
pub(crate) fn entries<'n>(root: &'n Node<'n>) -> Result<Vec<Found<'n>>, WrongShape> {
    let inner = root.entry("flags").filter(|flags| !flags.is_null());
    let (flags, above) = inner.map_or((root, &Path::ROOT), |flags| (flags, &FLAGS));
    let text_name = |node: &'n Node<'n>| node.entry("name").and_then(Node::as_text);
    match flags {
        Node::List(items) => {
            let found = |(index, node): (usize, &'n Node<'n>)| {
                let name = text_name(node);
                let place = match name {
                    // The core speaks of flags by their names.
                    Some(name) if inner.is_some() => Location::Key(above, name),
                    _ => Location::Index(above, index),
                };
                Found { name, node, place }
            };
            Ok(items.iter().enumerate().map(found).collect())
        }
        Node::Map(_) if text_name(flags).is_some() => {
            let place = Location::Alone(*above);
            Ok(vec![Found { name: text_name(flags), node: flags, place }])
        }
        Node::Map(entries) => {
            let found = |(key, node): &'n Entry<'n>| {
                let place = Location::Key(above, key);
                Found { name: Some(&**key), node, place }
            };
            Ok(entries.iter().map(found).collect())
        }
        other => {
            let problem = format!("flags must be a map or a list, not {}", other.kind());
            Err(WrongShape::new(above.to_string(), problem))
        }
    }
}

static FLAGS: Path<'static> = Path::ROOT.key("flags");

fn flag(name: &str, node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Flag {
    let errors = report.errors();
    let Some(fields) = Fields::read(node, path, FLAG_KEYS, report) else {
        return older::broken(name);
    };
    fields.text("name", report);
    let default = fields.node("default_value").map_or(Value::Boolean(false), Node::to_value);
    let conditional = conditional(&fields, report);
    let rules = match status(&fields, report) {
        Some(Status::Enabled) => vec![older::rule(Condition::Always, ON, Reason::Static)],
        Some(Status::Conditional) => conditional,
        Some(Status::Disabled) | None => {
            vec![older::rule(Condition::Always, DISABLED, Reason::Disabled)]
        }
    };
    if report.errors() > errors {
        return older::broken(name);
    }
    let mut flag = older::flag(name, older::off(), rules, None);
    let enabled = default == Value::Boolean(true);
    flag.variants.push(Variant { key: None, value: default, enabled, metadata: None });
    flag
}

/// The three states of a flag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Status {
    Disabled,
    Enabled,
    Conditional,
}

fn status(fields: &Fields<'_, '_>, report: &mut Report) -> Option<Status> {
    let Some(name) = fields.text("status", report) else {
        return Some(Status::Disabled);
    };
    let status = status_named(name);
    if status.is_none() {
        let problem = format!("there is no status `{name}`");
        let mend = "write `enabled`, `disabled` or `conditional`";
        report.error_about(&fields.at("status"), problem, mend, name);
    }
    status
}

pub(crate) fn status_named(name: &str) -> Option<Status> {
    match name {
        "disabled" => Some(Status::Disabled),
        "enabled" => Some(Status::Enabled),
        "conditional" => Some(Status::Conditional),
        _ => None,
    }
}

/// The rules of a conditional flag.
fn conditional(fields: &Fields<'_, '_>, report: &mut Report) -> Vec<Rule> {
    let path = fields.at("rollout_rules");
    let nodes = fields.list("rollout_rules", report).iter().enumerate();
    let rules: Vec<Rule> = nodes
        .filter_map(|(place, node)| strategy::rule(node, &path.index(place), report))
        .collect();
    let without_context = older::rule(strategy::has_context().negated(), OFF, Reason::Default);
    let nothing = older::rule(Condition::Always, OFF, Reason::Default);
    [without_context].into_iter().chain(rules).chain([nothing]).collect()
}

/// The place of the default value, which is served by a disabled flag only.
const DISABLED: usize = 2;

const FLAG_KEYS: &[&str] = &[
    "name",
    "description",
    "status",
    "default_value",
    "rollout_rules",
    "created_at",
    "updated_at",
    "metadata",
    "tags",
];

#[cfg(test)]
mod tests;
