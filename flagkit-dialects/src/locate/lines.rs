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
            Place::Position(position) => return position,
        };
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(start..byte).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }
}
