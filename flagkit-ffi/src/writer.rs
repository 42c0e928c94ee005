//! Text that is written piece by piece into a buffer of the caller's.

use std::ffi::c_char;
use std::fmt::{self, Display, Write};

use crate::status::{self, FLAGKIT_NULL_PARAMETER};
use crate::strings;

/// Writes what something is in words as `snprintf` does; the length of the whole text. Nothing is
/// allocated.
///
/// # Safety
///
/// `buffer` is NULL or points to `capacity` bytes that may be written.
pub(crate) unsafe fn write(content: &dyn Display, buffer: *mut c_char, capacity: usize) -> usize {
    let is_missing = buffer.is_null() && capacity > 0;
    if is_missing {
        status::misused(FLAGKIT_NULL_PARAMETER);
    }
    let capacity = if is_missing { 0 } else { capacity };
    let mut writer = Writer { buffer, left: capacity, length: 0 };
    // What writes nothing at all is an empty text.
    // SAFETY: as the caller says; a buffer that is missing has no capacity here.
    unsafe { strings::copy("", buffer, capacity) };
    // A writer never fails.
    let _ = write!(writer, "{content}");
    writer.length
}

struct Writer {
    /// Where the next piece goes.
    buffer: *mut c_char,
    /// How many bytes there are from there on, one of them for the NUL; 0 after a piece was cut.
    left: usize,
    /// How long the text is, whether or not it fits.
    length: usize,
}

impl Write for Writer {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.length += piece.len();
        // SAFETY: `left` bytes from `buffer` on may be written, by the contract of `write`.
        unsafe { strings::copy(piece, self.buffer, self.left) };
        if piece.len() < self.left {
            // SAFETY: inside, or at most at its last byte.
            self.buffer = unsafe { self.buffer.add(piece.len()) };
            self.left -= piece.len();
        } else {
            self.left = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
