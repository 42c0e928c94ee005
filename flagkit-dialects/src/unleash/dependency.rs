//! Dependencies: other features that must be on, or off, first.
//!
//! Parents have no parents themselves, so there are neither chains nor circles.

use std::collections::BTreeSet;

use flagkit_core::document::{Accepts, Condition, Flag, Prerequisite};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::settings::{DisabledParent, ParentWithoutVariant};

use super::Lowering;
use super::constraint::never;
use super::feature::Aspect;

impl Lowering<'_> {
    /// What must hold for the dependencies of a feature.
    pub(super) fn dependencies(&mut self, fields: &Fields<'_, '_>) -> Vec<Condition> {
        let path = fields.at("dependencies");
        let nodes = fields.list("dependencies", &mut self.report).iter().enumerate();
        nodes.filter_map(|(index, node)| self.dependency(node, &path.index(index))).collect()
    }

    fn dependency(&mut self, node: &Node<'_>, path: &Path<'_>) -> Option<Condition> {
        let fields = Fields::open(node, path, &mut self.report)?;
        let Some(parent) = fields.text("feature", &mut self.report) else {
            self.report.error(path, "a dependency needs `feature`", "add it");
            return None;
        };
        let is_on = fields.boolean("enabled", &mut self.report).unwrap_or(true);
        let listed = fields.texts("variants", &mut self.report);
        if !self.can_be_parent(parent) {
            let problem = format!("`{parent}` is missing or has dependencies itself");
            let consequence = "the feature is off for everyone";
            let mend = "depend on a feature without dependencies";
            self.report.warning(&fields.at("feature"), problem, consequence, mend);
            return Some(never());
        }
        let accepts = self.accepts(&listed);
        if is_on {
            return Some(Condition::Prerequisite(Prerequisite::accepting(parent, accepts)));
        }
        let is_off = Condition::Prerequisite(Prerequisite::enabled(parent)).negated();
        if listed.is_empty() || self.settings.variants_of_disabled_parent == DisabledParent::Ignored
        {
            return Some(is_off);
        }
        let variant = Prerequisite::accepting(variant_key(parent), accepts);
        Some(Condition::All(vec![is_off, Condition::Prerequisite(variant)]))
    }

    fn can_be_parent(&self, name: &str) -> bool {
        let parent = self.state.features.get(&name);
        parent.is_some_and(|parent| {
            let dependencies = parent.node.entry("dependencies");
            dependencies.and_then(Node::as_list).is_none_or(<[_]>::is_empty)
        })
    }

    fn accepts(&self, listed: &[&str]) -> Accepts {
        if listed.is_empty() {
            return Accepts::Anything;
        }
        let names = || listed.iter().map(|name| (*name).to_owned()).collect();
        match self.settings.parent_without_variant {
            ParentWithoutVariant::CountsAsDisabled if !listed.contains(&"disabled") => {
                Accepts::Variants(names())
            }
            _ => Accepts::VariantsOrUnnamed(names()),
        }
    }

    /// Flags for the variants that features would have, of those that others want off and with
    /// certain variants.
    pub(super) fn variants_of_parents(&mut self) -> Vec<Flag> {
        if self.settings.variants_of_disabled_parent == DisabledParent::Ignored {
            return Vec::new();
        }
        let state = self.state;
        let dependencies = state
            .features
            .iter()
            .filter_map(|entry| entry.node.entry("dependencies").and_then(Node::as_list));
        let parents: BTreeSet<&str> = dependencies.flatten().filter_map(wanted_off).collect();
        let parents = parents.into_iter().filter_map(|parent| state.features.get(&parent));
        let flags = parents.map(|entry| {
            entry.place.with_path(|path| {
                // What is wrong with the parent is said when it is lowered itself.
                let report = std::mem::replace(&mut self.report, crate::report::Report::new());
                let flag = self.feature(entry.key, entry.node, path, Aspect::VariantAlone);
                self.report = report;
                flag
            })
        });
        flags.collect()
    }
}

/// The parent of a dependency that wants it off and with certain variants.
fn wanted_off<'n>(dependency: &'n Node<'n>) -> Option<&'n str> {
    let is_off = dependency.entry("enabled") == Some(&Node::Boolean(false));
    let listed = dependency.entry("variants").and_then(Node::as_list)?;
    let parent = dependency.entry("feature").and_then(Node::as_text)?;
    (is_off && !listed.is_empty()).then_some(parent)
}

/// The key of the flag for the variant that a feature would have; no feature has such a name.
pub(super) fn variant_key(feature: &str) -> String {
    format!("{feature}\u{0}variant")
}
