//! The values of a text one by one, and what became of each.

use flagkit_dialects::Written;

use super::{Fate, Note};

/// Values with their paths, in the order of the text. Lists of single values are one value.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    list: Vec<Leaf>,
    notes: Vec<Note>,
    wrong: Vec<(String, String, String)>,
}

/// One value.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    /// Where it stands: `canary.success_criteria.error_rate`.
    pub(super) path: String,
    /// The keys of the path; elements of lists by their `name`, or their number.
    pub(super) keys: Vec<String>,
    /// The value.
    pub(super) value: Written,
}

impl Leaf {
    /// The last key, in lower case.
    pub(super) fn key(&self) -> String {
        self.keys.last().map(|key| key.to_lowercase()).unwrap_or_default()
    }

    /// Whether any key is one of these.
    pub(super) fn is_below(&self, names: &[&str]) -> bool {
        self.keys.iter().any(|key| names.contains(&key.to_lowercase().as_str()))
    }

    /// The value as text.
    pub(super) fn text(&self) -> String {
        match &self.value {
            Written::Text(text) => text.clone(),
            other => super::threshold::number(other).map_or_else(String::new, |it| it.to_string()),
        }
    }

    /// The values of a list, or the only one.
    pub(super) fn items(&self) -> Vec<Written> {
        match &self.value {
            Written::List(items) => items.clone(),
            other => vec![other.clone()],
        }
    }
}

impl Leaves {
    pub(super) fn of(tree: &Written) -> Self {
        let mut leaves = Self::default();
        leaves.walk(tree, String::new(), &mut Vec::new());
        leaves
    }

    fn walk(&mut self, node: &Written, path: String, keys: &mut Vec<String>) {
        match node {
            Written::Map(entries) => {
                for (key, value) in entries {
                    let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    keys.push(key.clone());
                    self.walk(value, below, keys);
                    keys.pop();
                }
            }
            Written::List(items) if items.iter().any(|item| matches!(item, Written::Map(_))) => {
                for (at, item) in items.iter().enumerate() {
                    keys.push(name(item).unwrap_or_else(|| at.to_string()));
                    self.walk(item, format!("{path}[{at}]"), keys);
                    keys.pop();
                }
            }
            value => {
                let leaf = Leaf { path, keys: keys.clone(), value: value.clone() };
                self.list.push(leaf);
            }
        }
    }

    /// Takes out all values of which this holds.
    pub(super) fn take_all(&mut self, is_it: impl Fn(&Leaf) -> bool) -> Vec<Leaf> {
        let (taken, left) = std::mem::take(&mut self.list).into_iter().partition(is_it);
        self.list = left;
        taken
    }

    /// Takes out what stands at a path or below it, and notes what became of each value.
    pub(super) fn take_below(&mut self, path: &str, fate: Fate, why: &str) {
        let is_below = |leaf: &Leaf| {
            let rest = leaf.path.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        for leaf in self.take_all(is_below) {
            self.note(&leaf, fate, why);
        }
    }

    /// Takes out the first value under one of these keys.
    pub(super) fn take(&mut self, keys: &[&str]) -> Option<Leaf> {
        let at = self.list.iter().position(|leaf| keys.contains(&leaf.key().as_str()))?;
        Some(self.list.remove(at))
    }

    pub(super) fn note(&mut self, leaf: &Leaf, fate: Fate, why: impl Into<String>) {
        self.notes.push(Note { path: leaf.path.clone(), fate, why: why.into() });
    }

    /// Something that no release can mean.
    pub(super) fn refuse(
        &mut self,
        path: &str,
        problem: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.wrong.push((path.to_owned(), problem.into(), mend.into()));
    }

    /// All notes, and what is wrong. What nobody has taken is left out.
    pub(super) fn into_notes(mut self) -> (Vec<Note>, Vec<(String, String, String)>) {
        for leaf in std::mem::take(&mut self.list) {
            let why = reason(&leaf).to_owned();
            self.note(&leaf, Fate::Left, why);
        }
        (self.notes, self.wrong)
    }
}

/// Why there is nothing like it.
fn reason(leaf: &Leaf) -> &'static str {
    let key = leaf.key();
    let holds = |word: &str| key.contains(word);
    if holds("grafana") || holds("dashboard") {
        return "a release shows its own state; dashboards are not its business";
    }
    if holds("alert_manager") || holds("alertmanager") || holds("webhook") {
        return "write it as a channel: its address has to be complete";
    }
    if holds("email") || holds("slack") || holds("pagerduty") {
        return "write it as a channel with an address from the environment: `url: ${NAME}`";
    }
    if holds("scan") || holds("tests") || holds("compliance") || holds("coverage") {
        return "write it as a gate over a fact that your pipeline tells: `tests.passed == true`";
    }
    if holds("traffic_percentage") {
        return "it adds up; who gets how much of it is the load balancer's business, not the release's";
    }
    if holds("failover") {
        return "it leads somewhere; a release of one region does not move traffic to another one";
    }
    "a release has nothing like it"
}

fn name(item: &Written) -> Option<String> {
    let Written::Map(entries) = item else { return None };
    let names = ["name", "id", "metric", "region"];
    let found = entries.iter().find(|(key, _)| names.contains(&key.as_str()));
    match found {
        Some((_, Written::Text(name))) => Some(name.clone()),
        _ => None,
    }
}
