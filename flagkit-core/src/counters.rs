//! Counters: how often each flag served what.
//!
//! Every thread counts on a [`Sheet`] of its own, with a plain addition: nobody waits for anybody,
//! and no two processors fight for a counter. Whoever collects reads the sheets while they are
//! written. Counters only grow, and next to each stands how much of it has been told, so that
//! nothing is lost and nothing told twice.
//!
//! Counters belong to one publication of a snapshot. What is counted is an [`Outcome`]: a variant
//! of a flag and the reason that led there, which have a number together.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::sync::{List, Ordering};
use crate::value::ValueRef;

mod counter;
mod evaluated;
mod sheet;
mod unknown;

pub use evaluated::Evaluated;
pub(crate) use evaluated::Served;
pub(crate) use sheet::{Sheet, Size, TRACKED};

/// What a flag served and why, as a number in its snapshot. Made by
/// [`Resolution::outcome`](crate::Resolution::outcome).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Outcome(pub(crate) u32);

/// Wants to know who sees what of [tracked](crate::Flag::is_tracked) flags.
pub trait Witness: fmt::Debug + Send + Sync {
    /// The context of this targeting key has been served this variant of a flag, `on` or `off` if
    /// that has no name; `None` for the caller's default.
    ///
    /// Called by the thread that evaluates, each time: it must not wait for anything.
    fn saw(&self, flag: &str, variant: Option<&str>, targeting_key: ValueRef<'_>);

    /// Whether it wants to be told of every evaluation. Asked once for each publication.
    fn hears_everything(&self) -> bool {
        false
    }

    /// A flag has been evaluated, whatever came of it. Called by the thread that evaluates, if
    /// [`hears_everything`](Self::hears_everything).
    fn heard(&self, _evaluated: &Evaluated<'_>) {}
}

/// Sheets on which everything has been told, for counting on again; see
/// [`Snapshot::counted`](crate::Snapshot::counted).
#[derive(Default)]
pub struct Blank(pub(crate) Vec<Arc<Sheet>>);

impl Blank {
    /// Adds other sheets; there is no use for more than a few hundred.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
        self.0.truncate(BLANK_MAX);
    }
}

/// The sheets of one publication of a snapshot.
pub(crate) struct Counters {
    id: u64,
    size: Size,
    pub(crate) sheets: List<Arc<Sheet>>,
    pub(crate) witness: Arc<dyn Witness>,
}

impl Counters {
    pub(crate) fn new(size: Size, blank: Blank, witness: Arc<dyn Witness>) -> Self {
        let sheets = List::default();
        for mut sheet in blank.0 {
            // One that some thread still remembers goes with that thread.
            if let Some(alone) = Arc::get_mut(&mut sheet) {
                alone.clear(size);
                sheets.push(sheet);
            }
        }
        // Relaxed: only the uniqueness of the number matters.
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), size, sheets, witness }
    }

    /// Whether the witness hears of every evaluation.
    pub(crate) fn is_told(&self) -> bool {
        self.size.is_told
    }

    /// A sheet for the calling thread alone, until it is dropped.
    pub(crate) fn own_sheet(&self) -> OwnSheet {
        let free = self.sheets.find(|sheet| sheet.take());
        let sheet = free.unwrap_or_else(|| {
            let sheet = Arc::new(Sheet::taken(self.size));
            self.sheets.push(sheet.clone());
            sheet
        });
        OwnSheet { counters: self.id, sheet }
    }

    /// Calls `count` with a sheet of this thread, which is kept for the next time.
    #[inline]
    pub(crate) fn with_sheet<R>(&self, count: impl FnOnce(&Option<OwnSheet>) -> R) -> R {
        let mut count = Some(count);
        let counted = KEPT.try_with(|kept| {
            if let Ok(kept) = kept.try_borrow()
                && kept.first.as_ref().is_some_and(|own| own.counters == self.id)
            {
                return count.take().map(|count| count(&kept.first));
            }
            self.bring_to_front(kept)?;
            let kept = kept.try_borrow().ok()?;
            count.take().map(|count| count(&kept.first))
        });
        match (counted, count) {
            (Ok(Some(result)), _) => result,
            // The thread ends, or is counting on another sheet right now.
            (_, Some(count)) => count(&Some(self.own_sheet())),
            (_, None) => unreachable!("the closure is taken only to make a result"),
        }
    }

    #[cold]
    fn bring_to_front(&self, kept: &RefCell<Kept>) -> Option<()> {
        let mut kept = kept.try_borrow_mut().ok()?;
        let known = kept.others.iter().position(|own| own.counters == self.id);
        let own = known.map(|place| kept.others.remove(place));
        let last = kept.first.replace(own.unwrap_or_else(|| self.own_sheet()));
        kept.others.splice(0..0, last);
        kept.others.truncate(KEPT_MAX - 1);
        Some(())
    }
}

/// The right to count on a sheet; dropping it leaves the sheet to another thread.
pub(crate) struct OwnSheet {
    /// Whose it is.
    counters: u64,
    pub(crate) sheet: Arc<Sheet>,
}

impl Drop for OwnSheet {
    fn drop(&mut self) {
        self.sheet.leave();
    }
}

impl fmt::Debug for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counters").field("size", &self.size).finish_non_exhaustive()
    }
}

impl fmt::Debug for Blank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blank").field(&self.0.len()).finish()
    }
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// The sheets that a thread counted on last, the most recent first, apart from those that it keeps
/// with its cells.
struct Kept {
    first: Option<OwnSheet>,
    others: Vec<OwnSheet>,
}

impl Kept {
    const NONE: Self = Self { first: None, others: Vec::new() };
}

#[cfg(not(loom))]
thread_local! {
    static KEPT: RefCell<Kept> = const { RefCell::new(Kept::NONE) };
}
#[cfg(loom)]
loom::thread_local! {
    static KEPT: RefCell<Kept> = RefCell::new(Kept::NONE);
}

/// As many as there are threads that evaluate in a large application.
const BLANK_MAX: usize = 256;

/// So many snapshots can be counted by one thread in turn, with no more than a comparison.
const KEPT_MAX: usize = 4;
