//! Tallies: what was evaluated how often, exact, until somebody has been told.
//!
//! Memory does not grow with the number of evaluations: there is a number for each combination of
//! flag, variant, version and reason that occurred. Where too many of them wait, because no server
//! takes them, versions are put together, and then keys that no flag has.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, Once};

use flagkit_core::{Blank, Counted, ErrorCode, Snapshot, Witness};
use flagkit_protocol::Count;

use crate::fork::{Inherit, PerProcess, lock, lock_inherited};

/// Counts the evaluations of all snapshots that a publisher publishes.
#[derive(Debug)]
pub(crate) struct Tally {
    own: PerProcess<Own>,
    witness: Arc<dyn Witness>,
}

/// What each process has of its own.
#[derive(Debug)]
struct Own {
    /// In a child: what the parent counted is out of the way.
    begun: Once,
    book: Mutex<Book>,
}

impl Inherit for Own {
    /// What the parent counted is for the parent to report.
    fn inherit(&self) -> Self {
        let publications = lock_inherited(&self.book).map(|book| book.publications.clone());
        let publications = publications.unwrap_or_default();
        let book = Mutex::new(Book { publications, ..Book::default() });
        Self { begun: Once::new(), book }
    }
}

/// All that is known of what was counted.
#[derive(Default)]
struct Book {
    /// What may still be evaluated, the current snapshot last.
    publications: Vec<Publication>,
    blank: Blank,
    /// What nobody has been told yet.
    pending: HashMap<Outcome, u64>,
    totals: Totals,
    reports: Reports,
}

/// A snapshot whose evaluations are counted.
#[derive(Clone)]
struct Publication {
    snapshot: Arc<Snapshot>,
    version: Option<u64>,
    /// Whether it is what there is before there are any flags.
    is_first: bool,
}

/// What is counted together.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Outcome {
    flag: Box<str>,
    variant: Option<Box<str>>,
    version: Option<u64>,
    reason: &'static str,
}

/// Some of what was counted, on its way.
#[derive(Debug, Default)]
pub(crate) struct Counts(Vec<(Outcome, u64)>);

/// How often this process has evaluated flags, since counting began.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Totals {
    /// Evaluations, whatever came of them.
    pub evaluations: u64,
    /// Evaluations in which the caller's default was served, errors included.
    pub defaults: u64,
    /// Evaluations that failed.
    pub errors: u64,
    /// Evaluations by their reasons, `TARGETING_MATCH` for example, and errors by their codes.
    pub by_reason: BTreeMap<&'static str, u64>,
}

/// What became of reports.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Reports {
    /// Reports that the server has taken.
    pub sent: u64,
    /// Attempts that came to nothing.
    pub failed: u64,
    /// Reports of which nobody can know whether the server counted them, given up after a day.
    pub lost: u64,
    /// Evaluations in the reports that the server has taken.
    pub evaluations_sent: u64,
    /// Evaluations in a report that is on its way.
    pub under_way: u64,
}

impl Tally {
    /// A tally that knows no snapshot yet.
    pub(crate) fn new(witness: Arc<dyn Witness>) -> Self {
        let own = Own { begun: Once::new(), book: Mutex::default() };
        Self { own: PerProcess::new(own), witness }
    }

    /// Counts the evaluations of a snapshot that is about to be published as this version.
    pub(crate) fn count(&self, snapshot: Snapshot, version: Option<u64>) -> Arc<Snapshot> {
        self.open(snapshot, version, false)
    }

    /// Counts the evaluations of the snapshot that there is before there are any flags.
    pub(crate) fn count_first(&self, snapshot: Snapshot) -> Arc<Snapshot> {
        self.open(snapshot, None, true)
    }

    fn open(&self, snapshot: Snapshot, version: Option<u64>, is_first: bool) -> Arc<Snapshot> {
        let mut book = lock(&self.own.get().book);
        book.settle();
        let blank = std::mem::take(&mut book.blank);
        let snapshot = Arc::new(snapshot.counted(blank, self.witness.clone()));
        book.publications.push(Publication { snapshot: snapshot.clone(), version, is_first });
        snapshot
    }

    /// In a child process: forgets what its parent counted, once and before it counts itself.
    /// `current` is what it will evaluate, if it is counted.
    pub(crate) fn begin_in_child(&self, current: impl FnOnce() -> Arc<Snapshot>) {
        let own = self.own.get();
        own.begun.call_once(|| {
            let mut book = lock(&own.book);
            let current = current();
            let is_it = |known: &Publication| Arc::ptr_eq(&known.snapshot, &current);
            if current.is_counted() && !book.publications.iter().any(is_it) {
                let version = current.revision();
                let publication = Publication { snapshot: current, version, is_first: false };
                book.publications.push(publication);
            }
            for publication in &book.publications {
                publication.snapshot.collect(|_, _| {});
            }
        });
    }

    /// What was counted and not taken before, at most [`TAKEN_MAX`] numbers of it.
    pub(crate) fn take(&self) -> Counts {
        let mut book = lock(&self.own.get().book);
        book.settle();
        Counts(book.pending.extract_if(|_, _| true).take(TAKEN_MAX).collect())
    }

    /// Takes back what could not be delivered.
    pub(crate) fn put_back(&self, counts: Counts) {
        let mut book = lock(&self.own.get().book);
        for (outcome, times) in counts.0 {
            book.add(outcome, times);
        }
    }

    /// How many evaluations wait to be told.
    pub(crate) fn waiting(&self) -> u64 {
        let mut book = lock(&self.own.get().book);
        book.settle();
        book.pending.values().sum()
    }

    pub(crate) fn reports(&self) -> Reports {
        lock(&self.own.get().book).reports.clone()
    }

    pub(crate) fn note_report(&self, note: impl FnOnce(&mut Reports)) {
        note(&mut lock(&self.own.get().book).reports);
    }

    /// The sums since counting began.
    pub(crate) fn totals(&self) -> Totals {
        let mut book = lock(&self.own.get().book);
        book.settle();
        book.totals.clone()
    }
}

impl Book {
    /// Collects from all snapshots, and lets go of those that nobody evaluates any more.
    fn settle(&mut self) {
        let mut publications = std::mem::take(&mut self.publications);
        let current = publications.pop();
        for Publication { snapshot, version, is_first } in publications {
            match snapshot
                .into_blank(|counted, times| self.note(counted, (version, is_first), times))
            {
                Ok(blank) => self.blank.append(blank),
                Err(snapshot) => {
                    snapshot
                        .collect(|counted, times| self.note(counted, (version, is_first), times));
                    self.publications.push(Publication { snapshot, version, is_first });
                }
            }
        }
        if let Some(Publication { snapshot, version, is_first }) = current {
            snapshot.collect(|counted, times| self.note(counted, (version, is_first), times));
            self.publications.push(Publication { snapshot, version, is_first });
        }
    }

    /// Notes what a snapshot of this version has counted.
    fn note(&mut self, counted: Counted<'_>, (version, is_first): (Option<u64>, bool), times: u64) {
        let (flag, variant, reason) = match counted {
            Counted::Served { flag, variant, reason } => (Some(flag), variant, reason.name()),
            Counted::Failed { flag, code } => (Some(flag), None, code.name()),
            Counted::Missing { key } if is_first => (key, None, ErrorCode::ProviderNotReady.name()),
            Counted::Missing { key } => (key, None, ErrorCode::FlagNotFound.name()),
            _ => return,
        };
        let is_error = !matches!(counted, Counted::Served { .. });
        self.totals.evaluations += times;
        self.totals.defaults += if variant.is_none() { times } else { 0 };
        self.totals.errors += if is_error { times } else { 0 };
        *self.totals.by_reason.entry(reason).or_default() += times;
        let (flag, variant) = (flag.unwrap_or_default().into(), variant.map(Into::into));
        self.add(Outcome { flag, variant, version, reason }, times);
    }

    /// Adds to what nobody has been told; where that is too much already, to what is like it.
    fn add(&mut self, mut outcome: Outcome, times: u64) {
        if let Some(count) = self.pending.get_mut(&outcome) {
            *count += times;
            return;
        }
        if self.pending.len() >= PENDING_MAX {
            outcome.version = None;
        }
        if self.pending.len() >= PENDING_MAX * 2 {
            outcome.variant = None;
            outcome.flag = Box::default();
        }
        *self.pending.entry(outcome).or_default() += times;
    }
}

impl Counts {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there may be more where this came from.
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= TAKEN_MAX
    }

    /// The evaluations that are counted here.
    pub(crate) fn sum(&self) -> u64 {
        self.0.iter().map(|(_, times)| times).sum()
    }

    /// In the words of the protocol.
    pub(crate) fn told(&self) -> Vec<Count> {
        let told = |(outcome, times): &(Outcome, u64)| Count {
            flag: outcome.flag.to_string(),
            variant: outcome.variant.as_deref().map(str::to_owned),
            version: outcome.version,
            reason: outcome.reason.to_owned(),
            count: *times,
        };
        self.0.iter().map(told).collect()
    }
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Book").field("totals", &self.totals).finish_non_exhaustive()
    }
}

/// So many numbers wait apart from each other; further ones forget of which version they are, and
/// from twice as many on, of which flag.
const PENDING_MAX: usize = 100_000;

/// So many numbers go into one report.
const TAKEN_MAX: usize = 10_000;

#[cfg(test)]
mod tests;
