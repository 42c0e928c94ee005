//! Scenarios: a plan, how its sides do, what people say, and what goes wrong.

use serde::{Deserialize, Serialize};

use crate::event::{Actor, Command, What};
use crate::plan::{Gate, Plan};
use crate::simulation::chaos::fault::{Fault, Kind};
use crate::simulation::chaos::random::Random;
use crate::simulation::chaos::world::Health;
use crate::time::Span;

mod planning;

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
    /// Who answers when a step asks for approval.
    #[serde(default)]
    pub people: Vec<Person>,
    /// Further releases, each offered until it is taken.
    #[serde(default)]
    pub offers: Vec<Offer>,
}

/// Somebody who answers when a step asks for approval.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Person {
    /// Who; `author` and `deployer` try to approve their own change.
    pub name: String,
    /// Their roles.
    pub roles: Vec<String>,
    /// How long after the step began.
    pub after: Span,
    /// Whether they agree.
    pub agrees: bool,
    /// How much later they say it a second time.
    pub again: Option<Span>,
}

/// A further release that is offered.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Offer {
    /// When, after the start of the scenario; then every five minutes while its target is busy.
    pub after: Span,
    /// What is released.
    pub plan: Plan,
}

/// Something that is said.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Said {
    /// When, after the start.
    pub after: Span,
    /// To which release: 0 is the first, 1 the first that is offered.
    #[serde(default)]
    pub to: u16,
    /// What.
    pub what: What,
}

impl Said {
    /// A command of somebody.
    pub fn command(after: Span, by: &str, command: Command) -> Self {
        let by = Actor { name: by.to_owned(), roles: Vec::new() };
        Self { after, to: 0, what: What::Command { by, command } }
    }

    /// A fact.
    pub fn fact(after: Span, name: &str, value: impl Into<serde_json::Value>) -> Self {
        Self { after, to: 0, what: What::Facts([(name.to_owned(), value.into())].into()) }
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
            broken_control: 0,
            broken_hooks: 0,
        };
        let said = vec![Said::command(Span::ZERO, "deployer", Command::Start)];
        let horizon = Span::from_secs(30 * 86_400);
        let (faults, people, offers) = (Vec::new(), Vec::new(), Vec::new());
        Self { seed, plan, health, said, faults, horizon, people, offers }
    }

    /// Random plans, sides, people, commands and faults, all of them from the seed.
    pub fn random(seed: u64) -> Self {
        let mut random = Random::keyed(seed, &[3]);
        let mut scenario = Self::of(planning::plan(&mut random, "checkout"), seed);
        scenario.sides(&mut random);
        scenario.offer(&mut random);
        scenario.ask(&mut random);
        scenario.window(&mut random);
        scenario.signal(&mut random);
        scenario.talk(&mut random);
        for _ in 0..random.below(6) {
            scenario.faults.push(fault(&mut random));
        }
        scenario
    }

    /// How the sides do.
    fn sides(&mut self, random: &mut Random) {
        let health = &mut self.health;
        if random.chance(300_000) {
            health.errors_new = one(random, [20_000, 50_000, 200_000]);
        }
        if random.chance(100_000) {
            health.broken_instances = 300_000;
        }
        if random.chance(200_000) {
            health.broken_checks = one(random, [100_000, 500_000, 1_000_000]);
        }
        if random.chance(100_000) {
            health.broken_control = one(random, [100_000, 500_000, 1_000_000]);
        }
        if random.chance(200_000) {
            health.broken_hooks = one(random, [100_000, 500_000, 1_000_000]);
        }
        health.requests = one(random, [10, 100, 1000]);
    }

    /// Further releases: of the same target, or of another one, which may wait for each other.
    fn offer(&mut self, random: &mut Random) {
        if !random.chance(300_000) {
            return;
        }
        for _ in 0..random.between(1, 3) {
            let (target, other) =
                if random.chance(500_000) { ("auth", "checkout") } else { ("checkout", "auth") };
            let mut plan = planning::plan(random, target);
            planning::wait_for(random, &mut plan, other);
            let after = Span::from_ms(random.between(0, 1_800_000));
            self.offers.push(Offer { after, plan });
        }
        planning::wait_for(random, &mut self.plan, "auth");
    }

    /// People who answer when they are asked.
    fn ask(&mut self, random: &mut Random) {
        let everybody = [
            ("ada", "sre"),
            ("bob", "lead"),
            ("cleo", "dev"),
            ("author", "sre"),
            ("deployer", "sre"),
        ];
        for (name, role) in everybody {
            if random.chance(600_000) {
                self.people.push(Person {
                    name: name.to_owned(),
                    roles: vec![role.to_owned()],
                    after: Span::from_ms(random.between(1_000, 900_000)),
                    agrees: random.chance(900_000),
                    again: random
                        .chance(300_000)
                        .then(|| Span::from_ms(random.between(0, 2_000_000))),
                });
            }
        }
    }

    /// Facts from outside: tests that pass, and a signal to stop.
    fn signal(&mut self, random: &mut Random) {
        let at = |random: &mut Random| Span::from_ms(random.between(0, 1_800_000));
        for (name, ppm) in [("tests.passed", 500_000), ("signal.halt", 150_000)] {
            let turns = if random.chance(ppm) { random.between(1, 4) } else { 0 };
            for _ in 0..turns {
                let mut said = Said::fact(at(random), name, random.chance(700_000));
                said.to = self.somebody(random);
                self.said.push(said);
            }
        }
    }

    /// One of the releases.
    fn somebody(&self, random: &mut Random) -> u16 {
        let releases = u64::try_from(self.offers.len()).unwrap_or_default() + 1;
        u16::try_from(random.below(releases)).unwrap_or_default()
    }

    /// A change window that opens and closes, and a blackout that begins and ends.
    fn window(&mut self, random: &mut Random) {
        for (name, is_open) in [("calendar.window", true), ("calendar.blackout", false)] {
            if !random.chance(200_000) {
                continue;
            }
            let rule = format!("{name} == {is_open}");
            let gate = Gate { name: "window".to_owned(), rule, at_most: None };
            self.plan.gates.push(gate.clone());
            for offer in &mut self.offers {
                offer.plan.gates.push(gate.clone());
            }
            let mut at = Span::ZERO;
            for turn in 0..=8 {
                for to in 0..=u16::try_from(self.offers.len()).unwrap_or_default() {
                    let said = Said::fact(at, name, (turn % 2 == 0) == is_open);
                    self.said.push(Said { to, ..said });
                }
                at = Span::from_ms(at.ms() + random.between(10_000, 400_000));
            }
        }
    }

    /// What people say beside the start, also to a release that has ended.
    fn talk(&mut self, random: &mut Random) {
        let why = String::new;
        for _ in 0..random.below(6) {
            let after = Span::from_ms(random.between(1_000, 900_000));
            let command = match random.below(9) {
                0 => Command::Abort { why: why() },
                1 | 2 => Command::Pause { why: why() },
                3 => Command::Skip { why: why() },
                4 => Command::Promote { why: why() },
                5 => Command::Retry,
                6 => Command::Alert { what: "chaos".to_owned() },
                7 => Command::Start,
                _ => Command::Resume,
            };
            let by = if random.chance(200_000) { "ada" } else { "operator" };
            let to = self.somebody(random);
            self.said.push(Said { to, ..Said::command(after, by, command) });
        }
        // Whoever paused comes back.
        for turn in 1..=3 {
            for to in 0..=u16::try_from(self.offers.len()).unwrap_or_default() {
                let after = Span::from_secs(1_200 * turn);
                let again = if random.chance(300_000) { Command::Retry } else { Command::Resume };
                self.said.push(Said { to, ..Said::command(after, "operator", again) });
            }
        }
    }
}

/// One of three.
pub(super) fn one<T>(random: &mut Random, [first, second, third]: [T; 3]) -> T {
    match random.below(3) {
        0 => first,
        1 => second,
        _ => third,
    }
}

/// One of the faults, the four of chaos tests among them.
fn fault(random: &mut Random) -> Fault {
    let length = Span::from_ms(random.between(1_000, 300_000));
    let (kind, length) = match random.below(18) {
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
        14 => (Kind::HangingDrivers(500_000), length),
        15 => (Kind::LateAnswers(Span::from_ms(random.between(1_000, 400_000))), length),
        16 => (Kind::AnswersTwice, length),
        _ => (Kind::Busy, Span::from_secs(600)),
    };
    Fault { from: Span::from_ms(random.between(0, 900_000)), length, kind }
}
