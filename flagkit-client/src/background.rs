//! Threads of ours, which end when they are told to and never hold anybody up.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::fork::{Process, lock};

/// A running thread; dropping this tells it to end, and waits for that a while.
#[derive(Debug)]
pub(crate) struct Background {
    process: Process,
    stop: Arc<Signal>,
    ended: Arc<Signal>,
}

impl Background {
    /// Runs `work` on a thread of this name; the signal that it gets tells it to end.
    pub(crate) fn spawn(
        name: &str,
        work: impl FnOnce(Arc<Signal>) + Send + 'static,
    ) -> io::Result<Self> {
        let (stop, ended) = (Arc::new(Signal::default()), Arc::new(Signal::default()));
        let (told, end) = (stop.clone(), AtEnd(ended.clone()));
        let run = move || {
            // Told also where the work panics.
            let _end = end;
            work(told);
        };
        // Nobody joins the thread: `ended` says the same, and can be waited for with a limit.
        thread::Builder::new().name(name.into()).spawn(run)?;
        Ok(Self { process: Process::this(), stop, ended })
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // The threads of a parent are not here, and its signals may be locked for ever.
        if !self.process.is_over() {
            self.stop.set();
            // A listener that hangs must not keep the application from ending.
            self.ended.wait(PATIENCE);
        }
    }
}

/// Something that happens once and can be waited for.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    is_set: Mutex<bool>,
    news: Condvar,
    /// The same for tasks.
    #[cfg(feature = "http")]
    task: tokio::sync::Notify,
}

impl Signal {
    pub(crate) fn set(&self) {
        *lock(&self.is_set) = true;
        self.news.notify_all();
        #[cfg(feature = "http")]
        self.task.notify_one();
    }

    /// Ends when it happens; for one task.
    #[cfg(feature = "http")]
    pub(crate) async fn happened(&self) {
        self.task.notified().await;
    }

    /// Waits at most this long; whether it has happened.
    pub(crate) fn wait(&self, limit: Duration) -> bool {
        let waited = self.news.wait_timeout_while(lock(&self.is_set), limit, |is_set| !*is_set);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Goes on after a listener that panicked, which has said so already; `None` if it did.
pub(crate) fn shielded<T>(work: impl FnOnce() -> T) -> Option<T> {
    // What a listener leaves half done is the application's own.
    panic::catch_unwind(AssertUnwindSafe(work)).ok()
}

struct AtEnd(Arc<Signal>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// How long a thread is waited for that was told to end.
const PATIENCE: Duration = Duration::from_secs(2);
