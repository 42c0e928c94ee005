//! Event streams, read piece by piece.
//!
//! The rules are those of the WHATWG's standard (HTML, section 9.2.6): lines end with CR, LF or
//! both, also where two pieces of the stream meet; an empty line ends an event; what is not ended
//! when the stream is never was. What is added to them is a limit on the size of one event.

use std::time::Duration;

/// Reads one event stream.
///
/// ```
/// use flagkit_client::sync::sse::{Item, Parser};
///
/// let mut parser = Parser::new(1024);
/// let mut piece = &b"event: greeting\ndata: hel"[..];
/// assert_eq!(parser.next(&mut piece), Ok(None));
///
/// let mut piece = &b"lo\n\n"[..];
/// let Ok(Some(Item::Event(event))) = parser.next(&mut piece) else { panic!("no event") };
/// assert_eq!((&*event.kind, &*event.data), ("greeting", "hello"));
/// ```
#[derive(Debug)]
pub struct Parser {
    /// How many bytes an event may have.
    bytes_max: usize,
    /// What is there of the current line.
    line: Vec<u8>,
    /// Whether the last line ended with CR, so that a LF belongs to it.
    is_after_cr: bool,
    /// Whether no line was read yet: the first may begin with a byte order mark.
    is_at_start: bool,
    kind: Vec<u8>,
    data: Vec<u8>,
    /// The id of the last event that had one.
    id: String,
}

/// What an event stream consists of.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Item {
    /// An event with data.
    Event(Event),
    /// A comment: the other side lives.
    Comment,
    /// How long to wait before the next connection.
    Retry(Duration),
}

/// An event of a stream.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Its type; `message` where the stream names none.
    pub kind: String,
    /// Its data: the lines, joined by LF.
    pub data: String,
    /// The last id that the stream has sent, with this event or before; it may be empty.
    pub id: String,
}

/// An event is larger than the limit. The stream cannot be read any further.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TooLarge;

impl Parser {
    /// A parser at the beginning of a stream, for events of so many bytes at most: names of fields
    /// and ends of lines count.
    #[must_use]
    pub fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            line: Vec::new(),
            is_after_cr: false,
            is_at_start: true,
            kind: Vec::new(),
            data: Vec::new(),
            id: String::new(),
        }
    }

    /// Takes bytes from the front of a piece until there is something to tell; none when the piece
    /// is used up.
    ///
    /// # Errors
    ///
    /// An event beyond the limit.
    pub fn next(&mut self, piece: &mut &[u8]) -> Result<Option<Item>, TooLarge> {
        while !piece.is_empty() {
            if std::mem::take(&mut self.is_after_cr)
                && let Some(rest) = piece.strip_prefix(b"\n")
            {
                *piece = rest;
                continue;
            }
            let end = piece.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let (part, rest) =
                piece.split_at_checked(end.unwrap_or(piece.len())).unwrap_or_default();
            if part.len() > self.bytes_max.saturating_sub(self.held()) {
                return Err(TooLarge);
            }
            self.line.extend_from_slice(part);
            *piece = rest;
            if let Some((end, rest)) = rest.split_first() {
                self.is_after_cr = *end == b'\r';
                *piece = rest;
                let line = std::mem::take(&mut self.line);
                let item = self.end_of_line(&line);
                self.reuse(line);
                if item.is_some() {
                    return Ok(item);
                }
            }
        }
        Ok(None)
    }

    /// Whether everything that came so far was complete.
    #[must_use]
    pub fn is_between_events(&self) -> bool {
        self.held() == 0
    }

    /// How many bytes of an event are there already.
    fn held(&self) -> usize {
        self.line.len() + self.data.len() + self.kind.len()
    }

    /// Keeps the memory of a line for the next one, unless it was a long one.
    fn reuse(&mut self, mut line: Vec<u8>) {
        if line.capacity() <= LINE_KEPT {
            line.clear();
            self.line = line;
        }
    }

    fn end_of_line(&mut self, line: &[u8]) -> Option<Item> {
        let mut line = line;
        if std::mem::take(&mut self.is_at_start) {
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        if line.is_empty() {
            return self.end_of_event();
        }
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(0) => return Some(Item::Comment),
            Some(colon) => line.split_at_checked(colon)?,
            None => (line, &b":"[..]),
        };
        let value = value.strip_prefix(b":").unwrap_or(value);
        self.field(name, value.strip_prefix(b" ").unwrap_or(value))
    }

    fn field(&mut self, name: &[u8], value: &[u8]) -> Option<Item> {
        match name {
            b"event" => self.kind = value.to_vec(),
            b"data" => {
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"id" if !value.contains(&0) => self.id = text(value.to_vec()),
            b"retry" => return retry(value),
            // The standard has it so: whatever else there is may mean something one day.
            _ => {}
        }
        None
    }

    fn end_of_event(&mut self) -> Option<Item> {
        let kind = std::mem::take(&mut self.kind);
        let mut data = std::mem::take(&mut self.data);
        // Without a line of data there is no event; with an empty one there is.
        data.pop()?;
        let kind = if kind.is_empty() { "message".to_owned() } else { text(kind) };
        Some(Item::Event(Event { kind, data: text(data), id: self.id.clone() }))
    }
}

/// Digits as milliseconds; anything else says nothing.
fn retry(value: &[u8]) -> Option<Item> {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let millis = std::str::from_utf8(value).ok().filter(|_| is_number)?.parse().unwrap_or(u64::MAX);
    Some(Item::Retry(Duration::from_millis(millis)))
}

/// Bytes that are no UTF-8 become replacement characters.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

const LINE_KEPT: usize = 64 * 1024;

#[cfg(test)]
mod tests;
