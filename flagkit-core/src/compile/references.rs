//! References: circles, unknown keys, depth and effort.
//!
//! Looks at the flags and segments that changed and at all that refer to them,
//! directly or not. Nothing here recurses: a chain of a million prerequisites is
//! walked, found too deep, and reported.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use crate::document::Broken;
use crate::reason::ErrorCode;
use crate::snapshot::Snapshot;
use crate::snapshot::flag::{Effort, Node, Status};

use super::diagnostic::Diagnostic;

mod circles;
mod message;

use message::Kind;

/// Gives every node that a change can have touched its status, and tells which those are.
pub(super) fn settle(
    snapshot: &mut Snapshot,
    mut changed: Vec<Node>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Node> {
    let mut alone = Vec::with_capacity(changed.len());
    changed.retain(|node| {
        let stands_alone = stands_alone(snapshot, *node);
        alone.extend(stands_alone.then_some(*node));
        !stands_alone
    });
    let affected = with_dependents(snapshot, changed);
    let groups = circles::groups(&affected, |node| {
        snapshot.status(node).and_then(|status| status.links.clone())
    });
    for group in groups.iter() {
        settle_group(snapshot, group, diagnostics);
    }
    alone.extend(affected);
    alone
}

/// Whether a node refers to nothing and nothing to it, so that its status is what it was compiled
/// with. Most flags are so, and looking for circles among them would take longer than compiling.
fn stands_alone(snapshot: &Snapshot, node: Node) -> bool {
    let is_plain = |status: &Status| {
        status.links().is_empty()
            && status.total.height <= HEIGHT_MAX
            && status.total.cost <= COST_MAX
    };
    snapshot.dependents(node).is_empty() && snapshot.status(node).is_none_or(is_plain)
}

/// The changed nodes and all that refer to them, directly or not.
fn with_dependents(snapshot: &Snapshot, changed: Vec<Node>) -> Vec<Node> {
    let mut seen: HashSet<Node> = changed.iter().copied().collect();
    let mut found = changed;
    let mut next = 0;
    while let Some(node) = found.get(next).copied() {
        let dependents = snapshot.dependents(node).iter().copied();
        found.extend(dependents.filter(|dependent| seen.insert(*dependent)));
        next += 1;
    }
    found
}

/// Settles nodes that all refer to each other, or a single node. Their targets are settled.
fn settle_group(snapshot: &mut Snapshot, group: &[Node], diagnostics: &mut Vec<Diagnostic>) {
    // A single node is compared with its links one by one.
    let members: HashSet<Node> = group.iter().copied().filter(|_| group.len() > 1).collect();
    for node in group {
        let Some(status) = snapshot.status(*node).cloned() else { continue };
        let leads_back = |target: &&Node| *target == node || members.contains(*target);
        let circular: Vec<Node> = status.links().iter().filter(leads_back).copied().collect();
        let total = total_effort(snapshot, &status, &circular);
        let problem = judge(snapshot, *node, &status, &circular, total);
        let new = Status {
            fault: problem.as_ref().map(|_| ErrorCode::ParseError),
            circular: (!circular.is_empty()).then(|| circular.clone().into()),
            total,
            ..status.clone()
        };
        if let Some(Problem::Reference(kind)) = problem {
            diagnostics.push(message::diagnostic(snapshot, *node, kind, group));
        }
        if new != status {
            snapshot.set_status(*node, new);
        }
    }
}

/// Why a node fails.
enum Problem {
    /// It is malformed itself; that was reported when it was compiled.
    Malformed,
    /// It refers to something it must not.
    Reference(Kind),
}

fn judge(
    snapshot: &Snapshot,
    node: Node,
    status: &Status,
    circular: &[Node],
    total: Effort,
) -> Option<Problem> {
    if status.is_malformed {
        return Some(Problem::Malformed);
    }
    let rules = snapshot.references;
    let fails = match rules.circle {
        Broken::Flag => true,
        // A segment on a circle always fails; what that does to flags is up to them.
        Broken::Reached | Broken::NeverHolds => matches!(node, Node::Segment(_)),
        Broken::Reentered => false,
    };
    if fails && !circular.is_empty() {
        return Some(Problem::Reference(Kind::Circle));
    }
    if total.height > HEIGHT_MAX {
        return Some(Problem::Reference(Kind::TooDeep { height: total.height, limit: HEIGHT_MAX }));
    }
    if total.cost > COST_MAX {
        return Some(Problem::Reference(Kind::TooLong { limit: COST_MAX }));
    }
    let broken = status.links().iter().find_map(|link| broken_link(snapshot, *link));
    broken.map(Problem::Reference)
}

/// What is wrong with this link, if it makes the whole flag or segment fail.
fn broken_link(snapshot: &Snapshot, link: Node) -> Option<Kind> {
    let rules = snapshot.references;
    match (link, snapshot.status(link)) {
        (Node::Flag(_), None) => {
            (rules.unknown_flag == Broken::Flag).then_some(Kind::Unknown(link))
        }
        (Node::Segment(_), None) => {
            (rules.unknown_segment == Broken::Flag).then_some(Kind::Unknown(link))
        }
        // A prerequisite that fails is not accepted, and that is all it does.
        (Node::Flag(_), Some(_)) => None,
        (Node::Segment(_), Some(status)) => {
            let fails = status.fault.is_some();
            let excused = status.circular.is_some()
                && matches!(rules.circle, Broken::Reached | Broken::NeverHolds);
            (fails && !excused).then_some(Kind::Faulty(link))
        }
    }
}

/// A node's own effort and that of all it refers to.
fn total_effort(snapshot: &Snapshot, status: &Status, circular: &[Node]) -> Effort {
    let mut total = status.own;
    let mut deepest = 0;
    for link in status.links().iter().filter(|link| !circular.contains(link)) {
        let inner = snapshot.status(*link).map(|status| status.total).unwrap_or_default();
        deepest = deepest.max(inner.height);
        total.cost = total.cost.saturating_add(inner.cost);
    }
    total.height = total.height.saturating_add(deepest);
    total
}

impl Snapshot {
    pub(super) fn status(&self, node: Node) -> Option<&Status> {
        match node {
            Node::Flag(index) => self.flag_slot(index).map(|flag| &flag.status),
            Node::Segment(index) => self.segment_slot(index).map(|segment| &segment.status),
        }
    }

    fn set_status(&mut self, node: Node, status: Status) {
        match node {
            Node::Flag(index) => {
                if let Some(mut flag) = self.flags.take(index) {
                    Arc::make_mut(&mut flag).status = status;
                    self.flags.set(index, Some(flag));
                }
            }
            Node::Segment(index) => {
                if let Some(mut segment) = self.segments.take(index) {
                    Arc::make_mut(&mut segment).status = status;
                    self.segments.set(index, Some(segment));
                }
            }
        }
    }

    fn dependents(&self, node: Node) -> &[Node] {
        let found = match node {
            Node::Flag(index) => self.flag_dependents.get(index),
            Node::Segment(index) => self.segment_dependents.get(index),
        };
        found.and_then(|list| list.as_deref()).unwrap_or_default()
    }

    /// Takes out who no longer refers to a node and puts in who now does.
    pub(super) fn change_dependents(&mut self, node: Node, changes: &HashMap<Node, bool>) {
        let mut list = self.dependents(node).to_vec();
        list.retain(|dependent| !changes.contains_key(dependent));
        list.extend(changes.iter().filter(|(_, refers)| **refers).map(|(dependent, _)| *dependent));
        let list = (!list.is_empty()).then(|| list.into());
        match node {
            Node::Flag(index) => self.flag_dependents.set(index, list),
            Node::Segment(index) => self.segment_dependents.set(index, list),
        }
    }
}

/// How deep an evaluation may recurse: a chain of about a hundred prerequisites.
const HEIGHT_MAX: u32 = 320;
/// How many conditions an evaluation may visit.
const COST_MAX: u32 = 10_000_000;
