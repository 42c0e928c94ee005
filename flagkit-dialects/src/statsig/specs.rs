//! What a document holds, found by name.

use std::collections::{HashMap, HashSet};

use crate::error::WrongShape;
use crate::node::Node;

/// Which of the three tables.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Kind {
    Gate,
    Config,
    Layer,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Gate, Self::Config, Self::Layer];

    /// The name of the table.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Gate => "feature_gates",
            Self::Config => "dynamic_configs",
            Self::Layer => "layer_configs",
        }
    }

    /// What stands before a name that another table has, too.
    fn prefix(self) -> &'static str {
        match self {
            Self::Gate => "gate:",
            Self::Config => "config:",
            Self::Layer => "layer:",
        }
    }
}

/// The tables of a document.
pub(super) struct Specs<'n> {
    tables: HashMap<Kind, Table<'n>>,
    pub(super) conditions: Table<'n>,
    /// Names of configs that a bandit decides.
    bandits: Table<'n>,
    /// Mappings from names to configs that stand in for them.
    pub(super) overrides: Table<'n>,
    pub(super) override_rules: Table<'n>,
    pub(super) id_lists: Table<'n>,
    aborting: HashSet<&'n str>,
}

/// Entries in the order of the document, and by name; of an entry that is there twice the last
/// counts.
#[derive(Default)]
pub(super) struct Table<'n> {
    pub(super) entries: Vec<(&'n str, &'n Node<'n>)>,
    by_name: HashMap<&'n str, &'n Node<'n>>,
}

impl<'n> Table<'n> {
    fn read(root: &'n Node<'n>, name: &'static str) -> Result<Self, WrongShape> {
        match root.entry(name) {
            None | Some(Node::Null) => Ok(Self::default()),
            Some(Node::Map(entries)) => {
                let entries: Vec<_> = entries.iter().map(|(key, node)| (&**key, node)).collect();
                Ok(Self { by_name: entries.iter().copied().collect(), entries })
            }
            Some(other) => {
                let problem = format!("`{name}` must be a map, not {}", other.kind());
                Err(WrongShape::new(name, problem))
            }
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'n Node<'n>> {
        self.by_name.get(name).copied()
    }
}

impl<'n> Specs<'n> {
    pub(super) fn read(root: &'n Node<'n>) -> Result<Self, WrongShape> {
        if root.entry(Kind::Gate.table()).is_none() && root.entry(Kind::Config.table()).is_none() {
            return Err(WrongShape::new("", "there are no `feature_gates` and `dynamic_configs`"));
        }
        let mut tables = HashMap::new();
        for kind in Kind::ALL {
            tables.insert(kind, Table::read(root, kind.table())?);
        }
        let mut specs = Self {
            tables,
            conditions: Table::read(root, "condition_map")?,
            bandits: Table::read(root, "cmab_configs")?,
            overrides: Table::read(root, "overrides")?,
            override_rules: Table::read(root, "override_rules")?,
            id_lists: Table::read(root, "id_lists")?,
            aborting: HashSet::new(),
        };
        specs.aborting = specs.find_aborting();
        Ok(specs)
    }

    /// The entries of one table.
    pub(super) fn of(&self, kind: Kind) -> &[(&'n str, &'n Node<'n>)] {
        self.tables.get(&kind).map_or(&[], |table| table.entries.as_slice())
    }

    pub(super) fn get(&self, kind: Kind, name: &str) -> Option<&'n Node<'n>> {
        self.tables.get(&kind)?.get(name)
    }

    pub(super) fn is_bandit(&self, name: &str) -> bool {
        self.bandits.get(name).is_some()
    }

    /// The key of the flag: the name, unless more than one table has it.
    pub(super) fn key(&self, kind: Kind, name: &str) -> String {
        let tables = Kind::ALL.into_iter().filter(|kind| self.get(*kind, name).is_some()).count();
        if tables > 1 { format!("{}{name}", kind.prefix()) } else { name.to_owned() }
    }

    /// Whether an evaluation of this gate may come to something that the SDK does not support,
    /// which ends the whole evaluation.
    pub(super) fn may_abort(&self, gate: &str) -> bool {
        self.aborting.contains(gate)
    }

    /// Gates that may end an evaluation: by themselves, because they ask for each other in a
    /// circle, or through the gates they ask.
    fn find_aborting(&self) -> HashSet<&'n str> {
        let mut asked_by: HashMap<&str, Vec<&'n str>> = HashMap::new();
        let mut still_asks: HashMap<&'n str, usize> = HashMap::new();
        let mut aborting = Vec::new();
        for (name, node) in self.of(Kind::Gate) {
            let mut aborts = self.overrides.get(name).is_some();
            let asks = still_asks.entry(name).or_default();
            for hash in condition_hashes(node) {
                match self.conditions.get(hash).map(Asks::of) {
                    Some(Asks::Gate(gate)) if self.get(Kind::Gate, gate).is_some() => {
                        asked_by.entry(gate).or_default().push(name);
                        *asks += 1;
                    }
                    Some(Asks::Gate(_) | Asks::Other) => {}
                    Some(Asks::Unsupported) | None => aborts = true,
                }
            }
            if aborts {
                aborting.push(*name);
            }
        }
        // Whoever asks nobody is settled, then whoever asks only those; the rest gets to a circle.
        let mut settled: Vec<&str> =
            still_asks.iter().filter(|(_, asks)| **asks == 0).map(|(name, _)| *name).collect();
        while let Some(gate) = settled.pop() {
            for asker in asked_by.get(gate).into_iter().flatten() {
                if let Some(asks) = still_asks.get_mut(asker) {
                    *asks = asks.saturating_sub(1);
                    settled.extend((*asks == 0).then_some(*asker));
                }
            }
        }
        aborting.extend(still_asks.iter().filter(|(_, asks)| **asks > 0).map(|(name, _)| *name));
        let mut found: HashSet<&str> = aborting.iter().copied().collect();
        while let Some(gate) = aborting.pop() {
            let askers = asked_by.get(gate).into_iter().flatten();
            aborting.extend(askers.filter(|asker| found.insert(asker)));
        }
        found
    }
}

/// The hashes of all conditions of a spec.
fn condition_hashes<'n>(spec: &'n Node<'n>) -> impl Iterator<Item = &'n str> {
    let rules = spec.entry("rules").and_then(Node::as_list).unwrap_or_default().iter();
    rules
        .filter_map(|rule| rule.entry("conditions").and_then(Node::as_list))
        .flatten()
        .filter_map(Node::as_text)
}

/// What a condition asks for, as far as it matters to those who share an evaluation with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asks<'n> {
    /// Another gate.
    Gate(&'n str),
    /// Nothing that the SDK knows.
    Unsupported,
    /// Something else.
    Other,
}

impl<'n> Asks<'n> {
    pub(super) fn of(condition: &'n Node<'n>) -> Self {
        let text = |name: &str| condition.entry(name).and_then(Node::as_text);
        match text("type").unwrap_or_default() {
            "public" => Self::Other,
            "pass_gate" | "fail_gate" => Self::Gate(text("targetValue").unwrap_or_default()),
            kind if TYPES.contains(&kind) => match text("operator") {
                Some(operator) if super::operator::is_known(operator) => Self::Other,
                _ => Self::Unsupported,
            },
            _ => Self::Unsupported,
        }
    }
}

/// The types of conditions that compare a value.
const TYPES: [&str; 9] = [
    "user_field",
    "environment_field",
    "unit_id",
    "user_bucket",
    "current_time",
    "target_app",
    "ua_based",
    "ip_based",
    "experiment_group",
];
