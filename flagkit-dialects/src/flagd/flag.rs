//! One flag: state, variants, targeting, default.

use std::collections::HashMap;
use std::sync::Arc;

use flagkit_core::document::{
    Computed, Condition, Expression, Flag, Rule, Serve, Supplied, Variant,
};
use flagkit_core::{ErrorCode, Reason, Value};

use super::evaluators::{Evaluators, own_function};
use super::metadata::SetMetadata;
use super::{FLAGS, last};
use crate::fields::Fields;
use crate::json_logic::{self, Extent, Kind, is_nothing};
use crate::node::Node;
use crate::report::Report;
use crate::settings::{FlagdSettings, NoDefault};

/// Reads flags, with what they share.
pub(super) struct Reader<'d> {
    evaluators: &'d Evaluators<'d>,
    metadata: SetMetadata,
    switches: FlagdSettings,
}

impl<'d> Reader<'d> {
    pub(super) fn new(
        evaluators: &'d Evaluators<'d>,
        metadata: SetMetadata,
        switches: FlagdSettings,
    ) -> Self {
        Self { evaluators, metadata, switches }
    }

    /// Flags in a list, each with its `key`.
    pub(super) fn listed(&mut self, items: &[Node<'_>], report: &mut Report) -> Vec<Flag> {
        let mut flags = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            if let Some(key) = last(item, "key").and_then(Node::as_text) {
                flags.push(self.flag(key, item, report));
            } else {
                let path = FLAGS.index(at);
                report.error(&path, "a flag in a list needs a `key` that is text", "add it");
            }
        }
        flags
    }

    /// The flag of this key.
    pub(super) fn flag(&mut self, key: &str, node: &Node<'_>, report: &mut Report) -> Flag {
        let (errors, path) = (report.errors(), FLAGS.key(key));
        let broken = || Flag::broken(key.to_owned(), ErrorCode::ParseError);
        let Some(fields) = Fields::open(node, &path, report) else { return broken() };
        let is_enabled = state(&fields, report);
        let variants = Variants::read(&fields, report);
        let default = default_variant(&fields, report);
        let metadata = self.metadata.with(fields.node("metadata"), &fields.at("metadata"), report);
        let rules = if is_enabled {
            self.rules(key, &fields, self.default(default.as_deref(), &variants), report)
        } else {
            vec![rule(Serve::Default, Reason::Disabled)]
        };
        if report.errors() > errors {
            return broken();
        }
        Flag { key: key.to_owned(), variants: variants.all, rules, version: None, metadata }
    }

    /// The targeting, and behind it the default.
    fn rules(
        &self,
        key: &str,
        fields: &Fields<'_, '_>,
        (default, is_named): (Serve, bool),
        report: &mut Report,
    ) -> Vec<Rule> {
        let path = fields.at("targeting");
        let find = |name: &str| self.evaluators.find(name);
        let operators = |operator: &str| own_function(operator, self.switches);
        let (parts, extent) = (&find, Extent::default());
        let mut reader = json_logic::Reader { operators: &operators, parts, report, extent };
        let node = fields.node("targeting").unwrap_or(&Node::Null);
        match reader.kind(node) {
            Kind::Object => {}
            Kind::Nothing => {
                let reason = if is_named { Reason::Static } else { Reason::Default };
                return vec![rule(default, reason)];
            }
            Kind::Other => {
                fields.mismatch("targeting", "an object", "write an object of JsonLogic", report);
                return Vec::new();
            }
        }
        let term = reader.term(node, &path);
        if reader.extent.is_too_large() {
            let problem = "with the evaluators in it this is too deep or too large";
            report.error(&path, problem, "refer to fewer evaluators");
            return Vec::new();
        }
        let expression = Expression { term, supplied: supplied(key), when_failing: None };
        let computed = Computed {
            expression,
            when_null: Box::new(Serve::NextRule),
            when_unknown: Box::new(Serve::Error(ErrorCode::General)),
        };
        let targeting = rule(Serve::from(computed), Reason::TargetingMatch);
        vec![targeting, rule(default, Reason::Default)]
    }

    /// What is served where targeting says nothing, and whether a variant is named for that.
    fn default(&self, name: Option<&str>, variants: &Variants) -> (Serve, bool) {
        let Some(name) = name else {
            return match self.switches.no_default {
                NoDefault::CallersDefault => (Serve::Default, false),
                NoDefault::FlagNotFound => (Serve::Error(ErrorCode::FlagNotFound), false),
            };
        };
        let place = variants.places.get(name);
        (place.map_or(Serve::Error(ErrorCode::General), |place| Serve::Variant(*place)), true)
    }
}

/// What the data has besides the attributes of the context.
fn supplied(key: &str) -> Vec<(String, Supplied)> {
    let flagd = Supplied::Object(vec![
        ("flagKey".to_owned(), Supplied::Value(Value::from(key))),
        ("timestamp".to_owned(), Supplied::Seconds),
    ]);
    vec![("$flagd".to_owned(), flagd), ("targetingKey".to_owned(), Supplied::TargetingKey)]
}

fn rule(serve: Serve, reason: Reason) -> Rule {
    Rule { id: None, label: None, when: Condition::Always, serve, reason }
}

fn state(fields: &Fields<'_, '_>, report: &mut Report) -> bool {
    match fields.node("state").and_then(Node::as_text) {
        Some("ENABLED") => true,
        Some("DISABLED") => false,
        _ => {
            let mend = "write `ENABLED` or `DISABLED`, in capitals";
            match fields.node("state") {
                Some(_) => fields.mismatch("state", "`ENABLED` or `DISABLED`", mend, report),
                None => report.error(fields.path(), "there is no `state`", mend),
            }
            false
        }
    }
}

/// A boolean names the variant `true` or `false`; empty text and the like name none.
fn default_variant(fields: &Fields<'_, '_>, report: &mut Report) -> Option<String> {
    match fields.node("defaultVariant")? {
        Node::Text(name) if !name.is_empty() => Some(name.to_string()),
        Node::Boolean(value) => Some(value.to_string()),
        nothing if is_nothing(nothing) => None,
        _ => {
            fields.mismatch("defaultVariant", "text", "write the name of a variant", report);
            None
        }
    }
}

/// The variants of a flag, and where they are.
struct Variants {
    all: Vec<Variant>,
    places: HashMap<Arc<str>, usize>,
}

impl Variants {
    fn read(fields: &Fields<'_, '_>, report: &mut Report) -> Self {
        let mut read = Self { all: Vec::new(), places: HashMap::new() };
        match fields.node("variants") {
            Some(Node::Map(entries)) if !entries.is_empty() => {
                for (name, node) in *entries {
                    read.add(name, node.to_value());
                }
            }
            Some(Node::Map(_)) | None => {
                let mend = "write `variants` with at least one";
                report.error(fields.path(), "there are no `variants`", mend);
            }
            Some(_) => {
                fields.mismatch("variants", "an object", "write names and their values", report);
            }
        }
        read
    }

    /// Of a name that is there twice the last value counts.
    fn add(&mut self, name: &str, value: Value) {
        let name: Arc<str> = name.into();
        let place = *self.places.entry(name.clone()).or_insert(self.all.len());
        // Targeting cannot choose a variant without name or value; the default can.
        let is_choosable = !name.is_empty() && value != Value::Null;
        let variant = Variant {
            key: is_choosable.then_some(name),
            enabled: value != Value::Boolean(false),
            value,
            metadata: None,
        };
        match self.all.get_mut(place) {
            Some(known) => *known = variant,
            None => self.all.push(variant),
        }
    }
}
