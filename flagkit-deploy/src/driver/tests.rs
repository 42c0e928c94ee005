//! What stands in the way of a plan, as drivers see it before it begins.

use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::plan::{Arm, Step};
use crate::split::{Split, Weight};

/// A driver that finds nothing of what it shall change.
struct Lost(FailureKind);

impl Driver for Lost {
    fn takes(&self, _order: &Order, _plan: &Plan) -> bool {
        true
    }

    fn observe<'a>(&'a self, order: &'a Order, _plan: &'a Plan) -> Work<'a, Seen> {
        let message = format!("{:?} is nowhere", order.wanted);
        Box::pin(async move { Err(Failure { kind: self.0, message }) })
    }

    fn apply<'a>(&'a self, _order: &'a Order, _plan: &'a Plan) -> Work<'a, Outcome> {
        Box::pin(async { panic!("nobody asked for a change") })
    }
}

fn step(does: Does) -> Step {
    Step { name: "step".into(), does, gate: None, before: Vec::new(), after: Vec::new() }
}

/// All traffic to one of the arms.
fn split(arm: usize) -> Step {
    step(Does::Split { split: Split::all_to(arm, 2) })
}

/// The paths of the steps that a driver refuses so.
fn found(steps: Vec<Step>, kind: FailureKind) -> Vec<String> {
    let arms = vec![Arm::of("stable", "v1"), Arm::of("canary", "v2")];
    let plan = Plan { steps, ..Plan::of("shop", arms) };
    let drivers: [Arc<dyn Driver>; 1] = [Arc::new(Lost(kind))];
    let mut looked = pin!(obstacles(&plan, &drivers));
    let Poll::Ready(found) = looked.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("this driver answers at once");
    };
    found.into_iter().map(|refusal| refusal.path).collect()
}

fn hooks() -> Vec<String> {
    vec!["warm".to_owned()]
}

#[test]
fn each_thing_that_is_not_there_is_named_once() {
    let mirror = step(Does::Mirror { arm: "canary".into(), share: Weight::NONE });
    let steps = vec![step(Does::Pause { length: None }), split(0), mirror, split(1)];
    assert_eq!(found(steps.clone(), FailureKind::Permanent), ["steps[1]", "steps[2]"]);
    assert!(found(steps, FailureKind::Transient).is_empty(), "a release waits for it");
}

#[test]
fn what_a_hook_may_still_make_is_no_obstacle() {
    let before = Step { before: hooks(), ..split(0) };
    assert!(found(vec![before, split(1)], FailureKind::Permanent).is_empty());
    let hook = step(Does::Hook { hook: "warm".into() });
    assert!(found(vec![hook, split(1)], FailureKind::Permanent).is_empty());
    let pause = Step { after: hooks(), ..step(Does::Pause { length: None }) };
    assert!(found(vec![pause, split(1)], FailureKind::Permanent).is_empty());
    let after = Step { after: hooks(), ..split(0) };
    assert_eq!(found(vec![after], FailureKind::Permanent), ["steps[0]"]);
}
