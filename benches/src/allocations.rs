//! A global allocator that counts, for each thread by itself.
//!
//! It is switched on by whoever measures: `#[global_allocator] static A: Counting = Counting;`.
//! Where it is not, every count is zero. Memory that another thread frees stays counted on
//! the thread that asked for it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, with a count.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "it has nothing inside")]
pub struct Counting;

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
    static LIVE: Cell<i64> = const { Cell::new(0) };
    static PEAK: Cell<i64> = const { Cell::new(0) };
}

/// What this thread has allocated between two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "three numbers")]
pub struct Allocated {
    /// How often memory was asked for, growing included.
    pub calls: u64,
    /// Bytes that were not given back.
    pub live: i64,
    /// The most bytes at any time, beyond those at the beginning.
    pub peak: i64,
}

/// How often this thread has asked for memory so far.
#[inline]
pub fn calls() -> u64 {
    CALLS.get()
}

/// Does the work and says what it has allocated on this thread.
pub fn during<R>(work: impl FnOnce() -> R) -> (R, Allocated) {
    let (calls, live) = (CALLS.get(), LIVE.get());
    PEAK.set(live);
    let result = work();
    let allocated =
        Allocated { calls: CALLS.get() - calls, live: LIVE.get() - live, peak: PEAK.get() - live };
    (result, allocated)
}

/// Counts `size` more bytes; a thread that ends has no count any more.
#[inline]
fn grow(size: usize) {
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
    let _ = LIVE.try_with(|live| {
        let now = live.get().wrapping_add_unsigned(size as u64);
        live.set(now);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(now)));
    });
}

#[inline]
fn shrink(size: usize) {
    let _ = LIVE.try_with(|live| live.set(live.get().wrapping_sub_unsigned(size as u64)));
}

// SAFETY: every call is passed on to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        shrink(layout.size());
        grow(new_size);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, new_size) }
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        shrink(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[cfg(test)]
mod tests;
