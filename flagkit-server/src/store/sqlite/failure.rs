//! What SQLite says, in our words.

use rusqlite::ErrorCode;

use crate::store::{ErrorKind, StoreError};

/// A statement failed.
#[cold]
pub(super) fn failure(error: rusqlite::Error) -> StoreError {
    let (kind, message) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => (ErrorKind::Unavailable, "the disk is full".to_owned()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (ErrorKind::Unavailable, "another program holds the database".to_owned())
        }
        Some(ErrorCode::ReadOnly) => {
            (ErrorKind::Unavailable, "the database cannot be written to".to_owned())
        }
        Some(ErrorCode::SystemIoFailure) => {
            (ErrorKind::Unavailable, format!("the disk failed: {error}"))
        }
        _ => (ErrorKind::Broken, format!("the database failed: {error}")),
    };
    StoreError::new(kind, message).caused_by(error)
}

/// The whole transaction failed, so everything in it did: the same for each.
#[cold]
pub(super) fn of_transaction(error: &StoreError) -> StoreError {
    StoreError::new(error.kind(), error.to_string())
}

/// The program ends while something is under way.
#[cold]
pub(super) fn cancelled(error: tokio::task::JoinError) -> StoreError {
    StoreError::new(ErrorKind::Unavailable, "the server stops").caused_by(error)
}

/// Something is asked for after the end.
#[cold]
pub(super) fn closed() -> StoreError {
    StoreError::new(ErrorKind::Unavailable, "the database is closed")
}

/// More waits than can be done in time.
#[cold]
pub(super) fn too_busy() -> StoreError {
    StoreError::new(ErrorKind::Unavailable, "too much waits for the database; try again")
}
