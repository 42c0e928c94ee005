//! What is wrong with a line, shown below the line.

use std::fmt;

/// Why a text is no condition.
///
/// Displays as the problem, the line, and a mark below the place:
///
/// ```text
/// expected a value after `>`
///   country in ["DE"] and age >
///                              ^
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConditionError {
    message: String,
    text: String,
    offset: usize,
}

impl ConditionError {
    #[cold]
    pub(super) fn new(message: impl Into<String>, text: &str, offset: usize) -> Self {
        Self { message: message.into(), text: text.to_owned(), offset }
    }

    /// What is wrong, in one line and without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The byte of the text at which it is wrong, from 0; the length of the text at its end.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The character of the text at which it is wrong, from 1.
    pub fn column(&self) -> usize {
        self.before().chars().count() + 1
    }

    fn before(&self) -> &str {
        self.text.get(..self.offset).unwrap_or(&self.text)
    }

    fn after(&self) -> &str {
        self.text.get(self.offset..).unwrap_or_default()
    }
}

impl fmt::Display for ConditionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Of a text in several lines, or of a very long one, only the surroundings are shown.
        let before = self.before().rsplit(['\n', '\r']).next().unwrap_or_default();
        let after = self.after().split(['\n', '\r']).next().unwrap_or_default();
        let cut = before.char_indices().rev().nth(CHARACTERS_BEFORE_MAX - 1);
        let cut = cut.map_or(0, |(start, _)| start);
        let shown: String = before.get(cut..).unwrap_or_default().chars().map(visible).collect();
        let ellipsis = if cut > 0 { "…" } else { "" };
        let rest: String = after.chars().take(CHARACTERS_AFTER_MAX).map(visible).collect();
        let width = ellipsis.chars().count() + shown.chars().count();
        write!(f, "{}\n  {ellipsis}{shown}{rest}\n  {:width$}^", self.message, "")
    }
}

impl std::error::Error for ConditionError {}

/// Tabs would move the mark.
fn visible(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

const CHARACTERS_BEFORE_MAX: usize = 100;
const CHARACTERS_AFTER_MAX: usize = 60;
