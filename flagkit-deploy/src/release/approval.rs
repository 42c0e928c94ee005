//! Approvals: how many people, which roles, and never one's own change.

use crate::event::Actor;
use crate::plan::Approval;
use crate::policy::{Facts, Layers};
use crate::release::Approved;
use crate::release::walk::Walk;
use crate::time::Time;

impl Approval {
    /// Who is waited for, in words.
    pub(super) fn in_words(&self) -> String {
        let people =
            if self.people == 1 { "1 person".into() } else { format!("{} people", self.people) };
        match self.roles.as_slice() {
            [] => format!("{people} must agree"),
            roles => format!("{people} must agree, among them {}", roles.join(", ")),
        }
    }
}

impl Walk<'_> {
    /// Whether enough people have agreed, or nobody needs to.
    pub(super) fn agreed(&mut self, approval: &Approval, since: Time) -> bool {
        let enough = self.state.approvals.len() >= usize::from(approval.people)
            && roles_covered(&approval.roles, &self.state.approvals);
        if enough || approval.unless.as_ref().is_some_and(|rule| self.holds(rule)) {
            return true;
        }
        let late = approval.at_most.is_some_and(|most| self.now - since >= most);
        late && self.deadline(approval.on_deadline, &approval.in_words())
    }

    /// Whether somebody may approve.
    pub(super) fn may_approve(&self, approval: &Approval, by: &Actor) -> Result<(), String> {
        let name = by.name.as_str();
        if name == self.release.author.name || self.state.deployer.as_deref() == Some(name) {
            return Err("nobody approves a change of their own".to_owned());
        }
        if self.state.approvals.iter().any(|approved| approved.name == name) {
            return Err("they have approved already".to_owned());
        }
        let Some(rule) = &approval.who else { return Ok(()) };
        let approver = Facts::from(&approver(by));
        let facts = self.known();
        let layers = Layers(&[&approver, &facts]);
        let answer = self.release.policies.ask(rule, &layers, self.now);
        if answer.holds { Ok(()) } else { Err(answer.why) }
    }
}

/// Who approves, for conditions.
fn approver(by: &Actor) -> std::collections::BTreeMap<String, serde_json::Value> {
    let roles = by.roles.clone();
    let role = roles.first().cloned().unwrap_or_default();
    [
        ("approver.name".to_owned(), by.name.clone().into()),
        ("approver.role".to_owned(), role.into()),
        ("approver.roles".to_owned(), roles.into()),
    ]
    .into()
}

/// Whether every role is held by a person of its own: a matching, found by augmenting paths.
fn roles_covered(roles: &[String], people: &[Approved]) -> bool {
    let mut holder: Vec<Option<usize>> = vec![None; people.len()];
    (0..roles.len()).all(|role| assign(role, roles, people, &mut holder, &mut Vec::new()))
}

/// Finds a person for a role; whoever has another role may be given away for it.
fn assign(
    role: usize,
    roles: &[String],
    people: &[Approved],
    holder: &mut Vec<Option<usize>>,
    asked: &mut Vec<usize>,
) -> bool {
    let Some(wanted) = roles.get(role) else { return false };
    for (at, person) in people.iter().enumerate() {
        if !person.roles.contains(wanted) || asked.contains(&at) {
            continue;
        }
        asked.push(at);
        let free = match holder.get(at).copied().flatten() {
            None => true,
            Some(other) => assign(other, roles, people, holder, asked),
        };
        if free {
            if let Some(slot) = holder.get_mut(at) {
                *slot = Some(role);
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
