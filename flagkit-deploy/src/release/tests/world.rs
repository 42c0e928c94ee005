//! A world of one proxy, some instances and some checks, which carries out orders at once.

use std::collections::BTreeMap;

use crate::event::{Actor, Command, Event, What};
use crate::order::{Failure, Finding, Outcome, Wanted};
use crate::plan::{Arm, Check, Does, Plan, Probe, Step};
use crate::record::Decision;
use crate::release::{Release, State, Status};
use crate::sample::Sample;
use crate::split::{Split, Weight};
use crate::time::{Span, Time};

/// What is measured in a state, after one time and until another.
pub(crate) type Measuring = fn(&State, Time, Time) -> Vec<Sample>;

/// A release and the world around it.
pub(crate) struct World {
    pub(crate) release: Release,
    pub(crate) state: State,
    pub(crate) now: Time,
    /// What was carried out, in order.
    pub(crate) done: Vec<Wanted>,
    /// What was decided, in order.
    pub(crate) decisions: Vec<Decision>,
    /// Orders for these things (the beginning of `Wanted::thing`) fail, so many times.
    pub(crate) failing: BTreeMap<String, (u32, Failure)>,
    /// What checks find, by name; 200 without.
    pub(crate) found: BTreeMap<String, serde_json::Value>,
    /// Orders that have not been carried out, while `slow`.
    pub(crate) waiting: Vec<(u32, Wanted)>,
    pub(crate) slow: bool,
    /// What is measured after one time, until another.
    pub(crate) measuring: Option<Measuring>,
}

impl World {
    pub(crate) fn new(plan: Plan) -> Self {
        let now = Time::from_unix_ms(1_800_000_000_000);
        let author = actor("author");
        let (release, state) = Release::new("r-1".into(), plan, author, now).unwrap();
        Self {
            release,
            state,
            now,
            done: Vec::new(),
            decisions: Vec::new(),
            failing: BTreeMap::new(),
            found: BTreeMap::new(),
            waiting: Vec::new(),
            slow: false,
            measuring: None,
        }
    }

    /// Begins, and goes as far as that leads.
    pub(crate) fn start(mut self) -> Self {
        self.say("deployer", Command::Start);
        self
    }

    pub(crate) fn say(&mut self, by: &str, command: Command) {
        self.happen(What::Command { by: actor(by), command });
    }

    /// Something happens, and the orders that follow are carried out.
    pub(crate) fn happen(&mut self, what: What) {
        let mut events = vec![what];
        while let Some(what) = events.pop() {
            let next = self.release.step(&self.state, &Event { now: self.now, what });
            self.check(&next.state);
            self.state = next.state;
            self.decisions.extend(next.decisions);
            for (number, wanted) in next.orders {
                if self.slow {
                    self.waiting.push((number, wanted));
                } else {
                    events.push(self.carry_out(number, wanted));
                }
            }
            events.sort_by_key(|what| match what {
                What::Came { order, .. } => std::cmp::Reverse(*order),
                _ => std::cmp::Reverse(0),
            });
        }
    }

    fn carry_out(&mut self, order: u32, wanted: Wanted) -> What {
        let thing = wanted.thing();
        let failing = self.failing.iter_mut().find(|(name, _)| thing.starts_with(name.as_str()));
        if let Some((_, (times, failure))) = failing
            && *times > 0
        {
            *times -= 1;
            return What::Came { order, outcome: Outcome::Failed(failure.clone()) };
        }
        let outcome = match &wanted {
            Wanted::Verify { check, .. } => {
                let status = self.found.get(check).cloned().unwrap_or(200.into());
                Outcome::Found(Finding { attributes: [("status".to_owned(), status)].into() })
            }
            Wanted::Measure { after, until, .. } => {
                let measuring = self.measuring.map(|of| of(&self.state, *after, *until));
                Outcome::Measured(measuring.unwrap_or_default())
            }
            _ => Outcome::Done { already: false },
        };
        self.done.push(wanted);
        What::Came { order, outcome }
    }

    /// What holds after every step.
    fn check(&self, next: &State) {
        let sum = |split: &Split| split.weights().iter().map(|weight| weight.ppm()).sum::<u32>();
        assert_eq!(sum(&next.split), crate::split::WHOLE);
        if matches!(next.status, Status::RolledBack | Status::Cancelled) {
            assert_eq!(next.split, self.release.plan().base, "all traffic is where it was");
        }
        let text = serde_json::to_string(next).unwrap();
        assert_eq!(serde_json::from_str::<State>(&text).unwrap(), *next, "a restart loses nothing");
    }

    /// Lets so much time pass, waking the release when it wants to be woken.
    pub(crate) fn pass(&mut self, span: Span) {
        let end = self.now + span;
        for _ in 0..100_000 {
            let Some(at) = self.release.wake_at(&self.state).filter(|at| *at <= end) else { break };
            assert!(at >= self.now || self.state.now <= self.now, "a timer in the past");
            self.now = at.max(self.now);
            let before = self.state.clone();
            self.happen(What::Time);
            assert!(
                self.state != before || self.release.wake_at(&self.state) > Some(self.now),
                "woken at {} for nothing: {:?}",
                self.now,
                self.state.stage
            );
        }
        self.now = end;
        self.happen(What::Time);
    }

    pub(crate) fn status(&self) -> Status {
        self.state.status()
    }

    /// Splits that were carried out, as millionths of the new side.
    pub(crate) fn splits(&self) -> Vec<u32> {
        let split = |wanted: &Wanted| match wanted {
            Wanted::Split { split, .. } => Some(split.treated().ppm()),
            _ => None,
        };
        self.done.iter().filter_map(split).collect()
    }

    /// Things that were done, in order, without telling people.
    pub(crate) fn things(&self) -> Vec<String> {
        let done = self.done.iter().filter(|wanted| !matches!(wanted, Wanted::Notify { .. }));
        done.map(Wanted::thing).collect()
    }

    /// Why conditions did not hold.
    pub(crate) fn refusals(&self) -> Vec<String> {
        let refused = self.decisions.iter().filter_map(|decision| match decision {
            Decision::Refused { what, why } => Some(format!("{what}: {why}")),
            _ => None,
        });
        refused.collect()
    }

    /// Why something was ignored.
    pub(crate) fn ignored(&self) -> Vec<&str> {
        let ignored = self.decisions.iter().filter_map(|decision| match decision {
            Decision::Ignored { why } => Some(why.as_str()),
            _ => None,
        });
        ignored.collect()
    }
}

pub(crate) fn actor(name: &str) -> Actor {
    Actor { name: name.to_owned(), roles: Vec::new() }
}

/// 5 % to the new side as `50_000`.
pub(crate) fn split(treated: u32) -> Split {
    let weights = [crate::split::WHOLE - treated, treated];
    Split::new(weights.iter().map(|&ppm| Weight::from_ppm(ppm).unwrap()).collect()).unwrap()
}

pub(crate) fn step(does: Does) -> Step {
    Step { name: "step".into(), does, gate: None, before: Vec::new(), after: Vec::new() }
}

pub(crate) fn to(treated: u32) -> Step {
    step(Does::Split { split: split(treated) })
}

pub(crate) fn pause(seconds: u64) -> Step {
    step(Does::Pause { length: Some(Span::from_secs(seconds)) })
}

pub(crate) fn scale(arm: &str, replicas: u32) -> Step {
    step(Does::Scale { arm: arm.into(), replicas })
}

/// A plan of these steps, over a control with three instances and a new side without any.
pub(crate) fn plan(steps: Vec<Step>) -> Plan {
    let arm = |name: &str, replicas| {
        let workload = Some("checkout".into());
        Arm { workload, replicas, ..Arm::of(name, format!("{name}-version")) }
    };
    let arms = vec![arm("stable", 3), arm("canary", 0)];
    Plan { strategy: "canary".into(), steps, ..Plan::of("checkout", arms) }
}

/// A check that wants status 200, with this many tries.
pub(crate) fn check(tries: u32) -> Check {
    let text = r#"{"probe": {"kind": "tcp", "address": "{{address}}"}, "expect": "status == 200"}"#;
    let check: Check = serde_json::from_str(text).unwrap();
    assert!(matches!(check.probe, Probe::Tcp { .. }));
    Check { tries, ..check }
}

/// A canary in three splits, which are 60 seconds apart.
pub(crate) fn canary() -> Plan {
    plan(vec![
        scale("canary", 1),
        to(50_000),
        pause(60),
        to(500_000),
        pause(60),
        scale("canary", 3),
        to(1_000_000),
        pause(600),
        scale("stable", 0),
    ])
}
