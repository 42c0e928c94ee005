//! Lineages: which snapshots agree on the places of their flags.

use std::sync::atomic::{AtomicU32, Ordering};

/// Snapshots of one lineage were recompiled from one another.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Lineage(u32);

impl Lineage {
    /// One that no other snapshot has; never 0.
    ///
    /// After 2³² full compiles numbers come again. An index would have to be kept
    /// unused for exactly that long to be taken for one of the wrong lineage.
    pub(crate) fn fresh() -> Self {
        // Relaxed: only the uniqueness of the number matters, it orders nothing.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(number.max(1))
    }

    pub(crate) fn number(self) -> u32 {
        self.0
    }

    pub(crate) fn from_number(number: u32) -> Self {
        Self(number)
    }
}

static NEXT: AtomicU32 = AtomicU32::new(1);
