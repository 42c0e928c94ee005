//! Readers while another thread publishes a thousand snapshots a second: target P9.
//!
//! `cargo run --release -p flagkit-benches --bin concurrency [-- --quick]`
//!
//! Each evaluation is timed alone, between two readings of a clock, whose own cost is
//! subtracted: every other one on the clock of the wall, the rest in CPU time of the reading
//! thread, which stands still while others have their turn. A publisher needs a processor, and where readers have taken all of them it takes
//! turns with one: that is the scheduler's doing and no cell's. So a publisher that only compiles
//! and one that only publishes are measured as well, each with and without a core to itself.

mod heap;
mod publisher;
mod reader;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use flagkit_benches::workloads;
use flagkit_core::{Document, Snapshot, SnapshotCell, compile};
use flagkit_dialects::{Dialect, Settings, decode};
use hdrhistogram::Histogram;

use publisher::{Publisher, Supply};
use reader::{Clocks, Questions, Reading};

#[global_allocator]
static ALLOCATOR: heap::Shared = heap::Shared;

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let length = Duration::from_millis(if is_quick { 500 } else { 5_000 });
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let stage = Stage::new();
    println!(
        "{FLAGS} flags, of which one changes per publication; a random flag for a random user\n\
         {cores} cores; reading the clocks takes {} ns (wall) and {} ns (CPU), subtracted\n\
         ns of single evaluations, where nothing else is said\n",
        stage.clocks.wall, stage.clocks.cpu
    );
    println!("{:>37}  {:-^47}  {:-^29}", "", " wall ", " CPU ");
    println!(
        "readers {:<29}  {:>7} {:>9} {:>9} {:>19}  {:>7} {:>9} {:>11} {:>11} {:>6} {:>9} {:>9}",
        "publisher",
        "median",
        "p99.9",
        "p99.99",
        "max",
        "median",
        "p99.9",
        "p99.99",
        "published/s",
        "waits",
        "preempted",
        "heap left"
    );
    // What threads and clocks keep for good, they keep from here on.
    stage.measure(cores, Publisher::CompilesAndPublishes, Duration::from_millis(100));
    let mut counts = vec![cores.saturating_sub(1), cores];
    counts.retain(|readers| *readers > 0);
    for readers in counts {
        let rows = Publisher::ALL.map(|publisher| stage.measure(readers, publisher, length));
        rows.iter().for_each(Row::print);
        let [quiet, .., all] = &rows;
        let [now, before] = [all, quiet].map(|row| float(at(&row.latency, 0.5)));
        println!(
            "P9, {readers} readers, compiling and publishing beside quiet: median {:+.1} % (target \
             10), p99.99 {} beside {} ns (target 5,000), in CPU time {} beside {} ns\n",
            (now / before - 1.0) * 100.0,
            at(&all.latency, 0.9999),
            at(&quiet.latency, 0.9999),
            at(&all.cpu, 0.9999),
            at(&quiet.cpu, 0.9999),
        );
    }
    println!(
        "waits: how often readers gave up the processor by themselves; a lock would show there"
    );
    println!("preempted: how often the scheduler took it from them");
    println!("heap left: after everybody has ended and the first snapshot is published again");
}

/// What all measurements share.
struct Stage {
    snapshot: Snapshot,
    supply: Supply,
    questions: Questions,
    clocks: Clocks,
}

impl Stage {
    fn new() -> Self {
        let snapshot = compile(decoded(&workloads::many_flags(FLAGS))).snapshot;
        let supply = Supply::new(&snapshot, decoded(&workloads::changed_flag(1)).flags);
        Self { snapshot, supply, questions: Questions::new(FLAGS), clocks: Clocks::new() }
    }

    /// So many readers beside this publisher.
    fn measure(&self, readers: usize, publisher: Publisher, length: Duration) -> Row {
        let cell = SnapshotCell::new(self.snapshot.clone());
        let stop = AtomicBool::new(false);
        let before = heap::live();
        let (elapsed, readings) = thread::scope(|scope| {
            let read = || self.questions.read(&cell, &stop, self.clocks);
            let handles: Vec<_> = (0..readers).map(|_| scope.spawn(read)).collect();
            let publish = scope.spawn(|| publisher.run(&self.supply, &cell, &stop));
            let start = Instant::now();
            thread::sleep(length);
            // Relaxed: only when they see it matters little, and joining orders the rest.
            stop.store(true, Ordering::Relaxed);
            let elapsed = start.elapsed();
            let _ = publish.join();
            (elapsed, handles.into_iter().flat_map(ScopedJoinHandle::join).collect::<Vec<_>>())
        });
        let publications = cell.version() - 1;
        let row =
            Row::new(readers, publisher, &readings, float(publications) / elapsed.as_secs_f64());
        drop(readings);
        cell.publish(self.snapshot.clone());
        Row { heap: heap::live() - before - row.heap, ..row }
    }
}

/// One line of the table.
struct Row {
    readers: usize,
    publisher: Publisher,
    latency: Histogram<u64>,
    cpu: Histogram<u64>,
    per_second: f64,
    waits: u64,
    preempted: u64,
    heap: i64,
}

impl Row {
    fn new(readers: usize, publisher: Publisher, readings: &[Reading], per_second: f64) -> Self {
        let before = heap::live();
        let [mut latency, mut cpu] = [reader::histogram(), reader::histogram()];
        for reading in readings {
            let _ = latency.add(&reading.latency);
            let _ = cpu.add(&reading.cpu);
        }
        let waits = readings.iter().map(|reading| reading.waits).sum();
        let preempted = readings.iter().map(|reading| reading.preempted).sum();
        // The row's own memory is no part of what was left behind.
        let heap = heap::live() - before;
        Self { readers, publisher, latency, cpu, per_second, waits, preempted, heap }
    }

    fn print(&self) {
        let [wall, cpu] = [&self.latency, &self.cpu]
            .map(|times| [at(times, 0.5), at(times, 0.999), at(times, 0.9999), times.max()]);
        println!(
            "{:>7} {:<29}  {:>7} {:>9} {:>9} {:>19}  {:>7} {:>9} {:>11} {:>11.0} {:>6} {:>9} {:>7} B",
            self.readers,
            self.publisher.name(),
            wall[0],
            wall[1],
            wall[2],
            wall[3],
            cpu[0],
            cpu[1],
            cpu[2],
            self.per_second,
            self.waits,
            self.preempted,
            self.heap,
        );
    }
}

/// The time that this share of the evaluations does not exceed.
fn at(times: &Histogram<u64>, share: f64) -> u64 {
    times.value_at_quantile(share)
}

#[expect(clippy::expect_used, reason = "a bench stops where its own document is not good")]
fn decoded(text: &str) -> Document {
    decode(Dialect::Native, text, &Settings::default()).expect("the document is good").document
}

#[expect(clippy::cast_precision_loss, reason = "counts and nanoseconds, far below 2^52")]
fn float(number: u64) -> f64 {
    number as f64
}

const FLAGS: usize = 10_000;
