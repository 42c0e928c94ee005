//! Conditions: groups of matchers, and what those get for whom all of them hold.

use flagkit_core::ErrorCode;
use flagkit_core::document::{Condition, Range, Serve, Split};

use super::bucketing::{beyond, subject};
use super::flag::Hashed;
use super::treatments::Treatments;
use super::{CONTROL, Shared, matcher};
use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// Whether there is a matcher of a type that nobody knows; then no condition counts.
pub(super) fn is_unsupported(nodes: &[Node<'_>]) -> bool {
    let of_group = |node: &Node<'_>| {
        let matchers = node.entry("matcherGroup").and_then(|group| group.entry("matchers"));
        matchers.and_then(Node::as_list).unwrap_or_default().iter().any(|matcher| {
            let kind = matcher.entry("matcherType").and_then(Node::as_text);
            kind.is_some_and(|kind| !matcher::is_known(kind))
        })
    };
    nodes.iter().any(of_group)
}

/// Whether the traffic allocation counts for this condition.
pub(super) fn is_rollout(fields: &Fields<'_, '_>, report: &mut Report) -> bool {
    match fields.text("conditionType", report) {
        Some("ROLLOUT") => true,
        None | Some("WHITELIST") => false,
        Some(other) => {
            let problem = format!("there is no type of conditions `{other}`");
            let mend = "write `ROLLOUT` or `WHITELIST`";
            report.error(&fields.at("conditionType"), problem, mend);
            false
        }
    }
}

/// Holds if all matchers do; holds if there is none.
pub(super) fn when(fields: &Fields<'_, '_>, shared: &Shared<'_>, report: &mut Report) -> Condition {
    let path = fields.at("matcherGroup");
    let Some(group) = fields.node("matcherGroup") else {
        report.error(fields.path(), "a condition needs a `matcherGroup`", "add it");
        return NEVER;
    };
    let Some(group) = Fields::open(group, &path, report) else { return NEVER };
    if group.text("combiner", report) != Some("AND") {
        report.error(&path, "the only `combiner` is `AND`", "write it");
    }
    if group.node("matchers").is_none() {
        report.error(&path, "a group needs a list of `matchers`", "add it");
    }
    let path = group.at("matchers");
    let nodes = group.list("matchers", report).iter().enumerate();
    let mut all: Vec<Condition> = nodes
        .filter_map(|(place, node)| matcher::condition(node, &path.index(place), shared, report))
        .collect();
    match (all.pop(), all.is_empty()) {
        (None, _) => Condition::Always,
        (Some(only), true) => only,
        (Some(last), false) => {
            all.push(last);
            Condition::All(all)
        }
    }
}

/// What the partitions serve.
pub(super) fn serve(
    fields: &Fields<'_, '_>,
    hashed: &Hashed,
    treatments: &mut Treatments<'_, '_>,
    report: &mut Report,
) -> Serve {
    let path = fields.at("partitions");
    let nodes = fields.list("partitions", report).iter().enumerate();
    let partitions: Vec<(&str, f64)> =
        nodes.filter_map(|(place, node)| partition(node, &path.index(place), report)).collect();
    match partitions.as_slice() {
        [] => return Serve::Variant(treatments.place(CONTROL)),
        [(treatment, 100.0)] => return Serve::Variant(treatments.place(treatment)),
        _ => {}
    }
    let Some(bucketing) = hashed.bucketing() else {
        report.error(&path, "the flag needs a `seed` to be split", "add it as a whole number");
        return Serve::Error(ErrorCode::ParseError);
    };
    Serve::from(Split {
        subject: subject(),
        bucketing,
        ranges: ranges(&partitions, treatments),
        when_missing: Box::new(Serve::Error(ErrorCode::TargetingKeyMissing)),
        unassigned: Box::new(Serve::Variant(treatments.place(CONTROL))),
    })
}

/// The first partition counts whose sum with those before it reaches the bucket.
fn ranges(partitions: &[(&str, f64)], treatments: &mut Treatments<'_, '_>) -> Vec<Range> {
    let mut covered = 0.0;
    let mut ranges = Vec::with_capacity(partitions.len());
    for (treatment, size) in partitions {
        let from = beyond(covered);
        covered += size;
        let to = beyond(covered);
        if from < to {
            ranges.push(Range { from, to, variant: treatments.place(treatment) });
        }
    }
    ranges
}

fn partition<'n>(
    node: &'n Node<'n>,
    path: &Path<'_>,
    report: &mut Report,
) -> Option<(&'n str, f64)> {
    let fields = Fields::open(node, path, report)?;
    let treatment = fields.text("treatment", report);
    let size = fields.percentage("size", report);
    if treatment.is_none() || size.is_none() {
        report.error(path, "a partition needs `treatment` and `size`", "add both");
    }
    Some((treatment?, size?))
}

/// What flags with such matchers are labelled.
pub(super) const UNSUPPORTED: &str = "targeting rule type unsupported by sdk";
pub(super) const NEVER: Condition = Condition::Any(Vec::new());
