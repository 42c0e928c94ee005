//! The file: who may read it, who has it open, and which tables are in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::failure::failure;
use crate::store::migrations::missing;
use crate::store::{ErrorKind, Result, StoreError};

/// A database that is up to date and that no other server has open.
#[derive(Debug)]
pub(super) struct LockedFile {
    path: PathBuf,
    /// For the writer, which also brought it up to date.
    pub(super) connection: Connection,
    // SQLite's own locks are for moments, and a file that is closed takes those of its whole
    // process with it, so this one is of another file.
    _lock: File,
}

impl LockedFile {
    /// Makes the file if there is none, locks it and brings its tables up to date.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let lock = lock(path)?;
        create_for_owner(path).map_err(|error| cannot_open(path, error))?;
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let wrong = |error| cannot_open(path, error);
        connection.pragma_update(None, "journal_mode", "WAL").map_err(wrong)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(wrong)?;
        connection.pragma_update(None, "foreign_keys", true).map_err(wrong)?;
        migrate(&mut connection)?;
        Ok(Self { path: path.to_owned(), connection, _lock: lock })
    }

    /// A connection that only reads.
    pub(super) fn reader(&self) -> Result<Connection> {
        connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }
}

/// Refuses a second server: each believes to know what is in the file.
fn lock(path: &Path) -> Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let file = create_for_owner(Path::new(&name)).map_err(|error| cannot_open(path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::new(
            ErrorKind::Exists,
            format!(
                "another server has {} open; stop it, or let both use a PostgreSQL database",
                path.display()
            ),
        )),
        Err(TryLockError::Error(error)) => Err(cannot_open(path, error)),
    }
}

/// Opens a file, which only its owner may read if it is new. SQLite's other files follow it.
fn create_for_owner(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connect = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    };
    connect().map_err(|error: rusqlite::Error| cannot_open(path, error))
}

/// Brings tables up to date, all or none of them.
fn migrate(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction().map_err(failure)?;
    let version: i64 =
        transaction.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failure)?;
    for (number, sql) in missing(MIGRATIONS, version)? {
        transaction.execute_batch(sql).map_err(failure)?;
        transaction.pragma_update(None, "user_version", number).map_err(failure)?;
    }
    transaction.commit().map_err(failure)
}

#[cold]
fn cannot_open(
    path: &Path,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> StoreError {
    let error = error.into();
    let message = format!("the database {} cannot be opened: {error}", path.display());
    StoreError::new(ErrorKind::Broken, message).caused_by(error)
}

/// One after the other, from an empty file to now. What is in a release is not changed any more.
const MIGRATIONS: &[&str] = &[include_str!("../../../migrations/sqlite/0001_first.sql")];
/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 64;
