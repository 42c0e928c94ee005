//! Who a rule is for.

use flagkit_core::document::{Accepts, Condition, Failing, Prerequisite};

use crate::node::Node;

use super::condition::{UNSUPPORTED, gate, segment_key};
use super::operator::never;
use super::specs::{Asks, Kind, Specs};

/// All of a rule's conditions.
///
/// The SDK looks at every condition, also after one has failed, and what it does not support ends
/// the evaluation wherever it stands. So gates that may come to that are asked first.
pub(super) fn when(rule: &Node<'_>, specs: &Specs<'_>) -> Condition {
    let mut conditions = Vec::new();
    let mut asked_first = Vec::new();
    for hash in hashes(rule) {
        let condition = hash.and_then(|hash| specs.conditions.get(hash));
        let asks = condition.map_or(Asks::Unsupported, Asks::of);
        match asks {
            Asks::Unsupported => {
                asked_first.push(UNSUPPORTED);
                return all(asked_first);
            }
            Asks::Gate(name) if specs.may_abort(name) => {
                let asked = gate(name, true, specs);
                asked_first.push(Condition::Any(vec![asked, Condition::Always]));
            }
            Asks::Gate(_) | Asks::Other => {}
        }
        let condition = condition.map(|node| reference(hash.unwrap_or_default(), node, specs));
        conditions.extend(condition);
    }
    asked_first.extend(conditions);
    all(asked_first)
}

/// The same where nothing ends the evaluation: a rule that comes to something unsupported is not
/// for anybody.
pub(super) fn when_supported(rule: &Node<'_>, specs: &Specs<'_>) -> Condition {
    let mut conditions = Vec::new();
    for hash in hashes(rule) {
        let Some(condition) = hash.and_then(|hash| specs.conditions.get(hash)) else {
            return never();
        };
        match Asks::of(condition) {
            Asks::Unsupported => return never(),
            Asks::Gate(name) if specs.get(Kind::Gate, name).is_some() => {
                conditions.push(answers(name, specs));
            }
            Asks::Gate(_) | Asks::Other => {}
        }
        conditions.push(reference(hash.unwrap_or_default(), condition, specs));
    }
    all(conditions)
}

/// Whether a gate answers at all.
fn answers(name: &str, specs: &Specs<'_>) -> Condition {
    Condition::Prerequisite(Prerequisite {
        flag: specs.key(Kind::Gate, name),
        accepts: Accepts::Anything,
        when_disabled: true,
        when_failing: Failing::NotAccepted,
    })
}

/// Gates are asked here, so that circles of them are circles of flags alone.
fn reference(hash: &str, condition: &Node<'_>, specs: &Specs<'_>) -> Condition {
    match (condition.entry("type").and_then(Node::as_text), Asks::of(condition)) {
        (Some("public"), _) => Condition::Always,
        (kind, Asks::Gate(name)) => gate(name, kind == Some("pass_gate"), specs),
        _ => Condition::InSegment(segment_key(hash)),
    }
}

/// The hashes of a rule's conditions; `None` for what is no text.
fn hashes<'n>(rule: &'n Node<'n>) -> impl Iterator<Item = Option<&'n str>> {
    let conditions = rule.entry("conditions").and_then(Node::as_list).unwrap_or_default();
    conditions.iter().map(Node::as_text)
}

fn all(mut conditions: Vec<Condition>) -> Condition {
    conditions.retain(|condition| !matches!(condition, Condition::Always));
    match conditions.pop() {
        None => Condition::Always,
        Some(only) if conditions.is_empty() => only,
        Some(last) => {
            conditions.push(last);
            Condition::All(conditions)
        }
    }
}
