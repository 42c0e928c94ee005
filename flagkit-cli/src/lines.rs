//! Lines in, lines out: how `eval` and `bucket` answer one line after another.
//!
//! Answers are written in blocks, and whenever the next line has not arrived yet, so
//! that a program may wait for each answer before it asks again.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use crate::document_file;
use crate::failure::Failure;

/// Answers every line that is not blank with one line.
pub(crate) fn each(
    mut lines: BufReader<impl Read>,
    out: impl Write,
    mut answer: impl FnMut(&[u8], &mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, out);
    let mut line = Vec::new();
    loop {
        if !lines.buffer().contains(&b'\n') {
            // The next read may wait for someone who waits for these answers.
            out.flush()?;
        }
        line.clear();
        let read = (&mut lines).take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        let read = read.map_err(|error| Failure::input(format_args!("cannot read: {error}")))?;
        if read == 0 {
            return Ok(out.flush()?);
        }
        let text = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line).trim_ascii();
        if !text.is_empty() {
            answer(text, &mut out)?;
            out.write_all(b"\n")?;
        }
    }
}

/// Opens a file for reading its lines.
pub(crate) fn open(path: &Path) -> Result<BufReader<Box<dyn Read>>, Failure> {
    let opened = document_file::open(path).map_err(|error| {
        Failure::input(format_args!("{}: cannot be read: {error}", document_file::name(path)))
    })?;
    Ok(BufReader::with_capacity(BUFFER_BYTES, opened))
}

const BUFFER_BYTES: usize = 64 << 10;
/// What is longer than this is cut, and each piece answered as a line that cannot be read.
const LINE_BYTES_MAX: u64 = 64 << 20;
/// Some editors begin files with it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests;
