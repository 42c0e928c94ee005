//! Threads that evaluate without pause and time each evaluation.

use std::fs;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use flagkit_benches::measure::thread_time;
use flagkit_benches::workloads;
use flagkit_core::{Context, Fixed, SnapshotCell, Timestamp};
use hdrhistogram::Histogram;

/// Flags and users in an order that no cache expects.
pub(crate) struct Questions {
    asked: Vec<(String, Context)>,
}

/// What one thread has seen.
pub(crate) struct Reading {
    /// Nanoseconds of single evaluations, on the clock of the wall.
    pub(crate) latency: Histogram<u64>,
    /// The same of other evaluations in CPU time of this thread: the turns of others are not in it.
    pub(crate) cpu: Histogram<u64>,
    /// How often it gave up the processor by itself.
    pub(crate) waits: u64,
    /// How often the processor was taken from it.
    pub(crate) preempted: u64,
}

impl Questions {
    /// One for each of so many flags.
    pub(crate) fn new(flags: usize) -> Self {
        let user =
            |number: usize| Context::new(workloads::user_name(number)).with("device", "iphone15");
        let ask =
            |step: usize| (workloads::flag_name(step * 6_151 % flags), user(step * 389 % 1_000));
        Self { asked: (0..flags).map(ask).collect() }
    }

    /// Asks until it is told to stop, timing each evaluation by the one clock or the other.
    pub(crate) fn read(&self, cell: &SnapshotCell, stop: &AtomicBool, clocks: Clocks) -> Reading {
        let world = Fixed::at(Timestamp::EPOCH);
        let mut reading =
            Reading { latency: histogram(), cpu: histogram(), waits: 0, preempted: 0 };
        let before = switches();
        for (turn, (flag, user)) in self.asked.iter().cycle().enumerate() {
            let evaluate = || {
                black_box(cell.with(|snapshot| {
                    let found = snapshot.resolve(black_box(flag), user, &world, &mut ());
                    found.is_ok_and(|found| found.is_enabled())
                }));
            };
            if turn.is_multiple_of(2) {
                record(&mut reading.latency, by_wall(evaluate), clocks.wall);
            } else {
                record(&mut reading.cpu, by_cpu(evaluate), clocks.cpu);
            }
            // Relaxed: a few evaluations more do no harm.
            if stop.load(Ordering::Relaxed) {
                break;
            }
        }
        let after = switches();
        (reading.waits, reading.preempted) = (after.0 - before.0, after.1 - before.1);
        reading
    }
}

/// The nanoseconds that two readings of a clock take, at the median.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    pub(crate) wall: u64,
    pub(crate) cpu: u64,
}

impl Clocks {
    /// Reads them often.
    pub(crate) fn new() -> Self {
        let median = |time: fn(fn()) -> Duration| {
            let mut costs = histogram();
            (0..100_000).for_each(|_| record(&mut costs, time(|| {}), 0));
            costs.value_at_quantile(0.5)
        };
        Self { wall: median(by_wall), cpu: median(by_cpu) }
    }
}

fn by_wall(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn by_cpu(work: impl FnOnce()) -> Duration {
    let start = thread_time();
    work();
    thread_time().saturating_sub(start)
}

/// From one nanosecond to ten seconds, to three digits.
#[expect(clippy::expect_used, reason = "the bounds are good")]
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 10_000_000_000, 3).expect("the bounds are good")
}

/// Adds a time, without what reading the clock takes.
fn record(histogram: &mut Histogram<u64>, time: Duration, clock: u64) {
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    histogram.saturating_record(nanoseconds.saturating_sub(clock));
}

/// How often this thread gave up the processor, and how often it lost it; zeros where the system
/// does not tell.
fn switches() -> (u64, u64) {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let count = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|count| count.trim().parse().ok()).unwrap_or_default()
    };
    (count("voluntary_ctxt_switches:"), count("nonvoluntary_ctxt_switches:"))
}
