//! What PostgreSQL says, in our words.

use std::error::Error as _;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity};

use crate::store::{ErrorKind, StoreError};

/// A statement failed, or the connection did.
#[cold]
pub(super) fn failure(error: Error) -> StoreError {
    let (kind, message) = match error.as_db_error() {
        Some(said) => (kind(said), format!("the database says: {}", said.message())),
        None => (ErrorKind::Unavailable, unreachable(&error)),
    };
    StoreError::new(kind, message).caused_by(error)
}

/// The database was told to keep a transaction, and something else came than its word that it
/// did.
#[cold]
pub(super) fn of_commit(error: Error) -> StoreError {
    let is_undone = error.as_db_error().is_some_and(|said| {
        // An error undoes the transaction. Whoever dies says a worse word, and may have kept it.
        said.parsed_severity() == Some(Severity::Error)
    });
    if is_undone { failure(error) } else { uncertain().caused_by(error) }
}

/// Nobody knows whether a transaction was kept.
#[cold]
pub(super) fn uncertain() -> StoreError {
    StoreError::new(
        ErrorKind::Uncertain,
        "the connection to the database was lost while it kept a change; look whether the change \
         is there before you try again",
    )
}

/// No connection could be had.
#[cold]
pub(super) fn of_pool(error: deadpool_postgres::PoolError) -> StoreError {
    match error {
        deadpool_postgres::PoolError::Backend(error) => failure(error),
        deadpool_postgres::PoolError::Closed => {
            StoreError::new(ErrorKind::Unavailable, "the database is closed")
        }
        other => StoreError::new(ErrorKind::Unavailable, "no connection to the database is free")
            .caused_by(other),
    }
}

/// It took too long.
#[cold]
pub(super) fn too_slow() -> StoreError {
    StoreError::new(ErrorKind::Unavailable, "the database does not answer in time")
}

/// What an answer with an error means for whoever asked.
fn kind(said: &DbError) -> ErrorKind {
    let code = said.code().code();
    let begins = |classes: &[&str]| classes.iter().any(|class| code.starts_with(class));
    match code {
        "23503" => ErrorKind::NotFound,
        "23505" => ErrorKind::Exists,
        // Another transaction is in the way, locks and statements take too long, or the server is
        // one that only reads: each ends by itself.
        "40001" | "40P01" | "55P03" | "57014" | "25006" => ErrorKind::Unavailable,
        // Connections, resources, the operator, the operating system.
        _ if begins(&["08", "53", "57P", "58"]) => ErrorKind::Unavailable,
        _ => ErrorKind::Broken,
    }
}

/// Without an answer there is a reason behind the error.
fn unreachable(error: &Error) -> String {
    match error.source() {
        Some(source) => format!("the database cannot be reached: {source}"),
        None => format!("the database cannot be reached: {error}"),
    }
}
