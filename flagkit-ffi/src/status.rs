//! What went wrong with a call: numbers, and text for those that open or replace something.

use std::cell::Cell;
use std::ffi::c_char;
use std::mem::offset_of;
use std::ptr;

use crate::boundary::boundary;
use crate::strings::{cut, flagkit_str};

/// How a call went: `FLAGKIT_OK`, or what was wrong with it.
///
/// A number that was ever given to something is never given to anything else.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type flagkit_status = u32;

/// Everything is fine.
pub const FLAGKIT_OK: flagkit_status = 0;
/// A pointer is NULL that must not be.
pub const FLAGKIT_NULL_PARAMETER: flagkit_status = 1;
/// A text is not UTF-8.
pub const FLAGKIT_INVALID_UTF8: flagkit_status = 2;
/// The field `size` of a struct says what cannot be: `struct.size = sizeof struct` is missing.
pub const FLAGKIT_INVALID_SIZE: flagkit_status = 3;
/// A number or a name is none of those that there are.
pub const FLAGKIT_INVALID_PARAMETER: flagkit_status = 4;
/// There is more of something than there may be; the description of the function says how much.
pub const FLAGKIT_LIMIT_EXCEEDED: flagkit_status = 5;
/// No flag has been given this id.
pub const FLAGKIT_UNKNOWN_FLAG_ID: flagkit_status = 6;
/// The call is not allowed from inside a callback of the library, where it would wait for itself.
pub const FLAGKIT_IN_CALLBACK: flagkit_status = 7;
/// The library has a bug: a panic was caught. Please report it.
pub const FLAGKIT_PANIC: flagkit_status = 8;
/// A text is no JSON, or no evaluation context to the flag management system of the flags.
pub const FLAGKIT_INVALID_JSON: flagkit_status = 9;
/// Options contradict each other, or say too little.
pub const FLAGKIT_INVALID_OPTIONS: flagkit_status = 10;
/// A file could not be read.
pub const FLAGKIT_IO: flagkit_status = 11;
/// A text is no flag document at all.
pub const FLAGKIT_INVALID_DOCUMENT: flagkit_status = 12;
/// A document was refused: flags in it are malformed, or what is held is newer.
pub const FLAGKIT_REFUSED: flagkit_status = 13;

/// Why a call failed, in words. The caller provides it and sets `size`; the callee fills it.
#[repr(C)]
#[derive(Debug)]
pub struct flagkit_error {
    /// Set by the caller: `sizeof(flagkit_error)`.
    pub size: u32,
    /// What went wrong, as the function returns it. `FLAGKIT_OK` if nothing did.
    pub status: flagkit_status,
    /// What is wrong, where, and how to mend it: UTF-8 with a NUL at its end, cut if it is longer.
    /// Never contains keys of servers.
    pub text: [c_char; 1024],
}

/// The status of the last call of this thread that was used wrongly.
///
/// Like `errno` it is set by calls that fail and left alone by those that succeed: set it back with
/// `flagkit_clear_last_status` before the calls that it is asked about. It tells of NULL and of text
/// that is not UTF-8, for example, where evaluations answer the fallback. That a flag does not exist
/// is no wrong use; `flagkit_resolve` tells of it.
#[unsafe(no_mangle)]
pub extern "C" fn flagkit_last_status() -> flagkit_status {
    boundary!(FLAGKIT_PANIC, { LAST.get() })
}

/// Sets the last status of this thread back to `FLAGKIT_OK`.
#[unsafe(no_mangle)]
pub extern "C" fn flagkit_clear_last_status() {
    boundary!((), { LAST.set(FLAGKIT_OK) });
}

/// What a status means, in English. Lives for ever; never empty, whatever the number.
#[unsafe(no_mangle)]
pub extern "C" fn flagkit_status_text(status: flagkit_status) -> flagkit_str {
    boundary!(flagkit_str::NONE, { flagkit_str::of(text(status)) })
}

fn text(status: flagkit_status) -> &'static str {
    match status {
        FLAGKIT_OK => "everything is fine",
        FLAGKIT_NULL_PARAMETER => "a pointer is NULL that must not be",
        FLAGKIT_INVALID_UTF8 => "a text is not UTF-8",
        FLAGKIT_INVALID_SIZE => "the field `size` of a struct is not its size",
        FLAGKIT_INVALID_PARAMETER => "a number or a name is none of those that there are",
        FLAGKIT_LIMIT_EXCEEDED => "there is more of something than there may be",
        FLAGKIT_UNKNOWN_FLAG_ID => "no flag has been given this id",
        FLAGKIT_IN_CALLBACK => "the call is not allowed from inside a callback",
        FLAGKIT_PANIC => "the library has a bug: a panic was caught",
        FLAGKIT_INVALID_JSON => "a text is no JSON, or no evaluation context",
        FLAGKIT_INVALID_OPTIONS => "options contradict each other, or say too little",
        FLAGKIT_IO => "a file could not be read",
        FLAGKIT_INVALID_DOCUMENT => "a text is no flag document",
        FLAGKIT_REFUSED => "a document was refused",
        _ => "a status that this version of the library does not have",
    }
}

/// Remembers that this thread used a function wrongly.
#[cold]
pub(crate) fn misused(status: flagkit_status) {
    LAST.set(status);
}

/// The same, and what the caller gets for it.
#[cold]
pub(crate) fn answer<T>(status: flagkit_status, fallback: T) -> T {
    LAST.set(status);
    fallback
}

/// A failed call: its status and why.
#[derive(Debug)]
pub(crate) struct Failure {
    status: flagkit_status,
    text: String,
}

impl Failure {
    #[cold]
    pub(crate) fn new(status: flagkit_status, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }
}

impl From<flagkit_status> for Failure {
    #[cold]
    fn from(status: flagkit_status) -> Self {
        Self::new(status, text(status))
    }
}

impl From<flagkit::Error> for Failure {
    #[cold]
    fn from(error: flagkit::Error) -> Self {
        let status = match &error {
            error if error.is_io() => FLAGKIT_IO,
            error if error.is_configuration() => FLAGKIT_INVALID_OPTIONS,
            error if error.is_no_document() => FLAGKIT_INVALID_DOCUMENT,
            _ => FLAGKIT_REFUSED,
        };
        Self::new(status, error.to_string())
    }
}

/// Tells the caller of a call how it went, in the error of the caller's if there is one.
///
/// # Safety
///
/// `error` is NULL or points to an error whose `size` is set.
pub(crate) unsafe fn report<T>(
    result: Result<T, Failure>,
    error: *mut flagkit_error,
) -> Result<T, flagkit_status> {
    let (status, text) = match &result {
        Ok(_) => (FLAGKIT_OK, ""),
        Err(failure) => (failure.status, failure.text.as_str()),
    };
    // SAFETY: as the caller says.
    unsafe { fill(error, status, text) };
    result.map_err(|failure| answer(failure.status, failure.status))
}

/// # Safety
///
/// As for [`report`].
unsafe fn fill(error: *mut flagkit_error, status: flagkit_status, text: &str) {
    if error.is_null() {
        return;
    }
    // SAFETY: it is not NULL, and every version of the struct begins with its size.
    let size = unsafe { ptr::addr_of!((*error).size).read() } as usize;
    if !(ERROR_MIN..=ERROR_MAX).contains(&size) {
        return misused(FLAGKIT_INVALID_SIZE);
    }
    let kept = cut(text, size - offset_of!(flagkit_error, text) - 1);
    // SAFETY: the struct has at least ERROR_MIN bytes, which `status` is in.
    unsafe { ptr::addr_of_mut!((*error).status).write(status) };
    // SAFETY: an address inside the struct; nothing is read or written.
    let place = unsafe { ptr::addr_of_mut!((*error).text) }.cast::<u8>();
    // SAFETY: from here to the end of the struct there is one byte more than `kept` has.
    unsafe { ptr::copy_nonoverlapping(kept.as_ptr(), place, kept.len()) };
    // SAFETY: that byte.
    unsafe { place.add(kept.len()).write(0) };
}

/// With less there is no place for any text.
const ERROR_MIN: usize = offset_of!(flagkit_error, text) + 1;
/// More than this is a number that nobody has set.
const ERROR_MAX: usize = 65_536;

thread_local! {
    static LAST: Cell<flagkit_status> = const { Cell::new(FLAGKIT_OK) };
}

#[cfg(test)]
mod tests;
