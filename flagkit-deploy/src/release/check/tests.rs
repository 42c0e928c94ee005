use crate::event::Actor;
use crate::plan::{Check, Does, Hook, OnDeadline, Plan};
use crate::release::Release;
use crate::release::tests::world::{canary, pause, plan, scale, step, to};
use crate::time::Time;

/// Why a plan is refused.
fn refused(plan: Plan) -> Vec<String> {
    let made = Release::new("r".into(), plan, Actor::default(), Time::default());
    made.map(|_| ()).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[track_caller]
fn check(plan: Plan, expected: &str) {
    assert_eq!(refused(plan), [expected]);
}

#[test]
fn a_canary_can_run() {
    assert!(refused(canary()).is_empty());
}

#[test]
fn what_no_step_can_do() {
    check(plan(Vec::new()), "steps: 0 steps; write 1 to 1000");
    check(
        plan(vec![scale("green", 1)]),
        "steps[0]: there is no arm `green`; the arms are `stable`, `canary`",
    );
    check(
        Plan { route: None, ..plan(vec![scale("canary", 1), to(10)]) },
        "steps[1]: the plan has no route whose traffic could be divided; add `route`, or scale instances instead",
    );
    check(
        plan(vec![to(10)]),
        "steps[0]: `canary` gets 0.001% and has no instances; scale `canary` first",
    );
    check(
        plan(vec![scale("stable", 0)]),
        "steps[0]: `stable` would have no instances and gets 100%; move its traffic first",
    );
}

#[test]
fn the_new_side_does_not_grow_unseen() {
    check(
        plan(vec![scale("canary", 1), to(10), to(20)]),
        "steps[2]: the new side grows to 0.002% unseen; put a `judge` step between two steps that give it more traffic",
    );
}

#[test]
fn the_old_side_stays_until_the_new_one_was_watched() {
    check(
        plan(vec![scale("canary", 1), to(1_000_000), scale("stable", 0)]),
        "steps[2]: `stable` is taken away before anybody has looked at the new side; put a `judge` or a `pause` step before it: a rollback needs this side",
    );
    assert!(
        refused(plan(vec![scale("canary", 1), to(1_000_000), pause(1), scale("stable", 0)]))
            .is_empty()
    );
}

#[test]
fn nothing_is_proved_where_the_old_side_has_no_traffic() {
    let judged = |measure: &str, proof: bool, share: u32| {
        let judge = |proof: bool| {
            let judge = serde_json::json!({"name": "judge", "step": "judge", "proof": proof,
                "at_least": 60_000, "at_most": 600_000});
            serde_json::from_value(judge).expect("a step")
        };
        let steps = vec![scale("canary", 1), to(500_000), judge(true), to(share), judge(proof)];
        let mut plan = plan(steps);
        let metric = serde_json::json!({"name": "m", "measure": {"kind": measure}, "margin": 0.1,
            "limit": 0.5, "source": {"from": "push", "units": true}});
        plan.metrics.push(serde_json::from_value(metric).expect("a metric"));
        refused(plan)
            .into_iter()
            .filter(|refusal| refusal.starts_with("steps[4]"))
            .collect::<Vec<_>>()
    };
    let refusals = judged("events", true, 1_000_000);
    let [refusal] = refusals.as_slice() else { panic!("{refusals:?}") };
    assert!(
        refusal.starts_with("steps[4]: nothing can be proved while the old side has no traffic")
    );
    // Limits of readings need no control, evidence of harm neither, and a share of one is enough.
    assert!(judged("reading", true, 1_000_000).is_empty());
    assert!(judged("events", false, 1_000_000).is_empty());
    assert!(judged("events", true, 999_999).is_empty());
}

#[test]
fn names_that_stand_for_nothing() {
    let mut unknown = canary();
    unknown.checks.insert("healthy".into(), crate::release::tests::world::check(1));
    unknown.rollback.verify.push("healty".into());
    check(unknown, "rollback.verify: there is no check `healty`; did you mean `healthy`?");
}

#[test]
fn hooks_in_a_circle() {
    let hook = |after: &str| -> Hook {
        let text = r#"{"probe": {"kind": "command", "command": ["true"]}}"#;
        Hook { after: vec![after.to_owned()], ..serde_json::from_str(text).unwrap() }
    };
    let mut circle = canary();
    circle.hooks = [("a", "b"), ("b", "c"), ("c", "a")]
        .map(|(name, after)| (name.to_owned(), hook(after)))
        .into();
    check(circle, "hooks.a.after: a circle: a after b after c after a; take one of them out of it");

    let mut missing = canary();
    missing.hooks = [("a".to_owned(), hook("b"))].into();
    // Defect B13: what is missing is not a circle.
    check(missing, "hooks.a.after: there is no hook `b`; define it under `hooks`, or leave it out");
}

#[test]
fn conditions_are_read_before_anything_begins() {
    let mut plan = canary();
    plan.steps.push(step(Does::Until {
        rule: "lag_s <".into(),
        at_most: None,
        on_deadline: OnDeadline::default(),
    }));
    let refused = refused(plan);
    assert_eq!(refused.len(), 1);
    assert!(
        refused[0].starts_with("steps[9].rule: column 8 of `lag_s <`: expected a value"),
        "{refused:?}"
    );

    let mut plan = canary();
    let check = crate::release::tests::world::check(1);
    plan.checks.insert("healthy".into(), Check { expect: "statuss == 200".into(), ..check });
    assert!(self::refused(plan).is_empty(), "facts may have any name");
}

#[test]
fn a_window_that_never_opens() {
    use crate::plan::Calendar;
    let mut plan = canary();
    let open = vec!["Tue 02:00-04:00".to_owned()];
    let window =
        |zone: &str| Calendar { zone: zone.to_owned(), open: open.clone(), closed: Vec::new() };
    plan.calendars.insert("window".into(), window("Europe/Paris"));
    assert!(refused(plan.clone()).is_empty());
    // Defect B15: abbreviations of zones mean several places, and half of the year none.
    plan.calendars.insert("window".into(), window("EST"));
    let refused = refused(plan);
    assert!(refused[0].starts_with("calendars.window.zone: "), "{refused:?}");
}
