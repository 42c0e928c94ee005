//! Short texts that are put together on the stack.

use std::fmt;

/// A text of at most so many bytes; writing more fails.
pub(crate) struct ShortText<const ROOM: usize> {
    bytes: [u8; ROOM],
    len: usize,
}

impl<const ROOM: usize> ShortText<ROOM> {
    pub(crate) fn new() -> Self {
        Self { bytes: [0; ROOM], len: 0 }
    }

    pub(crate) fn as_str(&self) -> &str {
        let written = self.bytes.get(..self.len).and_then(|bytes| str::from_utf8(bytes).ok());
        written.unwrap_or_default()
    }
}

impl<const ROOM: usize> fmt::Write for ShortText<ROOM> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        let place = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}
