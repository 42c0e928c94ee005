//! Flags, in the order in which Split decides.

use std::sync::Arc;

use flagkit_core::document::{Bucket, Condition, Flag, Rule, Serve};
use flagkit_core::{Bucketing, Reason, Structure, Value};

use super::answer::NOT_FOUND;
use super::bucketing::{Algorithm, beyond, bucketing, subject};
use super::treatments::Treatments;
use super::{CONTROL, Shared, condition, matcher};
use crate::fields::Fields;
use crate::node::Node;
use crate::report::Report;

/// A flag of the document.
pub(super) fn flag(
    name: &str,
    fields: &Fields<'_, '_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> Flag {
    let mut treatments = Treatments::new(name, fields.node("configurations"), shared);
    let default = fields.text("defaultTreatment", report).unwrap_or(CONTROL);
    let killed = fields.boolean("killed", report).unwrap_or_default();
    let mut rules = Vec::new();
    if killed {
        let serve = Serve::Variant(treatments.place(default));
        rules.push(rule("killed", Condition::Always, serve, Reason::Disabled));
    } else {
        // Split's SDK asks the conditions where it has `control` still, even if that comes
        // from prerequisites that are not met.
        if default != CONTROL {
            rules.extend(prerequisites(fields, shared, report).map(|when| {
                let serve = Serve::Variant(treatments.place(default));
                rule("prerequisites not met", when, serve, Reason::PrerequisiteFailed)
            }));
        }
        rules.extend(conditions(fields, default, &mut treatments, shared, report));
        let serve = Serve::Variant(treatments.place(default));
        rules.push(rule("default rule", Condition::Always, serve, Reason::Default));
    }
    Flag {
        key: name.to_owned(),
        variants: treatments.into_variants(),
        rules,
        version: version(fields),
        metadata: metadata(fields),
    }
}

/// A flag that only the fallback treatments know.
pub(super) fn missing(name: &str, shared: &Shared<'_>) -> Flag {
    let mut treatments = Treatments::new(name, None, shared);
    let serve = Serve::Variant(treatments.place(CONTROL));
    let rules = vec![rule(NOT_FOUND, Condition::Always, serve, Reason::Default)];
    let variants = treatments.into_variants();
    Flag { key: name.to_owned(), variants, rules, version: None, metadata: None }
}

/// Holds if one of the prerequisites is not met.
fn prerequisites(
    fields: &Fields<'_, '_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> Option<Condition> {
    let path = fields.at("prerequisites");
    let mut met = Vec::new();
    for (place, node) in fields.list("prerequisites", report).iter().enumerate() {
        let path = path.index(place);
        let Some(fields) = Fields::open(node, &path, report) else { continue };
        let Some(flag) = fields.text("n", report) else {
            report.error(&path, "a prerequisite needs `n`, the name of a flag", "add it");
            continue;
        };
        met.push(matcher::serves(flag, &fields.texts("ts", report), shared));
    }
    (!met.is_empty()).then(|| Condition::All(met).negated())
}

/// The rules of the conditions, with the traffic allocation before the first rollout.
fn conditions(
    fields: &Fields<'_, '_>,
    default: &str,
    treatments: &mut Treatments<'_, '_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> Vec<Rule> {
    let nodes = fields.list("conditions", report);
    let hashed = Hashed::read(fields, "seed");
    let mut allocation = not_allocated(fields, report).map(|when| {
        let serve = Serve::Variant(treatments.place(default));
        rule("not in split", when, serve, Reason::Default)
    });
    if condition::is_unsupported(nodes) {
        let serve = Serve::Variant(treatments.place(CONTROL));
        let unsupported = rule(condition::UNSUPPORTED, Condition::Always, serve, Reason::Unknown);
        return allocation.into_iter().chain([unsupported]).collect();
    }
    let mut rules = Vec::with_capacity(nodes.len() + 2);
    let path = fields.at("conditions");
    for (place, node) in nodes.iter().enumerate() {
        let path = path.index(place);
        let Some(fields) = Fields::open(node, &path, report) else { continue };
        if condition::is_rollout(&fields, report) {
            rules.extend(allocation.take());
        }
        let when = condition::when(&fields, shared, report);
        let serve = condition::serve(&fields, &hashed, treatments, report);
        let is_split = matches!(serve, Serve::Split(_));
        let reason = if is_split { Reason::Split } else { Reason::TargetingMatch };
        let label = fields.text("label", report).map(Arc::from);
        rules.push(Rule { id: None, label, when, serve, reason });
    }
    rules
}

/// Holds for whom the flag's traffic allocation leaves out.
fn not_allocated(fields: &Fields<'_, '_>, report: &mut Report) -> Option<Condition> {
    let node = fields.node("trafficAllocation")?;
    let Some(percentage) = node.as_float() else {
        fields.mismatch("trafficAllocation", "a number", "write a number from 0 to 100", report);
        return None;
    };
    if !(0.0..100.0).contains(&percentage) {
        return None;
    }
    let Some(bucketing) = Hashed::read(fields, "trafficAllocationSeed").bucketing() else {
        let wanted = "a whole number";
        fields.mismatch("trafficAllocationSeed", wanted, "write the seed as a number", report);
        return None;
    };
    let ranges = vec![(1.0, beyond(percentage))];
    let bucket = Bucket { subject: subject(), bucketing, ranges, when_missing: false };
    Some(Condition::from(bucket).negated())
}

/// How a flag hashes; its seed is needed only where something is hashed.
pub(super) struct Hashed {
    algorithm: Algorithm,
    seed: Option<i64>,
}

impl Hashed {
    fn read(fields: &Fields<'_, '_>, seed: &str) -> Self {
        let integer = |name: &str| match fields.node(name) {
            Some(Node::Integer(value)) => Some(*value),
            _ => None,
        };
        let algorithm = Algorithm::numbered(integer("algo").unwrap_or_default());
        Self { algorithm, seed: integer(seed) }
    }

    /// `None` without a readable seed.
    pub(super) fn bucketing(&self) -> Option<Bucketing> {
        Some(bucketing(self.algorithm, self.seed?))
    }
}

fn version(fields: &Fields<'_, '_>) -> Option<u64> {
    match fields.node("changeNumber") {
        Some(Node::Integer(number)) => u64::try_from(*number).ok(),
        _ => None,
    }
}

/// What SDKs tell about a flag besides its treatment.
fn metadata(fields: &Fields<'_, '_>) -> Option<Arc<Structure>> {
    let entry = |name: &'static str| Some((name, fields.node(name)?.to_value()));
    let is_worth_it = |(_, value): &(&str, Value)| match value {
        Value::List(items) => !items.is_empty(),
        Value::Boolean(value) => *value,
        _ => true,
    };
    let entries = ["trafficTypeName", "sets", "impressionsDisabled"].into_iter();
    let metadata: Structure = entries.filter_map(entry).filter(is_worth_it).collect();
    (!metadata.is_empty()).then(|| Arc::new(metadata))
}

fn rule(label: &str, when: Condition, serve: Serve, reason: Reason) -> Rule {
    Rule { id: None, label: Some(label.into()), when, serve, reason }
}
