//! Why a command of xtask stopped: one sentence for the person at the terminal.

use std::fmt;

/// What every command and every step returns.
pub(crate) type Outcome = Result<(), Failure>;

/// A message that says what failed and, where there is one, how to see it again.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure with this message.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
