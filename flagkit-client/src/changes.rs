//! Changes as an iterator, for a thread that does nothing but follow them.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::fork::{lock, lock_inherited};
use crate::listeners::{Change, Subscription};
use crate::publisher::Publisher;

/// Every change from now on; waits for the next one, and ends when the last client is gone.
///
/// Nothing is lost to who is slow: beyond 1,000 changes that nobody has fetched, the last ones
/// become one.
///
/// ```
/// # use flagkit_client::{Publisher, Strictness};
/// # let publisher = Publisher::new();
/// let changes = publisher.changes();
/// publisher.publish_text(b"schema: flagkit/1\nflags: {beta: {enabled: true}}", Strictness::Accept)?;
/// drop(publisher);
/// let keys: Vec<String> = changes.flat_map(|change| change.flags).map(|key| key.to_string()).collect();
/// assert_eq!(keys, ["beta"]);
/// # Ok::<(), flagkit_client::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "changes are collected until this is dropped"]
pub struct Changes {
    queue: Arc<Queue>,
    _subscription: Subscription,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    changes: VecDeque<Change>,
    is_closed: bool,
}

/// Closes the queue when the publisher drops its listeners.
struct Source(Arc<Queue>);

impl Changes {
    pub(crate) fn of(publisher: &Arc<Publisher>) -> Self {
        let queue = Arc::new(Queue::default());
        let source = Source(queue.clone());
        let subscription = publisher.subscribe(move |change| source.0.push(change));
        Self { queue, _subscription: subscription }
    }

    /// The next change, if it comes within this time.
    pub fn next_within(&mut self, limit: Duration) -> Option<Change> {
        let waiting = lock(&self.queue.waiting);
        let waited = self.queue.news.wait_timeout_while(waiting, limit, |waiting| {
            waiting.changes.is_empty() && !waiting.is_closed
        });
        waited.unwrap_or_else(PoisonError::into_inner).0.changes.pop_front()
    }
}

impl Iterator for Changes {
    type Item = Change;

    fn next(&mut self) -> Option<Change> {
        let waiting = lock(&self.queue.waiting);
        let waited = self
            .queue
            .news
            .wait_while(waiting, |waiting| waiting.changes.is_empty() && !waiting.is_closed);
        waited.unwrap_or_else(PoisonError::into_inner).changes.pop_front()
    }
}

impl Queue {
    fn push(&self, change: &Change) {
        let Some(mut waiting) = self.lock_patiently() else { return };
        let is_full = waiting.changes.len() >= WAITING_MAX;
        match waiting.changes.back_mut().filter(|_| is_full) {
            Some(last) => merge(last, change),
            None => waiting.changes.push_back(change.clone()),
        }
        drop(waiting);
        self.news.notify_all();
    }

    /// In a child process the lock may be held by a thread that is not there: then nobody is there
    /// either who waits for changes, and those who publish must not wait for ever.
    fn lock_patiently(&self) -> Option<MutexGuard<'_, Waiting>> {
        (0..PATIENCE_MS).find_map(|_| {
            let guard = lock_inherited(&self.waiting);
            if guard.is_none() {
                thread::sleep(Duration::from_millis(1));
            }
            guard
        })
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if let Some(mut waiting) = self.0.lock_patiently() {
            waiting.is_closed = true;
        }
        self.0.news.notify_all();
    }
}

/// Two changes as one.
fn merge(last: &mut Change, change: &Change) {
    last.flags.extend(change.flags.iter().cloned());
    last.flags.sort_unstable();
    last.flags.dedup();
    last.revision = change.revision;
}

const WAITING_MAX: usize = 1_000;
const PATIENCE_MS: u32 = 1_000;

#[cfg(test)]
mod tests;
