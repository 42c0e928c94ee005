//! Every promise can be broken: records are changed on their way to whoever watches, or the world
//! is, and that is found and shrunk.

use super::*;

mod orders;

use crate::event::{Command, What};
use crate::order::{OrderId, Outcome, Wanted};
use crate::record::{Decision, Entry, Record};
use crate::simulation::chaos::runner::Tamper;
use crate::simulation::chaos::shrink::smallest_by;

/// What is changed, and what is found because of it.
const LIES: [(Tamper, &str); 15] = [
    (
        |all| commands(all, approving, |_, by| "author".clone_into(by)),
        "approved a change of their own",
    ),
    (|all| commands(all, approving, |_, by| "ada".clone_into(by)), "approved twice"),
    (|all| commands(all, approving, |command, _| *command = Command::Retry), "is left too early"),
    (|all| commands(all, resuming, |command, _| *command = abort()), "and it goes forward"),
    (|all| facts(all, "calendar.window", false), "goes on, and `calendar.window"),
    (|all| facts(all, "calendar.blackout", true), "goes on, and `calendar.blackout"),
    (|all| facts(all, "signal.halt", true), "a trigger holds and it goes forward"),
    (|all| hooks(all, |moment| moment.insert(0, 'x')), "is called x"),
    (|all| outcomes(all, |outcome| matches!(outcome, Outcome::Done { .. })), "it goes on and hook"),
    (|all| outcomes(all, |outcome| matches!(outcome, Outcome::Found(_))), "check `healthy` failed"),
    (|all| moves(all, "done", "planned"), "that was progressing is planned"),
    (|all| moves(all, "rolled_back", "rolling_back"), "that was rolling_back is rolling_back"),
    (|all| again(all, "rolling_back"), "begins a second time"),
    (|all| all.iter_mut().for_each(unsay), "commands and wrote fewer"),
    (|all| all.retain(|record| !matches!(record.entry, Entry::Intent { .. })), "and never written"),
];

#[test]
fn lies_about_what_was_written_are_found_and_shrunk() {
    for (tamper, expected) in LIES {
        found_and_shrunk(tamper, expected);
    }
}

/// A lie is found in some scenario, for this reason, and the scenario is made smaller.
fn found_and_shrunk(tamper: Tamper, expected: &str) {
    let told = |scenario: &Scenario| {
        let broken = told(scenario, tamper)?;
        broken.what.contains(expected).then_some(broken)
    };
    let found = (0..400).map(Scenario::random).find(|scenario| told(scenario).is_some());
    let scenario = found.unwrap_or_else(|| panic!("nobody finds: {expected}"));
    let (small, broken) = smallest_by(&scenario, told);
    assert!(broken.is_some_and(|broken| broken.what.contains(expected)), "{expected}");
    assert!(size(&small) < size(&scenario), "{expected} is not made smaller");
}

/// Runs a scenario in which records are changed before they are watched.
fn told(scenario: &Scenario, tamper: Tamper) -> Option<Broken> {
    let mut runner = Runner::tampered(scenario, Some(tamper)).ok()?;
    for _ in 0..600 {
        match runner.step() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(broken) => return Some(broken),
        }
    }
    None
}

fn size(scenario: &Scenario) -> usize {
    serde_json::to_string(scenario).unwrap().len()
}

fn approving(command: &Command) -> bool {
    matches!(command, Command::Approve { agreed: true, .. })
}

fn resuming(command: &Command) -> bool {
    matches!(command, Command::Resume)
}

fn abort() -> Command {
    Command::Abort { why: String::new() }
}

/// Nobody said it.
fn unsay(record: &mut Record) {
    if let Entry::Happened(event) = &mut record.entry
        && matches!(event.what, What::Command { .. })
    {
        event.what = What::Time;
    }
}

fn commands(
    all: &mut [Record],
    which: fn(&Command) -> bool,
    change: fn(&mut Command, &mut String),
) {
    for record in all {
        if let Entry::Happened(event) = &mut record.entry
            && let What::Command { by, command } = &mut event.what
            && which(command)
        {
            change(command, &mut by.name);
        }
    }
}

fn facts(all: &mut [Record], name: &str, value: bool) {
    for record in all {
        if let Entry::Happened(event) = &mut record.entry
            && let What::Facts(facts) = &mut event.what
        {
            facts.insert(name.to_owned(), value.into());
        }
    }
}

fn hooks(all: &mut [Record], change: fn(&mut String)) {
    for record in all {
        if let Entry::Intent { wanted: Wanted::Hook { moment, .. }, .. } = &mut record.entry {
            change(moment);
        }
    }
}

fn outcomes(all: &mut [Record], which: fn(&Outcome) -> bool) {
    for record in all {
        if let Entry::Happened(event) = &mut record.entry
            && let What::Came { outcome, .. } = &mut event.what
            && which(outcome)
        {
            *outcome = Outcome::Failed(crate::order::Failure::transient("a lie"));
        }
    }
}

fn moves(all: &mut [Record], from: &str, to: &str) {
    for record in all {
        if let Entry::Decided(Decision::Moved { status, .. }) = &mut record.entry
            && status == from
        {
            to.clone_into(status);
        }
    }
}

/// Has a release freeze and do it again.
fn again(all: &mut Vec<Record>, what: &str) {
    let is_it = |record: &Record| matches!(&record.entry, Entry::Decided(Decision::Moved { status, .. }) if status == what);
    if let Some(at) = all.iter().position(is_it) {
        let mut frozen = all[at].clone();
        if let Entry::Decided(Decision::Moved { status, .. }) = &mut frozen.entry {
            "frozen".clone_into(status);
        }
        let again = all[at].clone();
        all.splice(at + 1..=at, [frozen, again]);
    }
}

/// Effects that nobody ordered, that take place twice, or that are other than ordered.
#[test]
fn lies_of_the_world_are_found() {
    let mut scenario = Scenario::random(0);
    scenario.faults.clear();
    scenario.said.truncate(1);
    let broken = |change: fn(&mut Effect)| {
        let mut runner = Runner::new(&scenario).unwrap();
        while runner.world().effects.is_empty() {
            assert!(runner.step().unwrap());
        }
        let mut effect = runner.world().effects[0].clone();
        change(&mut effect);
        runner.world_mut().effects.push(effect);
        runner.step().unwrap_err().what
    };
    let twice = broken(|_| {});
    assert!(twice.contains("changed") && twice.ends_with("twice"), "{twice}");
    let unknown = |effect: &mut Effect| effect.id = OrderId { release: "r".into(), number: 900 };
    assert_eq!(broken(unknown), "order r#900 was carried out and never written");
    let other = |effect: &mut Effect| {
        let (check, arm) = (String::new(), String::new());
        effect.wanted = Wanted::Verify { check, arm };
    };
    assert!(broken(other).ends_with("was carried out as something else"));
}
