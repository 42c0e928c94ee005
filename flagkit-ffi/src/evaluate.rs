//! The calls of daily use: a value or the fallback, from the flags of the moment.

use std::ffi::c_char;

use flagkit::{Client, FlagKey, Str, Value};

use crate::boundary::boundary;
use crate::client::flagkit_client;
use crate::context::flagkit_context;
use crate::flag_id::{self, flagkit_flag_id};
use crate::handle;
use crate::status::{self, FLAGKIT_NULL_PARAMETER, flagkit_status};
use crate::strings::{self, flagkit_str};
use crate::writer;

/// Whether a flag is on for this context; `false` where anything is wrong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_is_enabled(
    client: *const flagkit_client,
    key: flagkit_str,
    context: *const flagkit_context,
) -> bool {
    boundary!(false, {
        // SAFETY: a client, a text and a context by the rules of the header.
        match unsafe { by_name(client, key, context) } {
            Ok((client, key, context)) => client.is_enabled(key, context),
            Err(status) => status::answer(status, false),
        }
    })
}

/// `flagkit_is_enabled` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_is_enabled_by_id(
    client: *const flagkit_client,
    id: flagkit_flag_id,
    context: *const flagkit_context,
) -> bool {
    boundary!(false, {
        // SAFETY: a client and a context by the rules of the header.
        match unsafe { by_id(client, id, context) } {
            Ok((client, key, context)) => client.is_enabled(key, context),
            Err(status) => status::answer(status, false),
        }
    })
}

/// The value of a boolean flag for this context; the fallback where the flag serves none, is of another
/// type, or does not exist, and where anything else is wrong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_boolean(
    client: *const flagkit_client,
    key: flagkit_str,
    context: *const flagkit_context,
    fallback: bool,
) -> bool {
    boundary!(fallback, {
        // SAFETY: a client, a text and a context by the rules of the header.
        match unsafe { by_name(client, key, context) } {
            Ok((client, key, context)) => client.boolean(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// `flagkit_boolean` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_boolean_by_id(
    client: *const flagkit_client,
    id: flagkit_flag_id,
    context: *const flagkit_context,
    fallback: bool,
) -> bool {
    boundary!(fallback, {
        // SAFETY: a client and a context by the rules of the header.
        match unsafe { by_id(client, id, context) } {
            Ok((client, key, context)) => client.boolean(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// The value of an integer flag for this context; a number without fraction counts. Otherwise the
/// fallback, as for `flagkit_boolean`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_integer(
    client: *const flagkit_client,
    key: flagkit_str,
    context: *const flagkit_context,
    fallback: i64,
) -> i64 {
    boundary!(fallback, {
        // SAFETY: a client, a text and a context by the rules of the header.
        match unsafe { by_name(client, key, context) } {
            Ok((client, key, context)) => client.integer(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// `flagkit_integer` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_integer_by_id(
    client: *const flagkit_client,
    id: flagkit_flag_id,
    context: *const flagkit_context,
    fallback: i64,
) -> i64 {
    boundary!(fallback, {
        // SAFETY: a client and a context by the rules of the header.
        match unsafe { by_id(client, id, context) } {
            Ok((client, key, context)) => client.integer(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// The value of a number flag for this context, whole or not. Otherwise the fallback, as for
/// `flagkit_boolean`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_double(
    client: *const flagkit_client,
    key: flagkit_str,
    context: *const flagkit_context,
    fallback: f64,
) -> f64 {
    boundary!(fallback, {
        // SAFETY: a client, a text and a context by the rules of the header.
        match unsafe { by_name(client, key, context) } {
            Ok((client, key, context)) => client.float(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// `flagkit_double` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_double_by_id(
    client: *const flagkit_client,
    id: flagkit_flag_id,
    context: *const flagkit_context,
    fallback: f64,
) -> f64 {
    boundary!(fallback, {
        // SAFETY: a client and a context by the rules of the header.
        match unsafe { by_id(client, id, context) } {
            Ok((client, key, context)) => client.float(key, context, fallback),
            Err(status) => status::answer(status, fallback),
        }
    })
}

/// The value of a text flag for this context: into a buffer as `snprintf` does. The length of the whole
/// text without the NUL that ends it; if that is not less than `capacity`, the text was cut, between
/// two characters. Otherwise the fallback is copied, as for `flagkit_boolean`.
///
/// `buffer` may be NULL if `capacity` is 0. The text may be another one at the next call: to ask for the
/// length first, use a view, which lends texts without copying them (`flagkit_view_string`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_string(
    client: *const flagkit_client,
    key: flagkit_str,
    context: *const flagkit_context,
    fallback: flagkit_str,
    buffer: *mut c_char,
    capacity: usize,
) -> usize {
    boundary!(0, {
        // SAFETY: a client, a text and a context by the rules of the header.
        let found = unsafe { by_name(client, key, context) };
        let found = found.map(|(client, key, context)| client.value(key, context));
        // SAFETY: a text and a buffer by the rules of the header.
        unsafe { text(found, fallback, buffer, capacity) }
    })
}

/// `flagkit_string` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_string_by_id(
    client: *const flagkit_client,
    id: flagkit_flag_id,
    context: *const flagkit_context,
    fallback: flagkit_str,
    buffer: *mut c_char,
    capacity: usize,
) -> usize {
    boundary!(0, {
        // SAFETY: a client and a context by the rules of the header.
        let found = unsafe { by_id(client, id, context) };
        let found = found.map(|(client, key, context)| client.value(key, context));
        // SAFETY: a text and a buffer by the rules of the header.
        unsafe { text(found, fallback, buffer, capacity) }
    })
}

/// The value of a flag of any type for this context, as compact JSON: into a buffer as `snprintf` does,
/// see `flagkit_string`. The fallback is copied as it is, whatever it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_json(
    client: *const flagkit_client,
    key: flagkit_str,
    context: *const flagkit_context,
    fallback: flagkit_str,
    buffer: *mut c_char,
    capacity: usize,
) -> usize {
    boundary!(0, {
        // SAFETY: a client, a text and a context by the rules of the header.
        let found = unsafe { by_name(client, key, context) };
        match found.map(|(client, key, context)| client.value::<Value, _, _>(key, context)) {
            // SAFETY: a buffer by the rules of the header.
            Ok(Some(value)) => unsafe { writer::write(&value, buffer, capacity) },
            // SAFETY: a text and a buffer by the rules of the header.
            other => unsafe { text(other.map(|_| None), fallback, buffer, capacity) },
        }
    })
}

/// The client, the key and the context of a call.
///
/// # Safety
///
/// Pointers are NULL or what they say they are, and the text can be read.
#[inline]
unsafe fn by_name<'a>(
    client: *const flagkit_client,
    key: flagkit_str,
    context: *const flagkit_context,
) -> Result<(&'a Client, &'a str, &'a flagkit_context), flagkit_status> {
    // SAFETY: as the caller says.
    let client = unsafe { handle::borrow(client) }.ok_or(FLAGKIT_NULL_PARAMETER)?;
    // SAFETY: as the caller says.
    let context = unsafe { handle::borrow(context) }.ok_or(FLAGKIT_NULL_PARAMETER)?;
    // SAFETY: as the caller says.
    Ok((client.flags(), unsafe { key.required() }?, context))
}

/// The same by the id of the flag.
///
/// # Safety
///
/// As for [`by_name`].
#[inline]
unsafe fn by_id<'a>(
    client: *const flagkit_client,
    id: flagkit_flag_id,
    context: *const flagkit_context,
) -> Result<(&'a Client, &'static FlagKey, &'a flagkit_context), flagkit_status> {
    // SAFETY: as the caller says.
    let client = unsafe { handle::borrow(client) }.ok_or(FLAGKIT_NULL_PARAMETER)?;
    // SAFETY: as the caller says.
    let context = unsafe { handle::borrow(context) }.ok_or(FLAGKIT_NULL_PARAMETER)?;
    Ok((client.flags(), flag_id::find(id)?, context))
}

/// Copies what was found, or the fallback.
///
/// # Safety
///
/// `fallback` can be read, `buffer` written.
unsafe fn text(
    found: Result<Option<Str>, flagkit_status>,
    fallback: flagkit_str,
    buffer: *mut c_char,
    capacity: usize,
) -> usize {
    let found = found.unwrap_or_else(|status| status::answer(status, None));
    if let Some(text) = found {
        // SAFETY: as the caller says.
        return unsafe { strings::copy(&text, buffer, capacity) };
    }
    // SAFETY: as the caller says.
    let fallback = unsafe { fallback.optional() };
    let fallback = fallback.unwrap_or_else(|status| status::answer(status, None));
    // SAFETY: as the caller says.
    unsafe { strings::copy(fallback.unwrap_or_default(), buffer, capacity) }
}
