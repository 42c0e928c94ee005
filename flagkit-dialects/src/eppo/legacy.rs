//! Flags of the older randomized assignment configuration.
//!
//! Overrides come first, by the MD5 of the subject and even where the flag is off. The first
//! rule that holds decides for good: its allocation has a percentage, holdouts that see what
//! was or will be shipped, and variations by shard. Nothing of this is obfuscated.
//!
//! Texts compare without case here, and a pattern may match anywhere.

use std::collections::HashMap;

use flagkit_core::document::{
    Branch, Bucket, Condition, Digest, Flag, Lookup, Operator, Range, Rule, Serve, Split, Test,
    Variant,
};
use flagkit_core::{Case, Part, Reason, Value};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

use super::writing::Writing;
use super::{condition, parts, shards, switched_off};

/// A flag of the older configuration.
pub(super) fn flag(key: &str, fields: &Fields<'_, '_>, report: &mut Report) -> Option<Flag> {
    let total = parts::whole(fields, "subjectShards", report)?;
    if total == 0 {
        fields.mismatch("subjectShards", "at least one shard", "write such as 10000", report);
        return None;
    }
    let mut legacy =
        Legacy { key, total, variants: Vec::new(), allocations: HashMap::new(), repeated: 0 };
    let mut rules = legacy.overrides(fields, report)?;
    let is_enabled = parts::boolean(fields, "enabled", report)?;
    legacy.read_allocations(fields, report)?;
    let targeted = legacy.rules(fields, report)?;
    rules.extend(if is_enabled { targeted } else { vec![switched_off()] });
    Some(Flag {
        key: key.to_owned(),
        variants: legacy.variants,
        rules,
        version: None,
        metadata: None,
    })
}

struct Legacy<'a> {
    key: &'a str,
    total: u32,
    variants: Vec<Variant>,
    allocations: HashMap<&'a str, Allocation>,
    /// How many parts of allocations the rules have repeated.
    repeated: usize,
}

/// What rules serve that name an allocation.
struct Allocation {
    serve: Serve,
    /// How many variations and holdouts it has.
    parts: usize,
}

/// A variation of an allocation.
struct Variation<'n> {
    /// What holdouts call it.
    key: Option<&'n str>,
    place: usize,
    range: (f64, f64),
}

impl<'n: 'a, 'a> Legacy<'a> {
    /// One rule for each value that subjects are given by name.
    fn overrides(&mut self, fields: &Fields<'n, '_>, report: &mut Report) -> Option<Vec<Rule>> {
        if fields.node("typedOverrides").is_none() {
            return Some(Vec::new());
        }
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut rules: Vec<(usize, Vec<Digest>)> = Vec::new();
        for (digest, node) in parts::object(fields, "typedOverrides", report)? {
            let value = node.to_value();
            let place = *places.entry(value.to_string()).or_insert_with(|| {
                rules.push((self.add(None, value), Vec::new()));
                rules.len() - 1
            });
            if let Some((_, digests)) = rules.get_mut(place) {
                digests.extend(Digest::parse(digest));
            }
        }
        Some(rules.into_iter().map(|(variant, digests)| overridden(variant, digests)).collect())
    }

    fn add(&mut self, key: Option<&str>, value: Value) -> usize {
        let (key, enabled) = (key.map(Into::into), value != Value::Boolean(false));
        self.variants.push(Variant { key, value, enabled, metadata: None });
        self.variants.len() - 1
    }

    fn read_allocations(&mut self, fields: &Fields<'n, '_>, report: &mut Report) -> Option<()> {
        let above = fields.at("allocations");
        for (key, node) in parts::object(fields, "allocations", report)? {
            let path = above.key(key);
            let fields = Fields::open(node, &path, report)?;
            let before = self.variants.len();
            let serve = self.allocation(&fields, report)?;
            let holdouts = fields.node("holdouts").and_then(Node::as_list).map_or(0, <[_]>::len);
            let parts = self.variants.len() - before + holdouts;
            self.allocations.insert(key, Allocation { serve, parts });
        }
        Some(())
    }

    fn allocation(&mut self, fields: &Fields<'n, '_>, report: &mut Report) -> Option<Serve> {
        let exposure = parts::required(fields, "percentExposure", report)?.as_float();
        let Some(exposure) = exposure else {
            fields.mismatch("percentExposure", "a number", "write a number from 0 to 1", report);
            return None;
        };
        let variations = self.variations(fields, report)?;
        let assigned = self.assigned(&variations);
        let inside = self.with_holdouts(fields, &variations, assigned, report)?;
        // A shard that equals the share is inside: at 0 % one shard still is.
        let beyond = (exposure * f64::from(self.total)).floor() + 1.0;
        Some(Serve::Within {
            bucket: Box::new(self.bucket("exposure-", true, (0.0, beyond))),
            inside: Box::new(inside),
            outside: Box::new(Serve::Default),
        })
    }

    fn variations(
        &mut self,
        fields: &Fields<'n, '_>,
        report: &mut Report,
    ) -> Option<Vec<Variation<'n>>> {
        let above = fields.at("variations");
        let nodes = parts::list(fields, "variations", report)?.iter().enumerate();
        nodes
            .map(|(place, node)| {
                let path = above.index(place);
                let fields = Fields::open(node, &path, report)?;
                let name = parts::text(&fields, "name", report)?;
                let value = match fields.node("typedValue") {
                    Some(value) => value,
                    None => parts::required(&fields, "value", report)?,
                };
                let place = self.add(Some(name), value.to_value());
                let key = fields.node("variationKey").and_then(Node::as_text);
                Some(Variation { key, place, range: range(&fields, "shardRange", report)? })
            })
            .collect()
    }

    /// Variations by shard.
    fn assigned(&self, variations: &[Variation<'_>]) -> Serve {
        let ranges = variations.iter().map(|variation| {
            let ((from, to), variant) = (variation.range, variation.place);
            Range { from, to, variant }
        });
        let after = Part::Text(format!("-{}", self.key));
        let input = vec![Part::Text("assignment-".into()), Part::Subject, after];
        Serve::from(Split {
            subject: Lookup::TargetingKey,
            bucketing: shards::joined(input, self.total),
            ranges: ranges.collect(),
            when_missing: Box::new(shards::NOBODY),
            unassigned: Box::new(Serve::Default),
        })
    }

    /// The same, except for subjects that are held out.
    fn with_holdouts(
        &self,
        fields: &Fields<'n, '_>,
        variations: &[Variation<'_>],
        assigned: Serve,
        report: &mut Report,
    ) -> Option<Serve> {
        if fields.node("holdouts").is_none() {
            return Some(assigned);
        }
        let above = fields.at("holdouts");
        let mut branches = Vec::new();
        for (place, node) in parts::list(fields, "holdouts", report)?.iter().enumerate() {
            let path = above.index(place);
            let holdout = Fields::open(node, &path, report)?;
            for (name, key) in HELD_OUT {
                if holdout.node(name).is_none() {
                    continue;
                }
                let range = range(&holdout, name, report)?;
                let key = fields.node(key).and_then(Node::as_text);
                let kept = variations.iter().find(|variation| variation.key == key);
                let serve = match kept.filter(|_| key.is_some()) {
                    Some(variation) => Serve::Variant(variation.place),
                    None => Serve::Default,
                };
                let when = Condition::from(self.bucket("holdout-", false, range));
                branches.push(Branch { when, serve });
            }
        }
        if branches.is_empty() {
            return Some(assigned);
        }
        Some(Serve::FirstOf { branches, otherwise: Box::new(assigned) })
    }

    fn bucket(&self, before: &str, with_flag: bool, range: (f64, f64)) -> Bucket {
        let mut input = vec![Part::Text(before.to_owned()), Part::Subject];
        if with_flag {
            input.push(Part::Text(format!("-{}", self.key)));
        }
        Bucket {
            subject: Lookup::TargetingKey,
            bucketing: shards::joined(input, self.total),
            ranges: vec![range],
            when_missing: with_flag,
        }
    }

    fn rules(&mut self, fields: &Fields<'n, '_>, report: &mut Report) -> Option<Vec<Rule>> {
        let above = fields.at("rules");
        let nodes = parts::list(fields, "rules", report)?.iter().enumerate();
        nodes.map(|(place, node)| self.rule(node, &above.index(place), report)).collect()
    }

    fn rule(&mut self, node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Option<Rule> {
        let fields = Fields::open(node, path, report)?;
        let key = parts::text(&fields, "allocationKey", report)?;
        let Some(Allocation { serve, parts }) = self.allocations.get(key) else {
            let problem = format!("there is no allocation `{key}`");
            report.error_about(&fields.at("allocationKey"), problem, "add or correct it", key);
            return None;
        };
        self.repeated += parts;
        if self.repeated > REPEATED_MAX {
            let problem = format!("the rules repeat more than {REPEATED_MAX} variations");
            report.error(path, problem, "join rules of the same allocation");
            return None;
        }
        let above = fields.at("conditions");
        let nodes = parts::list(&fields, "conditions", report)?.iter().enumerate();
        let all = nodes.map(|(place, node)| without_case(node, &above.index(place), report));
        Some(Rule {
            id: Some(key.into()),
            label: None,
            when: Condition::All(all.collect()),
            serve: serve.clone(),
            reason: Reason::Split,
        })
    }
}

/// A range of shards, the end not inside.
fn range(fields: &Fields<'_, '_>, name: &'static str, report: &mut Report) -> Option<(f64, f64)> {
    let path = fields.at(name);
    let range = Fields::open(parts::required(fields, name, report)?, &path, report)?;
    let start = parts::whole(&range, "start", report)?;
    let end = parts::whole(&range, "end", report)?;
    Some((start.into(), end.into()))
}

fn overridden(variant: usize, digests: Vec<Digest>) -> Rule {
    let when = Condition::Test(condition::of_subject(Operator::DigestOneOf(digests)));
    let (serve, reason) = (Serve::Variant(variant), Reason::TargetingMatch);
    Rule { id: Some("override".into()), label: None, when, serve, reason }
}

/// Lists of texts compare without case; this configuration knows no other texts.
fn without_case(node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Condition {
    match condition::read(node, path, Writing::Plain, report) {
        Condition::Test(test) if matches!(test.operator, Operator::TextOneOf(_)) => {
            Condition::Test(Test { case: Case::Insensitive, ..test })
        }
        other => other,
    }
}

/// Each rule gets its allocation whole, so many rules of large allocations would fill the memory.
const REPEATED_MAX: usize = 1_000_000;
/// What holdouts keep from subjects, and what those get instead.
const HELD_OUT: [(&str, &str); 2] = [
    ("statusQuoShardRange", "statusQuoVariationKey"),
    ("shippedShardRange", "shippedVariationKey"),
];

#[cfg(test)]
mod tests;
