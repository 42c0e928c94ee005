//! Scenarios: a plan, how its sides do, what people say, and what goes wrong.

use serde::{Deserialize, Serialize};

use crate::event::{Actor, Command, What};
use crate::plan::{Arm, Does, Gate, Judgement, Metric, OnInsufficient, Plan, Step};
use crate::simulation::chaos::fault::{Fault, Kind};
use crate::simulation::chaos::random::Random;
use crate::simulation::chaos::world::Health;
use crate::split::{Split, WHOLE, Weight};
use crate::time::Span;

/// Everything about one run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Scenario {
    /// What the chances are drawn from.
    pub seed: u64,
    /// What is released.
    pub plan: Plan,
    /// How the sides do.
    pub health: Health,
    /// What is said to the release, and when.
    pub said: Vec<Said>,
    /// What goes wrong, and when.
    pub faults: Vec<Fault>,
    /// When the run ends at the latest.
    pub horizon: Span,
}

/// Something that is said.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Said {
    /// When, after the start.
    pub after: Span,
    /// What.
    pub what: What,
}

impl Said {
    /// A command of somebody.
    pub fn command(after: Span, by: &str, command: Command) -> Self {
        let by = Actor { name: by.to_owned(), roles: Vec::new() };
        Self { after, what: What::Command { by, command } }
    }

    /// A fact.
    pub fn fact(after: Span, name: &str, value: impl Into<serde_json::Value>) -> Self {
        Self { after, what: What::Facts([(name.to_owned(), value.into())].into()) }
    }
}

impl Scenario {
    /// A plan in a quiet world of healthy sides, started at once.
    pub fn of(plan: Plan, seed: u64) -> Self {
        let health = Health {
            errors_control: 5_000,
            errors_new: 5_000,
            requests: 100,
            broken_instances: 0,
            broken_checks: 0,
        };
        let said = vec![Said::command(Span::ZERO, "deployer", Command::Start)];
        let horizon = Span::from_secs(30 * 86_400);
        Self { seed, plan, health, said, faults: Vec::new(), horizon }
    }

    /// A random plan, random sides, random commands and random faults, all of them from the seed.
    pub fn random(seed: u64) -> Self {
        let mut random = Random::keyed(seed, &[3]);
        let mut scenario = Self::of(plan(&mut random), seed);
        if random.chance(300_000) {
            scenario.health.errors_new = one(&mut random, [20_000, 50_000, 200_000]);
        }
        if random.chance(100_000) {
            scenario.health.broken_instances = 300_000;
        }
        scenario.health.requests = one(&mut random, [10, 100, 1000]);
        scenario.window(&mut random);
        scenario.talk(&mut random);
        for _ in 0..random.below(6) {
            scenario.faults.push(fault(&mut random));
        }
        scenario
    }

    /// A change window that opens and closes.
    fn window(&mut self, random: &mut Random) {
        if !random.chance(300_000) {
            return;
        }
        let rule = "calendar.window == true".to_owned();
        self.plan.gates.push(Gate { name: "window".to_owned(), rule, at_most: None });
        let mut at = Span::ZERO;
        for turn in 0..8 {
            self.said.push(Said::fact(at, "calendar.window", turn % 2 == 0));
            at = Span::from_ms(at.ms() + random.between(10_000, 400_000));
        }
        self.said.push(Said::fact(at, "calendar.window", true));
    }

    /// What people say beside the start.
    fn talk(&mut self, random: &mut Random) {
        let why = String::new;
        for _ in 0..random.below(4) {
            let after = Span::from_ms(random.between(1_000, 900_000));
            let command = match random.below(7) {
                0 => Command::Abort { why: why() },
                1 => Command::Pause { why: why() },
                2 => Command::Skip { why: why() },
                3 => Command::Promote { why: why() },
                4 => Command::Retry,
                5 => Command::Alert { what: "chaos".to_owned() },
                _ => Command::Resume,
            };
            self.said.push(Said::command(after, "operator", command));
        }
        // Whoever paused comes back.
        for turn in 1..=3 {
            let after = Span::from_secs(1_200 * turn);
            self.said.push(Said::command(after, "operator", Command::Resume));
        }
    }
}

/// One of three.
fn one<T>(random: &mut Random, [first, second, third]: [T; 3]) -> T {
    match random.below(3) {
        0 => first,
        1 => second,
        _ => third,
    }
}

/// A canary in some splits, or a switch, or a rolling exchange.
fn plan(random: &mut Random) -> Plan {
    let replicas = u32::try_from(random.between(1, 6)).unwrap_or(1);
    let arm = |name: &str, version: &str, replicas| Arm {
        workload: Some("checkout".to_owned()),
        replicas,
        ..Arm::of(name, version)
    };
    let mut plan =
        Plan::of("checkout", vec![arm("stable", "v1", replicas), arm("canary", "v2", 0)]);
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
    plan
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
pub(super) fn two(treated: u32) -> Split {
    let treated = Weight::from_ppm(treated).unwrap_or_default();
    Split::new(vec![treated.rest(), treated]).unwrap_or_else(|| Split::all_to(0, 2))
}

/// One of the faults, the four of chaos tests among them.
fn fault(random: &mut Random) -> Fault {
    let length = Span::from_ms(random.between(1_000, 300_000));
    let (kind, length) = match random.below(15) {
        0 | 1 => (Kind::Crash, Span::ZERO),
        2 => (Kind::SecondLeader, Span::ZERO),
        3 => (Kind::ClockJump { by: length, back: random.chance(500_000) }, length.times(2)),
        4 => (Kind::Partition, Span::from_secs(120)),
        5 => (Kind::SlowDrivers(Span::from_ms(random.between(100, 20_000))), length),
        6 => (Kind::FailingDrivers(500_000), length),
        7 => (Kind::FullDisk, length),
        8 => (Kind::MetricsLag(Span::from_secs(45)), length),
        9 => (Kind::MetricsLoss(300_000), length),
        10 => (Kind::MetricsTwice, length),
        11 => (Kind::MetricsDown, length),
        12 => (Kind::InstancesFail(300_000), Span::from_secs(300)),
        13 => (Kind::ConnectionsFail(900_000), Span::from_secs(180)),
        _ => (Kind::Busy, Span::from_secs(600)),
    };
    Fault { from: Span::from_ms(random.between(0, 900_000)), length, kind }
}
