//! Text across the border: borrowed on its way in, borrowed or copied on its way out.

use std::ffi::{CStr, c_char};
use std::{ptr, slice, str};

use crate::boundary::boundary;
use crate::status::flagkit_status;
use crate::status::{self, FLAGKIT_INVALID_UTF8, FLAGKIT_LIMIT_EXCEEDED, FLAGKIT_NULL_PARAMETER};

/// Text that somebody else owns: UTF-8, `len` bytes, without a NUL at its end.
///
/// As a parameter it is read during the call and never kept. As a result it lives as long as the
/// description of the function says. `ptr` may be NULL if `len` is 0; that is no text at all, and
/// where a difference matters, it is not the empty text.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct flagkit_str {
    /// The first byte.
    pub ptr: *const c_char,
    /// How many bytes there are.
    pub len: usize,
}

impl flagkit_str {
    /// No text.
    pub(crate) const NONE: Self = Self { ptr: ptr::null(), len: 0 };

    /// The view of this text.
    pub(crate) fn of(text: &str) -> Self {
        Self { ptr: text.as_ptr().cast(), len: text.len() }
    }

    /// The view of a text that may not be there.
    pub(crate) fn of_some(text: Option<&str>) -> Self {
        text.map_or(Self::NONE, Self::of)
    }

    /// The text; `None` if there is none.
    ///
    /// # Safety
    ///
    /// `ptr` is NULL or points to `len` bytes, which stay there unchanged for `'a`.
    #[inline]
    pub(crate) unsafe fn optional<'a>(self) -> Result<Option<&'a str>, flagkit_status> {
        if self.ptr.is_null() {
            return if self.len == 0 { Ok(None) } else { Err(FLAGKIT_NULL_PARAMETER) };
        }
        // SAFETY: it is not NULL, and the caller says the rest.
        unsafe { self.read() }.map(Some)
    }

    /// The text, where there has to be one.
    ///
    /// # Safety
    ///
    /// As for [`optional`](Self::optional).
    #[inline]
    pub(crate) unsafe fn required<'a>(self) -> Result<&'a str, flagkit_status> {
        if self.ptr.is_null() {
            return Err(FLAGKIT_NULL_PARAMETER);
        }
        // SAFETY: it is not NULL, and the caller says the rest.
        unsafe { self.read() }
    }

    /// # Safety
    ///
    /// `ptr` points to `len` bytes, which stay there unchanged for `'a`.
    #[inline]
    unsafe fn read<'a>(self) -> Result<&'a str, flagkit_status> {
        // SAFETY: the caller says it.
        let bytes = unsafe { self.bytes() }?;
        if bytes.is_ascii() {
            // SAFETY: ASCII is UTF-8. Most keys are short and ASCII, for which the full check takes
            // longer than everything else here.
            return Ok(unsafe { str::from_utf8_unchecked(bytes) });
        }
        str::from_utf8(bytes).map_err(|_| FLAGKIT_INVALID_UTF8)
    }

    /// The bytes, whether or not they are UTF-8; none for NULL.
    ///
    /// # Safety
    ///
    /// As for [`optional`](Self::optional).
    #[inline]
    pub(crate) unsafe fn bytes<'a>(self) -> Result<&'a [u8], flagkit_status> {
        if self.ptr.is_null() {
            return if self.len == 0 { Ok(&[]) } else { Err(FLAGKIT_NULL_PARAMETER) };
        }
        if isize::try_from(self.len).is_err() {
            return Err(FLAGKIT_LIMIT_EXCEEDED);
        }
        // SAFETY: it is not NULL and not too long; the caller says the rest.
        Ok(unsafe { slice::from_raw_parts(self.ptr.cast(), self.len) })
    }
}

/// The view of a text that ends with a NUL; NULL gives no text.
///
/// For literals, `FLAGKIT_STR("…")` knows the length without looking for it. The view lives as long
/// as the text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_str_from(text: *const c_char) -> flagkit_str {
    boundary!(flagkit_str::NONE, {
        if text.is_null() {
            return flagkit_str::NONE;
        }
        // SAFETY: not NULL, and text that ends with a NUL by the rules of the header.
        let bytes = unsafe { CStr::from_ptr(text) }.count_bytes();
        flagkit_str { ptr: text, len: bytes }
    })
}

/// Copies a text into a buffer of the caller's as `snprintf` does; the length of the whole text.
///
/// # Safety
///
/// `buffer` is NULL or points to `capacity` bytes that may be written.
pub(crate) unsafe fn copy(text: &str, buffer: *mut c_char, capacity: usize) -> usize {
    if capacity == 0 {
        return text.len();
    }
    if buffer.is_null() {
        status::misused(FLAGKIT_NULL_PARAMETER);
        return text.len();
    }
    let kept = cut(text, capacity - 1);
    // SAFETY: `kept` has less than `capacity` bytes, and no buffer of the caller's overlaps texts of
    // ours.
    unsafe { ptr::copy_nonoverlapping(kept.as_ptr(), buffer.cast(), kept.len()) };
    // SAFETY: `kept.len()` is at most `capacity - 1`.
    unsafe { buffer.add(kept.len()).write(0) };
    text.len()
}

/// The beginning of a text that has at most so many bytes and does not end within a character.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
