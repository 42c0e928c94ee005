//! Counting: what an evaluating thread does.

use std::sync::Arc;

use crate::counters::{Blank, Counters, Outcome, OwnSheet, Sheet, Size, Witness};
use crate::reason::ErrorCode;
use crate::resolution::Resolution;
use crate::snapshot::Snapshot;
use crate::snapshot::flag::Flag;
use crate::value::Attributes;

/// Counts evaluations of a snapshot, on behalf of the thread that evaluates.
///
/// Lent by [`SnapshotCell::counting`](crate::SnapshotCell::counting), and for other snapshots by
/// [`Snapshot::counting`]. Nothing is counted where a snapshot is not
/// [counted](Snapshot::counted).
// A reference to where the sheet is, or not: to look is cheaper here than where it is lent.
#[derive(Clone, Copy)]
pub struct Counting<'s>(pub(crate) &'s Option<OwnSheet>);

impl Counting<'_> {
    /// Counts what a flag of the snapshot served to a context, and tells the
    /// [witness](crate::Witness) of a tracked one.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a call here costs more than what it does: benches/targets, W1 by handle"
    )]
    pub fn served<C: Attributes + ?Sized>(
        self,
        snapshot: &Snapshot,
        (flag, found): (&Flag, &Resolution<'_>),
        context: &C,
    ) {
        let Some(sheet) = self.sheet() else { return };
        let outcome = found.outcome(flag).0;
        // A tracked outcome has a number that is on no page.
        if !sheet.count(outcome) && sheet.count_elsewhere(outcome, 1) {
            snapshot.tell_witness((flag, found.place), context);
        }
    }

    /// Counts what a flag of the snapshot served this many times, which nobody has seen.
    pub fn served_times(self, outcome: Outcome, times: u64) {
        if let Some(sheet) = self.sheet()
            && !(times == 1 && sheet.count(outcome.0))
        {
            sheet.count_elsewhere(outcome.0, times);
        }
    }

    /// Counts evaluations of a flag of the snapshot that failed.
    #[cold]
    pub fn failed(self, flag: &Flag, code: ErrorCode, times: u64) {
        if let Some(sheet) = self.sheet() {
            sheet.count_failed(flag.place, code, times);
        }
    }

    /// Counts evaluations of a flag that the snapshot does not have.
    #[cold]
    pub fn missing(self, key: &str, times: u64) {
        if let Some(sheet) = self.sheet() {
            sheet.count_missing(key, times);
        }
    }

    /// Whether anything is counted.
    #[inline]
    pub fn is_on(self) -> bool {
        self.0.is_some()
    }

    #[inline]
    fn sheet(&self) -> Option<&Sheet> {
        self.0.as_ref().map(|own| &*own.sheet)
    }
}

impl Snapshot {
    /// The same snapshot, whose evaluations are counted from now on; `witness` is told of those
    /// of tracked flags.
    ///
    /// Sheets that earlier snapshots [left](Self::into_blank) spare allocations; without any it
    /// works as well.
    #[must_use]
    pub fn counted(self, blank: Blank, witness: Arc<dyn Witness>) -> Self {
        let size = Size { outcomes: self.outcomes, flags: self.flags.len() };
        Self { counters: Some(Arc::new(Counters::new(size, blank, witness))), ..self }
    }

    /// Calls `count` with what counts evaluations of this snapshot by this thread, however the
    /// caller came by it.
    #[inline]
    pub fn counting<R>(&self, count: impl FnOnce(Counting<'_>) -> R) -> R {
        match &self.counters {
            Some(counters) => counters.with_sheet(|sheet| count(Counting(sheet))),
            None => count(Counting(&None)),
        }
    }

    /// Whether evaluations are counted.
    pub fn is_counted(&self) -> bool {
        self.counters.is_some()
    }

    /// Tells who saw which variant of a tracked flag. Nobody did where there is no targeting key.
    #[cold]
    fn tell_witness<C: Attributes + ?Sized>(&self, (flag, variant): (&Flag, u32), context: &C) {
        if let (Some(counters), Some(key)) = (&self.counters, context.targeting_key()) {
            counters.witness.saw(flag.key(), flag.name_of(variant), key);
        }
    }
}

impl std::fmt::Debug for Counting<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Counting").field(&self.is_on()).finish()
    }
}
