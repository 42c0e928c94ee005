//! Runs a scenario: processes, drivers and the world, one happening after another.

use std::collections::BTreeMap;

use crate::event::Actor;
use crate::executor::{Batch, Executor};
use crate::journal::memory::Memory;
use crate::journal::{Journal, JournalError};
use crate::neighbours::{Neighbours, Past};
use crate::plan::Plan;
use crate::record::Record;
use crate::release::{Release, State, Status};
use crate::simulation::chaos::fault::Kind;
use crate::simulation::chaos::invariant::{Broken, Watch};
use crate::simulation::chaos::random::Random;
use crate::simulation::chaos::scenario::{Said, Scenario};
use crate::simulation::chaos::world::World;
use crate::split::Split;
use crate::time::{Span, Time};

mod drivers;
mod talk;

use drivers::Flight;
use talk::Unanswered;

/// What came of a scenario.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Happenings: answers of drivers, effects, timers, faults, and what was said.
    pub steps: u64,
    /// The status of the first release at the end.
    pub status: Status,
    /// How many times a further release was refused because its target was busy.
    pub refused: u32,
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
    engines: Vec<Option<Process>>,
    flights: BTreeMap<u64, Flight>,
    queue: BTreeMap<(Time, u64), Happening>,
    now: Time,
    next: u64,
    steps: u64,
    restarts: u32,
    faults: Vec<Kind>,
    random: Random,
    /// The splits of each route that were in effect, and since when.
    history: BTreeMap<String, Vec<(Time, Split)>>,
    watch: Watch,
    /// What the scenario says, and what people say when they are asked.
    sayings: Vec<Said>,
    unanswered: Vec<Unanswered>,
    /// How many commands to each release were answered.
    answered: BTreeMap<String, u64>,
    /// The step for which people were asked last, by release.
    asked: BTreeMap<u16, Option<u16>>,
    refused: u32,
    /// What was wrong with what was written.
    wrong: Option<String>,
    /// For tests: what changes records on their way to whoever watches.
    tamper: Option<Tamper>,
}

/// A change of records behind everybody's back.
pub(super) type Tamper = fn(&mut Vec<Record>);

/// A process: an executor, and what it tells releases of each other.
#[derive(Debug)]
struct Process {
    executor: Executor<Release>,
    neighbours: Neighbours,
}

impl Process {
    /// Reads what is over, where somebody asks about that.
    fn recall(&mut self, journal: &mut Memory, now: Time) {
        if self.neighbours.wants_past()
            && let Ok(past) = Past::read(journal)
        {
            self.neighbours.learn(past, &mut self.executor, now);
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Happening {
    Effect(u64),
    Answer(u64),
    Begin(usize),
    End(usize),
    Say(usize),
    Offer(usize),
    Restart,
}

/// The name of a release in a scenario: `r` is the first, `r1` the first of those that are offered.
fn name_of(place: u16) -> String {
    if place == 0 { "r".to_owned() } else { format!("r{place}") }
}

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
        Self::tampered(scenario, None)
    }

    /// The same with records that change on their way to whoever watches.
    pub(super) fn tampered(scenario: &'a Scenario, tamper: Option<Tamper>) -> Result<Self, Broken> {
        let mut runner = Self::empty(scenario, tamper);
        runner.prepare_world(&scenario.plan);
        runner.take_lead()?;
        let author = Actor { name: "author".to_owned(), roles: Vec::new() };
        let planned = runner.process_mut().map(|process| {
            let planned = process.executor.plan(&name_of(0), scenario.plan.clone(), author, START);
            process.neighbours.greet(&name_of(0), &mut process.executor, START);
            planned.map_err(|error| error.to_string())
        });
        if let Some(Err(error)) = planned {
            return Err(runner.broken(format!("the plan was refused: {error}")));
        }
        for (place, said) in scenario.said.iter().enumerate() {
            runner.put(START + said.after, Happening::Say(place));
        }
        for (place, offer) in scenario.offers.iter().enumerate() {
            runner.put(START + offer.after, Happening::Offer(place));
        }
        for (place, fault) in scenario.faults.iter().enumerate() {
            runner.put(START + fault.from, Happening::Begin(place));
            runner.put(START + fault.from + fault.length, Happening::End(place));
        }
        runner.drain();
        Ok(runner)
    }

    fn empty(scenario: &'a Scenario, tamper: Option<Tamper>) -> Self {
        Self {
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
            history: BTreeMap::new(),
            watch: Watch::default(),
            sayings: scenario.said.clone(),
            unanswered: Vec::new(),
            answered: BTreeMap::new(),
            asked: BTreeMap::new(),
            refused: 0,
            wrong: None,
            tamper,
        }
    }

    /// The next happening. False if there is none.
    ///
    /// # Errors
    ///
    /// A promise that was broken by it.
    pub fn step(&mut self) -> Result<bool, Broken> {
        let timers = self.engines.iter().flatten().filter_map(|one| one.executor.wake_at());
        let timer = timers.min().map(|at| self.world_time(at).max(self.now));
        let queued = self.queue.first_key_value().map(|((at, _), _)| *at);
        match (queued, timer) {
            (None, None) => return Ok(false),
            (Some(at), timer) if timer.is_none_or(|timer| at <= timer) => {
                if let Some(((at, _), happening)) = self.queue.pop_first() {
                    self.now = self.now.max(at);
                    self.happen(happening)?;
                }
            }
            (_, timer) => {
                self.now = self.now.max(timer.unwrap_or(self.now));
                let now = self.process_time();
                for process in self.engines.iter_mut().flatten() {
                    process.executor.pass(now);
                }
            }
        }
        self.steps += 1;
        self.watch.effects(&self.world).map_err(|what| self.broken(what))?;
        self.drain();
        self.answers();
        self.ask_people();
        self.look().map_err(|what| self.broken(what))?;
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
        let whole = self.watch.effects(&self.world);
        let whole = whole.and_then(|()| Watch::whole(&mut self.journal));
        whole.map_err(|what| self.broken(what))?;
        Ok(Summary {
            steps: self.steps,
            status,
            took: self.now - START,
            restarts: self.restarts,
            effects: self.world.effects.len(),
            refused: self.refused,
        })
    }

    /// The state of a release as the leading process has it: 0 is the first, 1 the first that is
    /// offered. None if it is over, or if there is no process.
    pub fn state(&self, of: u16) -> Option<&State> {
        let process = self.engines.iter().flatten().last()?;
        process.executor.release(&name_of(of)).map(|(_, state)| state)
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

    fn kept_state(&mut self) -> Option<State> {
        let kept = self.journal.kept(&name_of(0)).ok()??;
        serde_json::from_slice(&kept.state).ok()
    }

    fn process_mut(&mut self) -> Option<&mut Process> {
        self.engines.iter_mut().flatten().last()
    }

    fn broken(&self, what: String) -> Broken {
        Broken { what, seed: self.scenario.seed, step: self.steps, after: self.now - START }
    }

    fn put(&mut self, at: Time, happening: Happening) {
        self.next += 1;
        self.queue.insert((at, self.next), happening);
    }

    /// What lies outside before a release begins: its control serves.
    fn prepare_world(&mut self, plan: &Plan) {
        let arms: Vec<String> = plan.arms.iter().map(|arm| arm.name.clone()).collect();
        if let Some(route) = &plan.route {
            self.world.splits.insert(route.clone(), (arms, plan.base.clone()));
            self.history.insert(route.clone(), vec![(self.now, plan.base.clone())]);
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
        let now = self.process_time();
        let mut process = Process { neighbours: Neighbours::recovered(&engine), executor: engine };
        for one in &unfinished {
            process.neighbours.greet(&one.release, &mut process.executor, now);
        }
        process.recall(&mut self.journal, now);
        self.engines.push(Some(process));
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
            Happening::Offer(place) => self.offer(place).map_err(|what| self.broken(what))?,
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
            while let Some(Some(process)) = self.engines.get_mut(place) {
                let engine = &mut process.executor;
                if let Some(order) = engine.cancelled() {
                    self.drop_flights(place, &order);
                } else if let Some(batch) = engine.batch() {
                    if !self.write(place, &batch) {
                        break;
                    }
                } else if let Some(job) = engine.job() {
                    self.start(place, job);
                } else {
                    break;
                }
            }
            // A process that lost the lead ends.
            let stopped = |process: &Process| process.executor.stopped().is_some();
            if let Some(process) = self.engines.get_mut(place)
                && process.as_ref().is_some_and(stopped)
            {
                *process = None;
            }
        }
    }

    /// Writes a batch; says whether it was written.
    fn write(&mut self, place: usize, batch: &Batch) -> bool {
        let written = if self.has(Kind::FullDisk) {
            Err(JournalError::Store("no space is left".to_owned()))
        } else {
            self.journal.append(batch.fence, &batch.records, &batch.states)
        };
        let now = self.process_time();
        let Some(Some(process)) = self.engines.get_mut(place) else { return false };
        if let Err(error) = written {
            process.executor.not_committed(error);
            return false;
        }
        process.executor.committed();
        process.neighbours.written(batch, &mut process.executor, now);
        let watched = match self.tamper {
            None => self.watch.written(&batch.records),
            Some(tamper) => {
                let mut records = batch.records.clone();
                tamper(&mut records);
                self.watch.written(&records)
            }
        };
        match watched {
            Ok(planned) => planned.iter().for_each(|id| self.planned(id)),
            Err(what) => drop(self.wrong.get_or_insert(what)),
        }
        true
    }

    /// Whether every promise still holds.
    fn look(&mut self) -> Result<(), String> {
        if let Some(what) = self.wrong.take() {
            return Err(what);
        }
        self.audited()?;
        match self.engines.iter().flatten().last() {
            Some(process) => self.watch.step(&process.executor, &self.world),
            None => Ok(()),
        }
    }

    /// The journal, shared with the processes.
    pub fn journal(&self) -> &Memory {
        &self.journal
    }
}
