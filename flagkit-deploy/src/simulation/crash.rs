//! Crashes: a release is killed before and after each thing that it does outside, and must end as if
//! nothing had happened.
//!
//! The journal and the world survive a crash; the executor and everything it had in mind do not. Whoever
//! said something and got no answer says it again. After each run the state and the effects in the world are
//! compared with the run that was left alone; after every eighth the chain is verified and replayed, too.

use std::collections::BTreeMap;
use std::fmt;

use crate::driver::Seen;
use crate::event::{Actor, What};
use crate::executor::Machine;
use crate::journal::memory::Memory;
use crate::journal::{Journal, JournalError};
use crate::order::{Failure, Order, Outcome};
use crate::plan::Plan;
use crate::replay;
use crate::time::{Span, Time};

mod process;

use process::Process;

/// What orders act on.
pub trait World: Clone {
    /// As [`Driver::observe`](crate::driver::Driver::observe).
    fn observe(&mut self, order: &Order, plan: &Plan, now: Time) -> Result<Seen, Failure>;

    /// As [`Driver::apply`](crate::driver::Driver::apply).
    fn apply(&mut self, order: &Order, plan: &Plan, now: Time) -> Result<Outcome, Failure>;

    /// Changes by itself, in words that only the world understands. Nothing without.
    fn change(&mut self, _change: &str, _now: Time) {}

    /// What has changed so far, in order: each with its key.
    fn effects(&self) -> &[String];
}

/// Something that comes from outside.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Happens {
    /// Somebody plans a release of this name.
    Planned {
        /// Its name.
        release: String,
        /// The plan.
        plan: Box<Plan>,
        /// Who planned it.
        author: Actor,
    },
    /// A release is told something.
    Told {
        /// Its name.
        release: String,
        /// What.
        what: What,
    },
    /// The world changes by itself.
    Changed(String),
}

/// Releases, what happens to them, and the world at its beginning.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Script<W> {
    /// When it begins.
    pub start: Time,
    /// What comes from outside, and when; in the order of times.
    pub happens: Vec<(Time, Happens)>,
    /// The world.
    pub world: W,
}

impl<W: World> Script<W> {
    /// A plan that somebody starts at once.
    pub fn new(plan: Plan, start: Time, world: W) -> Self {
        let author = Actor { name: "author".to_owned(), roles: Vec::new() };
        let by = Actor { name: "ada".to_owned(), roles: Vec::new() };
        let command = crate::event::Command::Start;
        let planned =
            Happens::Planned { release: RELEASE.to_owned(), plan: Box::new(plan), author };
        let mut script = Self::empty(start, world);
        script.happens.push((start, planned));
        script.say(Span::ZERO, What::Command { by, command })
    }

    /// A world in which nothing happens yet.
    pub fn empty(start: Time, world: W) -> Self {
        Self { start, happens: Vec::new(), world }
    }

    /// Something else that is said to the release of [`new`](Self::new).
    #[must_use]
    pub fn say(mut self, after: Span, what: What) -> Self {
        let told = Happens::Told { release: RELEASE.to_owned(), what };
        self.happens.push((self.start + after, told));
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
    /// The last state of the release that was planned last, as JSON.
    pub state: String,
    /// The last states of all releases, as JSON, by their names.
    pub states: BTreeMap<String, String>,
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

/// Kills a release once in each of so many runs, at points that follow from the seed.
///
/// # Errors
///
/// As [`everywhere`].
pub fn once<M: Machine, W: World>(
    script: &Script<W>,
    runs: u32,
    seed: u64,
) -> Result<Tally, Broken> {
    let alone = alone::<M, W>(script)?;
    let mut tally = Tally { points: alone.points, ..Tally::default() };
    let mut random = seed;
    for _ in 0..runs {
        let point = 1 + below(&mut random, alone.points);
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

/// Runs a script once.
///
/// # Errors
///
/// In words, if a plan is refused, the journal is not what was written, or the end does not come.
pub fn run<M: Machine, W: World>(script: &Script<W>, deaths: Deaths<'_>) -> Result<Run, String> {
    let mut run = run_only::<M, W>(script, deaths)?;
    let words = |error: JournalError| error.to_string();
    run.journal.verify().map_err(words)?;
    for (release, state) in &run.states {
        let records = run.journal.records(Some(release)).map_err(words)?;
        let replayed = replay::replay::<M>(&records, Some(state.as_bytes()));
        replayed.map_err(|error| format!("release `{release}`: {error}"))?;
    }
    Ok(run)
}

/// The same without looking into the journal afterwards.
fn run_only<M: Machine, W: World>(script: &Script<W>, deaths: Deaths<'_>) -> Result<Run, String> {
    let mut process = Process::new(script, deaths);
    while !process.live::<M>()? {
        if process.died > LIVES_MAX {
            return Err("it never ends".to_owned());
        }
    }
    let Process { mut journal, world, points, died, .. } = process;
    let mut states = BTreeMap::new();
    let mut last = None;
    for (_, happens) in &script.happens {
        let Happens::Planned { release, .. } = happens else { continue };
        let kept = journal.kept(release).map_err(|error| error.to_string())?;
        let kept = kept.ok_or_else(|| format!("there is no state of `{release}`"))?;
        states.insert(release.clone(), String::from_utf8_lossy(&kept.state).into_owned());
        last = Some(release);
    }
    let state = last.and_then(|last| states.get(last)).cloned().unwrap_or_default();
    let effects = world.effects().to_vec();
    Ok(Run { points, deaths: died, state, states, effects, journal })
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
    if killed.states != alone.states {
        let (was, is) = (&alone.states, &killed.states);
        return Err(broken(format!("the states are\n  {is:?}\nand should be\n  {was:?}")));
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

/// A number below a bound that follows from the seed (splitmix64, Steele, Lea and Flood 2014).
fn below(seed: &mut u64, bound: u32) -> u32 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let high = (mixed ^ (mixed >> 31)) >> 32;
    u32::try_from((high * u64::from(bound)) >> 32).unwrap_or_default()
}

/// The name of the release of a script that has only one.
const RELEASE: &str = "release";
const LIVES_MAX: u32 = 1_000_000;
