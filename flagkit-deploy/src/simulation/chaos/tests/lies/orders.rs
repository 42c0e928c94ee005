//! Lies about plans, the order of steps, and the order in which a rollback goes back.

use super::*;
use crate::event::Event;
use crate::order::{Severity, Wanted};
use crate::plan::Plan;
use crate::split::Split;
use crate::time::Time;

/// What is changed, and what is found because of it.
const LIES: [(Tamper, &str); 16] = [
    (|all| plans(all, |plan| "checkout".clone_into(&mut plan.target)), "is planned for checkout"),
    (others, "goes on, and `releases."),
    (waited, "is left too early: Until { rule: \"releases."),
    (skipped, "follows on step"),
    (|all| after_plan(all, notice()), "orders and was not started"),
    (|all| after_plan(all, scale("canary")), "is ordered before step 0 begins"),
    (|all| after(all, is_moved("done"), scale("canary")), "a release that is done orders"),
    (|all| after(all, is_moved("rolled_back"), split()), "a release that is rolled_back orders"),
    (|all| after(all, is_moved("cancelled"), scale("canary")), "a release that is cancelled"),
    (|all| beside(all, is_split_back, scale("stable")), "after Traffic"),
    (|all| beside(all, is_last_hook, scale("stable")), "after Hooks"),
    (|all| beside(all, is_last_hook, split()), "split/checkout after Hooks"),
    (|all| all.retain(|record| !is_check(record)), "before the control was checked"),
    (
        |all| plans(all, |plan| plan.rollback.hooks.push("report".to_owned())),
        "hook `report` was not called",
    ),
    (|all| plans(all, |plan| plan.rollback.keep = Span::from_secs(86_400)), "is taken away within"),
    (|all| turned(all), "a rollback gave the new side more traffic"),
];

#[test]
fn lies_about_orders_are_found_and_shrunk() {
    for (tamper, expected) in LIES {
        found_and_shrunk(tamper, expected);
    }
}

/// A rollback that takes the new side away while it has traffic: told of one that went forward.
#[test]
fn a_rollback_that_begins_with_the_instances_is_found() {
    let tamper: Tamper = |all| {
        plans(all, |plan| {
            plan.rollback.keep = Span::ZERO;
            plan.rollback.verify.clear();
        });
        turned_at(all, |wanted| matches!(wanted, Wanted::Scale { arm, .. } if arm == "canary"));
    };
    found_and_shrunk(tamper, "a rollback takes canary away while it has traffic");
}

fn plans(all: &mut [Record], change: impl Fn(&mut Plan)) {
    for record in all {
        if let Entry::Planned { plan, .. } = &mut record.entry {
            change(plan);
        }
    }
}

/// Every other release is told to be under way, before a step that gates guard.
fn others(all: &mut Vec<Record>) {
    for record in all {
        if let Entry::Happened(event) = &mut record.entry
            && let What::Facts(facts) = &mut event.what
        {
            let of_others = facts.iter_mut().filter(|(name, _)| name.starts_with("releases."));
            of_others.for_each(|(_, value)| *value = "progressing".into());
        }
    }
}

/// The same where no gate asks, so that a step that waits for it is left too early.
fn waited(all: &mut Vec<Record>) {
    plans(all, |plan| plan.gates.clear());
    others(all);
}

/// A step is left out.
fn skipped(all: &mut Vec<Record>) {
    for record in all {
        if let Entry::Decided(Decision::Moved { step: Some(step), .. }) = &mut record.entry
            && *step > 0
        {
            *step += 1;
        }
    }
}

/// Going forward with more traffic is told as going back.
fn turned(all: &mut [Record]) {
    turned_at(
        all,
        |wanted| matches!(wanted, Wanted::Split { split, .. } if split.treated().ppm() > 0),
    );
}

/// Whatever leads to an order of this kind is told as going back.
fn turned_at(all: &mut [Record], which: fn(&Wanted) -> bool) {
    for group in all.chunk_by_mut(|_, next| !matches!(next.entry, Entry::Happened(_))) {
        let is_it = |record: &Record| matches!(&record.entry, Entry::Intent { wanted, .. } if which(wanted));
        if group.iter().any(is_it) {
            moves(group, "progressing", "rolling_back");
        }
    }
}

/// After the first of these records nothing else happens, and yet something is ordered.
fn after(all: &mut Vec<Record>, which: impl Fn(&Record) -> bool, wanted: Wanted) {
    if let Some(at) = all.iter().position(which) {
        let mut record = all[at].clone();
        record.entry = Entry::Happened(Event { now: Time::default(), what: What::Time });
        let order = Record { entry: Entry::Intent { order: 900, wanted }, ..record.clone() };
        // Whatever follows from the same event comes first.
        let of_event = |record: &Record| !matches!(record.entry, Entry::Happened(_));
        let end = all[at + 1..].iter().take_while(|record| of_event(record)).count();
        all.splice(at + 1 + end..at + 1 + end, [record, order]);
    }
}

fn after_plan(all: &mut Vec<Record>, wanted: Wanted) {
    after(all, |record| matches!(record.entry, Entry::Planned { .. }), wanted);
}

/// Together with the first of these orders comes another one.
fn beside(all: &mut Vec<Record>, which: fn(&Record) -> bool, wanted: Wanted) {
    if let Some(at) = all.iter().position(which) {
        let order = Record { entry: Entry::Intent { order: 900, wanted }, ..all[at].clone() };
        all.insert(at + 1, order);
    }
}

fn is_moved(to: &'static str) -> impl Fn(&Record) -> bool {
    move |record| matches!(&record.entry, Entry::Decided(Decision::Moved { status, .. }) if status == to)
}

/// An order that gives the control everything: only a rollback has it.
fn is_split_back(record: &Record) -> bool {
    matches!(&record.entry, Entry::Intent { wanted: Wanted::Split { split, .. }, .. } if split.treated().ppm() == 0)
}

fn is_check(record: &Record) -> bool {
    matches!(record.entry, Entry::Intent { wanted: Wanted::Verify { .. }, .. })
}

/// A hook of a rollback.
fn is_last_hook(record: &Record) -> bool {
    matches!(&record.entry, Entry::Intent { wanted: Wanted::Hook { moment, .. }, .. } if moment == "on_rollback")
}

fn scale(arm: &str) -> Wanted {
    let (workload, arm, version) = ("checkout".to_owned(), arm.to_owned(), "v3".to_owned());
    Wanted::Scale { workload, arm, version, replicas: 1 }
}

fn split() -> Wanted {
    let route = "checkout".to_owned();
    Wanted::Split { route, arms: Vec::new(), split: Split::all_to(0, 2) }
}

fn notice() -> Wanted {
    let [channel, title, text, dedup] = [const { String::new() }; 4];
    Wanted::Notify { channel, severity: Severity::Info, title, text, dedup }
}
