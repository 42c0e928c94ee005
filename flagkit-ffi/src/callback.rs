//! Callbacks: functions of the caller's, and what they are handed.

use std::cell::Cell;
use std::ffi::c_void;

use crate::status::{FLAGKIT_IN_CALLBACK, flagkit_status};

/// Is called once with the user data of a callback that will not be called again. Any thread of the
/// program may be the one that calls it, also one of the library.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type flagkit_drop_fn = Option<unsafe extern "C" fn(user: *mut c_void)>;

/// The user data of a callback; dropped once.
pub(crate) struct User {
    data: *mut c_void,
    drop: flagkit_drop_fn,
}

// SAFETY: the header says that callbacks and their user data are used by several threads.
unsafe impl Send for User {}
// SAFETY: as above.
unsafe impl Sync for User {}

impl User {
    pub(crate) fn new(data: *mut c_void, drop: flagkit_drop_fn) -> Self {
        Self { data, drop }
    }

    pub(crate) fn data(&self) -> *mut c_void {
        self.data
    }
}

impl Drop for User {
    fn drop(&mut self) {
        if let Some(drop) = self.drop {
            // SAFETY: the header says that the function takes this pointer, on any thread; this is the
            // only call.
            unsafe { drop(self.data) };
        }
    }
}

/// What callback a thread is in.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    Change,
    Log,
}

/// Notes that this thread is in a callback until it is dropped.
pub(crate) struct Inside(Option<Place>);

impl Inside {
    pub(crate) fn of(place: Place) -> Self {
        Self(PLACE.replace(Some(place)))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        PLACE.set(self.0);
    }
}

/// Refuses what would wait for the callback that it is called from.
pub(crate) fn refuse_inside() -> Result<(), flagkit_status> {
    PLACE.get().map_or(Ok(()), |_| Err(FLAGKIT_IN_CALLBACK))
}

/// Refuses what may need a lock that is held while a line of the log is told.
pub(crate) fn refuse_inside_log() -> Result<(), flagkit_status> {
    if PLACE.get() == Some(Place::Log) { Err(FLAGKIT_IN_CALLBACK) } else { Ok(()) }
}

thread_local! {
    static PLACE: Cell<Option<Place>> = const { Cell::new(None) };
}
