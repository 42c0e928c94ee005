//! States on their way into a journal.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::journal::JournalError;
use crate::order::ReleaseId;

/// The state of one release, for a journal to keep.
///
/// Its JSON is made by the journal, beside whoever runs releases: of a large state it takes longer
/// than the step that led to it.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever writes a journal's tests makes these")]
pub struct Keep {
    /// Whose.
    pub release: ReleaseId,
    /// Whether nothing will ever happen to it any more.
    pub is_over: bool,
    /// The state; the journal does not read it.
    pub state: Arc<dyn Json>,
}

/// Equal if the same is kept.
impl PartialEq for Keep {
    fn eq(&self, other: &Self) -> bool {
        let is_same = self.release == other.release && self.is_over == other.is_over;
        is_same && self.state.json() == other.state.json()
    }
}

/// Something that has a JSON: whatever serde writes.
pub trait Json: fmt::Debug + Send + Sync {
    /// The JSON, the same whenever it is asked for.
    ///
    /// # Errors
    ///
    /// [`JournalError::Unwritable`] if there is none.
    fn json(&self) -> Result<Vec<u8>, JournalError>;
}

impl<T: Serialize + fmt::Debug + Send + Sync> Json for T {
    fn json(&self) -> Result<Vec<u8>, JournalError> {
        serde_json::to_vec(self).map_err(|error| JournalError::Unwritable(error.to_string()))
    }
}

/// A state that is JSON already.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "nothing but bytes")]
pub struct Bytes(pub Vec<u8>);

impl Json for Bytes {
    fn json(&self) -> Result<Vec<u8>, JournalError> {
        Ok(self.0.clone())
    }
}
