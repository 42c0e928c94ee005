//! The end of the process: what was counted by then is delivered, also where nobody closed anything.
//!
//! The C library calls us when `main` has returned or somebody has called `exit`, while all other
//! threads still run. A signal or `abort` ends a process without that.

use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use once_cell::race::OnceBox;
use shutdown_hooks::add_shutdown_hook;

use super::Supplied;
use crate::background::shielded;
use crate::fork::{Inherit, PerProcess, lock, lock_inherited};
use crate::publisher::Supply;

/// Whoever delivers in this process. A child inherits the hook together with this.
static ALL: OnceBox<PerProcess<All>> = OnceBox::new();

#[derive(Debug, Default)]
struct All(Mutex<Vec<Weak<Supplied>>>);

impl Inherit for All {
    /// A client that a thread of the parent was about to open is opened by nobody here.
    fn inherit(&self) -> Self {
        Self(Mutex::new(lock_inherited(&self.0).map(|all| all.clone()).unwrap_or_default()))
    }
}

/// Delivers what this counts when `main` returns or the process calls `exit`.
pub(super) fn deliver_at_exit(supplied: &Arc<Supplied>) {
    let all = ALL.get_or_init(|| {
        // Where there is no room for a hook, clients and guards deliver when they are dropped. Of
        // two hooks, which only a race can make, the second finds nothing to do.
        add_shutdown_hook(deliver);
        Box::new(PerProcess::new(All::default()))
    });
    let mut all = lock(&all.get().0);
    all.retain(|supplied| supplied.strong_count() > 0);
    all.push(Arc::downgrade(supplied));
}

extern "C" fn deliver() {
    // Nothing may unwind into the C library.
    shielded(|| {
        let Some(all) = ALL.get() else { return };
        let all = std::mem::take(&mut *lock(&all.get().0));
        let all: Vec<_> = all.iter().filter_map(Weak::upgrade).collect();
        let end = Instant::now() + LIMIT;
        // All begin before anybody is waited for: a server that hangs costs the others no time.
        for supplied in &all {
            supplied.flush(Duration::ZERO);
        }
        for supplied in &all {
            supplied.flush(end.saturating_duration_since(Instant::now()));
        }
    });
}

/// How long the end of the process is held up.
const LIMIT: Duration = Duration::from_secs(2);
