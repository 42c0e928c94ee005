//! Counting: what an evaluating thread does.

use std::sync::Arc;

use crate::counters::{
    Blank, Counters, Evaluated, Outcome, OwnSheet, Served, Sheet, Size, Witness,
};
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
    /// [witness](crate::Witness) of a tracked one, or whoever hears of all.
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
        // A tracked outcome has a number that is on no page; where all are told, there is no page.
        if !sheet.count(outcome) && sheet.count_elsewhere(outcome, 1) {
            // A copy: what nobody points to stays in registers.
            snapshot.tell_witness((flag, *found), context);
        }
    }

    /// The same where nobody [is told](Self::is_told) of all evaluations.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a call here costs more than what it does: benches/targets, W1 by name"
    )]
    pub fn seen<C: Attributes + ?Sized>(
        self,
        snapshot: &Snapshot,
        (flag, found): (&Flag, &Resolution<'_>),
        context: &C,
    ) {
        let Some(sheet) = self.sheet() else { return };
        let outcome = found.outcome(flag).0;
        if !sheet.count(outcome) && sheet.count_elsewhere(outcome, 1) {
            // No more of what was found, so that nobody has to keep it.
            snapshot.tell_seen((flag, found.place), context);
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

    /// Tells whoever hears of all evaluations that one failed.
    #[cold]
    pub fn tell_failed<C: Attributes + ?Sized>(
        self,
        snapshot: &Snapshot,
        (key, code): (&str, ErrorCode),
        context: &C,
    ) {
        if let (true, Some(counters)) = (self.is_told(), &snapshot.counters) {
            let flag = snapshot.flag(key);
            counters.witness.heard(&Evaluated {
                key,
                targeting_key: context.targeting_key(),
                flag_version: flag.and_then(Flag::version),
                metadata: flag.and_then(Flag::metadata),
                found: Err(code),
            });
        }
    }

    /// Whether anything is counted.
    #[inline]
    pub fn is_on(self) -> bool {
        self.0.is_some()
    }

    /// Whether somebody hears of all evaluations.
    #[inline]
    pub fn is_told(self) -> bool {
        self.sheet().is_some_and(Sheet::is_told)
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
        let size = Size {
            outcomes: self.outcomes,
            flags: self.flags.len(),
            is_told: witness.hears_everything(),
        };
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
    fn tell_seen<C: Attributes + ?Sized>(&self, (flag, variant): (&Flag, u32), context: &C) {
        if let (Some(counters), Some(key)) = (&self.counters, context.targeting_key()) {
            counters.witness.saw(flag.key(), flag.name_of(variant), key);
        }
    }

    /// The same, and tells the evaluation to whoever hears of all.
    #[cold]
    fn tell_witness<C: Attributes + ?Sized>(
        &self,
        (flag, found): (&Flag, Resolution<'_>),
        context: &C,
    ) {
        if flag.is_tracked() {
            self.tell_seen((flag, found.place), context);
        }
        if let Some(counters) = self.counters.as_ref().filter(|counters| counters.is_told()) {
            counters.witness.heard(&Evaluated {
                key: flag.key(),
                targeting_key: context.targeting_key(),
                flag_version: flag.version(),
                metadata: flag.metadata(),
                found: Ok(Served {
                    value: found.value(),
                    is_enabled: found.is_enabled(),
                    variant: found.variant(),
                    reason: found.reason(),
                    rule: found.rule(),
                }),
            });
        }
    }
}

impl std::fmt::Debug for Counting<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Counting").field(&self.is_on()).finish()
    }
}
