//! The one place where snapshots are swapped.
//!
//! A [`SnapshotCell`] holds the current snapshot behind one atomic pointer. A
//! writer publishes a new one; readers in flight finish with the one they have.
//! No reader ever waits, for a writer or for another reader.
//!
//! [`SnapshotCell::with`] keeps the pointer in the reading thread and only
//! compares it with the cell's: that costs about a nanosecond, where taking the
//! pointer anew costs about eighteen. The price: a thread that read once and
//! never again keeps the snapshot of its last read alive until it ends or reads
//! from four other cells. Threads that evaluate now and then pay
//! nothing; an application that parks many threads for ever uses
//! [`SnapshotCell::load`] in them.

use std::fmt;
use std::sync::Arc;

#[cfg(not(loom))]
use crate::counting::Counting;
use crate::snapshot::Snapshot;
use crate::sync::{AtomicU64, Ordering, Swap};

#[cfg(not(loom))]
mod thread;

/// The current snapshot, shared between threads.
///
/// ```
/// use flagkit_core::{Snapshot, SnapshotCell};
///
/// let cell = SnapshotCell::new(Snapshot::empty());
/// cell.publish(Snapshot::empty());
/// assert_eq!(cell.version(), 2);
/// assert_eq!(cell.with(|snapshot| snapshot.len()), 0);
/// ```
pub struct SnapshotCell {
    current: Swap<Snapshot>,
    version: AtomicU64,
    #[cfg(not(loom))]
    id: u64,
}

impl SnapshotCell {
    /// A cell with its first snapshot; version 1.
    pub fn new(snapshot: Snapshot) -> Self {
        Self {
            current: Swap::from_pointee(snapshot),
            version: AtomicU64::new(1),
            #[cfg(not(loom))]
            id: thread::next_id(),
        }
    }

    /// Replaces the snapshot for all evaluations that begin after this.
    pub fn publish(&self, snapshot: impl Into<Arc<Snapshot>>) {
        self.current.store(snapshot.into());
        // Release pairs with Acquire in `version`: whoever sees the new number
        // finds the new snapshot, or a later one.
        self.version.fetch_add(1, Ordering::Release);
    }

    /// The current snapshot, to keep.
    pub fn load(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// How many snapshots have been published here, the first included.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Calls `read` with the current snapshot.
    #[cfg(not(loom))]
    #[inline]
    pub fn with<R>(&self, read: impl FnOnce(&Snapshot) -> R) -> R {
        self.counting(|snapshot, _| read(snapshot))
    }

    /// Calls `read` with the current snapshot and the place where its evaluations by this thread
    /// are counted, if it is [counted](Snapshot::counted).
    #[cfg(not(loom))]
    #[inline]
    pub fn counting<R>(&self, read: impl FnOnce(&Snapshot, Counting<'_>) -> R) -> R {
        // The version is read before the snapshot: see the module `thread`.
        thread::with(self.id, self.version(), || self.load(), read)
    }
}

impl fmt::Debug for SnapshotCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotCell").field("snapshot", &self.load()).finish_non_exhaustive()
    }
}

impl Default for SnapshotCell {
    fn default() -> Self {
        Self::new(Snapshot::empty())
    }
}
