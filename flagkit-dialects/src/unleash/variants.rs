//! Variants: what a feature serves those it is on for, by weight.

use std::sync::Arc;

use flagkit_core::document::{
    Condition, Lookup, Operator, Range, Rule, Serve, Split, Test, Variant,
};
use flagkit_core::{Case, Part, Reason, Value};

use crate::fields::Fields;
use crate::json::value_from_json;
use crate::node::Node;
use crate::path::Path;

use super::constraint::test;
use super::context::{CURRENT_TIME, REMOTE_ADDRESS, SESSION_ID, USER_ID};
use super::strategy::bucketing;
use super::{Lowering, answer};

/// Variants that share one lottery.
pub(super) struct Lottery<'n> {
    entries: Vec<Entry<'n>>,
    /// What they stick to: that of the first counts.
    pub(super) stickiness: Option<&'n str>,
}

struct Entry<'n> {
    variant: Variant,
    weight: u32,
    overrides: Vec<(&'n str, Vec<String>)>,
}

impl Lottery<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Lowering<'_> {
    /// The variants of a feature or strategy.
    pub(super) fn lottery<'n>(&mut self, fields: &Fields<'n, '_>) -> Lottery<'n> {
        let path = fields.at("variants");
        let nodes = fields.list("variants", &mut self.report);
        let mut lottery = Lottery { entries: Vec::with_capacity(nodes.len()), stickiness: None };
        for (index, node) in nodes.iter().enumerate() {
            let path = path.index(index);
            let Some(fields) = Fields::open(node, &path, &mut self.report) else { continue };
            let stickiness = fields.text("stickiness", &mut self.report);
            if index == 0 {
                lottery.stickiness = stickiness;
            }
            lottery.entries.extend(self.entry(&fields));
        }
        lottery
    }

    fn entry<'n>(&mut self, fields: &Fields<'n, '_>) -> Option<Entry<'n>> {
        let Some(name) = fields.text("name", &mut self.report) else {
            self.report.error(fields.path(), "a variant needs a `name`", "add it");
            return None;
        };
        let weight = match fields.node("weight") {
            Some(Node::Integer(weight)) => u32::try_from(*weight).ok(),
            _ => None,
        };
        let Some(weight) = weight else {
            let problem = "a variant needs a `weight` that is a whole number, not below zero";
            self.report.error(fields.path(), problem, "add it");
            return None;
        };
        let overrides = self.overrides(fields);
        Some(Entry { variant: self.variant(name, fields), weight, overrides })
    }

    fn variant(&mut self, name: &str, fields: &Fields<'_, '_>) -> Variant {
        let key: Arc<str> = name.into();
        let value = Value::String(key.clone());
        let plain = Variant { key: Some(key), value, enabled: true, metadata: None };
        let Some(payload) = fields.node("payload") else { return plain };
        let path = fields.at("payload");
        let Some(payload) = Fields::open(payload, &path, &mut self.report) else { return plain };
        let kind = payload.text("type", &mut self.report);
        let value = payload.text("value", &mut self.report);
        let (Some(kind), Some(text)) = (kind, value) else {
            self.report.error(&path, "a payload needs `type` and `value`", "add what is missing");
            return plain;
        };
        let text: Arc<str> = text.into();
        let metadata = Some(answer::metadata(kind, &text));
        Variant { value: value_of(kind, text), metadata, ..plain }
    }

    fn overrides<'n>(&mut self, fields: &Fields<'n, '_>) -> Vec<(&'n str, Vec<String>)> {
        let path = fields.at("overrides");
        let nodes = fields.list("overrides", &mut self.report).iter().enumerate();
        let mut overrides = Vec::new();
        for (index, node) in nodes {
            let path = path.index(index);
            let Some(fields) = Fields::open(node, &path, &mut self.report) else { continue };
            let values = fields.texts("values", &mut self.report);
            match fields.text("contextName", &mut self.report) {
                Some(name) => {
                    overrides.push((name, values.into_iter().map(str::to_owned).collect()));
                }
                None => self.report.error(&path, "an override needs `contextName`", "add it"),
            }
        }
        overrides
    }

    /// Rules that serve one of the variants to everyone who gets to them.
    pub(super) fn draw(
        &mut self,
        lottery: Lottery<'_>,
        group: &str,
        path: &Path<'_>,
        variants: &mut Vec<Variant>,
    ) -> Vec<Rule> {
        let mut rules = Vec::new();
        let first = variants.len();
        let subject = self.subject(lottery.stickiness);
        let (mut ranges, mut beyond) = (Vec::new(), 0_u32);
        for (place, entry) in (first..).zip(lottery.entries) {
            for (name, values) in entry.overrides {
                let operator = Operator::TextOneOf(values);
                let test = Test { operator, ..test(self.override_field(name), Case::Sensitive) };
                rules.push(rule(Condition::Test(test), place, Reason::TargetingMatch));
            }
            let Some(sum) = beyond.checked_add(entry.weight) else {
                self.report.error(path, "the weights add up to more than 32 bits", "lower them");
                return rules;
            };
            // Buckets count from 1.
            let (from, to) = (f64::from(beyond) + 1.0, f64::from(sum) + 1.0);
            ranges.push(Range { from, to, variant: place });
            beyond = sum;
            variants.push(entry.variant);
        }
        rules.push(Rule {
            id: None,
            label: None,
            when: Condition::Always,
            serve: split(group, subject, ranges, beyond),
            reason: Reason::Split,
        });
        rules
    }

    /// Who a variant sticks to; those of whom nothing is known get a random one each time.
    fn subject(&self, stickiness: Option<&str>) -> Lookup {
        let mut chain = match stickiness {
            None | Some("default") => {
                let mut chain = vec![self.field(USER_ID), self.field(SESSION_ID)];
                if self.settings.sticks_to_address {
                    chain.push(self.field(REMOTE_ADDRESS));
                }
                chain
            }
            // No SDK lets variants stick to the time.
            Some("random" | CURRENT_TIME) => Vec::new(),
            Some(field) => vec![self.field(field)],
        };
        chain.push(Lookup::Random);
        Lookup::FirstOf(chain)
    }

    /// The field that an override looks at; the time of the evaluation does not stand in here.
    fn override_field(&self, name: &str) -> Lookup {
        match name {
            CURRENT_TIME => Lookup::Name(name.to_owned()),
            _ => self.field(name),
        }
    }
}

pub(super) fn rule(when: Condition, variant: usize, reason: Reason) -> Rule {
    Rule { id: None, label: None, when, serve: Serve::Variant(variant), reason }
}

fn split(group: &str, subject: Lookup, ranges: Vec<Range>, total: u32) -> Serve {
    if total == 0 {
        return Serve::Variant(ON);
    }
    let group = Some(Part::Text(group.to_owned()));
    Serve::from(Split {
        subject,
        bucketing: bucketing(VARIANT_SEED, group, u64::from(total)),
        ranges,
        // Where nothing is known, the subject is a random number.
        when_missing: Box::new(Serve::Variant(ON)),
        unassigned: Box::new(Serve::Variant(ON)),
    })
}

/// What an application gets that asks for a value: JSON and numbers as what they say.
fn value_of(kind: &str, text: Arc<str>) -> Value {
    let parsed = match kind {
        "json" => serde_json::from_str(&text).ok(),
        "number" => serde_json::from_str(&text).ok().filter(serde_json::Value::is_number),
        _ => None,
    };
    parsed.map_or_else(|| Value::String(text), |json| value_from_json(&json))
}

/// The place of what a feature serves that is off.
pub(super) const OFF: usize = 0;
/// The place of what a feature serves that is on and has no variant.
pub(super) const ON: usize = 1;
/// Rollouts and variants of the same group must not fall together.
const VARIANT_SEED: u32 = 86_028_157;
