//! Each thread's own pointer to the current snapshot.
//!
//! A thread remembers the snapshot of its last reads together with the version that
//! the cell had *before* the snapshot was taken. As long as the cell's version is still
//! that, the remembered snapshot is the current one: publishing swaps the pointer first
//! and counts the version afterwards.

use std::cell::{Ref, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::counters::OwnSheet;
use crate::counting::Counting;
use crate::snapshot::Snapshot;

thread_local! {
    static RECENT: RefCell<Recent> = const { RefCell::new(Recent::NONE) };
}

/// The snapshots that this thread read last, the most recent first.
struct Recent {
    first: Seen,
    others: Vec<Seen>,
}

impl Recent {
    const NONE: Self = Self {
        first: Seen { cell: 0, version: 0, snapshot: None, sheet: None },
        others: Vec::new(),
    };
}

/// A snapshot, whose it is, and the version before which it was taken.
struct Seen {
    /// 0 for nobody's.
    cell: u64,
    version: u64,
    snapshot: Option<Arc<Snapshot>>,
    /// Where this thread counts, if the snapshot is counted.
    sheet: Option<OwnSheet>,
}

/// A number that no other cell of this process has; never 0.
pub(super) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // Relaxed: only the uniqueness of the number matters.
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Reads the snapshot of a cell through this thread's pointer, or past it where that is in
/// use or gone: inside another read of something newer, and while the thread ends.
///
/// `version` is what the cell's version was just now; `load` takes its snapshot.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "a call here costs more than what it does: benches/targets, W2"
)]
pub(super) fn with<R>(
    cell: u64,
    version: u64,
    load: impl Fn() -> Arc<Snapshot>,
    read: impl FnOnce(&Snapshot, Counting<'_>) -> R,
) -> R {
    let mut read = Some(read);
    let found = RECENT.try_with(|recent| {
        if let Ok(recent) = recent.try_borrow()
            && recent.first.cell == cell
            && recent.first.version == version
            && let Some(snapshot) = &recent.first.snapshot
        {
            let counting = Counting(&recent.first.sheet);
            return read.take().map(|read| read(snapshot, counting));
        }
        let recent = refresh(recent, cell, version, &load)?;
        let snapshot = recent.first.snapshot.as_ref()?;
        let counting = Counting(&recent.first.sheet);
        read.take().map(|read| read(snapshot, counting))
    });
    match (found, read) {
        (Ok(Some(result)), _) => result,
        (_, Some(read)) => {
            let snapshot = load();
            snapshot.counting(|counting| read(&snapshot, counting))
        }
        (_, None) => unreachable!("the reading closure is taken only to make a result"),
    }
}

/// Brings the cell's current snapshot to the front, unless this thread is reading right now.
#[cold]
fn refresh<'r>(
    slot: &'r RefCell<Recent>,
    cell: u64,
    version: u64,
    load: &dyn Fn() -> Arc<Snapshot>,
) -> Option<Ref<'r, Recent>> {
    let mut recent = slot.try_borrow_mut().ok()?;
    if recent.first.cell != cell {
        let known = recent.others.iter().position(|seen| seen.cell == cell);
        let next = known.map(|place| recent.others.remove(place));
        let next = next.unwrap_or(Seen { cell, version: 0, snapshot: None, sheet: None });
        let last = std::mem::replace(&mut recent.first, next);
        recent.others.insert(0, last);
        recent.others.truncate(CELLS_PER_THREAD - 1);
    }
    recent.first.version = version;
    let snapshot = load();
    let sheet = snapshot.counters.as_ref().map(|counters| counters.own_sheet());
    let old = (
        std::mem::replace(&mut recent.first.sheet, sheet),
        recent.first.snapshot.replace(snapshot),
    );
    drop(recent);
    // Freeing a snapshot may run for a while; the slot is whole and free again by then.
    drop(old);
    slot.try_borrow().ok()
}

/// How many cells a thread keeps the last snapshots of.
const CELLS_PER_THREAD: usize = 4;
