//! Features and the overrides that segments have for them.

use std::collections::HashMap;
use std::sync::Arc;

use flagkit_core::document::{
    Condition, Flag, Lookup, Range, Rule, Serve, Split, TextReading, Variant,
};
use flagkit_core::{ErrorCode, Reason, Structure, Value};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

use super::answer::{DEFAULT, STATIC};
use super::bucketing::percentage;
use super::property::identity_key;
use super::python;

/// Lowers features; a feature that is broken answers for itself alone.
pub(super) fn lower(
    features: &[(&str, &Node<'_>)],
    segments: &[(&str, &Node<'_>)],
    environment: &str,
    report: &mut Report,
) -> Vec<Flag> {
    report.begin_flag();
    let overrides = overrides(segments, report);
    let above = Path::ROOT.key("features");
    let none = Vec::new();
    let lowered = features.iter().map(|(place, node)| {
        let name = node.entry("name").and_then(Node::as_text).unwrap_or(place);
        let overrides = overrides.get(name).unwrap_or(&none);
        let lowering = Lowering { environment, variants: Vec::new(), report };
        lowering.flag(name, overrides, (node, &above.key(place)))
    });
    lowered.collect()
}

/// What a segment has for a feature.
struct Override<'n> {
    segment: &'n str,
    segment_name: &'n str,
    place: usize,
    priority: f64,
    node: &'n Node<'n>,
}

/// The overrides of each feature: the lowest priority first, else in the order of the document.
fn overrides<'n>(
    segments: &[(&'n str, &'n Node<'n>)],
    report: &mut Report,
) -> HashMap<&'n str, Vec<Override<'n>>> {
    let mut by_feature: HashMap<&str, Vec<Override<'_>>> = HashMap::new();
    for (segment, node) in segments {
        let segment_name = node.entry("name").and_then(Node::as_text).unwrap_or_default();
        let Some(Node::List(nodes)) = node.entry("overrides") else { continue };
        for (place, node) in nodes.iter().enumerate() {
            let Some(name) = node.entry("name").and_then(Node::as_text) else {
                let (above, key) = (Path::ROOT.key("segments"), "overrides");
                let (segment, problem) = (above.key(segment), "an override needs a `name`");
                report.error(&segment.key(key).index(place), problem, "name the feature");
                continue;
            };
            let priority = match node.entry("priority") {
                None => f64::INFINITY,
                // What is no number is reported where the override is read.
                Some(priority) => priority.as_float().unwrap_or(f64::INFINITY),
            };
            let found = Override { segment, segment_name, place, priority, node };
            by_feature.entry(name).or_default().push(found);
        }
    }
    for overrides in by_feature.values_mut() {
        overrides.sort_by(|left, right| left.priority.total_cmp(&right.priority));
    }
    by_feature
}

/// The states of one feature, whose variants stand in one list.
struct Lowering<'e, 'r> {
    environment: &'e str,
    variants: Vec<Variant>,
    report: &'r mut Report,
}

/// What every variant of a state shares.
struct State {
    enabled: bool,
    metadata: Option<Value>,
}

impl Lowering<'_, '_> {
    /// A rule for every override, and one for everybody else.
    fn flag(
        mut self,
        name: &str,
        overrides: &[Override<'_>],
        (node, path): (&Node<'_>, &Path<'_>),
    ) -> Flag {
        let mut rules = Vec::with_capacity(overrides.len() + 1);
        for found in overrides {
            let above = Path::ROOT.key("segments");
            let segment = above.key(found.segment);
            let list = segment.key("overrides");
            let label = format!("TARGETING_MATCH; segment={}", found.segment_name);
            rules.push(Rule {
                id: Some(found.segment_name.into()),
                label: Some(label.into()),
                when: Condition::InSegment(found.segment.to_owned()),
                serve: self.state(found.node, &list.index(found.place)),
                reason: Reason::TargetingMatch,
            });
        }
        let is_overridden = !overrides.is_empty();
        rules.push(Rule {
            id: None,
            label: Some(if is_overridden { DEFAULT } else { STATIC }.into()),
            when: Condition::Always,
            serve: self.state(node, path),
            reason: if is_overridden { Reason::Default } else { Reason::Static },
        });
        for rule in &mut rules {
            if matches!(rule.serve, Serve::Split(_)) {
                rule.reason = Reason::Split;
            }
        }
        let variants = self.variants;
        Flag { key: name.to_owned(), variants, rules, version: None, metadata: None }
    }

    /// What a feature or an override serves.
    fn state(&mut self, node: &Node<'_>, path: &Path<'_>) -> Serve {
        self.readable_state(node, path).unwrap_or(Serve::Error(ErrorCode::ParseError))
    }

    fn readable_state(&mut self, node: &Node<'_>, path: &Path<'_>) -> Option<Serve> {
        let errors = self.report.errors();
        let fields = Fields::open(node, path, self.report)?;
        let enabled = fields.boolean("enabled", self.report);
        if enabled.is_none() && fields.node("enabled").is_none() {
            self.report.error(path, "a feature needs `enabled`", "write true or false");
        }
        let value = fields.node_or_null("value").map(Node::to_value);
        if value.is_none() {
            self.report.error(path, "a feature needs a `value`", "add it, null perhaps");
        }
        if fields.node_or_null("priority").is_some_and(|priority| priority.as_float().is_none()) {
            fields.mismatch("priority", "a number", "write a number", self.report);
        }
        let metadata = fields.node("metadata").map(Node::to_value);
        let state = State { enabled: enabled?, metadata: metadata.filter(is_there) };
        let plain = self.variant(&state, None, value.clone()?, None);
        let serve = match fields.list("variants", self.report) {
            [] => Serve::Variant(plain),
            variants => {
                let control = self.variant(&state, Some(CONTROL), value?, None);
                self.split(variants, &fields, &state, Outcomes { plain, control })?
            }
        };
        (self.report.errors() == errors).then_some(serve)
    }

    /// Adds a variant and tells its place.
    fn variant(
        &mut self,
        state: &State,
        key: Option<&str>,
        value: Value,
        reason: Option<String>,
    ) -> usize {
        let reason = reason.map(|reason| (REASON, Value::from(reason)));
        let metadata = state.metadata.clone().map(|metadata| (METADATA, metadata));
        let facts: Structure = reason.into_iter().chain(metadata).collect();
        self.variants.push(Variant {
            key: key.map(Into::into),
            value,
            enabled: state.enabled,
            metadata: (!facts.is_empty()).then(|| Arc::new(facts)),
        });
        self.variants.len() - 1
    }

    /// Variants by the identity's percentage: in the order of their priorities, each takes its
    /// weight.
    fn split(
        &mut self,
        nodes: &[Node<'_>],
        feature: &Fields<'_, '_>,
        state: &State,
        outcomes: Outcomes,
    ) -> Option<Serve> {
        let Some(key) = feature.text("key", self.report) else {
            self.report.error(feature.path(), "a feature with variants needs a `key`", "add it");
            return None;
        };
        let path = feature.at("variants");
        let mut weighted = Vec::with_capacity(nodes.len());
        for (place, node) in nodes.iter().enumerate() {
            weighted.push(self.weighted(node, &path.index(place), state)?);
        }
        weighted.sort_by(|left, right| left.priority.total_cmp(&right.priority));
        let mut from = 0.0;
        let ranges = weighted.iter().map(|variant| {
            let range = Range { from, to: from + variant.weight, variant: variant.place };
            from = range.to;
            range
        });
        let ranges: Vec<Range> = ranges.collect();
        Some(self.split_by_key(key, &ranges, outcomes))
    }

    fn weighted(&mut self, node: &Node<'_>, path: &Path<'_>, state: &State) -> Option<Weighted> {
        let fields = Fields::open(node, path, self.report)?;
        let mut number = |name: &'static str| {
            let node = fields.node(name).filter(|node| node.as_float().is_some());
            if node.is_none() {
                fields.mismatch(name, "a number", "write a number", self.report);
            }
            node
        };
        let (weight, priority) = (number("weight")?, number("priority")?);
        let Some(value) = fields.node_or_null("value") else {
            self.report.error(path, "a variant needs a `value`", "add it");
            return None;
        };
        let reason = format!("SPLIT; weight={}", python::text(&weight.to_value()));
        let key = fields.node("key").and_then(Node::as_text);
        let place = self.variant(state, key, value.to_value(), Some(reason));
        Some(Weighted { place, weight: weight.as_float()?, priority: priority.as_float()? })
    }

    /// Buckets by the key of the identity, or by what stands for it.
    fn split_by_key(&self, key: &str, ranges: &[Range], outcomes: Outcomes) -> Serve {
        let by = |subject, prefix: &str, reads, when_missing| {
            Serve::from(Split {
                subject,
                bucketing: percentage(key, prefix, reads),
                ranges: ranges.to_vec(),
                when_missing: Box::new(when_missing),
                unassigned: Box::new(Serve::Variant(outcomes.control)),
            })
        };
        let prefix = format!("{}_", self.environment);
        let nobody = Serve::Variant(outcomes.plain);
        let made_up = by(Lookup::TargetingKey, &prefix, TextReading::Json, nobody);
        by(identity_key(), "", TextReading::Json, made_up)
    }
}

/// The places of what is served to those who get none of the weighted variants.
#[derive(Clone, Copy)]
struct Outcomes {
    /// There is no identity.
    plain: usize,
    /// The identity's percentage is beyond all weights.
    control: usize,
}

struct Weighted {
    place: usize,
    weight: f64,
    priority: f64,
}

/// Whether metadata says anything.
fn is_there(metadata: &Value) -> bool {
    !matches!(metadata, Value::Structure(structure) if structure.is_empty())
}

const CONTROL: &str = "control";
/// Where a variant keeps the reason that it is served for.
pub(super) const REASON: &str = "reason";
/// Where a variant keeps the metadata of its feature.
pub(super) const METADATA: &str = "metadata";
