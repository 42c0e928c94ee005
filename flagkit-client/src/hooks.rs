//! Hooks: code of an application that is told of every evaluation.
//!
//! They are called by the thread that evaluates. A hook that panics disturbs neither that thread
//! nor other hooks, and a hook that evaluates flags itself is not told of those evaluations.

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use flagkit_core::{Evaluated, Witness};
use once_cell::race::OnceBox;

/// The hooks of a publisher, in the order in which they came. None is ever removed, so that nobody
/// has to wait for anybody to walk along them.
#[derive(Default)]
pub(crate) struct Hooks {
    first: OnceBox<Hook>,
}

struct Hook {
    tell: Box<dyn Fn(&Evaluated<'_>) + Send + Sync>,
    next: OnceBox<Hook>,
}

impl Hooks {
    pub(crate) fn add(&self, tell: impl Fn(&Evaluated<'_>) + Send + Sync + 'static) {
        let mut hook = Box::new(Hook { tell: Box::new(tell), next: OnceBox::new() });
        let mut place = &self.first;
        loop {
            match place.get() {
                Some(other) => place = &other.next,
                None => match place.set(hook) {
                    Ok(()) => return,
                    // Somebody else was faster.
                    Err(back) => hook = back,
                },
            }
        }
    }

    pub(crate) fn is_any(&self) -> bool {
        self.first.get().is_some()
    }
}

impl Witness for Hooks {
    fn saw(&self, _: &str, _: Option<&str>, _: flagkit_core::ValueRef<'_>) {}

    fn hears_everything(&self) -> bool {
        self.is_any()
    }

    fn heard(&self, evaluated: &Evaluated<'_>) {
        if IS_TELLING.replace(true) {
            return;
        }
        let mut next = self.first.get();
        while let Some(hook) = next {
            // The panic has been reported where it happened, and there is nobody else to tell.
            let _ = catch_unwind(AssertUnwindSafe(|| (hook.tell)(evaluated)));
            next = hook.next.get();
        }
        IS_TELLING.set(false);
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").field("is_any", &self.is_any()).finish()
    }
}

thread_local! {
    /// Whether this thread is in a hook.
    static IS_TELLING: Cell<bool> = const { Cell::new(false) };
}
