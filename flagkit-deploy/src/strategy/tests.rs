//! What strategies write, and what must hold of all of it.

use proptest::prelude::{
    Strategy as Generator, TestCaseError, any, prop, prop_assert, prop_assert_eq, proptest,
};

use super::replicas::{Amount, Leeway, Sides, next};
use super::*;
use crate::event::Actor;
use crate::plan::{
    Arm, Check, Direction, Does, Measure, Metric, OnInsufficient, Role, Source, Then,
};
use crate::release::Release;
use crate::split::{WHOLE, Weight};
use crate::time::{Span, Time};

fn weight(percent: u32) -> Weight {
    Weight::from_ppm(percent * 10_000).unwrap()
}

/// Two arms with workloads, one check and one metric.
fn checkout() -> Plan {
    let workload = |name: &str, replicas| Arm {
        workload: Some(format!("checkout-{name}")),
        replicas,
        ..Arm::of(name, "v1")
    };
    let mut plan = Plan::of("checkout", vec![workload("blue", 10), workload("green", 0)]);
    plan.checks.insert("health".to_owned(), health());
    plan.metrics.push(errors());
    plan
}

fn health() -> Check {
    let text = r#"{"probe":{"kind":"http","url":"{{address}}/health"},"expect":"status == 200"}"#;
    serde_json::from_str(text).unwrap()
}

fn errors() -> Metric {
    Metric {
        name: "error_rate".to_owned(),
        measure: Measure::Events,
        direction: Direction::Increase,
        role: Role::Guard,
        margin: 0.1,
        limit: None,
        weight: 1.0,
        observations_min: 0,
        dispersion: None,
        source: Source::Push { units: false },
    }
}

/// One word for each step: what it does, and to what.
fn sketch(plan: &Plan) -> Vec<String> {
    let word = |step: &Step| match &step.does {
        Does::Split { split } => format!("split {split}"),
        Does::Scale { arm, replicas } => format!("scale {arm} {replicas}"),
        Does::Pause { length } => format!("pause {}", length.unwrap()),
        Does::Judge(judgement) => format!("judge {} {}", judgement.at_least, judgement.at_most),
        Does::Verify { checks, .. } => format!("verify {}", checks.join(" ")),
        Does::Hook { hook } => format!("hook {hook}"),
        Does::Approve(approval) => format!("approve {}", approval.people),
        Does::Until { rule, .. } => format!("until {rule}"),
        other => serde_json::to_string(other).unwrap(),
    };
    plan.steps.iter().map(word).collect()
}

#[track_caller]
fn check(strategy: &Strategy, mut plan: Plan, expected: &[&str]) -> Plan {
    strategy.write(&mut plan).unwrap();
    assert_eq!(sketch(&plan), expected);
    plan
}

#[track_caller]
fn refused(strategy: &Strategy, mut plan: Plan, expected: &str) {
    let refusals = strategy.write(&mut plan).unwrap_err();
    assert_eq!(refusals[0].to_string(), expected);
}

#[test]
fn a_canary_grows_between_judgements_and_keeps_the_old_side_until_it_was_observed() {
    let canary = Canary {
        stages: vec![Stage::of(weight(5)), Stage::of(weight(50)), Stage::of(weight(100))],
        ..Canary::default()
    };
    check(
        &Strategy::Canary(canary),
        checkout(),
        &[
            "scale green 1",
            "split 95% / 5%",
            "judge 5m 2h",
            "scale green 5",
            "split 50% / 50%",
            "judge 5m 2h",
            "scale green 10",
            "split 0% / 100%",
            "judge 10m 10m",
            "scale blue 0",
        ],
    );
}

#[test]
fn a_longest_time_becomes_the_deadlines_of_the_stages() {
    let canary = Canary {
        stages: vec![Stage::of(weight(10)), Stage::of(weight(50)), Stage::of(weight(100))],
        max_duration: Some(Span::from_secs(7200)),
        ..Canary::default()
    };
    // Two stages of 5 minutes and 10 minutes of observation leave 100 minutes: 50 for each stage.
    let plan = check(
        &Strategy::Canary(canary.clone()),
        Plan { arms: vec![Arm::of("a", ""), Arm::of("b", "")], ..checkout() },
        &[
            "split 90% / 10%",
            "judge 5m 55m",
            "split 50% / 50%",
            "judge 5m 55m",
            "split 0% / 100%",
            "judge 10m 10m",
        ],
    );
    let Does::Judge(judgement) = &plan.steps[1].does else { panic!("a judgement") };
    assert_eq!(judgement.on_insufficient, OnInsufficient::RollBack);

    let hasty = Canary { max_duration: Some(Span::from_secs(600)), ..canary };
    refused(
        &Strategy::Canary(hasty),
        checkout(),
        "strategy.canary.max_duration: the stages and the observation take 20m, more than 10m; \
         write at least `20m`, or shorten the stages",
    );
}

#[test]
fn what_is_held_back_is_compared_while_the_end_is_observed() {
    let finish = Finish { hold_back: weight(2), ..Finish::default() };
    let canary = Canary { stages: vec![Stage::of(weight(100))], finish, ..Canary::default() };
    check(
        &Strategy::Canary(canary),
        checkout(),
        &[
            "scale green 10",
            "split 2% / 98%",
            "judge 10m 2h",
            "split 0% / 100%",
            "judge 1m 1m",
            "scale blue 0",
        ],
    );
}

#[test]
fn shares_that_do_not_grow_or_do_not_reach_everybody_are_refused() {
    let canary = |percent: &[u32]| {
        let stages = percent.iter().map(|percent| Stage::of(weight(*percent))).collect();
        Strategy::Canary(Canary { stages, ..Canary::default() })
    };
    refused(
        &canary(&[10, 5, 100]),
        checkout(),
        "strategy.canary.stages[1]: 5% is not more than 10% before it; write growing shares, such \
         as `[1%, 10%, 100%]`",
    );
    refused(
        &canary(&[10, 50]),
        checkout(),
        "strategy.canary.stages: the last stage is 50%, not all of the traffic; add `100%` at the end",
    );
}

#[test]
fn blue_green_waits_until_the_new_side_is_stable_and_swaps_roles_by_order_alone() {
    let stabilise = Stabilise { checks: vec!["health".to_owned()], ..Stabilise::default() };
    let blue_green =
        BlueGreen { stabilise, switch: vec![Stage::of(weight(100))], ..BlueGreen::default() };
    let plan = check(
        &Strategy::BlueGreen(blue_green.clone()),
        checkout(),
        &[
            "scale green 10",
            "verify health: stable",
            "split 0% / 100%",
            "judge 10m 10m",
            "scale blue 0",
        ],
    );
    let stable = &plan.checks["health: stable"];
    assert_eq!(
        (stable.tries, stable.delay, stable.then),
        (30, Span::from_secs(30), Then::RollBack)
    );
    assert_eq!(stable.delay_max, Some(Span::from_secs(30)));

    // The next release: green serves, blue stands by.
    let mut swapped = checkout();
    swapped.arms.reverse();
    (swapped.arms[0].replicas, swapped.arms[1].replicas) = (10, 0);
    check(
        &Strategy::BlueGreen(blue_green),
        swapped,
        &[
            "scale blue 10",
            "verify health: stable",
            "split 0% / 100%",
            "judge 10m 10m",
            "scale green 0",
        ],
    );
}

#[test]
fn rolling_moves_traffic_away_before_instances_go() {
    let mut plan = checkout();
    plan.arms[0].replicas = 3;
    plan.metrics.clear();
    let rolling = Rolling { delay: Span::from_secs(10), ..Rolling::default() };
    let plan = check(
        &Strategy::Rolling(rolling),
        plan,
        &[
            "scale green 1",
            "split 66.6667% / 33.3333%",
            "pause 10s",
            "scale blue 2",
            "scale green 2",
            "split 33.3334% / 66.6666%",
            "pause 10s",
            "scale blue 1",
            "scale green 3",
            "split 0% / 100%",
            "pause 10m",
            "scale blue 0",
        ],
    );
    assert_eq!(plan.rollback.batch, 1);
}

#[test]
fn recreate_has_an_interruption_and_nothing_to_hold_back() {
    let finish = Finish { hold_back: weight(5), ..Finish::default() };
    let recreate = Recreate { finish, ..Recreate::default() };
    check(
        &Strategy::Recreate(recreate),
        checkout(),
        &["scale blue 0", "scale green 10", "split 0% / 100%", "judge 10m 10m"],
    );
}

#[test]
fn a_test_of_three_arms_needs_a_sample_in_each_and_somebody_who_decides() {
    let mut plan = Plan::of("colour", ["a", "b", "c"].map(|name| Arm::of(name, "")).to_vec());
    plan.metrics.push(errors());
    let weights = [("a", 33), ("b", 33), ("c", 34)];
    let weights = weights.map(|(name, percent)| (name.to_owned(), weight(percent)));
    let test = AbTest {
        weights: weights.into_iter().collect(),
        sample_min: 2000,
        winner: Some("c".to_owned()),
        ..AbTest::default()
    };
    let plan = check(
        &Strategy::AbTest(test.clone()),
        plan.clone(),
        &["split 33% / 33% / 34%", "judge 7d 14d", "approve 1", "split 0% / 0% / 100%"],
    );
    let Does::Judge(judgement) = &plan.steps[1].does else { panic!("a judgement") };
    assert_eq!(judgement.exposures_min, 4000);

    let open = AbTest { winner: None, ..test };
    refused(
        &Strategy::AbTest(open),
        Plan { steps: vec![], ..plan },
        "strategy.ab_test.winner: of several new arms nobody knows which one shall win; name the \
         winner, or write `ends: return` and release it afterwards",
    );
}

#[test]
fn a_ramp_ends_at_its_end_and_its_conditions_are_triggers() {
    let ramp = FlagRamp {
        start: Some(weight(5)),
        end: weight(30),
        interval: Span::from_secs(3600),
        start_date: Some("2026-12-01T00:00:00Z".to_owned()),
        rollback_conditions: vec!["metrics.error_rate > 0.02".to_owned()],
        ..FlagRamp::default()
    };
    let plan = Plan { arms: vec![Arm::of("off", ""), Arm::of("on", "")], ..checkout() };
    let plan = check(
        &Strategy::FlagRamp(ramp.clone()),
        plan,
        &[
            "until now after \"2026-12-01T00:00:00Z\"",
            "split 95% / 5%",
            "judge 1h 2h",
            "split 85% / 15%",
            "judge 1h 2h",
            "split 75% / 25%",
            "judge 1h 2h",
            "split 70% / 30%",
            "judge 1h 2h",
        ],
    );
    assert_eq!(plan.triggers[0].rule, "metrics.error_rate > 0.02");
    let hasty = FlagRamp { end_date: Some("2026-12-01T03:00:00Z".to_owned()), ..ramp };
    refused(
        &Strategy::FlagRamp(hasty),
        checkout(),
        "strategy.flag_ramp.end_date: 4 shares take 4h, and the dates are closer together; write a \
         later date, a shorter `interval` or a larger `increment`",
    );
}

#[test]
fn even_the_most_urgent_release_has_a_canary_and_is_agreed_to_afterwards() {
    let emergency =
        |priority| Strategy::Emergency(Emergency { priority, prepare: Prepare::default() });
    let plan = check(
        &emergency(Priority::P0),
        Plan { arms: vec![Arm::of("a", ""), Arm::of("b", "")], ..checkout() },
        &["split 99% / 1%", "judge 30s 4m 30s", "split 0% / 100%", "judge 30s 30s", "approve 1"],
    );
    assert_eq!(plan.triggers[0].rule, "metrics.error_rate > 0.05");
    check(
        &emergency(Priority::P1),
        Plan { arms: vec![Arm::of("a", ""), Arm::of("b", "")], ..checkout() },
        &["approve 2", "split 90% / 10%", "judge 10m 20m", "split 0% / 100%", "judge 10m 10m"],
    );
}

/// One rule for an emergency: nobody is asked before, and somebody else than who acted, which holds
/// for every approval, agrees within a day.
#[test]
fn b19_an_emergency_is_agreed_to_afterwards_and_within_a_day() {
    let approvals = |priority| {
        let strategy = Strategy::Emergency(Emergency { priority, prepare: Prepare::default() });
        let mut plan = Plan { arms: vec![Arm::of("a", ""), Arm::of("b", "")], ..checkout() };
        strategy.write(&mut plan).unwrap();
        let last = plan.steps.len() - 1;
        let steps = plan.steps.into_iter().enumerate();
        let found = steps.filter_map(|(at, step)| match step.does {
            Does::Approve(approval) => Some((at == last, approval.people, approval.at_most)),
            _ => None,
        });
        found.collect::<Vec<_>>()
    };
    assert_eq!(approvals(Priority::P0), [(true, 1, Some(Span::from_secs(24 * 3600)))]);
    assert_eq!(approvals(Priority::P1), [(false, 2, None)]);
}

#[test]
fn b13_names_that_are_missing_stay_and_are_refused_as_missing() {
    let stabilise = Stabilise { checks: vec!["helth".to_owned()], ..Stabilise::default() };
    let mut plan = checkout();
    Strategy::BlueGreen(BlueGreen { stabilise, ..BlueGreen::default() }).write(&mut plan).unwrap();
    let Does::Verify { checks, .. } = &plan.steps[1].does else { panic!("checks") };
    assert_eq!(checks, &["helth"]);
}

/// Every strategy with some parameters.
fn any_strategy() -> impl Generator<Value = Strategy> {
    let stages = prop::collection::btree_set(1..1_000_000_u32, 0..8);
    (0..6_u8, stages, 0..200_000_u32, 1..20_u32).prop_map(|(which, ppm, held, number)| {
        let of = |ppm: u32| Stage::of(Weight::from_ppm(ppm).unwrap());
        let stages: Vec<_> = ppm.into_iter().chain([WHOLE]).map(of).collect();
        let hold_back = Weight::from_ppm(held).unwrap();
        let finish = Finish { hold_back, ..Finish::default() };
        match which {
            0 => Strategy::Canary(Canary { stages, finish, ..Canary::default() }),
            1 => Strategy::BlueGreen(BlueGreen { switch: stages, finish, ..BlueGreen::default() }),
            2 => Strategy::Rolling(Rolling {
                replicas: Some(number),
                batch: number.is_multiple_of(2).then_some(number / 2),
                max_surge: Amount::Count(number % 4),
                max_unavailable: Amount::Share(Weight::from_ppm(held).unwrap()),
                ..Rolling::default()
            }),
            3 => Strategy::Recreate(Recreate { finish, ..Recreate::default() }),
            4 => Strategy::AbTest(AbTest { ends: Ends::Promote, ..AbTest::default() }),
            _ => Strategy::FlagRamp(FlagRamp {
                increment: Weight::from_ppm(10_000 * number).unwrap(),
                ..FlagRamp::default()
            }),
        }
    })
}

proptest! {
    #[test]
    fn the_machine_accepts_what_strategies_write(strategy in any_strategy(), is_measured in any::<bool>()) {
        let mut plan = checkout();
        if !is_measured && !matches!(strategy, Strategy::AbTest(_)) {
            plan.metrics.clear();
        }
        if strategy.write(&mut plan).is_ok() {
            let steps = format!("{:?}", sketch(&plan));
            let release = Release::new("r".into(), plan, Actor::default(), Time::default());
            prop_assert!(release.is_ok(), "{:?} {steps}", release.err());
        }
    }

    #[test]
    fn the_new_sides_share_only_grows_and_only_after_a_judgement(strategy in any_strategy()) {
        let mut plan = checkout();
        if strategy.write(&mut plan).is_err() {
            return Err(TestCaseError::reject("more stages than the held back share allows"));
        }
        let is_judging = !matches!(strategy, Strategy::Recreate(_));
        let mut before = Weight::NONE;
        let mut is_judged = true;
        for step in &plan.steps {
            match &step.does {
                Does::Split { split } => {
                    let sum: u32 = split.weights().iter().map(|weight| weight.ppm()).sum();
                    prop_assert_eq!(sum, WHOLE);
                    prop_assert!(split.treated() >= before);
                    prop_assert!(is_judged || !is_judging || split.treated() == before, "{:?}", plan.steps);
                    (before, is_judged) = (split.treated(), false);
                }
                Does::Judge(judgement) => {
                    prop_assert!(judgement.at_most >= judgement.at_least);
                    is_judged = true;
                }
                _ => {}
            }
        }
    }

    #[test]
    fn the_old_side_goes_only_after_the_observation(strategy in any_strategy()) {
        let removes_at_the_end = matches!(strategy, Strategy::Canary(_) | Strategy::BlueGreen(_));
        let mut plan = checkout();
        if removes_at_the_end && strategy.write(&mut plan).is_ok() {
            let words = sketch(&plan);
            let removal = words.iter().position(|word| word == "scale blue 0").unwrap();
            let end = words.iter().rposition(|word| word.starts_with("judge 10m"));
            prop_assert!(end.unwrap() < removal);
            prop_assert_eq!(removal + 1, words.len());
        }
    }

    #[test]
    fn replicas_stay_within_their_leeway_and_arrive(
        all in 1..60_u32, surge in 0..20_u32, unavailable in 0..200_000_u32, batch in 1..30_u32,
    ) {
        let share = Amount::Share(Weight::from_ppm(unavailable).unwrap());
        let leeway = Leeway::of(all, Amount::Count(surge), share);
        let mut now = Sides { old: all, new: 0 };
        for _ in 0..(2 * all + 2) {
            let then = next(now, all, leeway, batch);
            prop_assert!(then.old + then.new <= all + leeway.surge);
            prop_assert!(then.old + then.new + leeway.unavailable >= all);
            prop_assert!(then.new.abs_diff(now.new) <= batch && then.old.abs_diff(now.old) <= batch);
            let is_there = now == Sides { old: 0, new: all };
            prop_assert!(is_there || then != now);
            now = then;
        }
        prop_assert_eq!(now, Sides { old: 0, new: all });
    }
}
