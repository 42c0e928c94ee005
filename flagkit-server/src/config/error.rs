//! What is wrong with a setting.

use std::fmt;

/// A setting is unknown, cannot be read or does not fit to another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigError {
    message: String,
}

impl ConfigError {
    #[cold]
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// With the name as it was written.
    #[cold]
    pub(super) fn of(self, name: &str) -> Self {
        Self { message: format!("{name}: {}", self.message) }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}
