//! Text that is no document, and places in text.

use std::fmt;

/// Why there is no document: the text cannot be read, or has the wrong shape at its top.
///
/// Nothing may change because of such a text. Its message is one line in lower case
/// that begins with the place, where one is known: `line 3, column 7: …`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DecodeError {
    message: String,
    position: Option<Position>,
}

impl DecodeError {
    #[cold]
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), position: None }
    }

    #[cold]
    pub(crate) fn at(self, position: Option<Position>) -> Self {
        Self { position: position.or(self.position), ..self }
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where reading stopped.
    pub fn position(&self) -> Option<Position> {
        self.position
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{position}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Why a tree is no document, before its place in the text is known.
#[derive(Debug)]
pub(crate) struct WrongShape {
    pub(crate) path: String,
    pub(crate) problem: String,
}

impl WrongShape {
    #[cold]
    pub(crate) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into() }
    }
}

/// A place in a text; the first character is at line 1, column 1.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_structs, reason = "a place in a text has two coordinates")]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
}

impl Position {
    /// The same place, or the end of the text where a reader has counted beyond it.
    pub(crate) fn within(self, text: &str) -> Self {
        let lines = text.split('\n').count();
        if self.line <= lines {
            return self;
        }
        let last = text.rsplit('\n').next().unwrap_or_default();
        Self { line: lines, column: last.chars().count() + 1 }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}
