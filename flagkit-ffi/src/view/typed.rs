//! The calls of daily use, asked of a view.

use flagkit::{Evaluation, FlagKey, Value};

use crate::boundary::boundary;
use crate::context::flagkit_context;
use crate::flag_id::{self, flagkit_flag_id};
use crate::status::{self, flagkit_status};
use crate::strings::flagkit_str;

use super::{flagkit_view, seen};

/// Whether a flag is on for this context; `false` where anything is wrong. See `flagkit_is_enabled`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_is_enabled(
    view: *const flagkit_view,
    key: flagkit_str,
    context: *const flagkit_context,
) -> bool {
    boundary!(false, {
        // SAFETY: a view, a text and a context by the rules of the header.
        match unsafe { by_name(view, key, context) } {
            Ok((view, key, context)) => view.view.is_enabled(key, context),
            Err(status) => status::answer(status, false),
        }
    })
}

/// `flagkit_view_is_enabled` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_is_enabled_by_id(
    view: *const flagkit_view,
    id: flagkit_flag_id,
    context: *const flagkit_context,
) -> bool {
    boundary!(false, {
        // SAFETY: a view and a context by the rules of the header.
        match unsafe { by_id(view, id, context) } {
            Ok((view, key, context)) => view.view.is_enabled(key, context),
            Err(status) => status::answer(status, false),
        }
    })
}

/// The value of a boolean flag, or the fallback. See `flagkit_boolean`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_boolean(
    view: *const flagkit_view,
    key: flagkit_str,
    context: *const flagkit_context,
    fallback: bool,
) -> bool {
    boundary!(fallback, {
        // SAFETY: a view, a text and a context by the rules of the header.
        match unsafe { by_name(view, key, context) } {
            Ok((view, key, context)) => view.view.boolean(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// `flagkit_view_boolean` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_boolean_by_id(
    view: *const flagkit_view,
    id: flagkit_flag_id,
    context: *const flagkit_context,
    fallback: bool,
) -> bool {
    boundary!(fallback, {
        // SAFETY: a view and a context by the rules of the header.
        match unsafe { by_id(view, id, context) } {
            Ok((view, key, context)) => view.view.boolean(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// The value of an integer flag, or the fallback. See `flagkit_integer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_integer(
    view: *const flagkit_view,
    key: flagkit_str,
    context: *const flagkit_context,
    fallback: i64,
) -> i64 {
    boundary!(fallback, {
        // SAFETY: a view, a text and a context by the rules of the header.
        match unsafe { by_name(view, key, context) } {
            Ok((view, key, context)) => view.view.integer(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// `flagkit_view_integer` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_integer_by_id(
    view: *const flagkit_view,
    id: flagkit_flag_id,
    context: *const flagkit_context,
    fallback: i64,
) -> i64 {
    boundary!(fallback, {
        // SAFETY: a view and a context by the rules of the header.
        match unsafe { by_id(view, id, context) } {
            Ok((view, key, context)) => view.view.integer(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// The value of a number flag, or the fallback. See `flagkit_double`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_double(
    view: *const flagkit_view,
    key: flagkit_str,
    context: *const flagkit_context,
    fallback: f64,
) -> f64 {
    boundary!(fallback, {
        // SAFETY: a view, a text and a context by the rules of the header.
        match unsafe { by_name(view, key, context) } {
            Ok((view, key, context)) => view.view.float(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// `flagkit_view_double` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_double_by_id(
    view: *const flagkit_view,
    id: flagkit_flag_id,
    context: *const flagkit_context,
    fallback: f64,
) -> f64 {
    boundary!(fallback, {
        // SAFETY: a view and a context by the rules of the header.
        match unsafe { by_id(view, id, context) } {
            Ok((view, key, context)) => view.view.float(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// The value of a text flag, or the fallback: lent by the view until it is closed, or the caller's own
/// text. See `flagkit_string`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_string(
    view: *const flagkit_view,
    key: flagkit_str,
    context: *const flagkit_context,
    fallback: flagkit_str,
) -> flagkit_str {
    boundary!(fallback, {
        // SAFETY: a view, a text and a context by the rules of the header.
        match unsafe { by_name(view, key, context) } {
            Ok((view, key, context)) => {
                text(view, &view.view.evaluate(key, context)).unwrap_or(fallback)
            }
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// `flagkit_view_string` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_string_by_id(
    view: *const flagkit_view,
    id: flagkit_flag_id,
    context: *const flagkit_context,
    fallback: flagkit_str,
) -> flagkit_str {
    boundary!(fallback, {
        // SAFETY: a view and a context by the rules of the header.
        match unsafe { by_id(view, id, context) } {
            Ok((view, key, context)) => {
                text(view, &view.view.evaluate(key, context)).unwrap_or(fallback)
            }
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// The text that was served, if it was one.
fn text(view: &flagkit_view, found: &Evaluation<'_>) -> Option<flagkit_str> {
    let value = found.served().or_else(|| found.value().map(|value| view.kept.keep(value)));
    value.and_then(Value::as_str).map(flagkit_str::of)
}

/// The view, the key and the context of a call.
///
/// # Safety
///
/// Pointers are NULL or what they say they are, and the text can be read.
#[inline]
unsafe fn by_name<'a>(
    view: *const flagkit_view,
    key: flagkit_str,
    context: *const flagkit_context,
) -> Result<(&'a flagkit_view, &'a str, &'a flagkit_context), flagkit_status> {
    // SAFETY: as the caller says.
    let (view, context) = unsafe { seen(view, context) }?;
    // SAFETY: as the caller says.
    Ok((view, unsafe { key.required() }?, context))
}

/// The same by the id of the flag.
///
/// # Safety
///
/// As for [`by_name`].
#[inline]
unsafe fn by_id<'a>(
    view: *const flagkit_view,
    id: flagkit_flag_id,
    context: *const flagkit_context,
) -> Result<(&'a flagkit_view, &'static FlagKey, &'a flagkit_context), flagkit_status> {
    // SAFETY: as the caller says.
    let (view, context) = unsafe { seen(view, context) }?;
    Ok((view, flag_id::find(id)?, context))
}
