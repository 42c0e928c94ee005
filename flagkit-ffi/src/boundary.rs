//! The border that no panic crosses.
//!
//! The body of every function that C can call is one [`boundary!`]; `cargo xtask tidy` checks it. A
//! panic below it is counted, noted as [`FLAGKIT_PANIC`], and answered
//! with what the function returns where anything is wrong.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::status::{self, FLAGKIT_PANIC};

/// Evaluates the block; if that panics, the fallback.
macro_rules! boundary {
    ($fallback:expr, $body:block) => {
        $crate::boundary::guard($fallback, move || $body)
    };
}
pub(crate) use boundary;

/// What [`boundary!`] stands for.
#[inline]
pub(crate) fn guard<R>(fallback: R, body: impl FnOnce() -> R) -> R {
    // AssertUnwindSafe: nothing that a caller sees is changed halfway. What is shared between threads
    // is replaced as a whole, and a context of the caller's is whole after every assignment.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(panic) => {
            caught(panic);
            fallback
        }
    }
}

#[cold]
fn caught(panic: Box<dyn Any + Send>) {
    // Relaxed: a number, and nothing is found through it.
    CAUGHT.fetch_add(1, Ordering::Relaxed);
    status::misused(FLAGKIT_PANIC);
    // What it carries is anything, and could panic when it is dropped.
    std::mem::forget(panic);
}

/// How many panics were caught on their way out of the library since the process began.
///
/// It is 0 unless FlagKit has a bug. Please report it; the standard error stream has the place.
#[unsafe(no_mangle)]
pub extern "C" fn flagkit_caught_panics() -> u64 {
    boundary!(0, { CAUGHT.load(Ordering::Relaxed) })
}

static CAUGHT: AtomicU64 = AtomicU64::new(0);

#[cfg(test)]
mod tests;
