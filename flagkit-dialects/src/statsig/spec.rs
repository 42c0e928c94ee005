//! Gates, configs and layers as flags.

use std::sync::Arc;

use flagkit_core::document::{Branch, Bucket, Condition, Flag, Rule, Serve, Variant};
use flagkit_core::{ErrorCode, Reason, Structure, Value};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

use super::condition::hashed;
use super::lookup;
use super::mapping::mappings;
use super::rule::when;
use super::specs::{Kind, Specs};

/// Turns specs into flags.
pub(super) struct Lowering<'r, 'n> {
    pub(super) specs: &'r Specs<'n>,
    report: &'r mut Report,
    /// How many rules may still be written out inside of other flags.
    copies_left: usize,
}

/// A spec and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Spec<'n> {
    pub(super) kind: Kind,
    pub(super) name: &'n str,
    pub(super) node: &'n Node<'n>,
}

/// What a flag tries in order.
pub(super) struct Step {
    id: Arc<str>,
    pub(super) when: Condition,
    serve: Serve,
    reason: Reason,
}

/// The flag that is being written.
pub(super) struct Draft<'n> {
    variants: Vec<Variant>,
    /// The specs whose rules are being written, the flag's own first.
    inside: Vec<(Kind, &'n str)>,
    /// The experiment that the flag hands over to.
    allocated: Option<&'n str>,
}

impl<'r, 'n> Lowering<'r, 'n> {
    pub(super) fn new(specs: &'r Specs<'n>, report: &'r mut Report) -> Self {
        Self { specs, report, copies_left: COPIES_MAX }
    }

    /// All flags of the document.
    pub(super) fn flags(mut self) -> Vec<Flag> {
        self.report.begin_flag();
        let mut flags = Vec::new();
        for kind in Kind::ALL {
            for (name, node) in self.specs.of(kind) {
                let spec = Spec { kind, name, node };
                if is_merged(kind, node) {
                    flags.extend(self.merged(spec));
                } else {
                    flags.push(self.flag(spec));
                }
            }
        }
        flags
    }

    fn flag(&mut self, spec: Spec<'n>) -> Flag {
        let key = self.specs.key(spec.kind, spec.name);
        let above = Path::ROOT.key(spec.kind.table());
        let path = above.key(spec.name);
        let errors = self.report.errors();
        self.check(spec.node, &path);
        if self.report.errors() > errors {
            return Flag::broken(key, ErrorCode::General);
        }
        let mut draft = Draft::new(spec);
        let steps = self.steps(spec, &mut draft);
        flag(key, steps, draft)
    }

    /// A layer whose rules each give some of its parameters: a flag for every rule, and one for
    /// the layer, which only [`Evaluator`](super::Evaluator) can put together.
    fn merged(&mut self, spec: Spec<'n>) -> Vec<Flag> {
        let key = self.specs.key(spec.kind, spec.name);
        let above = Path::ROOT.key(spec.kind.table());
        let problem = "the layer merges the parameters of several rules";
        let consequence =
            "its flag answers with an error; the layer answers through `statsig::Evaluator`";
        let mend = "ask for the layer, or switch the new evaluation off";
        self.report.warning(&above.key(spec.name), problem, consequence, mend);
        let mut flags = vec![Flag::broken(key.clone(), ErrorCode::General)];
        for (place, rule) in rules(spec.node).iter().enumerate() {
            let mut draft = Draft::new(spec);
            let inside = self.delegated(rule, &mut draft);
            let inside = inside.unwrap_or_else(|| draft.passes(spec, rule));
            // Conditions come first: they may end the evaluation.
            let serve = Serve::FirstOf {
                branches: vec![Branch {
                    when: when(rule, self.specs),
                    serve: percentage(spec.node, rule, inside, Serve::Default),
                }],
                otherwise: Box::new(Serve::Default),
            };
            let id = text(rule, "id").into();
            let step = Step { id, when: Condition::Always, serve, reason: Reason::TargetingMatch };
            flags.push(flag(part_key(&key, place), vec![step], draft));
        }
        flags
    }

    /// Reports what is missing for an evaluation.
    fn check(&mut self, node: &Node<'_>, path: &Path<'_>) {
        let Some(fields) = Fields::open(node, path, self.report) else { return };
        let rules = fields.list("rules", self.report);
        let above = fields.at("rules");
        for (place, rule) in rules.iter().enumerate() {
            let path = above.index(place);
            let Some(fields) = Fields::open(rule, &path, self.report) else { continue };
            fields.texts("conditions", self.report);
            if fields.node("passPercentage").and_then(Node::as_float).is_none() {
                fields.mismatch("passPercentage", "a number", "write 0 to 100", self.report);
            }
        }
    }

    /// What stands in for the spec, its rules, and the default.
    fn steps(&mut self, spec: Spec<'n>, draft: &mut Draft<'n>) -> Vec<Step> {
        let mut steps = mappings(self, spec, draft);
        for rule in rules(spec.node) {
            let delegated = self.delegated(rule, draft);
            let serve = delegated.unwrap_or_else(|| {
                let inside = draft.passes(spec, rule);
                let outside = draft.serve(spec.kind, default(spec), rule);
                percentage(spec.node, rule, inside, outside)
            });
            let is_split = matches!(serve, Serve::Within { .. });
            let reason = if is_split { Reason::Split } else { Reason::TargetingMatch };
            let when = when(rule, self.specs);
            steps.push(Step { id: text(rule, "id").into(), when, serve, reason });
        }
        let is_enabled = spec.node.entry("enabled") != Some(&Node::Boolean(false));
        let (id, reason) =
            if is_enabled { ("default", Reason::Default) } else { ("disabled", Reason::Disabled) };
        let serve = draft.add(spec.kind, default(spec), id, None);
        steps.push(Step { id: id.into(), when: Condition::Always, serve, reason });
        steps
    }

    /// What the config serves that a rule hands over to.
    fn delegated(&mut self, rule: &'n Node<'n>, draft: &mut Draft<'n>) -> Option<Serve> {
        let name = rule.entry("configDelegate")?.as_text()?;
        let node = self.specs.get(Kind::Config, name)?;
        let outer = draft.allocated;
        draft.allocated = outer.or(Some(name));
        let serve = self.nested(Spec { kind: Kind::Config, name, node }, draft);
        draft.allocated = outer;
        Some(serve)
    }

    /// The whole of another spec inside of a rule.
    pub(super) fn nested(&mut self, spec: Spec<'n>, draft: &mut Draft<'n>) -> Serve {
        let place = (spec.kind, spec.name);
        if draft.inside.contains(&place) {
            // The SDK goes round until it gives up.
            return Serve::Error(ErrorCode::ParseError);
        }
        let cost = rules(spec.node).len() + 1;
        let is_bandit = spec.kind == Kind::Config && self.specs.is_bandit(spec.name);
        let is_too_much = draft.inside.len() > DEPTH_MAX || cost > self.copies_left;
        if is_bandit || is_too_much {
            let above = Path::ROOT.key(spec.kind.table());
            let problem = if is_bandit {
                "a bandit decides the config"
            } else {
                "configs hand over to each other too often"
            };
            let consequence = "flags that hand over to it answer that they are not supported";
            self.report.warning(&above.key(spec.name), problem, consequence, "ask for it directly");
            return Serve::Error(ErrorCode::General);
        }
        self.copies_left -= cost;
        draft.inside.push(place);
        let mut steps = self.steps(spec, draft);
        draft.inside.pop();
        let otherwise = steps.pop().map_or(Serve::Default, |step| step.serve);
        let branches = steps.into_iter().map(|step| Branch { when: step.when, serve: step.serve });
        Serve::FirstOf { branches: branches.collect(), otherwise: Box::new(otherwise) }
    }
}

impl<'n> Draft<'n> {
    fn new(spec: Spec<'n>) -> Self {
        let inside = vec![(spec.kind, spec.name)];
        Self { variants: Vec::new(), inside, allocated: None }
    }

    /// What a rule serves to those inside of its percentage.
    fn passes(&mut self, spec: Spec<'n>, rule: &'n Node<'n>) -> Serve {
        let value = rule.entry("returnValue").unwrap_or(&Node::Null);
        match (spec.kind, value) {
            // A gate passes unless the rule says otherwise.
            (Kind::Gate, Node::Boolean(false)) => self.serve(spec.kind, Some(value), rule),
            (Kind::Gate, _) => self.serve(spec.kind, Some(&Node::Boolean(true)), rule),
            _ => self.serve(spec.kind, Some(value), rule),
        }
    }

    /// Serves a value in the name of a rule.
    fn serve(&mut self, kind: Kind, value: Option<&Node<'_>>, rule: &Node<'_>) -> Serve {
        let group = rule.entry("groupName").and_then(Node::as_text);
        self.add(kind, value, text(rule, "id"), group)
    }

    fn add(
        &mut self,
        kind: Kind,
        value: Option<&Node<'_>>,
        rule: &str,
        group: Option<&str>,
    ) -> Serve {
        let value = match (kind, value) {
            (Kind::Gate, value) => Value::Boolean(value == Some(&Node::Boolean(true))),
            (_, Some(Node::Map(entries))) => Value::from(crate::node::to_structure(entries)),
            _ => Value::from(Structure::default()),
        };
        let facts = [
            Some((RULE_ID, Value::from(rule))),
            group.map(|group| (GROUP_NAME, Value::from(group))),
            self.allocated.map(|name| (ALLOCATED, Value::from(name))),
        ];
        let facts: Structure = facts.into_iter().flatten().collect();
        self.variants.push(Variant {
            key: group.map(Into::into),
            enabled: value != Value::Boolean(false),
            value,
            metadata: Some(Arc::new(facts)),
        });
        Serve::Variant(self.variants.len() - 1)
    }
}

impl Step {
    /// A step that another spec takes in the place of this one.
    pub(super) fn instead(name: &str, when: Condition, serve: Serve) -> Self {
        Self { id: name.into(), when, serve, reason: Reason::TargetingMatch }
    }
}

fn flag(key: String, steps: Vec<Step>, draft: Draft<'_>) -> Flag {
    let rules = steps.into_iter().map(|step| Rule {
        id: Some(step.id),
        label: None,
        when: step.when,
        serve: step.serve,
        reason: step.reason,
    });
    Flag { key, variants: draft.variants, rules: rules.collect(), version: None, metadata: None }
}

/// A percentage of the rule's units, salted by the spec.
fn percentage(spec: &Node<'_>, rule: &Node<'_>, inside: Serve, outside: Serve) -> Serve {
    match within(text(spec, "salt"), rule) {
        Share::Everybody => inside,
        Share::Nobody => outside,
        Share::Some(bucket) => Serve::Within {
            bucket: Box::new(bucket),
            inside: Box::new(inside),
            outside: Box::new(outside),
        },
    }
}

/// How many get what a rule serves.
pub(super) enum Share {
    Everybody,
    Nobody,
    Some(Bucket),
}

/// The percentage of a rule whose spec has this salt.
pub(super) fn within(salt: &str, rule: &Node<'_>) -> Share {
    let share = rule.entry("passPercentage").and_then(Node::as_float).unwrap_or_default();
    if share >= 100.0 {
        return Share::Everybody;
    }
    if share <= 0.0 {
        return Share::Nobody;
    }
    let rule_salt = rule.entry("salt").and_then(Node::as_text).unwrap_or(text(rule, "id"));
    Share::Some(Bucket {
        subject: lookup::subject(text(rule, "idType")),
        bucketing: hashed(format!("{salt}.{rule_salt}."), 10_000),
        ranges: vec![(f64::NEG_INFINITY, share * 100.0)],
        when_missing: false,
    })
}

/// Whether the layer merges what its rules give.
pub(super) fn is_merged(kind: Kind, node: &Node<'_>) -> bool {
    kind == Kind::Layer && node.entry("useNewLayerEval") == Some(&Node::Boolean(true))
}

/// The key of the flag for one rule of a merged layer.
pub(super) fn part_key(layer: &str, place: usize) -> String {
    format!("{layer}/rules/{place}")
}

pub(super) fn rules<'n>(spec: &'n Node<'n>) -> &'n [Node<'n>] {
    spec.entry("rules").and_then(Node::as_list).unwrap_or_default()
}

fn default(spec: Spec<'_>) -> Option<&Node<'_>> {
    spec.node.entry("defaultValue")
}

pub(super) fn text<'n>(node: &'n Node<'n>, name: &str) -> &'n str {
    node.entry(name).and_then(Node::as_text).unwrap_or_default()
}

pub(super) const RULE_ID: &str = "ruleID";
pub(super) const GROUP_NAME: &str = "groupName";
pub(super) const ALLOCATED: &str = "allocatedExperiment";
/// Rules that are written out inside of other flags.
const COPIES_MAX: usize = 1_000_000;
/// Specs inside of specs.
const DEPTH_MAX: usize = 8;
