//! Features: a switch, dependencies, strategies, variants.

use std::sync::Arc;

use flagkit_core::document::{Condition, Flag, Rule, Serve, Variant};
use flagkit_core::{ErrorCode, Reason, Structure, Value};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;

use super::Lowering;
use super::strategy::Strategy;
use super::variants::{OFF, ON, rule};

/// What of a feature is lowered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Aspect {
    /// All of it.
    Whole,
    /// The variant that it would have, whether it is on or not.
    VariantAlone,
}

impl Lowering<'_> {
    /// All features, and what others ask of them beside.
    pub(super) fn flags(&mut self) -> Vec<Flag> {
        let state = self.state;
        let mut flags = self.variants_of_parents();
        self.report.begin_flag();
        for entry in state.features.iter() {
            let flag = entry
                .place
                .with_path(|path| self.feature(entry.key, entry.node, path, Aspect::Whole));
            flags.push(flag);
        }
        flags
    }

    pub(super) fn feature(
        &mut self,
        name: &str,
        node: &Node<'_>,
        path: &Path<'_>,
        aspect: Aspect,
    ) -> Flag {
        let errors = self.report.errors();
        let key = match aspect {
            Aspect::Whole => name.to_owned(),
            Aspect::VariantAlone => super::dependency::variant_key(name),
        };
        let read = Fields::open(node, path, &mut self.report)
            .map(|fields| self.read_feature(name, &fields, aspect));
        match read {
            Some((variants, rules, metadata)) if self.report.errors() == errors => {
                Flag { key, variants, rules, version: None, metadata }
            }
            _ => Flag::broken(key, ErrorCode::ParseError),
        }
    }

    fn read_feature(
        &mut self,
        name: &str,
        fields: &Fields<'_, '_>,
        aspect: Aspect,
    ) -> (Vec<Variant>, Vec<Rule>, Option<Arc<Structure>>) {
        let mut rules = match aspect {
            Aspect::Whole => self.gates(fields),
            Aspect::VariantAlone => Vec::new(),
        };
        let mut variants = vec![plain(false), plain(true)];
        let own = self.lottery(fields);
        let errors = self.report.errors();
        let mut forward = self.strategies(name, fields, &mut rules, &mut variants);
        if aspect == Aspect::VariantAlone && self.report.errors() > errors {
            // Of strategies that cannot be read the engine forgets their variants, too.
            self.report.forgive(errors);
            rules.clear();
            forward.clear();
        }
        if aspect == Aspect::Whole && !fields.list("strategies", &mut self.report).is_empty() {
            rules.push(rule(Condition::Always, OFF, Reason::Default));
        }
        if own.is_empty() {
            rules.push(rule(Condition::Always, ON, Reason::Static));
            return (variants, rules, metadata(fields));
        }
        let tail = rules.len();
        for place in forward {
            if let Some(rule) = rules.get_mut(place) {
                rule.serve = Serve::Rule(tail);
            }
        }
        rules.extend(self.draw(own, name, &fields.at("variants"), &mut variants));
        (variants, rules, metadata(fields))
    }

    /// Adds a rule for each strategy; returns the places of those that serve no variant of their
    /// own, and so whatever the feature serves.
    fn strategies(
        &mut self,
        name: &str,
        fields: &Fields<'_, '_>,
        rules: &mut Vec<Rule>,
        variants: &mut Vec<Variant>,
    ) -> Vec<usize> {
        let path = fields.at("strategies");
        let nodes = fields.list("strategies", &mut self.report);
        let (mut plain, mut custom) = (Vec::new(), 0);
        for (index, node) in nodes.iter().enumerate() {
            let path = path.index(index);
            let strategy = self.strategy(name, node, &path, &mut custom);
            let Some((strategy, when)) = strategy else { continue };
            let drawn = self.drawn(&strategy, variants);
            if drawn.is_none() {
                plain.push(rules.len());
            }
            rules.push(strategy_rule(&strategy, when, drawn));
        }
        plain
    }

    /// The rules before all strategies: being switched off, and dependencies.
    fn gates(&mut self, fields: &Fields<'_, '_>) -> Vec<Rule> {
        let mut gates = Vec::new();
        match fields.boolean("enabled", &mut self.report) {
            Some(true) => {}
            Some(false) => gates.push(rule(Condition::Always, OFF, Reason::Disabled)),
            None => {
                if fields.node("enabled").is_none() {
                    self.report.error(fields.path(), "a feature needs `enabled`", "add it");
                }
            }
        }
        let unmet = self.dependencies(fields).into_iter().map(Condition::negated);
        gates.extend(unmet.map(|unmet| rule(unmet, OFF, Reason::PrerequisiteFailed)));
        gates
    }

    /// What the strategy serves of its own.
    fn drawn(&mut self, strategy: &Strategy<'_, '_>, variants: &mut Vec<Variant>) -> Option<Serve> {
        let mut lottery = self.lottery(&strategy.fields);
        if lottery.is_empty() {
            return None;
        }
        let stickiness = strategy.parameter("stickiness");
        lottery.stickiness = stickiness.as_deref();
        let path = strategy.fields.at("variants");
        let rules = self.draw(lottery, &strategy.group(), &path, variants);
        rules.into_iter().next_back().map(|rule| rule.serve)
    }
}

fn strategy_rule(strategy: &Strategy<'_, '_>, when: Condition, drawn: Option<Serve>) -> Rule {
    let is_split = drawn.is_some() || strategy.is_gradual();
    let reason = if is_split { Reason::Split } else { Reason::TargetingMatch };
    let id = Some(strategy.name.into());
    Rule { id, label: None, when, serve: drawn.unwrap_or(Serve::Variant(ON)), reason }
}

fn plain(enabled: bool) -> Variant {
    Variant { key: None, value: Value::Boolean(enabled), enabled, metadata: None }
}

/// What SDKs tell applications about a feature beside its answers.
fn metadata(fields: &Fields<'_, '_>) -> Option<Arc<Structure>> {
    let known = |name: &'static str| Some((name, fields.node(name)?.to_value()));
    let metadata: Structure =
        ["type", "project", "stale", "impressionData"].into_iter().filter_map(known).collect();
    (!metadata.is_empty()).then(|| Arc::new(metadata))
}
