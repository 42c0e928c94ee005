//! Defects that came to light when the rules of the simulation were written, each as short as it can
//! be told.

use super::world::*;
use super::*;
use crate::event::{Command, What};
use crate::order::Failure;
use crate::plan::{Does, Gate, Hook, Plan, Probe, Step, Then, Trigger};
use crate::time::Span;

/// A hook before a step may last until the window is closed: the step waits for the next one.
#[test]
fn a_step_does_not_begin_in_a_window_that_closed_during_its_hooks() {
    let warmed = Step { before: vec!["warm".into()], ..to(50_000) };
    let mut world = closed_during_warm(plan(vec![scale("canary", 1), warmed]));
    let warm = "hook/warm/before_step 1";
    assert_eq!(world.things(), ["scale/checkout/canary", warm]);
    assert_eq!(world.status(), Status::Waiting);
    world.happen(window(true));
    assert_eq!(world.things()[2..], [warm, "split/checkout"], "it is called for the new window");
    assert_eq!(world.status(), Status::Done);
}

/// The same inside a step that is a hook which comes after another one.
#[test]
fn a_hook_is_not_called_in_a_window_that_closed_during_those_before_it() {
    let report = step(Does::Hook { hook: "report".into() });
    let mut plan = plan(vec![scale("canary", 1), report]);
    plan.hooks.insert("report".into(), Hook { after: vec!["warm".into()], ..hook() });
    let mut world = closed_during_warm(plan);
    let warm = "hook/warm/step 1";
    assert_eq!(world.things(), ["scale/checkout/canary", warm]);
    assert_eq!(world.status(), Status::Waiting);
    world.happen(window(true));
    assert_eq!(world.things()[2..], [warm, "hook/report/step 1"], "both are called again");
    assert_eq!(world.status(), Status::Done);
}

/// A release that is a minute into a closed window, which was open when its hook `warm` was called.
fn closed_during_warm(mut plan: Plan) -> World {
    plan.hooks.insert("warm".into(), hook());
    let rule = "calendar.window == true".to_owned();
    plan.gates.push(Gate { name: "window".into(), rule, at_most: None });
    let mut world = World::new(plan);
    world.happen(window(true));
    world.failing.insert("hook/warm".into(), (1, Failure::transient("503")));
    world.say("deployer", Command::Start);
    world.happen(window(false));
    world.pass(Span::from_secs(60));
    world
}

/// What was under way when a release froze was given up: resuming it took the step for done.
#[test]
fn a_step_whose_order_was_given_up_by_a_freeze_begins_again() {
    let mut plan = plan(vec![scale("canary", 1), to(50_000), pause(60), to(500_000)]);
    plan.rollback.automatic = false;
    plan.triggers.push(halt());
    let mut world = World::new(plan).start();
    world.slow = true;
    world.pass(Span::from_secs(60));
    assert_eq!(world.waiting.len(), 1, "the second split is under way");
    world.happen(What::Facts([("signal.halt".to_owned(), true.into())].into()));
    assert_eq!(world.status(), Status::Frozen);
    world.slow = false;
    world.happen(What::Facts([("signal.halt".to_owned(), false.into())].into()));
    world.say("ada", Command::Resume);
    assert_eq!(world.splits(), [50_000, 500_000]);
    assert_eq!(world.status(), Status::Done);
}

/// Trying again while a hook is under way took its answer for that of the first hook of the step.
#[test]
fn a_hook_under_way_does_not_count_for_another_one() {
    let hooks = |name: &str| vec![name.to_owned()];
    let first = Step { before: hooks("warm"), after: hooks("report"), ..scale("canary", 1) };
    let mut plan = plan(vec![first, to(50_000)]);
    plan.hooks.extend([("warm".to_owned(), hook()), ("report".to_owned(), hook())]);
    plan.attempts.delay = Span::from_secs(30);
    let mut world = World::new(plan);
    world.failing.insert("hook/report".into(), (1, Failure::transient("503")));
    world.say("deployer", Command::Start);
    world.say("ada", Command::Pause { why: String::new() });
    world.say("ada", Command::Retry);
    let things = ["hook/warm/before_step 0", "scale/checkout/canary", "hook/report/after_step 0"];
    assert_eq!(world.things()[..3], things, "the hook is tried at once");
    assert_eq!(world.things()[3..], ["split/checkout"]);
    assert_eq!(world.status(), Status::Done);
}

/// Alerts are sent again and again: each of them began a rollback anew that nobody could complete.
#[test]
fn an_alert_does_not_begin_a_frozen_rollback_again() {
    let mut plan = canary();
    plan.attempts.back = 1;
    let mut world = World::new(plan).start();
    world.failing.insert("split/".into(), (1, Failure::transient("connection refused")));
    world.say("ada", Command::Abort { why: String::new() });
    assert_eq!(world.status(), Status::Frozen);
    world.say("alertmanager", Command::Alert { what: "errors".into() });
    assert_eq!(world.status(), Status::Frozen);
    let why = "the rollback is frozen and waits for a person: alert from alertmanager: errors";
    assert_eq!(world.ignored(), [why]);
    world.say("ada", Command::Abort { why: String::new() });
    world.pass(Span::from_secs(60));
    assert_eq!(world.status(), Status::RolledBack, "a person may begin it again");
}

fn hook() -> Hook {
    let probe = Probe::Tcp { address: "hooks:80".to_owned() };
    Hook { probe, expect: None, timeout: Span::from_secs(30), after: Vec::new() }
}

fn halt() -> Trigger {
    Trigger {
        name: "halt".into(),
        rule: "signal.halt == true".into(),
        times: 1,
        within: Span::ZERO,
        then: Then::RollBack,
    }
}

fn window(is_open: bool) -> What {
    What::Facts([("calendar.window".to_owned(), is_open.into())].into())
}
