//! Interleaved rounds: what is compared runs side by side, in changing order; the slow sit out some.
//!
//! Time is the CPU time of the thread that evaluates, so that other work on the machine
//! stretches nothing but the caches.

use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::allocations;

mod effort;
mod rounds;

pub use effort::Effort;
pub(crate) use effort::turns;
pub use rounds::{Rounds, Spread};

/// One thing to measure: a name and a closure that does it `n` times.
pub struct Subject<'a> {
    name: &'a str,
    run: Box<dyn FnMut(u64) + 'a>,
    rounds: Rounds,
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
        Self { name, run: Box::new(run), rounds: Rounds::default(), calls: 0, allocations: 0 }
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Nanoseconds per call in the rounds that it ran in.
    pub fn rounds(&self) -> &Rounds {
        &self.rounds
    }

    /// Allocations per call, on average; zero without [`allocations::Counting`].
    pub fn allocations(&self) -> f64 {
        float(self.allocations) / float(self.calls.max(1))
    }

    fn run_round(&mut self, round: usize, calls: u64) {
        let before = allocations::calls();
        let taken = self.time(calls);
        self.allocations += allocations::calls() - before;
        self.calls += calls;
        self.rounds.insert(round, taken.as_secs_f64() * 1e9 / float(calls));
    }

    fn time(&mut self, calls: u64) -> Duration {
        let start = thread_time();
        (self.run)(calls);
        thread_time().saturating_sub(start)
    }
}

/// Runs all subjects in turn, as many rounds as the effort allows each; the first in all of them.
pub fn interleaved(subjects: &mut [Subject<'_>], effort: &Effort) {
    let paces: Vec<Pace> =
        subjects.iter_mut().map(|subject| Pace::of(subject, effort.length)).collect();
    let rounds: Vec<usize> = paces.iter().map(|pace| effort.rounds_of(pace.round)).collect();
    for (round, place) in turns(&rounds) {
        if let (Some(subject), Some(pace)) = (subjects.get_mut(place), paces.get(place)) {
            subject.run_round(round, pace.calls);
        }
    }
}

/// How often one round calls a subject, and how long that takes.
struct Pace {
    calls: u64,
    round: Duration,
}

impl Pace {
    /// Of rounds of about this length.
    fn of(subject: &mut Subject<'_>, length: Duration) -> Self {
        let mut calls = 1;
        loop {
            // Some calls are slow once, for what they keep; the faster of two says how long the others take.
            let first = subject.time(calls);
            let taken = if first >= SLOW { first } else { first.min(subject.time(calls)) };
            if taken >= length / 2 {
                let one = taken.as_secs_f64() / float(calls);
                calls = rounded(length.as_secs_f64() / one).max(1);
                return Self { calls, round: Duration::from_secs_f64(one * float(calls)) };
            }
            calls *= 2;
        }
    }
}

/// From here on it is the call that is slow, not the first of its kind, and twice is too often.
const SLOW: Duration = Duration::from_millis(80);

/// The ratio of two subjects: the median over rounds that ran side by side.
pub fn ratio(subject: &Subject<'_>, floor: &Subject<'_>) -> Spread {
    subject.rounds.beside(&floor.rounds)
}

/// Milliseconds of the thread for the middle one of some rounds; what is made is dropped outside.
pub fn median_ms<T>(rounds: usize, mut work: impl FnMut() -> T) -> f64 {
    let mut taken = Rounds::default();
    for round in 0..rounds {
        let start = thread_time();
        let made = black_box(work());
        taken.insert(round, thread_time().saturating_sub(start).as_secs_f64() * 1e3);
        drop(made);
    }
    taken.spread().median
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

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few million calls")]
fn rounded(count: f64) -> u64 {
    count.round() as u64
}
