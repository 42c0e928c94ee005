//! Values that a view lends: lists and objects piece by piece, without a copy.

use std::ffi::c_char;
use std::fmt::Display;
use std::ptr;

use flagkit::Value;

use crate::boundary::boundary;
use crate::status::{self, FLAGKIT_NULL_PARAMETER};
use crate::strings::flagkit_str;
use crate::words::{self, FLAGKIT_TYPE_NONE};
use crate::writer;

/// A value that a flag serves, lent by a view until the view is closed. Any thread may read it.
#[expect(missing_debug_implementations, reason = "only ever a pointer")]
pub struct flagkit_value {
    _private: [u8; 0],
}

impl flagkit_value {
    /// The pointer under which C knows this value.
    pub(crate) fn lend(value: Option<&Value>) -> *const Self {
        value.map_or(ptr::null(), |value| ptr::from_ref(value).cast())
    }
}

/// The type of a value: `FLAGKIT_TYPE_…`; `FLAGKIT_TYPE_NONE` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_value_type(value: *const flagkit_value) -> u8 {
    boundary!(FLAGKIT_TYPE_NONE, {
        // SAFETY: a value by the rules of the header.
        words::kind(unsafe { borrow(value) })
    })
}

/// The boolean; the fallback for values of another type and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_value_boolean(
    value: *const flagkit_value,
    fallback: bool,
) -> bool {
    boundary!(fallback, {
        // SAFETY: a value by the rules of the header.
        unsafe { borrow(value) }.and_then(Value::as_bool).unwrap_or(fallback)
    })
}

/// The integer; the fallback for numbers with a fraction, for values of another type and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_value_integer(value: *const flagkit_value, fallback: i64) -> i64 {
    boundary!(fallback, {
        // SAFETY: a value by the rules of the header.
        unsafe { borrow(value) }.and_then(Value::as_integer).unwrap_or(fallback)
    })
}

/// The number; the fallback for values of another type and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_value_double(value: *const flagkit_value, fallback: f64) -> f64 {
    boundary!(fallback, {
        // SAFETY: a value by the rules of the header.
        unsafe { borrow(value) }.and_then(Value::as_float).unwrap_or(fallback)
    })
}

/// The text, which lives as long as the value; no text for values of another type and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_value_string(value: *const flagkit_value) -> flagkit_str {
    boundary!(flagkit_str::NONE, {
        // SAFETY: a value by the rules of the header.
        flagkit_str::of_some(unsafe { borrow(value) }.and_then(Value::as_str))
    })
}

/// How many values are in a list or an object; 0 for anything else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_value_count(value: *const flagkit_value) -> usize {
    boundary!(0, {
        // SAFETY: a value by the rules of the header.
        match unsafe { borrow(value) } {
            Some(Value::List(items)) => items.len(),
            Some(Value::Structure(entries)) => entries.len(),
            _ => 0,
        }
    })
}

/// The value at this place of a list or an object, counted from 0; NULL behind the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_value_at(
    value: *const flagkit_value,
    place: usize,
) -> *const flagkit_value {
    boundary!(ptr::null(), {
        // SAFETY: a value by the rules of the header.
        flagkit_value::lend(match unsafe { borrow(value) } {
            Some(Value::List(items)) => items.get(place),
            Some(Value::Structure(entries)) => entries.iter().nth(place).map(|(_, value)| value),
            _ => None,
        })
    })
}

/// The name at this place of an object, counted from 0; no text behind the end and for lists. It lives
/// as long as the value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_value_name(
    value: *const flagkit_value,
    place: usize,
) -> flagkit_str {
    boundary!(flagkit_str::NONE, {
        // SAFETY: a value by the rules of the header.
        flagkit_str::of_some(match unsafe { borrow(value) } {
            Some(Value::Structure(entries)) => entries.iter().nth(place).map(|(name, _)| name),
            _ => None,
        })
    })
}

/// The value under this name of an object; NULL if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_value_get(
    value: *const flagkit_value,
    name: flagkit_str,
) -> *const flagkit_value {
    boundary!(ptr::null(), {
        // SAFETY: a text by the rules of the header.
        let name = match unsafe { name.required() } {
            Ok(name) => name,
            Err(status) => return status::answer(status, ptr::null()),
        };
        // SAFETY: a value by the rules of the header.
        flagkit_value::lend(match unsafe { borrow(value) } {
            Some(Value::Structure(entries)) => entries.get(name),
            _ => None,
        })
    })
}

/// A value as compact JSON: into a buffer as `snprintf` does, see `flagkit_string`. For NULL it is the
/// empty text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_value_json(
    value: *const flagkit_value,
    buffer: *mut c_char,
    capacity: usize,
) -> usize {
    boundary!(0, {
        // SAFETY: a value by the rules of the header.
        let value = unsafe { borrow(value) };
        if value.is_none() {
            status::misused(FLAGKIT_NULL_PARAMETER);
        }
        let text: &dyn Display = value.map_or(&"", |value| value);
        // SAFETY: a buffer by the rules of the header.
        unsafe { writer::write(text, buffer, capacity) }
    })
}

/// # Safety
///
/// `value` is NULL or was lent by a view that is still open.
unsafe fn borrow<'a>(value: *const flagkit_value) -> Option<&'a Value> {
    // SAFETY: as the caller says; `lend` made it from a reference to a value.
    unsafe { value.cast::<Value>().as_ref() }
}
