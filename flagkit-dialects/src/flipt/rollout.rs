//! Rollouts of boolean flags: a segment or a percentage, and what they get.

use std::sync::Arc;

use flagkit_core::document::{Bucket, Condition, Rule, Serve, TextReading, Variant};
use flagkit_core::{Bucketing, Hash, Part, Reason, Scale, Units, Value};

use crate::fields::Fields;

use super::rule::{entity, rule, single};
use super::segment::Names;
use super::{DEFAULT, DISABLED, Lowering, MATCH, Parts, answer};

impl Lowering {
    /// What a boolean flag serves, and when.
    pub(super) fn rollouts(
        &mut self,
        key: &str,
        is_enabled: bool,
        fields: &Fields<'_, '_>,
    ) -> Parts {
        let mut parts = Parts::default();
        let path = fields.at("rollouts");
        let nodes = fields.list("rollouts", &mut self.report);
        for (index, node) in nodes.iter().enumerate() {
            let path = path.index(index);
            if let Some(fields) = Fields::open(node, &path, &mut self.report) {
                let rollout = self.rollout(key, &fields, &mut parts);
                parts.rules.extend(rollout);
            }
        }
        // A flag that is switched off counts as such only if nothing else was to be asked.
        let label = if is_enabled || !nodes.is_empty() { DEFAULT } else { DISABLED };
        let serve = parts.add(served(is_enabled, Names::new()));
        parts.rules.push(rule(Condition::Always, serve, label));
        parts
    }

    /// A percentage counts before a segment; a rollout with neither is for no one.
    fn rollout(&mut self, key: &str, fields: &Fields<'_, '_>, parts: &mut Parts) -> Option<Rule> {
        if let Some(threshold) = fields.node("threshold") {
            let path = fields.at("threshold");
            let threshold = Fields::open(threshold, &path, &mut self.report)?;
            let serve = self.value(&threshold, Names::new(), parts)?;
            let Some(percentage) = threshold.node("percentage").and_then(single) else {
                self.number_missing(&path, "percentage");
                return None;
            };
            let when = Condition::from(inside(key, percentage));
            return Some(Rule { reason: Reason::Split, ..rule(when, serve, MATCH) });
        }
        let segment = fields.node("segment")?;
        let path = fields.at("segment");
        let segment = Fields::open(segment, &path, &mut self.report)?;
        let (when, names) = self.segments_of(&segment);
        let serve = self.value(&segment, names, parts)?;
        Some(rule(when, serve, MATCH))
    }

    fn value(&mut self, fields: &Fields<'_, '_>, names: Names, parts: &mut Parts) -> Option<Serve> {
        let value = fields.boolean("value", &mut self.report);
        if fields.node("value").is_none() {
            self.report.error(fields.path(), "`value` is missing", "write true or false");
        }
        value.map(|value| parts.add(served(value, names)))
    }
}

fn served(value: bool, names: Names) -> Variant {
    let metadata = Some(Arc::new(answer::metadata("", names)));
    Variant { key: None, value: Value::Boolean(value), enabled: value, metadata }
}

/// The entity stands before the flag here, and behind it where variants are chosen.
fn inside(flag: &str, percentage: f32) -> Bucket {
    Bucket {
        subject: entity(),
        bucketing: Bucketing {
            hash: Hash::Crc32,
            input: vec![Part::Subject, Part::Text(flag.to_owned())],
            reads: TextReading::Json,
            units: Units::Utf8,
            scale: Scale::modulo(100),
        },
        ranges: vec![(0.0, f64::from(percentage))],
        when_missing: false,
    }
}
