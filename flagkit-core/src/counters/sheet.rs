//! Sheets: the counters of one thread.

use std::fmt;
use std::sync::OnceLock;

use super::counter::{add, untold};
use super::unknown::Unknown;
use crate::reason::ErrorCode;
use crate::sync::{AtomicU64, Ordering};

/// Counters of one thread, in pages that are made when something on them is counted.
pub(crate) struct Sheet {
    /// 1 while a thread has it: nobody else writes then.
    taken: AtomicU64,
    /// By the numbers of outcomes.
    served: Pages,
    /// The same, where every evaluation is told: out of the way of those that look at `served`.
    told: Pages,
    is_told: bool,
    /// By the places of flags, eight for each.
    failed: Pages,
    /// By keys that no flag has.
    unknown: OnceLock<Box<Unknown>>,
}

/// How many outcomes a snapshot has, and how many places of flags.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) outcomes: u32,
    pub(crate) flags: u32,
    /// Whether somebody is told of every evaluation.
    pub(crate) is_told: bool,
}

impl Sheet {
    /// A sheet that the calling thread has already taken.
    pub(crate) fn taken(size: Size) -> Self {
        let mut sheet = Self {
            taken: AtomicU64::new(1),
            served: Pages::default(),
            told: Pages::default(),
            is_told: size.is_told,
            failed: Pages::default(),
            unknown: OnceLock::new(),
        };
        sheet.fit(size);
        sheet
    }

    /// Takes the sheet, if nobody has it.
    pub(crate) fn take(&self) -> bool {
        // Acquire pairs with Release in `leave`: what was counted before stands there.
        let taken = self.taken.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed);
        taken.is_ok()
    }

    /// Leaves the sheet to whoever takes it next.
    pub(crate) fn leave(&self) {
        // Release pairs with Acquire in `take`.
        self.taken.store(0, Ordering::Release);
    }

    /// Makes a sheet that nobody has fit for another snapshot. What was counted must have been
    /// told.
    pub(crate) fn clear(&mut self, size: Size) {
        self.taken = AtomicU64::new(0);
        self.unknown = OnceLock::new();
        self.fit(size);
    }

    fn fit(&mut self, size: Size) {
        self.is_told = size.is_told;
        if size.is_told {
            self.served = Pages::default();
            self.told.fit(u64::from(size.outcomes));
        } else {
            self.told = Pages::default();
            self.served.fit(u64::from(size.outcomes));
        }
        self.failed.fit(u64::from(size.flags) * CODES);
    }

    /// Counts an outcome once, if it has a page.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a call here costs more than what it does: benches/targets, W1 by handle"
    )]
    pub(crate) fn count(&self, outcome: u32) -> bool {
        let counter = self.served.counter(outcome as usize);
        counter.map(|counter| add(counter, 1)).is_some()
    }

    /// Counts an outcome that has no page yet, or of which somebody is told; whether that is so.
    #[cold]
    pub(crate) fn count_elsewhere(&self, outcome: u32, times: u64) -> bool {
        let place = outcome & !TRACKED;
        if !self.pages().add(place as usize, times) {
            // There are fewer outcomes than that in four gigabytes of document.
            self.unknown().count_other(times);
        }
        self.is_told || place != outcome
    }

    /// Whether somebody is told of every evaluation.
    #[inline]
    pub(crate) fn is_told(&self) -> bool {
        self.is_told
    }

    fn pages(&self) -> &Pages {
        if self.is_told { &self.told } else { &self.served }
    }

    pub(crate) fn count_failed(&self, flag: u32, code: ErrorCode, times: u64) {
        let place = u64::from(flag) * CODES + code as u64;
        if !usize::try_from(place).is_ok_and(|place| self.failed.add(place, times)) {
            self.unknown().count_other(times);
        }
    }

    pub(crate) fn count_missing(&self, key: &str, times: u64) {
        self.unknown().count(key, times);
    }

    /// Tells what was counted and not told before: outcomes by their numbers.
    pub(crate) fn tell_served(&self, mut tell: impl FnMut(u32, u64)) {
        self.pages().tell(|place, times| tell(u32::try_from(place).unwrap_or(u32::MAX), times));
    }

    /// The same of errors: by places of flags and positions of codes.
    pub(crate) fn tell_failed(&self, mut tell: impl FnMut(u32, usize, u64)) {
        let codes = usize::try_from(CODES).unwrap_or(1);
        self.failed.tell(|place, times| {
            tell(u32::try_from(place / codes).unwrap_or(u32::MAX), place % codes, times);
        });
    }

    /// The same of keys that no flag has; `None` for all that found no room.
    pub(crate) fn tell_missing(&self, tell: impl FnMut(Option<&str>, u64)) {
        if let Some(unknown) = self.unknown.get() {
            unknown.tell(tell);
        }
    }

    /// Only the thread that has the sheet makes anything on it, so this waits for nobody.
    fn unknown(&self) -> &Unknown {
        self.unknown.get_or_init(Box::default)
    }
}

impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sheet").finish_non_exhaustive()
    }
}

/// Counters by number.
#[derive(Default)]
struct Pages {
    pages: Box<[OnceLock<Box<Page>>]>,
}

/// Counters that lie together, and how much of each has been told.
struct Page {
    counted: [AtomicU64; PAGE],
    told: [AtomicU64; PAGE],
}

impl Pages {
    fn fit(&mut self, counters: u64) {
        let wanted = usize::try_from(counters).unwrap_or(usize::MAX).div_ceil(PAGE);
        if wanted > self.pages.len() {
            let mut pages = std::mem::take(&mut self.pages).into_vec();
            pages.resize_with(wanted, OnceLock::new);
            self.pages = pages.into();
            // The model checker must see how each thread comes to know of a page.
            #[cfg(loom)]
            for page in &self.pages {
                page.get_or_init(Box::default);
            }
        }
    }

    #[inline]
    fn counter(&self, place: usize) -> Option<&AtomicU64> {
        self.pages.get(place / PAGE)?.get()?.counted.get(place % PAGE)
    }

    /// Whether there is such a counter at all.
    fn add(&self, place: usize, times: u64) -> bool {
        let page = self.pages.get(place / PAGE);
        let counter =
            page.and_then(|page| page.get_or_init(Box::default).counted.get(place % PAGE));
        counter.map(|counter| add(counter, times)).is_some()
    }

    fn tell(&self, mut tell: impl FnMut(usize, u64)) {
        for (number, page) in self.pages.iter().enumerate() {
            let Some(page) = page.get() else { continue };
            for (place, (counted, told)) in page.counted.iter().zip(&page.told).enumerate() {
                let times = untold(counted, told);
                if times > 0 {
                    tell(number * PAGE + place, times);
                }
            }
        }
    }
}

impl Default for Page {
    fn default() -> Self {
        let zeros = || std::array::from_fn(|_| AtomicU64::new(0));
        Self { counted: zeros(), told: zeros() }
    }
}

/// The bit in the number of an outcome that says: tell who saw it.
pub(crate) const TRACKED: u32 = 1 << 31;

/// As many as there are error codes.
const CODES: u64 = 8;

#[cfg(not(loom))]
const PAGE: usize = 512;
#[cfg(loom)]
const PAGE: usize = 4;
