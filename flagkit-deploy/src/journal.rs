//! The journal: records in order, chained by hashes, on something that survives.

use std::fmt;

use crate::order::{Fence, ReleaseId};
use crate::record::Record;

/// Something that keeps records.
///
/// `append` is all or nothing and durable when it returns. Records are never changed.
pub trait Journal: Send {
    /// Adds records, and beside them the states that followed from them (as bytes that the
    /// journal does not read), in one durable step. Refused if `fence` is not the greatest
    /// that the journal has seen.
    fn append(
        &mut self,
        fence: Fence,
        records: &[Record],
        states: &[(ReleaseId, Vec<u8>)],
    ) -> Result<(), JournalError>;

    /// The latest state of every release that is kept.
    fn states(&mut self) -> Result<Vec<(ReleaseId, Vec<u8>)>, JournalError>;

    /// The records of one release in order, or of all of them.
    fn records(&mut self, release: Option<&str>) -> Result<Vec<Record>, JournalError>;
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
        }
    }
}

impl std::error::Error for JournalError {}
