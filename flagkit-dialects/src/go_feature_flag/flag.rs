//! Flags: their rules, once for each time between the steps of a scheduled rollout.

use std::sync::Arc;

use flagkit_core::document::{
    Condition, Flag, Lookup, Operator, Order, Readings, Rule, Serve, Test, Unreadable, Variant,
};
use flagkit_core::{Case, ErrorCode, Reason, Structure, Timestamp, Value};

use super::parts::Parts;
use super::rule::{self, Subject};
use super::{CURRENT, PROTECTED};
use crate::fields::Fields;
use crate::node::Node;
use crate::report::Report;

/// A flag of the document.
pub(super) fn flag(name: &str, fields: &Fields<'_, '_>, report: &mut Report) -> Flag {
    let parts = Parts::read(fields, report);
    if parts.default.is_none() {
        let problem = "there is no `defaultRule` that can be read";
        let consequence = "whom no rule is for gets the caller's default with an error";
        report.warning(fields.path(), problem, consequence, "add one");
    }
    let steps = steps(fields, report);
    let subject = Subject::read(fields, report);
    let is_cacheable = steps.is_none() && parts.experiment.is_none();
    let facts = facts(fields, is_cacheable, report);
    let steps = steps.unwrap_or_default();
    // Steps count before they come, even those without a date.
    let is_bucketed_later = steps.iter().any(|(_, step)| step.is_bucketed());
    let steps = steps.into_iter().filter_map(|(date, step)| Some((date?, step))).collect();
    let mut variants = Variants { list: Vec::new(), is_cacheable };
    let mut rules = Vec::new();
    let windows = windows(parts, steps);
    if windows.iter().map(|window| window.parts.rules.len() + 4).sum::<usize>() > RULES_MAX {
        let problem = "the steps of the scheduled rollout make too many rules";
        report.error(&fields.at("scheduledRollout"), problem, "remove steps that are over");
        return Flag {
            key: name.to_owned(),
            variants: Vec::new(),
            rules,
            version: None,
            metadata: None,
        };
    }
    for window in windows {
        let part = FlagPart { name, subject: &subject, parts: &window.parts, is_bucketed_later };
        let lowered = part.rules(fields, &mut variants, report);
        rules.extend(lowered.into_iter().map(|rule| window.limit(rule)));
    }
    Flag {
        key: name.to_owned(),
        variants: variants.list,
        rules,
        version: None,
        metadata: Some(Arc::new(facts)),
    }
}

/// A flag in one of its times.
struct FlagPart<'n, 'f> {
    name: &'f str,
    subject: &'f Subject,
    parts: &'f Parts<'n>,
    is_bucketed_later: bool,
}

impl<'n> FlagPart<'n, '_> {
    fn rules(
        &self,
        fields: &Fields<'n, '_>,
        variants: &mut Variants,
        report: &mut Report,
    ) -> Vec<Rule> {
        let Parts { rules: targeting, default, experiment, .. } = self.parts;
        let is_bucketed = self.parts.is_bucketed() || self.is_bucketed_later;
        let mut rules = self.subject.checks(is_bucketed);
        if self.parts.disabled == Some(true) {
            rules.push(disabled(Condition::Always));
            return rules;
        }
        if let Some(experiment) = experiment {
            let before = experiment.start.map(|start| now(Order::Less, start));
            let after = experiment.end.map(|end| now(Order::Greater, end));
            rules.push(disabled(Condition::Any(before.into_iter().chain(after).collect())));
        }
        let lowering = rule::Lowering { flag: self.name, subject: self.subject, parts: self.parts };
        let path = fields.at("targeting");
        for (place, part) in targeting.iter().enumerate() {
            let path = path.index(place);
            rules.extend(lowering.targeting(part, &path, variants, report));
        }
        match default {
            Some(default) => {
                let has_rules = !targeting.is_empty();
                rules.extend(lowering.default(default, has_rules, variants));
            }
            None => rules.push(rule::failing(Condition::Always, ErrorCode::ParseError)),
        }
        rules
    }
}

/// The variants of a flag, each with what answers tell besides.
pub(super) struct Variants {
    list: Vec<Variant>,
    is_cacheable: bool,
}

impl Variants {
    /// The place of a variation; one that does not exist is null.
    pub(super) fn place(&mut self, name: &str, parts: &Parts<'_>, is_progressive: bool) -> usize {
        let value = parts.variations.get(name).map_or(Value::Null, |node| node.to_value());
        let is_cacheable = self.is_cacheable && !is_progressive;
        let metadata: Structure = [(CACHEABLE, Value::Boolean(is_cacheable))].into_iter().collect();
        let variant = Variant {
            key: Some(name.into()),
            enabled: value != Value::Boolean(false),
            value,
            metadata: Some(Arc::new(metadata)),
        };
        let known = self.list.iter().position(|other| *other == variant);
        known.unwrap_or_else(|| {
            self.list.push(variant);
            self.list.len() - 1
        })
    }
}

/// A flag between two steps.
struct Window<'n> {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    parts: Parts<'n>,
}

impl Window<'_> {
    fn limit(&self, rule: Rule) -> Rule {
        let from = self.from.map(|from| now(Order::GreaterOrEqual, from));
        let to = self.to.map(|to| now(Order::Less, to));
        let mut limits: Vec<Condition> = from.into_iter().chain(to).collect();
        if limits.is_empty() {
            return rule;
        }
        limits.push(rule.when);
        Rule { when: Condition::All(limits), ..rule }
    }
}

fn windows<'n>(parts: Parts<'n>, steps: Vec<(Timestamp, Parts<'n>)>) -> Vec<Window<'n>> {
    let mut windows = vec![Window { from: None, to: None, parts }];
    for (date, step) in steps {
        let Some(last) = windows.last_mut() else { break };
        if last.from == Some(date) {
            last.parts.apply(&step);
            continue;
        }
        last.to = Some(date);
        let mut parts = last.parts.clone();
        parts.apply(&step);
        windows.push(Window { from: Some(date), to: None, parts });
    }
    windows
}

/// The steps by date; those without one never come. `None` if there is no schedule at all.
fn steps<'n>(
    fields: &Fields<'n, '_>,
    report: &mut Report,
) -> Option<Vec<(Option<Timestamp>, Parts<'n>)>> {
    let nodes = fields.list("scheduledRollout", report);
    let path = fields.at("scheduledRollout");
    let mut steps = Vec::new();
    for (place, node) in nodes.iter().enumerate() {
        let path = path.index(place);
        let Some(fields) = Fields::open(node, &path, report) else { continue };
        let parts = Parts::read(&fields, report);
        steps.push((fields.time("date", report), parts));
    }
    steps.sort_by_key(|(date, _)| *date);
    (!nodes.is_empty()).then_some(steps)
}

/// The flag's own metadata, and what answers need to know of it.
fn facts(fields: &Fields<'_, '_>, is_cacheable: bool, report: &mut Report) -> Structure {
    let own = fields.node("metadata").and_then(Node::as_map).unwrap_or_default();
    let own = own.iter().map(|(name, node)| (&**name, node.to_value()));
    let tracks = fields.boolean("trackEvents", report).unwrap_or(true);
    let version = fields.text("version", report).unwrap_or_default();
    let facts = [
        (CACHEABLE, Value::Boolean(is_cacheable)),
        (TRACK_EVENTS, Value::Boolean(tracks)),
        (VERSION, Value::from(version)),
    ];
    own.chain(facts).collect()
}

fn disabled(when: Condition) -> Rule {
    let label = Some("DISABLED".into());
    Rule { id: None, label, when, serve: Serve::Default, reason: Reason::Disabled }
}

/// The time of the context, or else that of the evaluation.
pub(super) fn clock() -> Lookup {
    let path = [PROTECTED, CURRENT].map(str::to_owned);
    Lookup::FirstOf(vec![Lookup::Path(path.into()), Lookup::Now])
}

fn now(order: Order, time: Timestamp) -> Condition {
    Condition::Test(Test {
        lookup: clock(),
        operator: Operator::Time(order, vec![time]),
        case: Case::Sensitive,
        reads: Readings::STRICT,
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    })
}

/// Whether clients may keep the answer.
pub(super) const CACHEABLE: &str = "gofeatureflag_cacheable";
pub(super) const TRACK_EVENTS: &str = "gofeatureflag_trackEvents";
pub(super) const VERSION: &str = "gofeatureflag_version";
const RULES_MAX: usize = 20_000;
