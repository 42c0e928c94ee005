//! The row of one release in a store: its latest state, and where its records are.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::journal::chain::Hash;
use crate::journal::{Bytes, JournalError, Json, Kept};
use crate::record::FORMAT;

/// A row: `format` (u16), `is_over` (u8), `planned` (u64), `last` (u64), the state, and a SHA-256 over the
/// name of the release and all that; numbers are little-endian.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) is_over: bool,
    /// The number of the record with its plan.
    pub(crate) planned: u64,
    /// The number of its last record.
    pub(crate) last: u64,
    pub(crate) state: Arc<dyn Json>,
}

impl Row {
    /// The row of a release with this record alone.
    pub(crate) fn begun(planned: u64) -> Self {
        Self { is_over: false, planned, last: planned, state: Arc::new(Bytes::default()) }
    }

    pub(crate) fn write(&self, release: &str) -> Result<Vec<u8>, JournalError> {
        let state = self.state.json()?;
        let mut bytes = Vec::with_capacity(HEADER + state.len() + 32);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.push(u8::from(self.is_over));
        bytes.extend_from_slice(&self.planned.to_le_bytes());
        bytes.extend_from_slice(&self.last.to_le_bytes());
        bytes.extend_from_slice(&state);
        let hash = digest(release, &bytes);
        bytes.extend_from_slice(&hash);
        Ok(bytes)
    }

    /// The state, as a journal answers.
    pub(crate) fn kept(&self, release: &str) -> Result<Kept, JournalError> {
        let state = self.state.json()?;
        Ok(Kept { release: release.into(), is_over: self.is_over, state })
    }

    pub(crate) fn read(release: &str, bytes: &[u8]) -> Result<Self, JournalError> {
        let short = || broken(release, "is cut off");
        let (format, _) = bytes.split_first_chunk().ok_or_else(short)?;
        let format = u16::from_le_bytes(*format);
        if format > FORMAT {
            return Err(JournalError::Newer { format });
        }
        let (hashed, hash) = bytes.split_last_chunk::<32>().ok_or_else(short)?;
        if digest(release, hashed) != *hash {
            return Err(broken(release, "is not what was written"));
        }
        let (_, rest) = hashed.split_first_chunk::<2>().ok_or_else(short)?;
        let (is_over, rest) = rest.split_first().ok_or_else(short)?;
        let (planned, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let (last, state) = rest.split_first_chunk().ok_or_else(short)?;
        Ok(Self {
            is_over: *is_over != 0,
            planned: u64::from_le_bytes(*planned),
            last: u64::from_le_bytes(*last),
            state: Arc::new(Bytes(state.to_vec())),
        })
    }
}

/// A row that nobody has written.
fn broken(release: &str, what: &str) -> JournalError {
    JournalError::Store(format!(
        "the state of release `{release}` in the journal {what}; `replay` computes it again from the records"
    ))
}

/// A name and bytes, kept apart by the length of the name.
fn digest(release: &str, bytes: &[u8]) -> Hash {
    let length = (release.len() as u64).to_le_bytes();
    Sha256::new().chain_update(length).chain_update(release).chain_update(bytes).finalize().into()
}

/// What stands before the state.
const HEADER: usize = 2 + 1 + 8 + 8;
