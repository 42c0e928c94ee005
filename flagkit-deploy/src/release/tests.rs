//! What a release promises, walked through a world that carries out orders at once.

use super::*;
use crate::event::Command;
use crate::event::What;
use crate::order::{Failure, Wanted};
use crate::plan::{Approval, Does, Gate, OnDeadline, Then};
use crate::time::Span;
use world::*;

mod means;
mod simulated;
pub(in crate::release) mod world;

const MINUTE: Span = Span::from_secs(60);

#[test]
fn a_canary_goes_through_its_steps_and_ends() {
    let mut world = World::new(canary()).start();
    assert_eq!(world.splits(), [50_000]);
    world.pass(Span::from_secs(59));
    assert_eq!(world.splits(), [50_000]);
    world.pass(Span::from_secs(1));
    assert_eq!(world.splits(), [50_000, 500_000]);
    world.pass(MINUTE);
    assert_eq!(world.splits(), [50_000, 500_000, 1_000_000]);
    assert_eq!(world.state.replicas, [3, 3]);
    world.pass(Span::from_secs(600));
    assert_eq!(world.status(), Status::Done);
    assert_eq!(world.state.replicas, [0, 3]);
}

#[test]
fn a_promoted_release_without_a_route_hurries_to_its_last_instances() {
    let steps =
        vec![scale("canary", 1), pause(60), scale("canary", 3), pause(60), scale("stable", 0)];
    let mut world = World::new(Plan { route: None, ..plan(steps) }).start();
    assert_eq!(world.state.replicas, [3, 1]);
    world.say("ada", Command::Promote { why: String::new() });
    assert_eq!((world.status(), world.state.replicas), (Status::Done, vec![0, 3]));
}

/// Defect B1: after a failed step the failing new side got all traffic.
#[test]
fn b1_after_any_abort_the_control_has_all_traffic() {
    for seconds in [0, 30, 61, 125, 700] {
        let mut world = World::new(canary()).start();
        world.pass(Span::from_secs(seconds));
        world.say("ada", Command::Abort { why: "errors".into() });
        assert_eq!(world.state.split, world.release.plan().base, "after {seconds} s");
        world.pass(MINUTE);
        assert_eq!(world.status(), Status::RolledBack, "after {seconds} s");
        assert_eq!(world.state.replicas, [3, 0], "after {seconds} s");
        assert_eq!(world.state.cause.as_deref(), Some("aborted by ada: errors"));
    }
}

/// Defect B6: progress lived in a timer of the process.
#[test]
fn b6_timers_are_in_the_state() {
    let plain = {
        let mut world = World::new(canary()).start();
        world.pass(Span::from_secs(1000));
        (world.done, world.state)
    };
    let mut world = World::new(canary()).start();
    for _ in 0..1000 {
        let text = serde_json::to_string(&world.state).unwrap();
        world.state = serde_json::from_str(&text).unwrap();
        world.happen(What::Time);
        world.pass(Span::from_secs(1));
    }
    assert_eq!((world.done, world.state), plain);
}

/// Defect B11: a failed rollback started another one, without end.
#[test]
fn b11_a_rollback_that_fails_freezes_and_pages() {
    let mut plan = canary();
    plan.attempts.back = 3;
    let mut world = World::new(plan).start();
    let failure = Failure::transient("connection refused");
    world.failing.insert("split/".into(), (1000, failure));
    world.say("ada", Command::Abort { why: String::new() });
    world.say("ada", Command::Abort { why: "again".into() });
    assert_eq!(world.ignored(), ["it is being rolled back already"]);
    world.pass(Span::from_secs(600));
    assert_eq!(world.status(), Status::Frozen);
    let why = world.state.frozen.clone().unwrap().why;
    assert_eq!(why, "no safe side: split/checkout failed after 3 tries: connection refused");
    assert_eq!(world.release.wake_at(&world.state), None);

    world.failing.clear();
    world.say("ada", Command::Retry);
    world.pass(MINUTE);
    assert_eq!(world.status(), Status::RolledBack);
}

/// Defect B12: the status of a release that was rolled back was overwritten by a failure.
#[test]
fn b12_final_statuses_stay() {
    let mut world = World::new(canary()).start();
    world.say("ada", Command::Abort { why: String::new() });
    world.pass(MINUTE);
    assert_eq!(world.status(), Status::RolledBack);
    for command in
        [Command::Start, Command::Resume, Command::Retry, Command::Promote { why: String::new() }]
    {
        world.say("ada", command);
        assert_eq!(world.status(), Status::RolledBack);
    }
    assert_eq!(world.ignored()[0], "the release is rolled_back; plan another one");
}

/// Defect B22: one error of a system outside was a failed release.
#[test]
fn b22_an_error_of_the_outside_is_not_a_failure_of_the_release() {
    let mut world = World::new(canary());
    world.failing.insert("scale/".into(), (3, Failure::transient("503")));
    world.say("deployer", Command::Start);
    world.pass(Span::from_secs(10));
    assert_eq!(world.status(), Status::Progressing);
    assert_eq!(world.splits(), [50_000]);

    let mut world = World::new(canary());
    world.failing.insert("split/".into(), (1000, Failure::transient("503")));
    world.say("deployer", Command::Start);
    world.pass(Span::from_secs(1000));
    assert_eq!(world.status(), Status::Paused, "it waits for somebody; nothing was rolled back");
    world.failing.clear();
    world.say("ada", Command::Resume);
    assert_eq!(world.splits(), [50_000], "the step begins again");
}

#[test]
fn what_can_never_work_rolls_back() {
    let mut world = World::new(canary());
    let failure = Failure::permanent("the new version does not get healthy in 30s");
    world.failing.insert("scale/checkout/canary".into(), (1, failure));
    world.say("deployer", Command::Start);
    world.pass(MINUTE);
    assert_eq!(world.status(), Status::RolledBack);
    assert_eq!(world.things(), ["scale/checkout/canary"], "only taken away again");
}

#[test]
fn a_rollback_gives_the_control_its_instances_before_its_traffic() {
    let mut plan = canary();
    plan.steps.push(pause(600));
    let mut world = World::new(plan).start();
    world.pass(Span::from_secs(720));
    assert_eq!(world.state.replicas, [0, 3]);
    let before = world.done.len();
    world.say("ada", Command::Abort { why: String::new() });
    world.pass(MINUTE);
    let things: Vec<String> = world.done[before..].iter().map(Wanted::thing).collect();
    assert_eq!(things, ["scale/checkout/stable", "split/checkout", "scale/checkout/canary"]);
    assert_eq!(world.status(), Status::RolledBack);
}

#[test]
fn a_control_that_fails_its_check_is_no_safe_side() {
    let mut plan = canary();
    plan.checks.insert("healthy".into(), check(2));
    plan.rollback.verify.push("healthy".into());
    let mut world = World::new(plan).start();
    world.found.insert("healthy".into(), 503.into());
    world.say("ada", Command::Abort { why: String::new() });
    world.pass(MINUTE);
    assert_eq!(world.status(), Status::Frozen);
    assert_eq!(world.state.split, split(0));
    assert_eq!(world.state.replicas, [3, 1], "nothing is removed");
    let why = world.state.frozen.clone().unwrap().why;
    assert!(why.contains("check `healthy` failed 2 times: status is 503"), "{why}");
}

#[test]
fn a_release_that_has_changed_nothing_is_cancelled() {
    let mut world = World::new(canary());
    world.say("ada", Command::Abort { why: "not today".into() });
    assert_eq!(world.status(), Status::Cancelled);
    assert!(world.done.is_empty());
}

#[test]
fn gates_hold_a_release_and_never_a_rollback() {
    let mut plan = canary();
    let rule = "calendar.window == true".to_owned();
    plan.gates.push(Gate { name: "change window".into(), rule, at_most: None });
    let window = |open: bool| What::Facts([("calendar.window".to_owned(), open.into())].into());
    let mut world = World::new(plan).start();
    assert_eq!(world.status(), Status::Waiting);
    assert_eq!(
        world.refusals(),
        [
            "gate `change window`: there is no calendar.window, and calendar.window == true does not hold"
        ]
    );
    world.happen(window(true));
    assert_eq!(world.splits(), [50_000]);
    world.happen(window(false));
    world.pass(Span::from_secs(3600));
    assert_eq!((world.status(), world.splits()), (Status::Waiting, vec![50_000]));
    world.say("ada", Command::Abort { why: String::new() });
    world.pass(MINUTE);
    assert_eq!(world.status(), Status::RolledBack);
}

#[test]
fn nobody_approves_a_change_of_their_own() {
    let approval = Approval {
        people: 2,
        roles: vec!["sre".into()],
        who: None,
        unless: None,
        at_most: Some(MINUTE.times(60)),
        on_deadline: OnDeadline::RollBack,
    };
    let mut world =
        World::new(plan(vec![step(Does::Approve(approval)), scale("canary", 1)])).start();
    let agree = || Command::Approve { agreed: true, comment: String::new() };
    for name in ["author", "deployer", "ada", "ada"] {
        world.say(name, agree());
    }
    assert_eq!(
        world.refusals(),
        [
            "approval by `author`: nobody approves a change of their own",
            "approval by `deployer`: nobody approves a change of their own",
            "approval by `ada`: they have approved already",
        ]
    );
    world.say("bob", agree());
    assert!(world.done.is_empty(), "nobody of them is an sre");
    let by = Actor { name: "eve".into(), roles: vec!["sre".into()] };
    world.happen(What::Command { by, command: agree() });
    assert_eq!(world.status(), Status::Done);
    assert_eq!(world.things(), ["scale/checkout/canary"]);
}

#[test]
fn an_approval_that_takes_too_long_ends_the_release() {
    let approval = Approval {
        people: 1,
        roles: Vec::new(),
        who: None,
        unless: None,
        at_most: Some(MINUTE),
        on_deadline: OnDeadline::RollBack,
    };
    let mut world = World::new(plan(vec![step(Does::Approve(approval))])).start();
    world.pass(MINUTE);
    assert_eq!(world.status(), Status::Cancelled, "nothing had been changed");
    world.say("bob", Command::Approve { agreed: true, comment: String::new() });
    assert_eq!(world.status(), Status::Cancelled);
}

#[test]
fn a_deadline_begins_the_rollback_and_waits_for_nothing_else() {
    let plan = plan(vec![
        scale("canary", 1),
        to(500_000),
        step(Does::Until {
            rule: "ready == true".into(),
            at_most: Some(MINUTE),
            on_deadline: OnDeadline::RollBack,
        }),
    ]);
    let mut world = World::new(plan).start();
    assert_eq!(world.splits(), [500_000]);
    // One event at that moment, and none after it: nobody measures anything here.
    world.now = world.now + MINUTE;
    world.happen(What::Time);
    assert_eq!(world.splits(), [500_000, 0]);
}

#[test]
fn pause_resume_skip_promote() {
    let mut world = World::new(canary()).start();
    world.say("ada", Command::Pause { why: "lunch".into() });
    world.pass(Span::from_secs(300));
    assert_eq!((world.status(), world.splits()), (Status::Paused, vec![50_000]));
    world.say("ada", Command::Resume);
    assert_eq!(world.splits(), [50_000, 500_000], "the time in the pause counts");
    world.say("ada", Command::Skip { why: String::new() });
    assert_eq!(world.splits(), [50_000, 500_000, 1_000_000]);

    let mut world = World::new(canary()).start();
    world.say("ada", Command::Promote { why: "hotfix".into() });
    assert_eq!(world.splits(), [50_000, 500_000, 1_000_000]);
    assert_eq!(world.state.replicas, [3, 3], "the old side stays until the end has been watched");
    world.pass(Span::from_secs(600));
    assert_eq!(world.status(), Status::Done);
}

#[test]
fn an_order_that_is_under_way_is_neither_skipped_nor_forgotten() {
    let mut world = World::new(canary());
    world.slow = true;
    world.say("deployer", Command::Start);
    world.say("ada", Command::Skip { why: String::new() });
    assert_eq!(
        world.ignored(),
        ["only a step that waits can be skipped; abort, or wait for its order"]
    );
    // The canary may or may not have come up: a rollback takes it away in any case.
    world.say("ada", Command::Abort { why: String::new() });
    world.slow = false;
    world.pass(MINUTE);
    let last = world.waiting.last().map(|(_, wanted)| wanted.thing());
    assert_eq!(last.as_deref(), Some("scale/checkout/canary"));
    let outcome = crate::order::Outcome::Done { already: false };
    world.happen(What::Came { order: 1, outcome });
    assert_eq!(world.ignored().last(), Some(&"nobody waits for order 1 any more"));
}

/// Stabilising looks every 30 seconds for 15 minutes; waits that double would last 15 hours.
#[test]
fn a_check_with_a_longest_wait_keeps_looking_at_its_pace() {
    let mut plan = canary();
    plan.steps
        .insert(1, step(Does::Verify { checks: vec!["stable".into()], arm: "canary".into() }));
    let half_minute = Span::from_secs(30);
    let stable =
        crate::plan::Check { delay: half_minute, delay_max: Some(half_minute), ..check(30) };
    plan.checks.insert("stable".into(), stable);
    let mut world = World::new(plan);
    world.found.insert("stable".into(), 503.into());
    world.say("deployer", Command::Start);
    world.pass(Span::from_secs(14 * 60));
    let looks = world.things().iter().filter(|thing| thing.contains("stable")).count();
    assert_eq!(looks, 29);
    assert_eq!(world.status(), Status::Progressing);
    world.pass(MINUTE);
    assert_ne!(world.status(), Status::Progressing);
}

#[test]
fn a_check_that_only_warns_does_not_stop() {
    let mut plan = canary();
    let verify =
        Does::Verify { checks: vec!["warm".into(), "healthy".into()], arm: "canary".into() };
    plan.steps.insert(1, step(verify));
    plan.checks.insert("warm".into(), crate::plan::Check { then: Then::Tell, ..check(1) });
    plan.checks.insert("healthy".into(), crate::plan::Check { passes: 3, ..check(1) });
    let mut world = World::new(plan);
    world.found.insert("warm".into(), 404.into());
    world.say("deployer", Command::Start);
    world.pass(Span::from_secs(10));
    assert_eq!(world.splits(), [50_000]);
    assert_eq!(world.things().iter().filter(|thing| thing.contains("healthy")).count(), 3);
}

#[test]
fn time_never_goes_back() {
    let mut world = World::new(canary()).start();
    let (now, state) = (world.now, world.state.clone());
    world.now = Time::default();
    world.happen(What::Time);
    assert_eq!(world.state, state);
    world.now = now;
    world.pass(MINUTE);
    assert_eq!(world.splits(), [50_000, 500_000]);
}

#[test]
fn extra_rules_end_with_a_rollback() {
    let mut plan = canary();
    let headers = [("canary".to_owned(), "true".to_owned())].into();
    plan.steps.insert(1, step(Does::Route { arm: "canary".into(), headers }));
    let mut world = World::new(plan).start();
    assert_eq!(world.state.extras.len(), 1);
    world.say("ada", Command::Abort { why: String::new() });
    world.pass(MINUTE);
    assert_eq!(world.status(), Status::RolledBack);
    assert!(world.state.extras.is_empty());
}
