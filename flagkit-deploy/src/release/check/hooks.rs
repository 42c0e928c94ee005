//! Hooks in the order in which they are called.

use std::collections::BTreeMap;

use crate::plan::Plan;
use crate::refusal::Refusal;

/// For each hook those that it comes after, and itself last.
pub(super) fn in_order(plan: &Plan, refusals: &mut Vec<Refusal>) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for name in plan.hooks.keys() {
        let mut chain = Vec::new();
        let mut open = Vec::new();
        match follow(plan, name, &mut open, &mut chain) {
            Ok(()) => drop(all.insert(name.clone(), chain)),
            Err(refusal) if refusals.contains(&refusal) => {}
            Err(refusal) => refusals.push(refusal),
        }
    }
    all
}

/// Adds a hook behind those that it comes after.
fn follow<'a>(
    plan: &'a Plan,
    name: &'a str,
    open: &mut Vec<&'a str>,
    chain: &mut Vec<String>,
) -> Result<(), Refusal> {
    if chain.iter().any(|known| known == name) {
        return Ok(());
    }
    if let Some(at) = open.iter().position(|&known| known == name) {
        return Err(circle(open.get(at..).unwrap_or_default()));
    }
    let Some(hook) = plan.hooks.get(name) else {
        let path = format!("hooks.{}.after", open.last().unwrap_or(&name));
        let problem = format!("there is no hook `{name}`");
        return Err(Refusal::new(path, problem, "define it under `hooks`, or leave it out"));
    };
    open.push(name);
    for before in &hook.after {
        follow(plan, before, open, chain)?;
    }
    open.pop();
    chain.push(name.to_owned());
    Ok(())
}

/// Says the circle from its smallest name on, so that it is said once.
fn circle(names: &[&str]) -> Refusal {
    let smallest = names.iter().enumerate().min_by_key(|(_, name)| **name);
    let begin = smallest.map_or(0, |(at, _)| at);
    let (head, tail) = names.split_at(begin);
    let mut round: Vec<&str> = tail.iter().chain(head).copied().collect();
    let first = round.first().copied().unwrap_or_default();
    round.push(first);
    let problem = format!("a circle: {}", round.join(" after "));
    Refusal::new(format!("hooks.{first}.after"), problem, "take one of them out of it")
}
