//! Names, and conditions that ask for them.

use std::collections::BTreeSet;

use crate::plan::{Does, Plan};
use crate::policy::{Names, Policies, asked_names, unknown_names};
use crate::refusal::Refusal;
use crate::release::attributes::OWN;

/// The name of the release and of its target.
pub(super) fn release(id: &str, plan: &Plan, refusals: &mut Vec<Refusal>) {
    for (path, name) in [("release", id), ("target", &plan.target)] {
        let blank = name.trim().is_empty() || name.chars().any(char::is_control);
        if blank || name.len() > NAME_BYTES_MAX {
            let problem = format!("`{}` is no name", name.escape_debug());
            let mend = format!("use 1 to {NAME_BYTES_MAX} bytes without control characters");
            refusals.push(Refusal::new(path, problem, mend));
        }
    }
}

/// All conditions of a plan, compiled.
pub(super) fn policies(plan: &Plan) -> Result<Policies, Vec<Refusal>> {
    let rules = rules(plan);
    let mut refusals = Vec::new();
    for (path, rule, kind) in &rules {
        refusals.extend(unknown_names(path, rule, &kind.names(plan)));
        refusals.extend(unknown_of_others(path, rule, plan));
    }
    let texts = rules.into_iter().map(|(path, rule, _)| (path, rule.to_owned()));
    match Policies::new(texts) {
        Ok(policies) if refusals.is_empty() => Ok(policies),
        Ok(_) => Err(refusals),
        Err(more) => {
            refusals.extend(more);
            Err(refusals)
        }
    }
}

/// Names about another release that no engine tells, such as `releases.auth.state`, or that
/// would have the release wait for itself.
fn unknown_of_others(path: &str, rule: &str, plan: &Plan) -> Vec<Refusal> {
    let asked = asked_names(rule);
    let others = asked.iter().filter(|name| name.starts_with(OTHERS));
    let refusal = |name: &String| match other_target(name) {
        Some((target, _)) if target == plan.target => {
            let problem = format!("`{name}` is about the release itself");
            Some(Refusal::new(path, problem, "name the target of another release"))
        }
        Some((target, _)) if !target.is_empty() => None,
        _ => {
            let mend =
                "of another release there are `releases.TARGET.status`, `.version` and `.id`";
            Some(Refusal::new(path, format!("nothing tells `{name}`"), mend))
        }
    };
    others.filter_map(refusal).collect()
}

/// The target in `releases.TARGET.status`, and what is asked of it.
fn other_target(name: &str) -> Option<(&str, &str)> {
    let (target, field) = name.strip_prefix(OTHERS)?.rsplit_once('.')?;
    OTHER_FIELDS.contains(&field).then_some((target, field))
}

/// The targets whose releases the conditions of a plan ask about.
pub(super) fn other_targets(plan: &Plan) -> BTreeSet<String> {
    let names = rules(plan).into_iter().flat_map(|(_, rule, _)| asked_names(rule));
    names.filter_map(|name| other_target(&name).map(|(target, _)| target.to_owned())).collect()
}

/// Who asks a condition, which decides what it may ask for.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// The release.
    Release,
    /// A check or a hook, about what was found.
    Found,
    /// An approval, about who approves.
    Approver,
}

impl Kind {
    /// The names that such a condition may ask for. Facts have any name that is not close to
    /// something else.
    fn names(self, plan: &Plan) -> Names {
        let mut names: Vec<String> = OWN.iter().map(|&name| name.to_owned()).collect();
        for metric in &plan.metrics {
            let name = &metric.name;
            names.push(format!("metrics.{name}"));
            let parts = ["control", "ratio", "difference", "count"];
            names.extend(parts.iter().map(|part| format!("metrics.{name}.{part}")));
        }
        names.extend(plan.calendars.keys().map(|name| format!("calendar.{name}")));
        if plan.calendars.is_empty() {
            names.push("calendar.*".to_owned());
        }
        match self {
            Self::Release => {}
            Self::Found => names.extend(FOUND.iter().map(|&name| name.to_owned())),
            Self::Approver => names.push("approver.*".to_owned()),
        }
        names.push("*".to_owned());
        Names::new(names)
    }
}

/// Every condition with its path.
fn rules(plan: &Plan) -> Vec<(String, &str, Kind)> {
    let mut rules: Vec<(String, &str, Kind)> = Vec::new();
    for (at, gate) in plan.gates.iter().enumerate() {
        rules.push((format!("gates[{at}].rule"), &gate.rule, Kind::Release));
    }
    for (at, trigger) in plan.triggers.iter().enumerate() {
        rules.push((format!("triggers[{at}].rule"), &trigger.rule, Kind::Release));
    }
    for (at, step) in plan.steps.iter().enumerate() {
        let gate = step
            .gate
            .iter()
            .map(|rule| (format!("steps[{at}].gate"), rule.as_str(), Kind::Release));
        rules.extend(gate);
        match &step.does {
            Does::Judge(judgement) => {
                let rule = |(n, rule)| (format!("steps[{at}].success[{n}]"), rule, Kind::Release);
                rules.extend(judgement.success.iter().map(String::as_str).enumerate().map(rule));
            }
            Does::Approve(approval) => {
                let who = approval.who.iter();
                rules.extend(
                    who.map(|rule| (format!("steps[{at}].who"), rule.as_str(), Kind::Approver)),
                );
                let unless = approval.unless.iter();
                rules.extend(
                    unless
                        .map(|rule| (format!("steps[{at}].unless"), rule.as_str(), Kind::Release)),
                );
            }
            Does::Until { rule, .. } => {
                rules.push((format!("steps[{at}].rule"), rule, Kind::Release));
            }
            _ => {}
        }
    }
    for (name, check) in &plan.checks {
        rules.push((format!("checks.{name}.expect"), &check.expect, Kind::Found));
    }
    for (name, hook) in &plan.hooks {
        let expect = hook.expect.iter();
        rules.extend(
            expect.map(|rule| (format!("hooks.{name}.expect"), rule.as_str(), Kind::Found)),
        );
    }
    let possible = plan.rollback.possible.iter();
    rules.extend(
        possible.map(|rule| ("rollback.possible".to_owned(), rule.as_str(), Kind::Release)),
    );
    rules
}

/// What stands before the target of another release.
const OTHERS: &str = "releases.";
/// What an engine tells about another release.
const OTHER_FIELDS: [&str; 3] = ["status", "version", "id"];
/// What checks and hooks find.
const FOUND: [&str; 14] = [
    "status",
    "latency_ms",
    "body",
    "header.*",
    "connected",
    "exit_code",
    "output",
    "sql.statements",
    "sql.drops",
    "sql.truncates",
    "sql.updates_without_where",
    "sql.deletes_without_where",
    "sql.indexes_not_concurrently",
    "sql.found",
];
/// The longest name of a release, a target, an arm.
pub(super) const NAME_BYTES_MAX: usize = 200;
