//! Whether a plan can run: everything that can be known before it begins.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Calendars;
use crate::judge;
use crate::plan::{Does, Plan};
use crate::policy::Policies;
use crate::refusal::Refusal;
use crate::split::Split;
use crate::time::{Span, Time};

mod hooks;
mod names;
mod order;
mod steps;

/// What checking a plan has found out besides that it can run.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) policies: Policies,
    pub(super) judge: judge::Rules,
    pub(super) hooks: BTreeMap<String, Vec<String>>,
    pub(super) others: BTreeSet<String>,
}

/// Checks a plan. All reasons against it are found at once.
pub(super) fn check(id: &str, plan: &Plan, now: Time) -> Result<Checked, Vec<Refusal>> {
    let mut refusals = Vec::new();
    names::release(id, plan, &mut refusals);
    arms(plan, &mut refusals);
    numbers(plan, &mut refusals);
    steps::check(plan, &mut refusals);
    order::check(plan, &mut refusals);
    references(plan, &mut refusals);
    if let Some(calendars) = keep(Calendars::new(&plan.calendars), &mut refusals) {
        refusals.extend(calendars.never_opening(now));
    }
    let hooks = hooks::in_order(plan, &mut refusals);
    let policies = keep(names::policies(plan), &mut refusals);
    let judge = keep(judge::Rules::new(plan), &mut refusals);
    match (policies, judge) {
        (Some(policies), Some(judge)) if refusals.is_empty() => {
            Ok(Checked { policies, judge, hooks, others: names::other_targets(plan) })
        }
        _ => Err(refusals),
    }
}

/// The step after which no step gives the new arms more traffic than they have.
pub(super) fn last_growth(plan: &Plan) -> Option<u16> {
    let mut treated = plan.base.treated();
    let mut last = None;
    // Without a route traffic follows the instances.
    let mut replicas: Vec<u32> = plan.arms.iter().map(|arm| arm.replicas).collect();
    for (at, step) in plan.steps.iter().enumerate() {
        if let Does::Split { split } = &step.does {
            if split.treated() > treated {
                last = u16::try_from(at).ok();
            }
            treated = split.treated();
        }
        if let (None, Does::Scale { arm, replicas: wanted }) = (&plan.route, &step.does)
            && let Some(arm) = plan.arm(arm).map(usize::from)
            && let Some(has) = replicas.get_mut(arm)
        {
            // Fewer of the control are as good as more of the others.
            if (arm > 0 && wanted > has) || (arm == 0 && wanted < has) {
                last = u16::try_from(at).ok();
            }
            *has = *wanted;
        }
    }
    last
}

/// What worked, or the reasons why it did not.
fn keep<T>(result: Result<T, Vec<Refusal>>, refusals: &mut Vec<Refusal>) -> Option<T> {
    result.map_err(|more| refusals.extend(more)).ok()
}

/// The sides of the release.
fn arms(plan: &Plan, refusals: &mut Vec<Refusal>) {
    let count = plan.arms.len();
    if !(2..=ARMS_MAX).contains(&count) {
        refusals.push(Refusal::new(
            "arms",
            format!("{count} arms"),
            format!("name the control and 1 to {} new sides", ARMS_MAX - 1),
        ));
    }
    let mut seen = BTreeSet::new();
    for (at, arm) in plan.arms.iter().enumerate() {
        let path = format!("arms[{at}]");
        if arm.name.is_empty() || arm.name.len() > names::NAME_BYTES_MAX {
            let most = names::NAME_BYTES_MAX;
            refusals.push(Refusal::new(
                path,
                "the name is empty or too long",
                format!("use 1 to {most} bytes"),
            ));
        } else if !seen.insert(&arm.name) {
            let problem = format!("`{}` is there twice", arm.name);
            refusals.push(Refusal::new(path, problem, "give each arm a name of its own"));
        }
    }
    split("base", &plan.base, plan, refusals);
}

/// A split has as many weights as there are arms.
fn split(path: &str, split: &Split, plan: &Plan, refusals: &mut Vec<Refusal>) {
    let (has, needs) = (split.weights().len(), plan.arms.len());
    if has != needs {
        let problem = format!("{has} weights for {needs} arms");
        refusals.push(Refusal::new(path, problem, "give each arm a weight"));
    }
}

/// Numbers that have a range.
fn numbers(plan: &Plan, refusals: &mut Vec<Refusal>) {
    let mut within = |path: &str, value: u64, least: u64, most: u64| {
        if !(least..=most).contains(&value) {
            let problem = format!("{value} is out of range");
            refusals.push(Refusal::new(path, problem, format!("use {least} to {most}")));
        }
    };
    let day = Span::from_secs(86_400).ms();
    within("attempts.forward", plan.attempts.forward.into(), 1, 1000);
    within("attempts.back", plan.attempts.back.into(), 1, 1000);
    within("attempts.timeout (ms)", plan.attempts.timeout.ms(), 100, day);
    within("judging.look (ms)", plan.judging.look.ms(), 100, day);
    within("judging.lag (ms)", plan.judging.lag.ms(), 0, day);
    within("judging.silence (ms)", plan.judging.silence.ms(), plan.judging.look.ms(), 30 * day);
    for (at, trigger) in plan.triggers.iter().enumerate() {
        within(&format!("triggers[{at}].times"), trigger.times.into(), 1, 64);
    }
    for (name, check) in &plan.checks {
        within(&format!("checks.{name}.tries"), check.tries.into(), 1, 1000);
        within(&format!("checks.{name}.passes"), check.passes.into(), 1, 1000);
        within(&format!("checks.{name}.timeout (ms)"), check.timeout.ms(), 1, day);
    }
}

/// Names that stand for something in the plan.
fn references(plan: &Plan, refusals: &mut Vec<Refusal>) {
    let mut known =
        |path: String, what: &str, name: &str, all: &mut dyn Iterator<Item = &String>| {
            let names: Vec<&String> = all.collect();
            if !names.iter().any(|known| *known == name) {
                let problem = format!("there is no {what} `{name}`");
                let meant = flagkit_dialects::closest(name, names.iter().map(|name| name.as_str()));
                let mend = meant.map_or_else(
                    || format!("define it under `{what}s`"),
                    |meant| format!("did you mean `{meant}`?"),
                );
                refusals.push(Refusal::new(path, problem, mend));
            }
        };
    for (at, step) in plan.steps.iter().enumerate() {
        let hooks = step.before.iter().chain(&step.after);
        let own = if let Does::Hook { hook } = &step.does { Some(hook) } else { None };
        for name in hooks.chain(own) {
            known(format!("steps[{at}]"), "hook", name, &mut plan.hooks.keys());
        }
        match &step.does {
            Does::Verify { checks, .. } => {
                for name in checks {
                    known(format!("steps[{at}].checks"), "check", name, &mut plan.checks.keys());
                }
            }
            Does::Tell { channel, .. } => {
                let path = format!("steps[{at}].channel");
                known(path, "channel", channel, &mut plan.channels.keys());
            }
            _ => {}
        }
    }
    for name in &plan.rollback.verify {
        known("rollback.verify".into(), "check", name, &mut plan.checks.keys());
    }
    for name in &plan.rollback.hooks {
        known("rollback.hooks".into(), "hook", name, &mut plan.hooks.keys());
    }
    for (at, telling) in plan.notify.iter().enumerate() {
        let path = format!("notify[{at}].channel");
        known(path, "channel", &telling.channel, &mut plan.channels.keys());
    }
}

/// Sides of a release, the control among them.
const ARMS_MAX: usize = 16;

#[cfg(test)]
mod tests;
