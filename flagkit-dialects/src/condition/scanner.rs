//! The scanner: words and symbols of a line, from left to right.

use super::ConditionError;

/// A place in the text; everything before it has been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// What has not been read yet, without blanks before it.
    pub(super) fn rest(&mut self) -> &'t str {
        let rest = self.unread();
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    /// Where the next word or symbol begins; at the end of the text, where the last one ended.
    pub(super) fn place(&mut self) -> usize {
        if self.rest().is_empty() { self.text.trim_end().len() } else { self.at }
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.rest().is_empty()
    }

    /// Reads this symbol if it comes next.
    pub(super) fn takes(&mut self, symbol: &str) -> bool {
        let is_next = self.rest().starts_with(symbol);
        if is_next {
            self.at += symbol.len();
        }
        is_next
    }

    /// Reads this word if it comes next.
    pub(super) fn takes_word(&mut self, wanted: &str) -> bool {
        let is_next = self.word() == wanted;
        if is_next {
            self.at += wanted.len();
        }
        is_next
    }

    /// The word that comes next, without reading it; empty if there is none.
    pub(super) fn word(&mut self) -> &'t str {
        let rest = self.rest();
        if !rest.starts_with(is_word_start) {
            return "";
        }
        let end = rest.find(|character| !is_word_character(character)).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    /// Reads as many bytes as this text has.
    pub(super) fn skip(&mut self, read: &str) {
        self.at += read.len();
    }

    /// Reads one character, blanks included.
    pub(super) fn character(&mut self) -> Option<char> {
        let character = self.unread().chars().next()?;
        self.at += character.len_utf8();
        Some(character)
    }

    /// What has not been read yet, blanks included.
    pub(super) fn unread(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// How many bytes have been read.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// The text between two bytes.
    pub(super) fn written(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Something is wrong with what comes next.
    pub(super) fn fail<T>(&mut self, message: impl Into<String>) -> Result<T, ConditionError> {
        let place = self.place();
        self.fail_at(place, message)
    }

    /// Something is wrong at this byte.
    pub(super) fn fail_at<T>(
        &self,
        place: usize,
        message: impl Into<String>,
    ) -> Result<T, ConditionError> {
        Err(ConditionError::new(message, self.text, place))
    }
}

pub(super) fn is_word_start(character: char) -> bool {
    character.is_ascii_alphabetic() || character == '_' || character == '$'
}

pub(super) fn is_word_character(character: char) -> bool {
    is_word_start(character) || character.is_ascii_digit() || character == '.' || character == '-'
}
