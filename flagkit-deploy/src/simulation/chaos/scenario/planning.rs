//! Random plans: what is released in a scenario, in all the ways that a plan may go.

use crate::plan::{
    Approval, Arm, Check, Does, Gate, Hook, Judgement, Metric, OnDeadline, OnInsufficient, Plan,
    Probe, Step, Then, Trigger,
};
use crate::simulation::chaos::random::Random;
use crate::split::{Split, WHOLE, Weight};
use crate::time::Span;

use super::one;

/// A canary in some splits, or a switch, or a rolling exchange.
pub(super) fn plan(random: &mut Random, target: &str) -> Plan {
    let replicas = u32::try_from(random.between(1, 6)).unwrap_or(1);
    let arm = |name: &str, version: &str, replicas| Arm {
        workload: Some(target.to_owned()),
        replicas,
        ..Arm::of(name, version)
    };
    let mut plan = Plan::of(target, vec![arm("stable", "v1", replicas), arm("canary", "v2", 0)]);
    let kind = random.below(3);
    let (name, stages) = match kind {
        0 => ("canary", vec![10_000, 50_000, 250_000, WHOLE]),
        1 => ("blue_green", vec![WHOLE]),
        _ => ("rolling", vec![WHOLE / 3, WHOLE / 2, WHOLE]),
    };
    name.clone_into(&mut plan.strategy);
    if random.chance(600_000) {
        plan.metrics.extend(error_rate());
    }
    for treated in stages {
        let parts = u64::from(treated) * u64::from(replicas);
        let wanted = u32::try_from(parts.div_ceil(u64::from(WHOLE))).unwrap_or(replicas);
        plan.steps.push(step(Does::Scale { arm: "canary".to_owned(), replicas: wanted }));
        plan.steps.push(step(Does::Split { split: two(treated) }));
        let length = Span::from_ms(random.between(5_000, 300_000));
        plan.steps.push(step(if plan.metrics.is_empty() {
            Does::Pause { length: Some(length) }
        } else {
            let asked = judgement(random, length);
            // Nothing can be proved once the old side has no traffic, and such plans are refused.
            Does::Judge(Judgement { proof: asked.proof && treated < WHOLE, ..asked })
        }));
    }
    plan.steps.push(step(Does::Scale { arm: "stable".to_owned(), replicas: 0 }));
    check(random, &mut plan);
    call(random, &mut plan);
    approve(random, &mut plan);
    watch(random, &mut plan);
    plan.rollback.automatic = !random.chance(100_000);
    plan.rollback.keep = Span::from_ms(random.between(0, 60_000));
    if random.chance(500_000) {
        plan.attempts.timeout = Span::from_ms(random.between(2_000, 60_000));
    }
    plan
}

/// Checks of the new side before it gets more traffic, and of the control after a rollback.
fn check(random: &mut Random, plan: &mut Plan) {
    if !random.chance(400_000) {
        return;
    }
    let then = one(random, [Then::RollBack, Then::Pause, Then::Tell]);
    let probe = Probe::Tcp { address: "{{address}}".to_owned() };
    let number = |random: &mut Random| u32::try_from(random.between(1, 4)).unwrap_or(1);
    let check = Check {
        probe,
        expect: "status == 200".to_owned(),
        timeout: Span::from_secs(30),
        tries: number(random),
        delay: Span::from_secs(1),
        delay_max: None,
        passes: number(random),
        then,
    };
    plan.checks.insert("healthy".to_owned(), check);
    let checks = vec!["healthy".to_owned()];
    if random.chance(500_000) {
        plan.rollback.verify.clone_from(&checks);
    }
    insert(random, plan, Does::Verify { checks, arm: "canary".to_owned() });
}

/// Hooks around steps, as steps, and of a rollback.
fn call(random: &mut Random, plan: &mut Plan) {
    if !random.chance(400_000) {
        return;
    }
    for (name, expect, after) in
        [("warm", None, None), ("report", Some("status == 200"), Some("warm"))]
    {
        let hook = Hook {
            probe: Probe::Tcp { address: "{{address}}".to_owned() },
            expect: expect.map(str::to_owned),
            timeout: Span::from_secs(30),
            after: after
                .filter(|_| random.chance(500_000))
                .map(str::to_owned)
                .into_iter()
                .collect(),
        };
        plan.hooks.insert(name.to_owned(), hook);
    }
    let name =
        |random: &mut Random| if random.chance(500_000) { "warm" } else { "report" }.to_owned();
    for at in 0..plan.steps.len() {
        let (before, after) = (random.chance(200_000), random.chance(200_000));
        let (first, second) = (name(random), name(random));
        if let Some(step) = plan.steps.get_mut(at) {
            step.before.extend(before.then_some(first));
            step.after.extend(after.then_some(second));
        }
    }
    if random.chance(500_000) {
        let hook = name(random);
        insert(random, plan, Does::Hook { hook });
    }
    if random.chance(500_000) {
        plan.rollback.hooks.push(name(random));
    }
}

/// People who agree, and what makes them unnecessary.
fn approve(random: &mut Random, plan: &mut Plan) {
    if !random.chance(400_000) {
        return;
    }
    let people = u8::try_from(random.between(1, 3)).unwrap_or(1);
    let mut approval = Approval::by(people);
    if random.chance(300_000) {
        approval.roles.push("sre".to_owned());
    }
    if random.chance(300_000) {
        approval.who = Some("approver.role in [\"sre\", \"lead\"]".to_owned());
    }
    if random.chance(300_000) {
        approval.unless = Some("tests.passed == true".to_owned());
    }
    if random.chance(600_000) {
        approval.at_most = Some(Span::from_ms(random.between(60_000, 900_000)));
        approval.on_deadline =
            one(random, [OnDeadline::RollBack, OnDeadline::Pause, OnDeadline::Proceed]);
    }
    insert(random, plan, Does::Approve(approval));
}

/// What ends the release at once: errors, and a signal.
fn watch(random: &mut Random, plan: &mut Plan) {
    let then = |random: &mut Random| {
        if random.chance(700_000) {
            Then::RollBack
        } else {
            one(random, [Then::Pause, Then::Tell, Then::Tell])
        }
    };
    if !plan.metrics.is_empty() && random.chance(400_000) {
        plan.triggers.push(Trigger {
            name: "errors".to_owned(),
            rule: "metrics.error_rate > 0.05".to_owned(),
            times: 3,
            within: Span::from_secs(300),
            then: then(random),
        });
    }
    if random.chance(400_000) {
        plan.triggers.push(Trigger {
            name: "halt".to_owned(),
            rule: "signal.halt == true".to_owned(),
            times: 1,
            within: Span::ZERO,
            then: then(random),
        });
    }
}

/// A release that waits for another one's, before it begins to change things or at a step.
pub(super) fn wait_for(random: &mut Random, plan: &mut Plan, other: &str) {
    if !random.chance(500_000) {
        return;
    }
    let rule = format!("releases.{other}.status == \"done\"");
    let at_most = Some(Span::from_ms(random.between(60_000, 1_800_000)));
    if random.chance(500_000) {
        plan.gates.push(Gate { name: format!("after {other}"), rule, at_most });
    } else {
        let on_deadline =
            one(random, [OnDeadline::RollBack, OnDeadline::Pause, OnDeadline::Proceed]);
        insert(random, plan, Does::Until { rule, at_most, on_deadline });
    }
}

/// Puts a step somewhere among the others.
fn insert(random: &mut Random, plan: &mut Plan, does: Does) {
    let at = random.below(u64::try_from(plan.steps.len()).unwrap_or_default());
    plan.steps.insert(usize::try_from(at).unwrap_or_default(), step(does));
}

/// By data, or by proof; without enough of it the step goes on, back, or asks.
fn judgement(random: &mut Random, at_least: Span) -> Judgement {
    use OnInsufficient::{Ask, Hold, Proceed, RollBack};
    Judgement {
        at_least,
        at_most: at_least.times(4),
        proof: random.chance(300_000),
        exposures_min: 100,
        success: Vec::new(),
        on_insufficient: if random.chance(500_000) {
            Proceed
        } else {
            one(random, [RollBack, Ask, Hold])
        },
    }
}

/// The share of failed requests, pushed.
fn error_rate() -> Option<Metric> {
    let metric = r#"{"name": "error_rate", "measure": {"kind": "events"}, "margin": 0.1,
                     "source": {"from": "push"}}"#;
    serde_json::from_str(metric).ok()
}

fn step(does: Does) -> Step {
    let name = format!("{does:?}").chars().take(40).collect();
    Step { name, does, gate: None, before: Vec::new(), after: Vec::new() }
}

/// So many millionths for the new side of two.
fn two(treated: u32) -> Split {
    let treated = Weight::from_ppm(treated).unwrap_or_default();
    Split::new(vec![treated.rest(), treated]).unwrap_or_else(|| Split::all_to(0, 2))
}
