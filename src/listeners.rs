//! Listeners: who wants to know when flags change or a document is refused.

use std::fmt;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use crate::error::Error;
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

/// The listeners of a client.
#[derive(Default)]
pub(crate) struct Listeners {
    next: Mutex<u64>,
    on_change: Mutex<Vec<(u64, OnChange)>>,
    on_problem: Mutex<Option<OnProblem>>,
}

impl Listeners {
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        listener: impl Fn(&Change) + Send + Sync + 'static,
    ) -> Subscription {
        let mut next = self.next.lock();
        *next += 1;
        self.on_change.lock().push((*next, Arc::new(listener)));
        Subscription { id: *next, listeners: Arc::downgrade(self) }
    }

    pub(crate) fn set_on_problem(&self, listener: impl Fn(&Error) + Send + Sync + 'static) {
        *self.on_problem.lock() = Some(Arc::new(listener));
    }

    /// Whether anybody would be told of a change.
    pub(crate) fn is_anyone_there(&self) -> bool {
        !self.on_change.lock().is_empty()
    }

    /// Tells all, outside the lock: a listener may subscribe others.
    pub(crate) fn changed(&self, change: &Change) {
        let listeners: Vec<OnChange> =
            self.on_change.lock().iter().map(|(_, listener)| listener.clone()).collect();
        for listener in listeners {
            listener(change);
        }
    }

    /// Tells the listener for problems; without one, the standard error stream.
    pub(crate) fn refused(&self, error: &Error) {
        let listener = self.on_problem.lock().clone();
        match listener {
            Some(listener) => listener(error),
            None => eprintln!("flagkit: keeping the flags as they were: {error}"),
        }
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners")
            .field("count", &self.on_change.lock().len())
            .finish_non_exhaustive()
    }
}

/// Keeps a listener subscribed; it is not called any more after this is dropped.
///
/// A call that is running on another thread at that moment is not waited for.
#[derive(Debug)]
#[must_use = "the listener is removed when this is dropped"]
pub struct Subscription {
    id: u64,
    listeners: Weak<Listeners>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(listeners) = self.listeners.upgrade() {
            listeners.on_change.lock().retain(|(id, _)| *id != self.id);
        }
    }
}
