//! Many releases, the same for every rule, on all cores.

use std::num::NonZero;
use std::thread;
use std::time::Instant;

use crate::chance::Chance;
use crate::rules::{Kind, Rule};
use crate::world::World;

/// Releases of one kind in one world, and who looks at them.
#[derive(Clone, Debug)]
pub(crate) struct Race {
    /// Names the random numbers; two races with the same one see the same releases.
    pub(crate) seed: u64,
    pub(crate) world: World,
    /// Seconds between counts, which all rules' windows are multiples of.
    pub(crate) step: u32,
    /// Each rule with the number of releases that it sees: the first so many.
    pub(crate) rules: Vec<(Kind, u32)>,
}

/// When a rule rolled back, and what had happened by then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rollback {
    pub(crate) seconds: u32,
    /// Requests that the treatment had served.
    pub(crate) requests: u64,
}

/// What a rule did with its releases.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) rule: Kind,
    pub(crate) releases: u32,
    pub(crate) rollbacks: Vec<Rollback>,
}

impl Race {
    /// Runs all releases, an hour each.
    pub(crate) fn run(&self, name: &str) -> Vec<Record> {
        let begin = Instant::now();
        let releases = self.rules.iter().map(|(_, releases)| *releases).max().unwrap_or(0);
        let found = on_all_cores(releases, |first, every| {
            let runs = (first..releases).step_by(every);
            runs.flat_map(|run| self.release(run)).collect()
        });
        eprintln!("{name}: {releases} releases in {:.1} s", begin.elapsed().as_secs_f64());
        let record = |&(rule, releases)| {
            let mine = found.iter().filter(|(kind, _)| *kind == rule);
            Record { rule, releases, rollbacks: mine.map(|(_, rollback)| *rollback).collect() }
        };
        self.rules.iter().map(record).collect()
    }

    /// One release, until the hour or every rule's patience is over.
    fn release(&self, number: u32) -> Vec<(Kind, Rollback)> {
        let mut run = self.world.run(self.step, Chance::of_run(self.seed, u64::from(number)));
        let looking = self.rules.iter().filter(|(_, releases)| number < *releases);
        let mut looking: Vec<(Kind, Box<dyn Rule>)> =
            looking.map(|(kind, _)| (*kind, kind.start(&self.world))).collect();
        let mut rollbacks = Vec::new();
        let mut requests = 0;
        for _ in 0..HOUR / self.step {
            let (seconds, look) = run.step();
            requests += look.exposures.treatment;
            looking.retain_mut(|(kind, rule)| {
                let is_over = rule.look(seconds, &look);
                if is_over {
                    rollbacks.push((*kind, Rollback { seconds, requests }));
                }
                !is_over
            });
            if looking.is_empty() {
                break;
            }
        }
        rollbacks
    }
}

impl Record {
    /// The median of something over all releases; none if less than half was rolled back.
    pub(crate) fn median(&self, of: impl Fn(&Rollback) -> u64) -> Option<u64> {
        let mut values: Vec<u64> = self.rollbacks.iter().map(of).collect();
        values.sort_unstable();
        values.get(self.releases as usize / 2).copied()
    }

    /// The number of releases that were rolled back.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.rollbacks.len()).unwrap_or(u32::MAX)
    }
}

/// Does work on each core: it is given the first of its numbers and the distance to the next.
pub(crate) fn on_all_cores<T: Send>(
    most: u32,
    work: impl Fn(u32, usize) -> Vec<T> + Sync,
) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let cores = u32::try_from(cores).unwrap_or(1).min(most.max(1));
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> =
            (0..cores).map(|core| scope.spawn(move || work(core, cores as usize))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    })
}

/// Seconds of a simulated release.
pub(crate) const HOUR: u32 = 3_600;
