//! Interleaved rounds: what is compared runs side by side, in changing order.
//!
//! Time is the CPU time of the thread that evaluates, so that other work on the machine
//! stretches nothing but the caches.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::allocations;

/// One thing to measure: a name and a closure that does it `n` times.
pub struct Subject<'a> {
    name: &'a str,
    run: Box<dyn FnMut(u64) + 'a>,
    /// Nanoseconds per call, one for each round.
    rounds: Vec<f64>,
    calls: u64,
    allocations: u64,
}

impl std::fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<'a> Subject<'a> {
    /// Something that is called `n` times.
    pub fn new(name: &'a str, run: impl FnMut(u64) + 'a) -> Self {
        Self { name, run: Box::new(run), rounds: Vec::new(), calls: 0, allocations: 0 }
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The median, least and most nanoseconds per call.
    pub fn nanoseconds(&self) -> Spread {
        Spread::of(&self.rounds)
    }

    /// Allocations per call, on average; zero without [`allocations::Counting`].
    pub fn allocations(&self) -> f64 {
        float(self.allocations) / float(self.calls.max(1))
    }

    fn round(&mut self, count: u64) {
        let (start, before) = (thread_time(), allocations::calls());
        (self.run)(count);
        let (end, after) = (thread_time(), allocations::calls());
        self.rounds.push(end.saturating_sub(start).as_secs_f64() * 1e9 / float(count));
        self.calls += count;
        self.allocations += after - before;
    }
}

/// The middle and the ends of several measurements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "three numbers")]
pub struct Spread {
    /// Half are less.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

impl Spread {
    /// The spread of these numbers, in any order.
    pub fn of(measured: &[f64]) -> Self {
        let mut sorted = measured.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        Self { median: at(sorted.len() / 2), min: at(0), max: at(sorted.len().saturating_sub(1)) }
    }

    /// The spread of what is measured divided by what was measured in the same round.
    pub fn of_ratios(measured: &[f64], beside: &[f64]) -> Self {
        let ratios = measured.iter().zip(beside).map(|(ours, theirs)| ours / theirs);
        Self::of(&ratios.collect::<Vec<f64>>())
    }
}

/// How many rounds, and how long each is.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "two numbers")]
pub struct Effort {
    /// Rounds of each subject.
    pub rounds: usize,
    /// The least time of one round.
    pub length: Duration,
}

/// Runs all subjects in turn, this many rounds of about this long each.
pub fn interleaved(subjects: &mut [Subject<'_>], rounds: usize, length: Duration) {
    let counts: Vec<u64> = subjects.iter_mut().map(|subject| calibrated(subject, length)).collect();
    for round in 0..rounds {
        for step in 0..subjects.len() {
            let place = (step + round) % subjects.len();
            if let (Some(subject), Some(count)) = (subjects.get_mut(place), counts.get(place)) {
                subject.round(*count);
            }
        }
    }
}

/// How often one round of this length calls the subject.
fn calibrated(subject: &mut Subject<'_>, length: Duration) -> u64 {
    let mut count = 1;
    loop {
        let start = thread_time();
        (subject.run)(count);
        if thread_time().saturating_sub(start) >= length {
            return count;
        }
        count *= 2;
    }
}

/// The ratio of two subjects: the median over rounds that ran side by side.
pub fn ratio(subject: &Subject<'_>, floor: &Subject<'_>) -> Spread {
    Spread::of_ratios(&subject.rounds, &floor.rounds)
}

/// The CPU time that this thread has used.
pub fn thread_time() -> Duration {
    time_of(ClockId::ThreadCPUTime)
}

/// The CPU time that all threads of the process have used.
pub fn process_time() -> Duration {
    time_of(ClockId::ProcessCPUTime)
}

fn time_of(clock: ClockId) -> Duration {
    let now = clock_gettime(clock);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or_default())
}

#[expect(clippy::cast_precision_loss, reason = "a few million calls")]
fn float(count: u64) -> f64 {
    count as f64
}
