//! Runs a scenario: processes, drivers and the world, one happening after another.

use std::collections::BTreeMap;

use crate::event::{Actor, What};
use crate::executor::{Executor, Job, Machine, Task};
use crate::journal::memory::Memory;
use crate::journal::{Journal, JournalError};
use crate::order::{Failure, OrderId, Outcome, Wanted};
use crate::release::{Release, State, Status};
use crate::simulation::chaos::fault::Kind;
use crate::simulation::chaos::invariant::{Broken, Watch};
use crate::simulation::chaos::metric::{self, Question};
use crate::simulation::chaos::random::Random;
use crate::simulation::chaos::scenario::Scenario;
use crate::simulation::chaos::world::World;
use crate::split::Split;
use crate::time::{Span, Time};

/// What came of a scenario.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Happenings: answers of drivers, effects, timers, faults, and what was said.
    pub steps: u64,
    /// The status at the end.
    pub status: Status,
    /// How long it took in the world.
    pub took: Span,
    /// How many times a process was killed or lost the lead.
    pub restarts: u32,
    /// How many effects there were.
    pub effects: usize,
}

/// Runs a scenario until nothing happens any more, or for so many steps.
///
/// # Errors
///
/// The first promise that was broken.
pub fn run(scenario: &Scenario, steps_max: u64) -> Result<Summary, Broken> {
    let mut runner = Runner::new(scenario)?;
    while runner.steps < steps_max && runner.step()? {}
    runner.end()
}

/// A scenario while it runs.
#[derive(Debug)]
pub struct Runner<'a> {
    scenario: &'a Scenario,
    world: World,
    journal: Memory,
    engines: Vec<Option<Executor<Release>>>,
    flights: BTreeMap<u64, Flight>,
    queue: BTreeMap<(Time, u64), Happening>,
    now: Time,
    next: u64,
    steps: u64,
    restarts: u32,
    faults: Vec<Kind>,
    random: Random,
    /// The splits that were in effect, and since when.
    history: Vec<(Time, Split)>,
    watch: Watch,
    /// What was said and is not written yet: to which process, its batch, and which saying.
    unanswered: Vec<(usize, u64, usize)>,
}

/// An order with a driver.
#[derive(Debug)]
struct Flight {
    engine: usize,
    job: Job<Release>,
    fails: Option<Failure>,
}

#[derive(Clone, Copy, Debug)]
enum Happening {
    Effect(u64),
    Answer(u64),
    Begin(usize),
    End(usize),
    Say(usize),
    Restart,
}

/// The name of the release in a scenario.
const NAME: &str = "r";
/// When scenarios begin: 2027-01-15.
const START: Time = Time::from_unix_ms(1_800_000_000_000);
/// How long an instance takes to become healthy.
const BOOT: Span = Span::from_secs(4);

impl<'a> Runner<'a> {
    /// A scenario before anything happened: the release is planned.
    ///
    /// # Errors
    ///
    /// A plan that is refused.
    pub fn new(scenario: &'a Scenario) -> Result<Self, Broken> {
        let mut runner = Self {
            scenario,
            world: World::new(scenario.seed, scenario.health.clone()),
            journal: Memory::new(),
            engines: Vec::new(),
            flights: BTreeMap::new(),
            queue: BTreeMap::new(),
            now: START,
            next: 0,
            steps: 0,
            restarts: 0,
            faults: Vec::new(),
            random: Random::keyed(scenario.seed, &[2]),
            history: vec![(START, scenario.plan.base.clone())],
            watch: Watch::default(),
            unanswered: Vec::new(),
        };
        runner.prepare_world();
        runner.take_lead()?;
        let author = Actor { name: "author".to_owned(), roles: Vec::new() };
        let planned = runner.engine_mut().map(|engine| {
            engine
                .plan(NAME, scenario.plan.clone(), author, START)
                .map_err(|error| error.to_string())
        });
        if let Some(Err(error)) = planned {
            return Err(runner.broken(format!("the plan was refused: {error}")));
        }
        for (place, said) in scenario.said.iter().enumerate() {
            runner.put(START + said.after, Happening::Say(place));
        }
        for (place, fault) in scenario.faults.iter().enumerate() {
            runner.put(START + fault.from, Happening::Begin(place));
            runner.put(START + fault.from + fault.length, Happening::End(place));
        }
        runner.drain();
        Ok(runner)
    }

    /// The next happening. False if there is none.
    ///
    /// # Errors
    ///
    /// A promise that was broken by it.
    pub fn step(&mut self) -> Result<bool, Broken> {
        let timer = self.engines.iter().flatten().filter_map(Executor::wake_at).min();
        let timer = timer.map(|at| self.world_time(at).max(self.now));
        let queued = self.queue.first_key_value().map(|((at, _), _)| *at);
        let is_final = self.state().is_some_and(|state| state.status().is_final());
        let is_over = is_final && self.unanswered.is_empty() && !self.has(Kind::FullDisk);
        match (queued, timer) {
            (None, None) => return Ok(false),
            (Some(_), None) if is_over && self.flights.is_empty() => return Ok(false),
            (Some(at), timer) if timer.is_none_or(|timer| at <= timer) => {
                if let Some(((at, _), happening)) = self.queue.pop_first() {
                    self.now = self.now.max(at);
                    self.happen(happening)?;
                }
            }
            (_, timer) => {
                self.now = self.now.max(timer.unwrap_or(self.now));
                let now = self.process_time();
                for engine in self.engines.iter_mut().flatten() {
                    engine.pass(now);
                }
            }
        }
        self.steps += 1;
        self.drain();
        self.answers();
        self.look()?;
        Ok(self.now - START < self.scenario.horizon)
    }

    /// What came of it.
    ///
    /// # Errors
    ///
    /// A promise about the whole that was broken.
    pub fn end(mut self) -> Result<Summary, Broken> {
        let state = self.kept_state();
        let status = state.as_ref().map_or(Status::Planned, State::status);
        let is_stuck =
            matches!(status, Status::RollingBack) && self.now - START >= self.scenario.horizon;
        if is_stuck {
            return Err(self.broken("the rollback never ends".to_owned()));
        }
        Watch::whole(&mut self.journal, &self.world).map_err(|what| self.broken(what))?;
        Ok(Summary {
            steps: self.steps,
            status,
            took: self.now - START,
            restarts: self.restarts,
            effects: self.world.effects.len(),
        })
    }

    /// The state of the release as the leading process has it.
    pub fn state(&self) -> Option<&State> {
        let engine = self.engines.iter().flatten().last()?;
        engine.release(NAME).map(|(_, state)| state)
    }

    /// What is outside.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The same, for tests that break something.
    #[cfg(test)]
    pub(super) fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    /// The time in the world.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Tells the leading process something, now. Answers with the batch in which it will be written;
    /// none if there is no process, or if it refuses.
    pub fn say(&mut self, what: What) -> Option<u64> {
        let now = self.process_time();
        let told = self.engine_mut()?.tell(NAME, what, now).ok()?;
        self.drain();
        Some(told.batch)
    }

    /// One of the sayings of the scenario. Whoever says it waits until it is written.
    fn say_again(&mut self, place: usize) {
        let Some(said) = self.scenario.said.get(place) else { return };
        let leader = self.engines.iter().rposition(Option::is_some);
        match (leader, self.say(said.what.clone())) {
            (Some(leader), Some(batch)) => self.unanswered.push((leader, batch, place)),
            // A release that is over takes nothing.
            (Some(_), None) => {}
            (None, _) => self.put(self.now + Span::from_secs(1), Happening::Say(place)),
        }
    }

    /// What was said to a process that ended before it was written is said to the next one.
    fn answers(&mut self) {
        for (engine, batch, place) in std::mem::take(&mut self.unanswered) {
            match self.engines.get(engine).and_then(Option::as_ref) {
                Some(engine) if engine.written() >= batch => {}
                Some(_) => self.unanswered.push((engine, batch, place)),
                None => self.put(self.now + Span::from_secs(1), Happening::Say(place)),
            }
        }
    }

    fn kept_state(&mut self) -> Option<State> {
        let kept = self.journal.kept(NAME).ok()??;
        serde_json::from_slice(&kept.state).ok()
    }

    fn engine_mut(&mut self) -> Option<&mut Executor<Release>> {
        self.engines.iter_mut().flatten().last()
    }

    fn broken(&self, what: String) -> Broken {
        Broken { what, seed: self.scenario.seed, step: self.steps, after: self.now - START }
    }

    fn put(&mut self, at: Time, happening: Happening) {
        self.next += 1;
        self.queue.insert((at, self.next), happening);
    }

    /// What lies outside before the release begins.
    fn prepare_world(&mut self) {
        let plan = &self.scenario.plan;
        let arms: Vec<String> = plan.arms.iter().map(|arm| arm.name.clone()).collect();
        if let Some(route) = &plan.route {
            self.world.splits.insert(route.clone(), (arms, plan.base.clone()));
        }
        for arm in &plan.arms {
            let Some(workload) = &arm.workload else { continue };
            let instances = self.world.instances.entry((workload.clone(), arm.name.clone()));
            let instances = instances.or_default();
            instances.version.clone_from(&arm.version);
            instances.wanted = arm.replicas;
            instances.healthy_at = vec![Some(Time::default()); arm.replicas as usize];
        }
    }

    /// A process starts and goes on where the journal ends.
    fn take_lead(&mut self) -> Result<(), Broken> {
        let fence = self.journal.lead().ok().flatten();
        let unfinished = self.journal.unfinished();
        let (Some(fence), Ok(unfinished)) = (fence, unfinished) else {
            return Err(self.broken("the journal could not be read".to_owned()));
        };
        let (engine, left_out) = Executor::recover(fence, &unfinished, self.process_time());
        if let Some(left_out) = left_out.first() {
            return Err(self.broken(left_out.to_string()));
        }
        self.engines.push(Some(engine));
        self.watch.restarted();
        Ok(())
    }

    fn has(&self, kind: Kind) -> bool {
        self.faults.contains(&kind)
    }

    /// The clock of the processes.
    fn process_time(&self) -> Time {
        let ms = self.now.unix_ms();
        Time::from_unix_ms(self.faults.iter().fold(ms, |ms, kind| match kind {
            Kind::ClockJump { by, back: true } => ms.saturating_sub(by.ms()),
            Kind::ClockJump { by, back: false } => ms.saturating_add(by.ms()),
            _ => ms,
        }))
    }

    /// When the clock of the processes shows this.
    fn world_time(&self, at: Time) -> Time {
        let ahead = self.process_time().unix_ms();
        let ms = at.unix_ms().saturating_add(self.now.unix_ms()).saturating_sub(ahead);
        Time::from_unix_ms(ms)
    }

    fn happen(&mut self, happening: Happening) -> Result<(), Broken> {
        match happening {
            Happening::Effect(flight) => self.effect(flight),
            Happening::Answer(flight) => self.answer(flight),
            Happening::Begin(place) => self.begin(place)?,
            Happening::End(place) => {
                if let Some(fault) = self.scenario.faults.get(place)
                    && let Some(at) = self.faults.iter().position(|kind| *kind == fault.kind)
                {
                    self.faults.remove(at);
                }
            }
            Happening::Say(place) => self.say_again(place),
            Happening::Restart => self.take_lead()?,
        }
        Ok(())
    }

    fn begin(&mut self, place: usize) -> Result<(), Broken> {
        let Some(fault) = self.scenario.faults.get(place) else { return Ok(()) };
        match fault.kind {
            Kind::Crash => {
                self.restarts += 1;
                self.engines.fill_with(|| None);
                self.put(self.now + Span::from_secs(1), Happening::Restart);
            }
            Kind::SecondLeader if self.engines.iter().any(Option::is_some) => {
                self.restarts += 1;
                self.take_lead()?;
            }
            Kind::InstancesFail(ppm) => self.world.fail_instances(ppm, self.now, BOOT),
            _ => {}
        }
        self.faults.push(fault.kind);
        Ok(())
    }

    /// Writes what is to be written, and starts what became possible.
    fn drain(&mut self) {
        for place in 0..self.engines.len() {
            while let Some(Some(engine)) = self.engines.get_mut(place) {
                while let Some(order) = engine.cancelled() {
                    let is_his =
                        |flight: &Flight| flight.engine == place && flight.job.order.id == order;
                    self.flights.retain(|_, flight| !is_his(flight));
                }
                if let Some(batch) = engine.batch() {
                    let is_full = self.faults.contains(&Kind::FullDisk);
                    let written = if is_full {
                        Err(JournalError::Store("no space is left".to_owned()))
                    } else {
                        self.journal.append(batch.fence, &batch.records, &batch.states)
                    };
                    let is_written = written.is_ok();
                    match written {
                        Ok(()) => engine.committed(),
                        Err(error) => engine.not_committed(error),
                    }
                    if !is_written {
                        break;
                    }
                } else if let Some(job) = engine.job() {
                    self.start(place, job);
                } else {
                    break;
                }
            }
            // A process that lost the lead ends.
            if let Some(engine) = self.engines.get_mut(place)
                && engine.as_ref().is_some_and(|engine| engine.stopped().is_some())
            {
                *engine = None;
            }
        }
    }

    /// A driver gets an order.
    fn start(&mut self, engine: usize, job: Job<Release>) {
        self.next += 1;
        let number = self.next;
        let slow = self.faults.iter().find_map(|kind| match kind {
            Kind::SlowDrivers(by) => Some(by.ms()),
            _ => None,
        });
        let takes = self.random.between(1, 40) + slow.unwrap_or_default();
        let failing = self.faults.iter().find_map(|kind| match kind {
            Kind::FailingDrivers(ppm) => Some(*ppm),
            _ => None,
        });
        let fails = self.has(Kind::Partition) || failing.is_some_and(|ppm| self.random.chance(ppm));
        let before = self.has(Kind::Partition) || self.random.chance(500_000);
        let failure = fails.then(|| Failure::transient("the driver failed, as the scenario wants"));
        if job.task == Task::Apply && !(fails && before) {
            self.put(self.now + Span::from_ms(takes / 2), Happening::Effect(number));
        }
        self.put(self.now + Span::from_ms(takes), Happening::Answer(number));
        self.flights.insert(number, Flight { engine, job, fails: failure });
    }

    /// What an order wants takes place.
    fn effect(&mut self, number: u64) {
        let boot = if self.has(Kind::Busy) { BOOT.times(4) } else { BOOT };
        let Some(flight) = self.flights.get_mut(&number) else { return };
        let before = self.world.effects.len();
        if let Err(failure) = self.world.apply(&flight.job.order, self.now, boot) {
            flight.fails = Some(failure);
        }
        if let Some(effect) = self.world.effects.get(before)
            && let Wanted::Split { split, .. } = &effect.wanted
        {
            self.history.push((self.now, split.clone()));
        }
    }

    /// A driver answers.
    fn answer(&mut self, number: u64) {
        let Some(flight) = self.flights.remove(&number) else { return };
        let now = self.process_time();
        let seen = self.world.observe(&flight.job.order, self.now);
        let Flight { engine, job, fails } = flight;
        let id: OrderId = job.order.id.clone();
        if job.task == Task::Observe {
            if let Some(Some(engine)) = self.engines.get_mut(engine) {
                engine.observed(&id, fails.map_or(Ok(seen), Err), now);
            }
            return;
        }
        let outcome = match (&job.order.wanted, fails) {
            (_, Some(failure)) => Err(failure),
            (Wanted::Verify { arm, .. }, None) => Ok(self.world.check(arm)),
            (Wanted::Measure { metrics, after, until }, None) => {
                let plan = Machine::plan(&*job.machine);
                let question = Question {
                    plan,
                    history: &self.history,
                    health: self.world.health(),
                    seed: self.scenario.seed,
                    faults: &self.faults,
                };
                metric::measure(&question, metrics, *after, *until)
            }
            (Wanted::Scale { .. }, None) if seen != crate::driver::Seen::InPlace => {
                // The driver waits for the instances, until nobody waits for it any more.
                let again = self.now + Span::from_ms(500);
                self.next += 1;
                let number = self.next;
                self.put(again, Happening::Answer(number));
                self.flights.insert(number, Flight { engine, job, fails: None });
                return;
            }
            _ => Ok(Outcome::Done { already: false }),
        };
        if let Some(Some(engine)) = self.engines.get_mut(engine) {
            engine.came(&id, outcome, now);
        }
    }

    /// Whether every promise still holds.
    fn look(&mut self) -> Result<(), Broken> {
        let release = self.engines.iter().flatten().last().and_then(|engine| engine.release(NAME));
        let looked = match release {
            Some((release, state)) => self.watch.step(release, state, &self.world),
            None => Ok(()),
        };
        looked.map_err(|what| self.broken(what))
    }

    /// The journal, shared with the processes.
    pub fn journal(&self) -> &Memory {
        &self.journal
    }
}
