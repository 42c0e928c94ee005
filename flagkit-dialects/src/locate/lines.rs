//! Bytes of a text as lines and columns.

use super::Place;
use crate::error::Position;

/// Where the lines of a text begin.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, starts: [0].into_iter().chain(after_breaks).collect() }
    }

    pub(super) fn position(&self, place: Place) -> Position {
        let byte = match place {
            Place::Byte(byte) => byte,
            Place::Position(position) if position.line <= self.starts.len() => return position,
            Place::Position(position) => return position.within(self.text),
        };
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(start..byte).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }

    /// The place this many characters into a text that begins at `start`; `start` itself if
    /// the text does not stand there as it is read, on one line.
    pub(super) fn inside(&self, start: Position, offset: usize) -> Position {
        let end = self.starts.get(start.line).copied().unwrap_or(self.text.len());
        let line = start.line.checked_sub(1).and_then(|line| self.starts.get(line));
        let line = line.and_then(|begin| self.text.get(*begin..end)).unwrap_or_default();
        let mut written = line.trim_end().chars().skip(start.column.saturating_sub(1));
        let quote = written.clone().next().filter(|first| matches!(first, '"' | '\''));
        let quotes = usize::from(quote.is_some());
        let is_plain = written.all(|character| character != '\\');
        let column = start.column + offset + quotes;
        let is_there = offset > 0 && is_plain && column <= line.trim_end().chars().count() + 1;
        if is_there { Position { line: start.line, column } } else { start }
    }
}
