//! Listeners: who wants to know when flags change or a document is refused.

use std::fmt;
use std::sync::{Arc, Weak};

use crate::error::Error;
use crate::log::Voice;
use crate::publisher::Publisher;
use crate::str::Str;

/// What changed when a new document was published.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// Flags that are new, different or gone, sorted.
    pub flags: Vec<Str>,
    /// The revision of the new document, where its flag management system counts.
    pub revision: Option<u64>,
}

type OnChange = Arc<dyn Fn(&Change) + Send + Sync>;
type OnProblem = Arc<dyn Fn(&Error) + Send + Sync>;

/// The listeners of a client. A copy of them can be told without any lock, and a listener may
/// subscribe others.
#[derive(Clone, Default)]
pub(crate) struct Listeners {
    last_id: u64,
    on_change: Vec<(u64, OnChange)>,
    on_problem: Option<OnProblem>,
    pub(crate) voice: Voice,
}

impl Listeners {
    /// Adds a listener and returns the number by which it is removed.
    pub(crate) fn add(&mut self, listener: impl Fn(&Change) + Send + Sync + 'static) -> u64 {
        self.last_id += 1;
        self.on_change.push((self.last_id, Arc::new(listener)));
        self.last_id
    }

    /// Takes a listener out, for the caller to drop where nothing is locked.
    pub(crate) fn remove(&mut self, id: u64) -> Option<impl Drop + use<>> {
        let place = self.on_change.iter().position(|(other, _)| *other == id)?;
        Some(self.on_change.remove(place).1)
    }

    pub(crate) fn set_on_problem(&mut self, listener: impl Fn(&Error) + Send + Sync + 'static) {
        self.on_problem = Some(Arc::new(listener));
    }

    /// Whether anybody would be told of a change.
    pub(crate) fn is_anyone_there(&self) -> bool {
        !self.on_change.is_empty()
    }

    pub(crate) fn changed(&self, change: &Change) {
        for (_, listener) in &self.on_change {
            listener(change);
        }
    }

    /// Tells the listener for problems; without one, the log.
    pub(crate) fn refused(&self, error: &Error) {
        match &self.on_problem {
            Some(listener) => listener(error),
            None => self.voice.warn(&format!("keeping the flags as they were: {error}")),
        }
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners").field("count", &self.on_change.len()).finish_non_exhaustive()
    }
}

/// Keeps a listener subscribed; it is not called any more after this is dropped.
///
/// A call that is running on another thread at that moment is not waited for.
#[derive(Debug)]
#[must_use = "the listener is removed when this is dropped"]
pub struct Subscription {
    id: u64,
    publisher: Weak<Publisher>,
}

impl Subscription {
    pub(crate) fn new(id: u64, publisher: &Arc<Publisher>) -> Self {
        Self { id, publisher: Arc::downgrade(publisher) }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(publisher) = self.publisher.upgrade() {
            publisher.unsubscribe(self.id);
        }
    }
}
