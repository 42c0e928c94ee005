//! Saved groups: lists of values and conditions that conditions refer to.

use std::collections::{HashMap, HashSet};

use crate::node::Node;

use super::script;

/// The saved groups of a document, by their ids.
#[derive(Debug, Default)]
pub(super) struct Groups<'n> {
    entries: HashMap<&'n str, &'n Node<'n>>,
    /// Groups whose conditions lead into a circle.
    circular: HashSet<&'n str>,
}

/// A group as the operators see it.
pub(super) enum Group<'n> {
    /// Values, and the attribute that belongs to them.
    List { attribute: Option<&'n str>, values: &'n [Node<'n>] },
    /// A condition.
    Condition(&'n Node<'n>),
}

impl<'n> Groups<'n> {
    pub(super) fn read(node: Option<&'n Node<'n>>) -> Self {
        let entries: HashMap<&str, &Node<'_>> = node
            .and_then(Node::as_map)
            .unwrap_or_default()
            .iter()
            .map(|(id, group)| (&**id, group))
            .collect();
        let circular = circular(&entries);
        Self { entries, circular }
    }

    /// The values that `$inGroup` looks through: none for an unknown group, `None` for one that
    /// is no list.
    pub(super) fn values(&self, id: &str) -> Option<&'n [Node<'n>]> {
        match self.entries.get(id) {
            None => Some(&[]),
            Some(Node::List(values)) => Some(values),
            Some(_) => match self.group(id) {
                Some(Group::List { values, .. }) => Some(values),
                _ => None,
            },
        }
    }

    /// The group that `$savedGroup` refers to, if it has a type and is complete.
    pub(super) fn group(&self, id: &str) -> Option<Group<'n>> {
        let entry = *self.entries.get(id)?;
        match entry.entry("type").and_then(Node::as_text)? {
            "list" => Some(Group::List {
                attribute: entry.entry("attributeKey").and_then(Node::as_text),
                values: entry.entry("values")?.as_list()?,
            }),
            "condition" => {
                let condition = entry.entry("condition")?;
                matches!(condition, Node::Map(_) | Node::List(_))
                    .then_some(Group::Condition(condition))
            }
            _ => None,
        }
    }

    /// Whether following this group's references may come back to it.
    pub(super) fn is_circular(&self, id: &str) -> bool {
        self.circular.contains(id)
    }
}

/// Takes away groups whose references are all taken away; what remains leads into a circle.
fn circular<'n>(entries: &HashMap<&'n str, &'n Node<'n>>) -> HashSet<&'n str> {
    let mut waiting: HashMap<&str, usize> = HashMap::new();
    let mut referrers: HashMap<&str, Vec<&str>> = HashMap::new();
    for (id, entry) in entries {
        let mut references = HashSet::new();
        collect(entry, &mut references);
        references.retain(|reference| entries.contains_key(reference));
        waiting.insert(id, references.len());
        for reference in references {
            referrers.entry(reference).or_default().push(id);
        }
    }
    let mut free: Vec<&str> =
        waiting.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    let mut remaining: HashSet<&str> = entries.keys().copied().collect();
    while let Some(id) = free.pop() {
        remaining.remove(id);
        for referrer in referrers.remove(id).unwrap_or_default() {
            if let Some(count) = waiting.get_mut(referrer) {
                *count -= 1;
                if *count == 0 {
                    free.push(referrer);
                }
            }
        }
    }
    remaining
}

/// The ids behind every `$savedGroup` inside; documents are nested 64 deep at most.
fn collect<'n>(node: &'n Node<'n>, ids: &mut HashSet<&'n str>) {
    match node {
        Node::Map(entries) => {
            for (key, value) in *entries {
                if *key == SAVED_GROUP {
                    ids.extend(value.entry("id").and_then(Node::as_text));
                }
                collect(value, ids);
            }
        }
        Node::List(items) => items.iter().for_each(|item| collect(item, ids)),
        _ => {}
    }
}

/// The text by which an object's property is found.
pub(super) fn id_of(node: &Node<'_>) -> String {
    script::text(&script::value(node))
}

pub(super) const SAVED_GROUP: &str = "$savedGroup";
