//! What threads of ours have to say to Python: changes of flags, and lines of the log.
//!
//! They leave it here, and a thread of Python's fetches it (`_mail.py`). None of them enters
//! Python, so none can wait for an interpreter that has ended, and none holds up a change because
//! a callback takes its time.
//!
//! A forked child has no such thread and may inherit the mailbox locked by one that is not there.
//! The hook that Python calls in a child mends both.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use flagkit::{Change, Log};
use pyo3::prelude::*;

static FIRST: Mailbox = Mailbox::new();

/// What waits to be fetched.
struct Mailbox {
    waiting: Mutex<Waiting>,
    news: Condvar,
    /// That of a child process, where this one is locked for ever.
    next: OnceLock<Box<Mailbox>>,
}

struct Waiting {
    items: VecDeque<Item>,
    /// Lines of the log that found no room.
    dropped: u64,
    is_woken: bool,
}

/// One thing to tell.
enum Item {
    Line(Log, String),
    Changed(u64, Change),
}

/// An item as Python gets it: the number of a subscription or a level of the log, texts, and the
/// revision of the flags.
type Letter = (Option<u64>, &'static str, Vec<String>, Option<u64>);

impl Mailbox {
    const fn new() -> Self {
        let waiting = Waiting { items: VecDeque::new(), dropped: 0, is_woken: false };
        Self { waiting: Mutex::new(waiting), news: Condvar::new(), next: OnceLock::new() }
    }

    /// That of this process.
    fn current() -> &'static Self {
        let mut mailbox = &FIRST;
        while let Some(next) = mailbox.next.get() {
            mailbox = next;
        }
        mailbox
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves something, unless the mailbox is a parent's and locked for ever.
    fn put(&self, item: Item) {
        let Some(mut waiting) = self.lock_patiently() else { return };
        waiting.put(item);
        drop(waiting);
        self.news.notify_all();
    }

    fn lock_patiently(&self) -> Option<MutexGuard<'_, Waiting>> {
        (0..PATIENCE_MS).find_map(|_| match self.waiting.try_lock() {
            Ok(waiting) => Some(waiting),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => {
                thread::sleep(Duration::from_millis(1));
                None
            }
        })
    }
}

impl Waiting {
    /// Lines are left out where too many wait, and changes become one: nobody is to miss one.
    fn put(&mut self, item: Item) {
        if self.items.len() < ITEMS_MAX {
            self.items.push_back(item);
            return;
        }
        match item {
            Item::Line(..) => self.dropped += 1,
            Item::Changed(id, change) => {
                let last = self.items.iter_mut().rev().find_map(|item| match item {
                    Item::Changed(other, last) if *other == id => Some(last),
                    _ => None,
                });
                match last {
                    Some(last) => merge(last, change),
                    None => self.items.push_back(Item::Changed(id, change)),
                }
            }
        }
    }
}

/// Two changes as one.
fn merge(last: &mut Change, change: Change) {
    last.flags.extend(change.flags);
    last.flags.sort_unstable();
    last.flags.dedup();
    last.revision = change.revision;
}

impl Item {
    fn letter(self) -> Letter {
        match self {
            Self::Line(Log::Warn, text) => (None, "warn", vec![text], None),
            Self::Line(_, text) => (None, "info", vec![text], None),
            Self::Changed(id, change) => {
                let flags = change.flags.iter().map(ToString::to_string).collect();
                (Some(id), "changed", flags, change.revision)
            }
        }
    }
}

/// Leaves a line of the log.
pub(crate) fn line(level: Log, text: &str) {
    Mailbox::current().put(Item::Line(level, text.to_owned()));
}

/// A listener of a client, known to Python by its number.
#[pyclass(frozen, module = "flagkit._flagkit")]
pub(crate) struct Subscription {
    #[pyo3(get)]
    id: u64,
    kept: Mutex<Option<flagkit::Subscription>>,
}

#[pymethods]
impl Subscription {
    /// No more changes are left in the mailbox from now on.
    fn close(&self) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(kept);
    }
}

impl Subscription {
    /// Leaves every change of a client in the mailbox, under this number.
    pub(crate) fn begin(client: &flagkit::Client, id: u64) -> Self {
        let told = move |change: &Change| {
            Mailbox::current().put(Item::Changed(id, change.clone()));
        };
        Self { id, kept: Mutex::new(Some(client.subscribe(told))) }
    }
}

/// What waits, or what comes within this time: letters, in their order. Nothing, once woken.
#[pyfunction]
pub(crate) fn next_mail(py: Python<'_>, seconds: f64) -> Vec<Letter> {
    let limit = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let (items, dropped) = py.detach(|| {
        let mailbox = Mailbox::current();
        let is_idle = |waiting: &mut Waiting| waiting.items.is_empty() && !waiting.is_woken;
        let waited = mailbox.news.wait_timeout_while(mailbox.lock(), limit, is_idle);
        let mut waiting = waited.unwrap_or_else(PoisonError::into_inner).0;
        waiting.is_woken = false;
        (std::mem::take(&mut waiting.items), std::mem::take(&mut waiting.dropped))
    });
    let left_out = (dropped > 0).then(|| {
        (None, "warn", vec![format!("{dropped} lines of the log were left out: too many")], None)
    });
    items.into_iter().map(Item::letter).chain(left_out).collect()
}

/// Whoever waits for mail goes on at once.
#[pyfunction]
pub(crate) fn wake_mail() {
    if let Some(mut waiting) = Mailbox::current().lock_patiently() {
        waiting.is_woken = true;
    }
    Mailbox::current().news.notify_all();
}

/// In a child process: what waits is the parent's, who tells it, too.
#[pyfunction]
pub(crate) fn mended_mail() {
    let mailbox = Mailbox::current();
    match mailbox.waiting.try_lock() {
        Ok(mut waiting) => waiting.items.clear(),
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner().items.clear(),
        // Whoever holds it is not in this process.
        Err(TryLockError::WouldBlock) => {
            let _ = mailbox.next.set(Box::new(Mailbox::new()));
        }
    }
}

const ITEMS_MAX: usize = 1_000;
const PATIENCE_MS: u32 = 1_000;
