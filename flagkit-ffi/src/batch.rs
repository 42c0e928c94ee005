//! Many flags for one context.

use flagkit::{Evaluation, FlagKey};

use crate::boundary::boundary;
use crate::context::{elements, flagkit_context};
use crate::flag_id::{self, flagkit_flag_id};
use crate::resolution::flagkit_resolution;
use crate::sized;
use crate::status::{self, FLAGKIT_NULL_PARAMETER, FLAGKIT_OK, FLAGKIT_PANIC, flagkit_status};
use crate::strings::flagkit_str;
use crate::view::{flagkit_view, seen};

/// What `count` flags serve for this context, in the order of the keys: as `flagkit_resolve` says it for
/// each, and faster, because what several flags ask of the context is asked once.
///
/// `resolutions` has place for as many structs, each of `resolution_size` bytes: pass
/// `sizeof(flagkit_resolution)`. Their `size` need not be set. Unless the answer is `FLAGKIT_OK`, nothing
/// is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_resolve_many(
    view: *const flagkit_view,
    keys: *const flagkit_str,
    count: usize,
    context: *const flagkit_context,
    resolutions: *mut flagkit_resolution,
    resolution_size: usize,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        let resolve = || {
            // SAFETY: a view and a context by the rules of the header.
            let (view, context) = unsafe { seen(view, context) }?;
            // SAFETY: that many texts by the rules of the header.
            let keys = unsafe { elements(keys, count) }?;
            // SAFETY: as above.
            let keys = keys.iter().map(|key| unsafe { key.required() });
            let keys = keys.collect::<Result<Vec<&str>, _>>()?;
            let found = view.view.resolve_many(&keys, context);
            // SAFETY: that many structs of this size by the rules of the header.
            unsafe { write(view, &found, resolutions, resolution_size) }
        };
        resolve().map_or_else(|status| status::answer(status, status), |()| FLAGKIT_OK)
    })
}

/// `flagkit_resolve_many` by the ids of the flags.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_resolve_many_by_id(
    view: *const flagkit_view,
    ids: *const flagkit_flag_id,
    count: usize,
    context: *const flagkit_context,
    resolutions: *mut flagkit_resolution,
    resolution_size: usize,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        let resolve = || {
            // SAFETY: a view and a context by the rules of the header.
            let (view, context) = unsafe { seen(view, context) }?;
            // SAFETY: that many numbers by the rules of the header.
            let ids = unsafe { elements(ids, count) }?;
            let keys = ids.iter().map(|id| flag_id::find(*id));
            let keys = keys.collect::<Result<Vec<&FlagKey>, _>>()?;
            let found = view.view.resolve_many(&keys, context);
            // SAFETY: that many structs of this size by the rules of the header.
            unsafe { write(view, &found, resolutions, resolution_size) }
        };
        resolve().map_or_else(|status| status::answer(status, status), |()| FLAGKIT_OK)
    })
}

/// What every flag serves for this context, in no particular order: the first `capacity` of them. How
/// many flags there are; 0 also where something is wrong, which `flagkit_last_status` tells.
///
/// `resolutions` is an array as for `flagkit_resolve_many`, and may be NULL if `capacity` is 0. The
/// `key` of each says which flag it is about.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_evaluate_all(
    view: *const flagkit_view,
    context: *const flagkit_context,
    resolutions: *mut flagkit_resolution,
    resolution_size: usize,
    capacity: usize,
) -> usize {
    boundary!(0, {
        let evaluate = || {
            // SAFETY: a view and a context by the rules of the header.
            let (view, context) = unsafe { seen(view, context) }?;
            if capacity == 0 {
                return Ok(view.view.keys().count());
            }
            let all = view.view.evaluate_all(context);
            let found: Vec<Evaluation<'_>> = all.iter().take(capacity).collect();
            // SAFETY: so many structs of this size by the rules of the header.
            unsafe { write(view, &found, resolutions, resolution_size) }?;
            Ok(all.len())
        };
        evaluate().unwrap_or_else(|status| status::answer(status, 0))
    })
}

/// Fills an array of the caller's.
///
/// # Safety
///
/// `first` is NULL or points to as many structs as were found, each of `size` bytes.
unsafe fn write(
    view: &flagkit_view,
    found: &[Evaluation<'_>],
    first: *mut flagkit_resolution,
    size: usize,
) -> Result<(), flagkit_status> {
    let size = sized::check(size)?;
    if first.is_null() && !found.is_empty() {
        return Err(FLAGKIT_NULL_PARAMETER);
    }
    for (place, found) in found.iter().enumerate() {
        // SAFETY: inside the array, by the contract of this function.
        let target = unsafe { first.byte_add(place * size) };
        let resolution = flagkit_resolution::of(found, &view.kept);
        // SAFETY: as above, and the size is checked.
        unsafe { sized::write(target, size, resolution) };
    }
    Ok(())
}
