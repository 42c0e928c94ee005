//! Views: several evaluations of the same flags, and everything about one.

use std::ffi::c_char;
use std::ptr;

use flagkit::{Key, Value, View};
use once_cell::race::OnceBox;

use crate::boundary::boundary;
use crate::client::flagkit_client;
use crate::context::flagkit_context;
use crate::flag_id::{self, flagkit_flag_id};
use crate::handle::{self, Handle, Sole};
use crate::resolution::flagkit_resolution;
use crate::sized;
use crate::status::{self, FLAGKIT_NULL_PARAMETER, FLAGKIT_OK, FLAGKIT_PANIC, flagkit_status};
use crate::strings::{self, flagkit_str};
use crate::writer;

mod typed;

pub use typed::*;

/// All flags of one moment: whatever is published later, two evaluations through one view never come
/// from different versions. What it lends lives until it is closed.
///
/// Any number of threads may use it at the same time. It outlives its client.
#[derive(Debug)]
pub struct flagkit_view {
    pub(crate) view: View,
    pub(crate) kept: Kept,
}

impl Handle for flagkit_view {
    type Ownership = Sole;
}

/// Values that belong to no flag and are lent all the same: what overrides made flags serve. Each
/// different one is kept once; there are few, and only in tests.
#[derive(Debug, Default)]
pub(crate) struct Kept(OnceBox<(Value, Self)>);

impl Kept {
    /// The same value, for as long as this is there.
    #[cold]
    pub(crate) fn keep(&self, value: &Value) -> &Value {
        let mut link = self;
        loop {
            let (kept, next) = link.0.get_or_init(|| Box::new((value.clone(), Self::default())));
            if kept == value {
                return kept;
            }
            link = next;
        }
    }
}

/// A view of the flags of this moment. NULL for NULL. Close it with `flagkit_view_close`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_open(client: *const flagkit_client) -> *mut flagkit_view {
    boundary!(ptr::null_mut(), {
        // SAFETY: a client by the rules of the header.
        match unsafe { handle::borrow(client) } {
            Some(client) => {
                handle::give(flagkit_view { view: client.flags().view(), kept: Kept::default() })
            }
            None => status::answer(FLAGKIT_NULL_PARAMETER, ptr::null_mut()),
        }
    })
}

/// Closes a view. NULL is fine. No thread may use it any more, nor anything that it has lent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_close(view: *mut flagkit_view) {
    boundary!((), {
        // SAFETY: a view that is given back, by the rules of the header.
        drop(unsafe { handle::take(view) });
    });
}

/// What a flag serves for this context, and why.
///
/// `FLAGKIT_OK` says that the question could be asked; what is wrong with the flag, also that it does
/// not exist, stands in `resolution->error`. Otherwise nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_resolve(
    view: *const flagkit_view,
    key: flagkit_str,
    context: *const flagkit_context,
    resolution: *mut flagkit_resolution,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        // SAFETY: a text by the rules of the header.
        let resolved = unsafe { key.required() }.and_then(|key| {
            // SAFETY: a view, a context and a struct by the rules of the header.
            unsafe { resolve(view, key, context, resolution) }
        });
        resolved.map_or_else(|status| status::answer(status, status), |()| FLAGKIT_OK)
    })
}

/// `flagkit_resolve` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_resolve_by_id(
    view: *const flagkit_view,
    id: flagkit_flag_id,
    context: *const flagkit_context,
    resolution: *mut flagkit_resolution,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        let resolved = flag_id::find(id).and_then(|key| {
            // SAFETY: a view, a context and a struct by the rules of the header.
            unsafe { resolve(view, key, context, resolution) }
        });
        resolved.map_or_else(|status| status::answer(status, status), |()| FLAGKIT_OK)
    })
}

/// # Safety
///
/// Pointers are NULL or what they say they are, and the size of the resolution is set.
unsafe fn resolve<K: Key + ?Sized>(
    view: *const flagkit_view,
    key: &K,
    context: *const flagkit_context,
    resolution: *mut flagkit_resolution,
) -> Result<(), flagkit_status> {
    // SAFETY: as the caller says.
    let (view, context) = unsafe { seen(view, context) }?;
    // SAFETY: as the caller says.
    let size = unsafe { sized::size_of(resolution) }?;
    let found = flagkit_resolution::of(&view.view.evaluate(key, context), &view.kept);
    // SAFETY: as the caller says, and the size is checked.
    unsafe { sized::write(resolution, size, found) };
    Ok(())
}

/// What a flag carries for whoever evaluates it, as a JSON object: into a buffer as `snprintf` does, see
/// `flagkit_string`. The empty text if it carries nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_metadata(
    view: *const flagkit_view,
    key: flagkit_str,
    context: *const flagkit_context,
    buffer: *mut c_char,
    capacity: usize,
) -> usize {
    boundary!(0, {
        let told = || {
            // SAFETY: a text by the rules of the header.
            let key = unsafe { key.required() }?;
            // SAFETY: a view and a context by the rules of the header.
            let (view, context) = unsafe { seen(view, context) }?;
            let found = view.view.evaluate(key, context);
            let metadata = found.metadata().map(|metadata| Value::from(metadata.clone()));
            Ok(metadata.map(|metadata| metadata.to_string()).unwrap_or_default())
        };
        let text = told().unwrap_or_else(|status| status::answer(status, String::new()));
        // SAFETY: a buffer by the rules of the header.
        unsafe { strings::copy(&text, buffer, capacity) }
    })
}

/// Every step of an evaluation, for people: into a buffer as `snprintf` does, see `flagkit_string`.
///
/// The evaluation is not counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_explain(
    view: *const flagkit_view,
    key: flagkit_str,
    context: *const flagkit_context,
    buffer: *mut c_char,
    capacity: usize,
) -> usize {
    boundary!(0, {
        let told = || {
            // SAFETY: a text by the rules of the header.
            let key = unsafe { key.required() }?;
            // SAFETY: a view and a context by the rules of the header.
            let (view, context) = unsafe { seen(view, context) }?;
            Ok(view.view.explain(key, context).to_string())
        };
        let text = told().unwrap_or_else(|status| status::answer(status, String::new()));
        // SAFETY: a buffer by the rules of the header.
        unsafe { writer::write(&text, buffer, capacity) }
    })
}

/// The revision of the document; `false` if its flag management system does not count, and then
/// `revision` is left alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_revision(
    view: *const flagkit_view,
    revision: *mut u64,
) -> bool {
    boundary!(false, {
        // SAFETY: a view by the rules of the header.
        match unsafe { handle::borrow(view) } {
            Some(view) if !revision.is_null() => view.view.revision().is_some_and(|found| {
                // SAFETY: not NULL, and a place for a number by the rules of the header.
                unsafe { revision.write(found) };
                true
            }),
            _ => status::answer(FLAGKIT_NULL_PARAMETER, false),
        }
    })
}

/// The keys of all flags, in no particular order: the first `capacity` of them. How many there are.
///
/// `keys` may be NULL if `capacity` is 0. The texts are lent until the view is closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_keys(
    view: *const flagkit_view,
    keys: *mut flagkit_str,
    capacity: usize,
) -> usize {
    boundary!(0, {
        // SAFETY: a view by the rules of the header.
        let Some(view) = (unsafe { handle::borrow(view) }) else {
            return status::answer(FLAGKIT_NULL_PARAMETER, 0);
        };
        if keys.is_null() && capacity > 0 {
            return status::answer(FLAGKIT_NULL_PARAMETER, view.view.keys().count());
        }
        for (place, key) in view.view.keys().take(capacity).enumerate() {
            // SAFETY: `place` is less than `capacity`.
            unsafe { keys.add(place).write(flagkit_str::of(key)) };
        }
        view.view.keys().count()
    })
}

/// The view and the context of a call.
///
/// # Safety
///
/// Both are NULL or what they say they are.
#[inline]
pub(crate) unsafe fn seen<'a>(
    view: *const flagkit_view,
    context: *const flagkit_context,
) -> Result<(&'a flagkit_view, &'a flagkit_context), flagkit_status> {
    // SAFETY: as the caller says.
    let view = unsafe { handle::borrow(view) }.ok_or(FLAGKIT_NULL_PARAMETER)?;
    // SAFETY: as the caller says.
    let context = unsafe { handle::borrow(context) }.ok_or(FLAGKIT_NULL_PARAMETER)?;
    Ok((view, context))
}
