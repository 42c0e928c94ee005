//! Why an executor refuses something.

use std::fmt;

use crate::journal::JournalError;
use crate::order::ReleaseId;
use crate::refusal::Refusal;

/// Why an executor refuses something, or stopped.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ExecutorError {
    /// There is a release with this name.
    Taken(String),
    /// There is no release with this name that is not over.
    Unknown(String),
    /// Another release is under way at the target.
    TargetBusy {
        /// The target.
        target: String,
        /// The other release.
        other: ReleaseId,
        /// Its status.
        status: String,
    },
    /// The plan cannot run.
    Refused(Vec<Refusal>),
    /// Something is larger than it may be, or not for others to say.
    BadInput(String),
    /// Another leader has taken over, as a driver says.
    Fenced(String),
    /// The journal says that there is no going on.
    Journal(JournalError),
}

impl fmt::Display for ExecutorError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(id) => {
                write!(formatter, "there is a release `{id}` already; give this one another name")
            }
            Self::Unknown(id) => {
                write!(formatter, "no release `{id}` is under way; it is over, or never was")
            }
            Self::TargetBusy { target, other, status } => write!(
                formatter,
                "release `{other}` of `{target}` is under way ({status}); wait for its end, or abort it"
            ),
            Self::Refused(refusals) => {
                formatter.write_str("the plan cannot run")?;
                refusals.iter().try_for_each(|refusal| write!(formatter, "\n  {refusal}"))
            }
            Self::BadInput(what) => formatter.write_str(what),
            Self::Fenced(message) => write!(formatter, "another engine leads: {message}"),
            Self::Journal(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ExecutorError {}

impl ExecutorError {
    /// Whether another leader has taken over.
    pub fn is_fenced(&self) -> bool {
        matches!(self, Self::Fenced(_) | Self::Journal(JournalError::Fenced { .. }))
    }
}
