//! Which attributes a condition asks for, and whether anybody will ever tell them.

use std::collections::BTreeSet;

use flagkit_core::document::{Condition, Lookup};
use flagkit_dialects::closest;

use super::read;
use crate::refusal::Refusal;

/// The names that a condition may ask for at some place of a plan.
///
/// ```
/// use flagkit_deploy::policy::{Names, unknown_names};
///
/// let names = Names::new(["metrics.error_rate", "body.*", "status"]);
/// let refusals = unknown_names("triggers[0].rule", "metrics.eror_rate > 0.05", &names);
/// assert_eq!(
///     refusals[0].to_string(),
///     "triggers[0].rule: nothing tells `metrics.eror_rate`; did you mean `metrics.error_rate`?"
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Names {
    whole: BTreeSet<String>,
    roots: BTreeSet<String>,
    others: bool,
}

impl Names {
    /// A name stands for itself and, where it has no dot, for what is inside of it. `body.*` is
    /// everything inside of `body`, and `*` any name whose first word is none of those listed.
    /// `now` is known everywhere.
    pub fn new<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        let mut these = Self::default();
        for name in names {
            let name = name.into();
            if name == "*" {
                these.others = true;
            } else if let Some(root) = name.strip_suffix(".*") {
                these.roots.insert(root.to_owned());
            } else {
                if !name.contains('.') {
                    these.roots.insert(name.clone());
                }
                these.whole.insert(name);
            }
        }
        these
    }

    /// Whether somebody may tell a fact of this name.
    pub fn knows(&self, name: &str) -> bool {
        let root = root(name);
        let is_listed = self.whole.iter().any(|known| self::root(known) == root);
        name == "now"
            || self.whole.contains(name)
            || prefixes(name).any(|prefix| self.roots.contains(prefix))
            || (self.others && !is_listed)
    }

    /// What the author may have meant.
    fn mend(&self, name: &str) -> String {
        let known = self.whole.iter().map(String::as_str);
        if let Some(meant) = closest(name, known.clone()) {
            return format!("did you mean `{meant}`?");
        }
        let known: Vec<String> = known.take(SHOWN).map(|name| format!("`{name}`")).collect();
        format!("known are {}", known.join(", "))
    }
}

/// The part before the first dot.
fn root(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// The name up to each of its dots, and the whole.
fn prefixes(name: &str) -> impl Iterator<Item = &str> {
    let dots = name.match_indices('.').map(|(at, _)| at);
    dots.chain([name.len()]).filter_map(|end| name.get(..end))
}

/// The names that a condition asks for; none for a text that is no condition.
pub(crate) fn asked_names(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if let Ok(condition) = read("", text) {
        collect(&condition, &mut names);
    }
    names
}

/// Names in a condition that nobody will ever tell; none for a text that is no condition.
pub fn unknown_names(path: &str, text: &str, known: &Names) -> Vec<Refusal> {
    let names = asked_names(text);
    let unknown = names.iter().filter(|name| !known.knows(name));
    unknown
        .map(|name| Refusal::new(path, format!("nothing tells `{name}`"), known.mend(name)))
        .collect()
}

/// The attributes that a condition of a line looks at.
fn collect(condition: &Condition, names: &mut BTreeSet<String>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                collect(part, names);
            }
        }
        Condition::Not(inner) => collect(inner, names),
        Condition::Test(test) => names.extend(name(&test.lookup)),
        _ => {}
    }
}

/// The name by which a look-up is written.
fn name(lookup: &Lookup) -> Option<String> {
    match lookup {
        Lookup::Name(name) | Lookup::Dotted(name) => Some(name.clone()),
        Lookup::FirstOf(lookups) => lookups.iter().find_map(name),
        _ => None,
    }
}

/// So many known names are listed where none is close.
const SHOWN: usize = 20;
