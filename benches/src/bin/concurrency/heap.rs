//! The heap of the whole process, in bytes.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, Ordering};

/// The system's allocator, with one count for all threads.
#[derive(Debug)]
pub(crate) struct Shared;

static LIVE: AtomicI64 = AtomicI64::new(0);

/// Bytes that were asked for and not given back.
pub(crate) fn live() -> i64 {
    // Relaxed: whoever compares two counts has joined all other threads before.
    LIVE.load(Ordering::Relaxed)
}

fn add(bytes: usize, sign: i64) {
    // Relaxed: a sum does not depend on the order.
    LIVE.fetch_add(sign * i64::try_from(bytes).unwrap_or_default(), Ordering::Relaxed);
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Shared {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size(), 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        add(layout.size(), -1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}
