//! The journal: records in order, chained by hashes, on something that survives.
//!
//! Beside the records it keeps the latest state of each release, written in the same durable
//! step, so that a restart reads states and not the whole history.

use std::fmt;

use crate::order::{Fence, ReleaseId};
use crate::record::Record;

pub mod chain;
#[cfg(feature = "journal")]
pub mod embedded;
pub mod memory;
#[cfg(feature = "postgres")]
pub mod postgres;

mod addition;
mod keep;
mod row;

pub use chain::{Head, Stored};
pub use keep::{Bytes, Json, Keep};

/// Something that keeps records.
///
/// `append` is all or nothing and durable when it returns. Records are never changed.
pub trait Journal: Send {
    /// Takes the lead: no other process has it while this journal is open. Answers with a fence that
    /// is greater than all before, and refuses theirs from now on. None while another leads.
    fn lead(&mut self) -> Result<Option<Fence>, JournalError>;

    /// Adds records, and beside them the states that followed from them, in one durable step.
    ///
    /// After [`JournalError::Store`] nobody knows whether it was written. Give the same again, and
    /// nothing else: it is written once, even if the first time succeeded after all.
    ///
    /// # Errors
    ///
    /// [`JournalError::Fenced`] if `fence` is not the greatest that the journal has seen, and
    /// [`JournalError::Unwritable`] for a state that has no JSON; nothing was written.
    fn append(
        &mut self,
        fence: Fence,
        records: &[Record],
        states: &[Keep],
    ) -> Result<(), JournalError>;

    /// What is needed to go on: every release that is not over.
    fn unfinished(&mut self) -> Result<Vec<Unfinished>, JournalError>;

    /// The latest state of one release, over or not.
    fn kept(&mut self, release: &str) -> Result<Option<Kept>, JournalError>;

    /// The names of all releases and whether they are over, in the order of names.
    fn releases(&mut self) -> Result<Vec<(ReleaseId, bool)>, JournalError>;

    /// The record of the plan of a release: its first one.
    fn planned(&mut self, release: &str) -> Result<Option<Stored>, JournalError>;

    /// The records of one release in order, or of all of them.
    fn records(&mut self, release: Option<&str>) -> Result<Vec<Stored>, JournalError>;

    /// Computes every hash again, of records and of states. Answers with where the journal stands.
    ///
    /// # Errors
    ///
    /// [`JournalError::Broken`] at the first record that was changed, dropped, added or moved.
    fn verify(&mut self) -> Result<Head, JournalError>;
}

/// The state of one release, as the journal keeps it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Kept {
    /// Whose.
    pub release: ReleaseId,
    /// Whether nothing will ever happen to it any more.
    pub is_over: bool,
    /// The state; the journal does not read it.
    pub state: Vec<u8>,
}

/// A release that is not over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unfinished {
    /// Its name.
    pub release: ReleaseId,
    /// Its latest state.
    pub state: Vec<u8>,
    /// The record of its plan, as JSON.
    pub planned: Vec<u8>,
}

/// Why a journal could not be read or written.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum JournalError {
    /// Another leader has taken over.
    Fenced {
        /// The greatest fence that the journal has seen.
        leader: Fence,
    },
    /// The journal was written by a newer version. Nothing was touched.
    Newer {
        /// Its format.
        format: u16,
    },
    /// A record is not the one that was written.
    Broken {
        /// Which, counted from 0.
        record: u64,
        /// What is wrong with it.
        what: String,
    },
    /// The store failed.
    Store(String),
    /// A state has no JSON. Nothing was written.
    Unwritable(String),
}

impl JournalError {
    /// A record that is not what it should be.
    pub(crate) fn broken(record: u64, what: impl Into<String>) -> Self {
        Self::Broken { record, what: what.into() }
    }

    /// A store that failed, with what was tried.
    pub(crate) fn store(tried: &str, error: impl fmt::Display) -> Self {
        Self::Store(format!("the journal's store failed: {tried}: {error}"))
    }

    /// Whether trying again may help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Store(_))
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fenced { leader } => {
                write!(formatter, "another engine leads (epoch {}); this one stops", leader.0)
            }
            Self::Newer { format } => write!(
                formatter,
                "the journal has format {format}, this version reads up to {}; use a newer version, \
                 nothing was changed",
                crate::record::FORMAT
            ),
            Self::Broken { record, what } => {
                write!(formatter, "record {record} of the journal is not what was written: {what}")
            }
            Self::Store(message) => formatter.write_str(message),
            Self::Unwritable(message) => {
                write!(formatter, "a state cannot be written into the journal: {message}")
            }
        }
    }
}

impl std::error::Error for JournalError {}

#[cfg(test)]
mod tests;
