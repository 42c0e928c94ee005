//! Bytes of a text as lines and columns.

use super::Place;
use crate::error::Position;

/// Where the lines of a text begin, and how many characters stand before each of its blocks: a
/// whole document may be one line.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    before: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let mut characters = 0;
        let after = text.as_bytes().chunks(BLOCK).map(|block| {
            characters += block.iter().filter(|byte| is_first(**byte)).count();
            characters
        });
        let before = [0].into_iter().chain(after).collect();
        Self { text, starts: [0].into_iter().chain(after_breaks).collect(), before }
    }

    pub(super) fn position(&self, place: Place) -> Position {
        let byte = match place {
            Place::Byte(byte) => byte,
            Place::Position(position) if position.line <= self.starts.len() => return position,
            Place::Position(position) => return position.within(self.text),
        };
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let characters = self.characters_before(byte) - self.characters_before(start);
        Position { line, column: characters + 1 }
    }

    /// How many characters begin before this byte of the text.
    fn characters_before(&self, byte: usize) -> usize {
        let block = byte / BLOCK;
        let before = self.before.get(block).copied().unwrap_or_default();
        let rest = self.text.as_bytes().get(block * BLOCK..byte).unwrap_or_default();
        before + rest.iter().filter(|byte| is_first(**byte)).count()
    }

    /// The place this many characters into a text that begins at `start`; `start` itself if
    /// the text does not stand there as it is read, on one line.
    pub(super) fn inside(&self, start: Position, offset: usize) -> Position {
        if offset == 0 {
            return start;
        }
        let end = self.starts.get(start.line).copied().unwrap_or(self.text.len());
        let line = start.line.checked_sub(1).and_then(|line| self.starts.get(line));
        let line = line.and_then(|begin| self.text.get(*begin..end)).unwrap_or_default();
        if line.len() > LINE_BYTES_MAX {
            return start;
        }
        let mut written = line.trim_end().chars().skip(start.column.saturating_sub(1));
        let quote = written.clone().next().filter(|first| matches!(first, '"' | '\''));
        let quotes = usize::from(quote.is_some());
        let is_plain = written.all(|character| character != '\\');
        let column = start.column + offset + quotes;
        let is_there = is_plain && column <= line.trim_end().chars().count() + 1;
        if is_there { Position { line: start.line, column } } else { start }
    }
}

/// Whether a character begins with this byte of UTF-8.
fn is_first(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

const BLOCK: usize = 4096;
/// In longer lines nobody looks for a column inside a condition.
const LINE_BYTES_MAX: usize = 1 << 16;
