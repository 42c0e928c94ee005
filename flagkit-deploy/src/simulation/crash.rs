//! Crashes: a release is killed before and after each thing that it does outside, and must end as if
//! nothing had happened.
//!
//! The journal and the world survive a crash; the executor and everything it had in mind do not. Whoever
//! said something and got no answer says it again. After each run the state and the effects in the world are
//! compared with the run that was left alone; after every eighth the chain is verified and replayed, too.

use std::fmt;

use crate::driver::Seen;
use crate::event::{Actor, What};
use crate::executor::{Executor, ExecutorError, Job, Machine, Task};
use crate::journal::memory::Memory;
use crate::journal::{Journal, JournalError};
use crate::order::{Failure, Order, Outcome};
use crate::plan::Plan;
use crate::replay;
use crate::time::{Span, Time};

/// What orders act on.
pub trait World: Clone {
    /// As [`Driver::observe`](crate::driver::Driver::observe).
    fn observe(&mut self, order: &Order, plan: &Plan, now: Time) -> Result<Seen, Failure>;

    /// As [`Driver::apply`](crate::driver::Driver::apply).
    fn apply(&mut self, order: &Order, plan: &Plan, now: Time) -> Result<Outcome, Failure>;

    /// What has changed so far, in order: each with its key.
    fn effects(&self) -> &[String];
}

/// A release, what is said to it, and the world at its beginning.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Script<W> {
    /// The plan.
    pub plan: Plan,
    /// Who planned it.
    pub author: Actor,
    /// When.
    pub start: Time,
    /// What is said, and when; in the order of times.
    pub said: Vec<(Time, What)>,
    /// The world.
    pub world: W,
}

impl<W: World> Script<W> {
    /// A plan that somebody starts at once.
    pub fn new(plan: Plan, start: Time, world: W) -> Self {
        let by = Actor { name: "ada".to_owned(), roles: Vec::new() };
        let command = crate::event::Command::Start;
        let said = vec![(start, What::Command { by, command })];
        let author = Actor { name: "author".to_owned(), roles: Vec::new() };
        Self { plan, author, start, said, world }
    }

    /// Something else that is said.
    #[must_use]
    pub fn say(mut self, after: Span, what: What) -> Self {
        self.said.push((self.start + after, what));
        self
    }
}

/// When the process dies.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Deaths<'a> {
    /// Never.
    Never,
    /// At these points, counted from 1 over the whole run; in order.
    At(&'a [u32]),
    /// So many times, evenly over so long, each time for so long.
    Often {
        /// How often.
        times: u32,
        /// The time from one death to the next.
        every: Span,
        /// How long nobody runs.
        down: Span,
    },
}

/// How a run ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run {
    /// How many points there were at which it could have died.
    pub points: u32,
    /// How often it died.
    pub deaths: u32,
    /// The last state, as JSON.
    pub state: String,
    /// What has changed in the world, in order.
    pub effects: Vec<String>,
    /// The journal.
    pub journal: Memory,
}

/// What many runs came to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Tally {
    /// The points of the run that was left alone.
    pub points: u32,
    /// Runs that were killed at least once.
    pub runs: u32,
    /// Deaths in all of them.
    pub deaths: u32,
}

/// A run that ended differently, or not at all.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Broken {
    /// Where the process died.
    pub deaths: Vec<u32>,
    /// What was different.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "killed at points {:?}: {}", self.deaths, self.what)
    }
}

impl std::error::Error for Broken {}

/// Kills a release at each of its points, one after another.
///
/// # Errors
///
/// The first run that does not end as the one that was left alone.
pub fn everywhere<M: Machine, W: World>(script: &Script<W>) -> Result<Tally, Broken> {
    let alone = alone::<M, W>(script)?;
    let mut tally = Tally { points: alone.points, ..Tally::default() };
    for point in 1..=alone.points {
        compare::<M, W>(script, &alone, &[point], &mut tally)?;
    }
    Ok(tally)
}

/// Kills a release twice in each of so many runs, at points that follow from the seed.
///
/// # Errors
///
/// As [`everywhere`].
pub fn twice<M: Machine, W: World>(
    script: &Script<W>,
    runs: u32,
    seed: u64,
) -> Result<Tally, Broken> {
    let alone = alone::<M, W>(script)?;
    let mut tally = Tally { points: alone.points, ..Tally::default() };
    let mut random = seed;
    for _ in 0..runs {
        let first = 1 + below(&mut random, alone.points);
        // Half of the second deaths come while the first one is being recovered from.
        let most = if below(&mut random, 2) == 0 { 6 } else { alone.points };
        let second = first + 1 + below(&mut random, most);
        compare::<M, W>(script, &alone, &[first, second], &mut tally)?;
    }
    Ok(tally)
}

/// Runs a release once.
///
/// # Errors
///
/// In words, if it cannot be planned, the journal is not what was written, or the end does not come.
pub fn run<M: Machine, W: World>(script: &Script<W>, deaths: Deaths<'_>) -> Result<Run, String> {
    let mut run = run_only::<M, W>(script, deaths)?;
    let words = |error: JournalError| error.to_string();
    run.journal.verify().map_err(words)?;
    let records = run.journal.records(Some(RELEASE)).map_err(words)?;
    let replayed = replay::replay::<M>(&records, Some(run.state.as_bytes()));
    replayed.map_err(|error| error.to_string())?;
    Ok(run)
}

/// The same without looking into the journal afterwards.
fn run_only<M: Machine, W: World>(script: &Script<W>, deaths: Deaths<'_>) -> Result<Run, String> {
    let mut journal = Memory::new();
    let mut process = Process {
        world: script.world.clone(),
        script,
        journal: journal.clone(),
        now: script.start,
        heard: 0,
        points: 0,
        died: 0,
        deaths,
    };
    let mut lives: u32 = 0;
    while !process.live::<M>()? {
        process.died += 1;
        lives += 1;
        if let Deaths::Often { down, .. } = deaths {
            process.now = process.now + down;
        }
        if lives > 1_000_000 {
            return Err("it never ends".to_owned());
        }
    }
    let kept = journal.kept(RELEASE).map_err(|error| error.to_string())?;
    let kept = kept.ok_or("there is no state")?;
    Ok(Run {
        points: process.points,
        deaths: process.died,
        state: String::from_utf8_lossy(&kept.state).into_owned(),
        effects: process.world.effects().to_vec(),
        journal,
    })
}

fn alone<M: Machine, W: World>(script: &Script<W>) -> Result<Run, Broken> {
    run::<M, W>(script, Deaths::Never).map_err(|what| Broken { deaths: Vec::new(), what })
}

/// Runs a release that is killed, and compares it with one that was left alone.
fn compare<M: Machine, W: World>(
    script: &Script<W>,
    alone: &Run,
    deaths: &[u32],
    tally: &mut Tally,
) -> Result<(), Broken> {
    let broken = |what: String| Broken { deaths: deaths.to_vec(), what };
    // Reading the whole journal takes as long as the run; every eighth is enough.
    let deaths_at = Deaths::At(deaths);
    let killed = if tally.runs.is_multiple_of(8) {
        run::<M, W>(script, deaths_at)
    } else {
        run_only::<M, W>(script, deaths_at)
    };
    let killed = killed.map_err(broken)?;
    let (was, is) = (by_thing(&alone.effects), by_thing(&killed.effects));
    if was != is {
        return Err(broken(format!("the effects are\n  {is:?}\nand should be\n  {was:?}")));
    }
    if killed.state != alone.state {
        let (was, is) = (&alone.state, &killed.state);
        return Err(broken(format!("the state is\n  {is}\nand should be\n  {was}")));
    }
    tally.runs += 1;
    tally.deaths += killed.deaths;
    Ok(())
}

/// Effects in the order of things, without their keys: what is about different things happens side by side,
/// and after a crash a later order may do what an earlier one was about to.
fn by_thing(effects: &[String]) -> Vec<&str> {
    let text = |effect: &'_ String| effect.find(' ').map_or(0, |at| at + 1);
    let mut effects: Vec<&str> =
        effects.iter().filter_map(|effect| effect.get(text(effect)..)).collect();
    effects.sort_by_key(|effect| effect.split(' ').next().unwrap_or_default().to_owned());
    effects
}

/// What survives a crash, and where it is to crash next.
struct Process<'a, W> {
    script: &'a Script<W>,
    world: W,
    journal: Memory,
    now: Time,
    /// How much of what is said was answered; the plan is the first.
    heard: usize,
    points: u32,
    died: u32,
    deaths: Deaths<'a>,
}

/// Why a life ended early.
enum Early {
    Died,
    Wrong(String),
}

impl<W: World> Process<'_, W> {
    /// Lives until the end, or until a crash: whether it was the end.
    fn live<M: Machine>(&mut self) -> Result<bool, String> {
        match self.try_live::<M>() {
            Ok(()) => Ok(true),
            Err(Early::Died) => Ok(false),
            Err(Early::Wrong(why)) => Err(why),
        }
    }

    fn try_live<M: Machine>(&mut self) -> Result<(), Early> {
        let words = |error: JournalError| Early::Wrong(error.to_string());
        let fence = self.journal.lead().map_err(words)?.unwrap_or_default();
        let unfinished = self.journal.unfinished().map_err(words)?;
        let (mut executor, left_out) = Executor::<M>::recover(fence, &unfinished, self.now);
        if let Some(left_out) = left_out.first() {
            return Err(Early::Wrong(left_out.to_string()));
        }
        for _ in 0..100_000 {
            if let Some(batch) = executor.batch() {
                self.point()?;
                self.journal.append(batch.fence, &batch.records, &batch.states).map_err(words)?;
                self.point()?;
                executor.committed();
            } else if let Some(job) = executor.job() {
                self.work(&mut executor, &job)?;
            } else if !self.next(&mut executor)? {
                return Ok(());
            }
        }
        Err(Early::Wrong("100,000 things happened, and it does not end".to_owned()))
    }

    /// Dies, if this is a point to die at.
    fn point(&mut self) -> Result<(), Early> {
        self.points += 1;
        match self.deaths {
            Deaths::At(points) if points.contains(&self.points) => Err(Early::Died),
            _ => Ok(()),
        }
    }

    fn work<M: Machine>(&mut self, executor: &mut Executor<M>, job: &Job<M>) -> Result<(), Early> {
        let (order, plan) = (&job.order, job.machine.plan());
        self.point()?;
        if job.task == Task::Observe {
            let seen = self.world.observe(order, plan, self.now);
            self.point()?;
            executor.observed(&order.id, seen, self.now);
        } else {
            let outcome = self.world.apply(order, plan, self.now);
            self.point()?;
            executor.came(&order.id, outcome, self.now);
        }
        Ok(())
    }

    /// Lets time pass until something is said or due. False if nothing ever is.
    fn next<M: Machine>(&mut self, executor: &mut Executor<M>) -> Result<bool, Early> {
        let said = self
            .heard
            .checked_sub(1)
            .map_or(Some(self.script.start), |at| self.script.said.get(at).map(|(time, _)| *time));
        let Some(next) = [said, executor.wake_at()].into_iter().flatten().min() else {
            return Ok(false);
        };
        if let Deaths::Often { times, every, .. } = self.deaths
            && self.died < times
            && next > self.script.start + every.times(u64::from(self.died) + 1)
        {
            self.now = self.now.max(self.script.start + every.times(u64::from(self.died) + 1));
            return Err(Early::Died);
        }
        self.now = self.now.max(next);
        if said.is_some_and(|said| said <= self.now) {
            self.say(executor)?;
        } else {
            executor.pass(self.now);
        }
        Ok(true)
    }

    /// Says what is to be said. It was heard once its batch is written.
    fn say<M: Machine>(&mut self, executor: &mut Executor<M>) -> Result<(), Early> {
        let told = match self.heard.checked_sub(1) {
            None => {
                let Script { plan, author, .. } = self.script;
                executor.plan(RELEASE, plan.clone(), author.clone(), self.now)
            }
            Some(at) => {
                let Some((_, what)) = self.script.said.get(at) else { return Ok(()) };
                executor.tell(RELEASE, what.clone(), self.now)
            }
        };
        match told {
            Ok(_) => {}
            // Said again after a crash, and heard the first time.
            Err(ExecutorError::Taken(_) | ExecutorError::Unknown(_)) if self.died > 0 => {}
            Err(error) => return Err(Early::Wrong(error.to_string())),
        }
        while let Some(batch) = executor.batch() {
            self.point()?;
            let appended = self.journal.append(batch.fence, &batch.records, &batch.states);
            appended.map_err(|error| Early::Wrong(error.to_string()))?;
            self.point()?;
            executor.committed();
        }
        self.heard += 1;
        Ok(())
    }
}

/// A number below a bound that follows from the seed (splitmix64, Steele, Lea and Flood 2014).
fn below(seed: &mut u64, bound: u32) -> u32 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let high = (mixed ^ (mixed >> 31)) >> 32;
    u32::try_from((high * u64::from(bound)) >> 32).unwrap_or_default()
}

/// The name of the release.
const RELEASE: &str = "release";
