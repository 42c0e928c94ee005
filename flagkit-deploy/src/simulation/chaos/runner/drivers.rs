//! Drivers of the made-up world: they take time, fail, hang, and answer late or twice.

use crate::driver::Seen;
use crate::executor::{Job, Machine, Task};
use crate::order::{Failure, Finding, OrderId, Outcome, Wanted};
use crate::release::Release;
use crate::simulation::chaos::fault::Kind;
use crate::simulation::chaos::metric::{self, Question};
use crate::simulation::chaos::runner::{BOOT, Happening, Runner};
use crate::time::Span;

/// An order with a driver.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) engine: usize,
    pub(super) job: Job<Release>,
    pub(super) fails: Option<Failure>,
    /// Whether the driver answers even if nobody waits any more.
    late: bool,
    /// How many answers are still to come.
    answers: u8,
    /// Whether nobody waits any more: what was not done by then is not done.
    dropped: bool,
}

impl Runner<'_> {
    /// A driver gets an order.
    pub(super) fn start(&mut self, engine: usize, job: Job<Release>) {
        self.next += 1;
        let number = self.next;
        let mut takes = self.random.between(1, 40);
        let (mut failing, mut hangs, mut late, mut answers) = (0, false, false, 1);
        for kind in self.faults.clone() {
            match kind {
                Kind::SlowDrivers(by) => takes += by.ms(),
                Kind::FailingDrivers(ppm) => failing = ppm,
                Kind::HangingDrivers(ppm) => hangs |= self.random.chance(ppm),
                Kind::LateAnswers(by) => {
                    late = true;
                    takes += by.ms();
                }
                Kind::AnswersTwice => answers = 2,
                _ => {}
            }
        }
        let is_cut = self.has(Kind::Partition);
        let fails = is_cut || (failing > 0 && self.random.chance(failing));
        let before = is_cut || self.random.chance(500_000);
        let failure = fails.then(|| Failure::transient("the driver failed, as the scenario wants"));
        if job.task == Task::Apply && !((fails || hangs) && before) {
            self.put(self.now + Span::from_ms(takes.min(40) / 2), Happening::Effect(number));
        }
        if !hangs {
            self.put(self.now + Span::from_ms(takes), Happening::Answer(number));
        }
        if !hangs && answers > 1 {
            let again = takes + self.random.between(1, 5_000);
            self.put(self.now + Span::from_ms(again), Happening::Answer(number));
        }
        let flight = Flight { engine, job, fails: failure, late, answers, dropped: false };
        self.flights.insert(number, flight);
    }

    /// Nobody waits for an order any more: its driver drops it.
    pub(super) fn drop_flights(&mut self, place: usize, order: &OrderId) {
        self.flights.retain(|_, flight| {
            let is_his = flight.engine == place && flight.job.order.id == *order;
            flight.dropped |= is_his;
            !is_his || flight.late
        });
    }

    /// What an order wants takes place.
    pub(super) fn effect(&mut self, number: u64) {
        let boot = if self.has(Kind::Busy) { BOOT.times(4) } else { BOOT };
        let Some(flight) = self.flights.get_mut(&number) else { return };
        if flight.dropped {
            flight.fails = Some(Failure::transient("it was given up before it was done"));
            return;
        }
        let before = self.world.effects.len();
        if let Err(failure) = self.world.apply(&flight.job.order, self.now, boot) {
            flight.fails = Some(failure);
        }
        if let Some(effect) = self.world.effects.get(before)
            && let Wanted::Split { route, split, .. } = &effect.wanted
        {
            let history = self.history.entry(route.clone()).or_default();
            history.push((self.now, split.clone()));
        }
    }

    /// A driver answers.
    pub(super) fn answer(&mut self, number: u64) {
        let Some(flight) = self.flights.get_mut(&number) else { return };
        flight.answers = flight.answers.saturating_sub(1);
        let is_last = flight.answers == 0;
        let (engine, id) = (flight.engine, flight.job.order.id.clone());
        let (fails, task) = (flight.fails.clone(), flight.job.task);
        let seen = self.world.observe(&flight.job.order, self.now);
        let waits = matches!(flight.job.order.wanted, Wanted::Scale { .. });
        let now = self.process_time();
        if task == Task::Observe {
            if let Some(Some(process)) = self.engines.get_mut(engine) {
                process.executor.observed(&id, fails.map_or(Ok(seen), Err), now);
            }
        } else if fails.is_none() && waits && seen != Seen::InPlace {
            // The driver waits for the instances, until nobody waits for it any more.
            let again = self.now + Span::from_ms(500);
            if let Some(flight) = self.flights.get_mut(&number).filter(|flight| !flight.dropped) {
                flight.answers = 1;
                self.put(again, Happening::Answer(number));
                return;
            }
        } else {
            let outcome = self.outcome(number, fails);
            if let Some(Some(process)) = self.engines.get_mut(engine) {
                process.executor.came(&id, outcome, now);
            }
        }
        if is_last {
            self.flights.remove(&number);
        }
    }

    /// What a driver answers to an order that it carried out.
    fn outcome(&mut self, number: u64, fails: Option<Failure>) -> Result<Outcome, Failure> {
        if let Some(failure) = fails {
            return Err(failure);
        }
        let done = Ok(Outcome::Done { already: false });
        let Some(flight) = self.flights.get(&number) else { return done };
        match &flight.job.order.wanted {
            Wanted::Verify { arm, .. } => Ok(self.world.check(arm)),
            Wanted::Measure { metrics, after, until } => {
                let plan = Machine::plan(&*flight.job.machine);
                let history = plan.route.as_ref().and_then(|route| self.history.get(route));
                let question = Question {
                    plan,
                    history: history.map(Vec::as_slice).unwrap_or_default(),
                    health: self.world.health(),
                    seed: self.scenario.seed,
                    faults: &self.faults,
                };
                metric::measure(&question, metrics, *after, *until)
            }
            Wanted::Hook { hook, .. } => {
                let plan = Machine::plan(&*flight.job.machine);
                let expects = plan.hooks.get(hook).is_some_and(|hook| hook.expect.is_some());
                if !expects {
                    return done;
                }
                let attributes = [("status".to_owned(), self.world.hook_status().into())].into();
                Ok(Outcome::Found(Finding { attributes }))
            }
            _ => done,
        }
    }
}
