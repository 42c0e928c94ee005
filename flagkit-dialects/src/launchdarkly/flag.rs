//! Flags: off, prerequisites, targets, rules, and the fallthrough, in this order.

use std::collections::HashMap;
use std::sync::Arc;

use flagkit_core::document::{Accepts, Condition, Failing, Flag, Prerequisite, Rule, Serve};
use flagkit_core::{ErrorCode, Reason, Structure};

use super::clause;
use super::reference::USER;
use super::rollout::{self, Owner};
use super::segment::is_one_of;
use super::variations::Variations;
use crate::fields::Fields;
use crate::node::{Node, room};
use crate::path::Path;
use crate::report::Report;
use crate::settings::BucketFloat;

/// Lowers one flag; one that is broken answers for itself alone.
pub(super) fn lower(
    key: &str,
    node: &Node<'_>,
    path: &Path<'_>,
    float: BucketFloat,
    report: &mut Report,
) -> Flag {
    let errors = report.errors();
    let fields = Fields::open(node, path, report);
    let flag = fields.map(|fields| read(key, &fields, float, report));
    let flag = flag.filter(|_| report.errors() == errors);
    flag.unwrap_or_else(|| Flag::broken(key.to_owned(), ErrorCode::ParseError))
}

fn read(key: &str, fields: &Fields<'_, '_>, float: BucketFloat, report: &mut Report) -> Flag {
    let own_key = fields.text("key", report).unwrap_or(key);
    let salt = fields.text("salt", report).unwrap_or_default();
    let owner = Owner { key: own_key, salt, float };
    let mut variations = Variations::new(fields.list("variations", report));
    let off = off(fields, &mut variations, report);
    let mut lowered = prerequisites(fields, &off, report);
    lowered.extend(targets(fields, &mut variations, report));
    rules(fields, owner, (&mut lowered, &mut variations), report);
    lowered.push(fallthrough(fields, owner, &mut variations, report));
    if !fields.boolean("on", report).unwrap_or(false) {
        lowered = vec![rule(Condition::Always, off, Reason::Disabled, "OFF")];
    }
    Flag {
        key: key.to_owned(),
        variants: variations.into_variants(),
        rules: lowered,
        version: fields
            .node("version")
            .and_then(|node| node.to_value().as_integer()?.try_into().ok()),
        metadata: metadata(fields),
    }
}

fn rule(when: Condition, serve: Serve, reason: Reason, label: &str) -> Rule {
    Rule { id: None, label: Some(label.into()), when, serve, reason }
}

/// What the flag serves when it is off; without a variation that is the caller's default.
fn off(fields: &Fields<'_, '_>, variations: &mut Variations, report: &mut Report) -> Serve {
    match rollout::integer("offVariation", fields, report) {
        Some(number) => variations.serve_off(number),
        None => Serve::Default,
    }
}

/// The first prerequisite that is not as demanded turns the flag off.
fn prerequisites(fields: &Fields<'_, '_>, off: &Serve, report: &mut Report) -> Vec<Rule> {
    let path = fields.at("prerequisites");
    let nodes = fields.list("prerequisites", report).iter().enumerate();
    let rules = nodes.filter_map(|(place, node)| {
        let path = path.index(place);
        let fields = Fields::open(node, &path, report)?;
        let variation = rollout::required("variation", &fields, report)?;
        let Some(key) = fields.text("key", report) else {
            report.error(&path, "a prerequisite needs the `key` of a flag", "add it");
            return None;
        };
        let accepts = Accepts::VariantsOfSwitchedOn(vec![variation.to_string()]);
        let prerequisite = Prerequisite {
            flag: key.to_owned(),
            accepts,
            when_disabled: true,
            // What cannot be decided fails everything, what does not exist is not accepted.
            when_failing: Failing::FailsWith(ErrorCode::ParseError),
        };
        let fails = Condition::Prerequisite(prerequisite).negated();
        let label = format!("{PREREQUISITE_FAILED} {key}");
        Some(rule(fails, off.clone(), Reason::PrerequisiteFailed, &label))
    });
    rules.collect()
}

/// A list of keys and what they get.
struct Target<'n> {
    kind: &'n str,
    variation: i64,
    keys: Vec<&'n str>,
}

/// Where there are targets of kinds, those decide about the order, and one for users stands for
/// the keys of the first user target with its variation.
fn targets(fields: &Fields<'_, '_>, variations: &mut Variations, report: &mut Report) -> Vec<Rule> {
    let users = read_targets("targets", fields, report);
    let mut targets = read_targets("contextTargets", fields, report);
    if targets.is_empty() {
        targets = users;
    } else {
        let mut keys_of: HashMap<i64, Vec<&str>> = HashMap::new();
        for target in users {
            keys_of.entry(target.variation).or_insert(target.keys);
        }
        for target in targets.iter_mut().filter(|target| target.kind == USER) {
            target.keys = keys_of.get(&target.variation).cloned().unwrap_or_default();
        }
    }
    let rules = targets.into_iter().filter_map(|target| {
        let serve = variations.serve(target.variation);
        let when = is_one_of(target.kind, target.keys)?;
        Some(rule(when, serve, Reason::TargetingMatch, "TARGET_MATCH"))
    });
    rules.collect()
}

fn read_targets<'n>(
    name: &'static str,
    fields: &Fields<'n, '_>,
    report: &mut Report,
) -> Vec<Target<'n>> {
    let path = fields.at(name);
    let nodes = fields.list(name, report).iter().enumerate();
    let targets = nodes.filter_map(|(place, node)| {
        let path = path.index(place);
        let fields = Fields::open(node, &path, report)?;
        let kind = clause::kind("contextKind", &fields, report);
        let keys = fields.texts("values", report);
        let variation = rollout::required("variation", &fields, report)?;
        Some(Target { kind: kind.unwrap_or(USER), variation, keys })
    });
    targets.collect()
}

/// Adds the rules that match by clauses; there is room for one more behind them.
fn rules(
    fields: &Fields<'_, '_>,
    owner: Owner<'_>,
    (lowered, variations): (&mut Vec<Rule>, &mut Variations),
    report: &mut Report,
) {
    let path = fields.at("rules");
    let nodes = fields.list("rules", report);
    lowered.reserve_exact(room(nodes.len()) + 1);
    lowered.extend(nodes.iter().enumerate().filter_map(|(place, node)| {
        let path = path.index(place);
        let fields = Fields::open(node, &path, report)?;
        let when = clause::all(&fields, report);
        let id = fields.text("id", report).map(Arc::from);
        let (serve, by_bucket) = rollout::outcome(&fields, owner, variations, report);
        let reason = if by_bucket { Reason::Split } else { Reason::TargetingMatch };
        Some(Rule { id, ..rule(when, serve, reason, &format!("{RULE_MATCH} {place}")) })
    }));
}

fn fallthrough(
    fields: &Fields<'_, '_>,
    owner: Owner<'_>,
    variations: &mut Variations,
    report: &mut Report,
) -> Rule {
    let path = fields.at("fallthrough");
    let node = fields.node("fallthrough").unwrap_or(&Node::Map(&[]));
    let outcome = match Fields::open(node, &path, report) {
        Some(fields) => rollout::outcome(&fields, owner, variations, report),
        None => (Serve::Default, false),
    };
    let (serve, by_bucket) = outcome;
    let reason = if by_bucket { Reason::Split } else { Reason::Default };
    rule(Condition::Always, serve, reason, "FALLTHROUGH")
}

/// What evaluations do not need, for whoever reports them.
fn metadata(fields: &Fields<'_, '_>) -> Option<Arc<Structure>> {
    let present = REPORTED.iter().filter_map(|name| Some((*name, fields.node(name)?.to_value())));
    let structure: Structure = present.collect();
    (!structure.is_empty()).then(|| Arc::new(structure))
}

/// Begins the label of a rule of the flag; its place among them follows.
pub(super) const RULE_MATCH: &str = "RULE_MATCH";
/// Begins the label of a prerequisite; its key follows.
pub(super) const PREREQUISITE_FAILED: &str = "PREREQUISITE_FAILED";

const REPORTED: [&str; 7] = [
    "trackEvents",
    "trackEventsFallthrough",
    "debugEventsUntilDate",
    "excludeFromSummaries",
    "samplingRatio",
    "clientSideAvailability",
    "migration",
];
