//! Why the database did not do something.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::model::Kind;

/// A method of [`Store`](super::Store) did nothing, or with
/// [`ErrorKind::Uncertain`] nobody knows.
#[derive(Debug)]
pub struct StoreError {
    kind: ErrorKind,
    message: String,
    conflict: Option<Box<Conflict>>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What kind of failure it is, and so what to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such thing.
    NotFound,
    /// There is such a thing already, or something that is in the way.
    Exists,
    /// Something else is there than what was expected: [`StoreError::conflict`].
    Conflict,
    /// What was asked for makes no sense.
    Refused,
    /// The database is away, closed or too busy. Nothing was changed; try again later.
    Unavailable,
    /// The connection was lost while a change was being kept. It may be there or not: look.
    Uncertain,
    /// The database does not do what it should.
    Broken,
}

/// What is there instead of what was expected.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Conflict {
    /// The environment is at another version.
    Version {
        /// The one that was expected.
        expected: u64,
        /// The one that it has.
        actual: u64,
    },
    /// A part is there that was to be absent, or has another revision, or is gone.
    Part {
        /// What it is.
        kind: Kind,
        /// Its key.
        key: String,
        /// The revision that was expected; none where nothing was.
        expected: Option<u64>,
        /// The revision that it has; none where it is not there.
        actual: Option<u64>,
        /// What is there now.
        current: Option<Arc<str>>,
    },
}

impl StoreError {
    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What is there, where the kind is [`ErrorKind::Conflict`].
    #[must_use]
    pub fn conflict(&self) -> Option<&Conflict> {
        self.conflict.as_deref()
    }

    /// One of a kind, with what is wrong in the words of a user.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), conflict: None, source: None }
    }

    /// Something else is there than what was expected.
    #[cold]
    #[must_use]
    pub fn of_conflict(conflict: Conflict) -> Self {
        let message = conflict.to_string();
        Self {
            kind: ErrorKind::Conflict,
            message,
            conflict: Some(Box::new(conflict)),
            source: None,
        }
    }

    /// With what the database said.
    #[cold]
    #[must_use]
    pub fn caused_by(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { expected, actual } => {
                write!(f, "the environment is at version {actual}, not at {expected} any more")
            }
            Self::Part { kind, key, expected, actual, .. } => {
                let part = Named { kind: *kind, key };
                match (expected, actual) {
                    (Some(expected), Some(actual)) => write!(
                        f,
                        "{part} was changed by somebody else: it is at revision {actual}, \
                         not at {expected} any more"
                    ),
                    (_, None) => write!(f, "{part} is not there any more"),
                    (None, Some(actual)) => {
                        write!(f, "{part} is there already, at revision {actual}")
                    }
                }
            }
        }
    }
}

/// A part in a message.
struct Named<'a> {
    kind: Kind,
    key: &'a str,
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Document => f.write_str("the document"),
            kind => write!(f, "the {} `{}`", kind.name(), self.key),
        }
    }
}

#[cfg(test)]
mod tests;
