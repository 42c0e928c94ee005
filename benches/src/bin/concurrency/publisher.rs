//! The thread that publishes, or does a part of that.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flagkit_core::document::Flag;
use flagkit_core::{Changes, Snapshot, SnapshotCell, recompile};

/// What happens a thousand times a second beside the readers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Publisher {
    /// Nothing.
    Quiet,
    /// A new snapshot is compiled, and dropped.
    Compiles,
    /// One of two ready snapshots is published; cloning one copies pointers.
    Publishes,
    /// A new snapshot is compiled and published: what applications do.
    CompilesAndPublishes,
}

impl Publisher {
    /// All of them; the first is what the others are compared with.
    pub(crate) const ALL: [Self; 4] =
        [Self::Quiet, Self::Compiles, Self::Publishes, Self::CompilesAndPublishes];

    /// For the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Quiet => "none",
            Self::Compiles => "compiles, publishes nothing",
            Self::Publishes => "publishes two ready snapshots",
            Self::CompilesAndPublishes => "compiles and publishes",
        }
    }

    /// Does it until it is told to stop.
    pub(crate) fn run(self, supply: &Supply, cell: &SnapshotCell, stop: &AtomicBool) {
        let start = Instant::now();
        for turn in 0_u32.. {
            // Whoever falls behind catches up without sleeping.
            thread::sleep((start + EVERY * turn).saturating_duration_since(Instant::now()));
            // Relaxed: one publication more does no harm.
            if stop.load(Ordering::Relaxed) {
                return;
            }
            match self {
                Self::Quiet => {}
                Self::Compiles => drop(black_box(supply.compiled(cell, turn))),
                Self::Publishes => cell.publish(supply.ready(turn)),
                Self::CompilesAndPublishes => cell.publish(supply.compiled(cell, turn)),
            }
        }
    }
}

/// What can be published.
pub(crate) struct Supply {
    /// Flags with the same keys, before and after a change.
    states: [Vec<Flag>; 2],
    ready: [Snapshot; 2],
}

impl Supply {
    /// Snapshots that differ from this one by these flags.
    pub(crate) fn new(snapshot: &Snapshot, changed: Vec<Flag>) -> Self {
        let off = changed.iter().map(|flag| Flag { rules: Vec::new(), ..flag.clone() }).collect();
        let states = [changed, off];
        let ready = states.each_ref().map(|flags| with(snapshot, flags));
        Self { states, ready }
    }

    fn compiled(&self, cell: &SnapshotCell, turn: u32) -> Snapshot {
        let [even, odd] = &self.states;
        with(&cell.load(), if turn.is_multiple_of(2) { even } else { odd })
    }

    fn ready(&self, turn: u32) -> Snapshot {
        let [even, odd] = &self.ready;
        if turn.is_multiple_of(2) { even.clone() } else { odd.clone() }
    }
}

fn with(snapshot: &Snapshot, flags: &[Flag]) -> Snapshot {
    recompile(snapshot, Changes { flags: flags.to_vec(), ..Changes::default() }).snapshot
}

const EVERY: Duration = Duration::from_millis(1);
