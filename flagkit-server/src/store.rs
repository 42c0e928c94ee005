//! Where everything is kept that must survive.
//!
//! [`Store`] is the promise, and the same for each database: a method either did all that it says
//! when it returns, on disk, or nothing. What was acknowledged survives a crash of this process
//! and of the database. Methods end: where the database is away they fail within seconds, with
//! [`ErrorKind::Unavailable`], and work again by themselves when it is back.
//!
//! A store does not know flags. Documents are texts to it; whether they make sense was checked
//! before.

mod backed;
mod error;
mod migrations;
mod operations;
mod postgres;
mod session;
mod sqlite;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::broadcast;

use crate::model::{
    ApiKey, AuditId, AuditRecord, Author, Change, Changed, Environment, EnvironmentId,
    EnvironmentSettings, ExposureCount, HistoryQuery, KeyId, LastSeen, NewEnvironment, NewKey,
    Project, Slug, StoredDocument, Usage, UsageCount, UsageQuery,
};

use self::backed::Backed;
use self::postgres::Postgres;
use self::sqlite::Sqlite;
use crate::config::Database;

pub use error::{Conflict, ErrorKind, StoreError};

/// Opens a database, makes it where it is a file that is not there, and brings its tables up to
/// date.
///
/// # Errors
///
/// A database that cannot be reached, that another server has open alone, or that a newer version
/// of FlagKit made.
pub async fn open(database: &Database) -> Result<Arc<dyn Store>> {
    match database {
        Database::Sqlite(path) => Ok(Arc::new(Backed(Sqlite::open(path).await?))),
        Database::Postgres(url) => Ok(Arc::new(Backed(Postgres::open(url).await?))),
    }
}

/// What a method of [`Store`] gives.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Projects, environments, documents, history, keys and usage in a database.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// All projects, by key.
    async fn projects(&self) -> Result<Vec<Project>>;

    /// Creates a project.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] where the key is taken.
    async fn create_project(&self, key: Slug, name: String, author: Author) -> Result<Project>;

    /// Deletes a project that has no environments any more.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], and [`ErrorKind::Exists`] while it has environments.
    async fn delete_project(&self, key: Slug, author: Author) -> Result<()>;

    /// All environments of all projects, by project and key.
    async fn environments(&self) -> Result<Vec<Environment>>;

    /// Creates an environment: native, empty, at version 0, with an epoch of its own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such project, [`ErrorKind::Exists`] where the
    /// key is taken.
    async fn create_environment(&self, new: NewEnvironment, author: Author) -> Result<Environment>;

    /// Renames an environment, or says that it is for real. No new version comes of it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`].
    async fn update_environment(
        &self,
        id: EnvironmentId,
        settings: EnvironmentSettings,
        author: Author,
    ) -> Result<Environment>;

    /// Deletes an environment with its document, keys and usage. Its history stays.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`].
    async fn delete_environment(&self, id: EnvironmentId, author: Author) -> Result<()>;

    /// Gives every environment another epoch: the database went back to an earlier state, and
    /// clients that have seen later versions are to take what is there. Versions stay.
    async fn renew_epochs(&self, author: Author) -> Result<()>;

    /// The parts of an environment's document, without the places of deleted ones.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`].
    async fn document(&self, id: EnvironmentId) -> Result<StoredDocument>;

    /// The parts that are different, new or gone since a version, each in its last state: what
    /// leads from that version to the current one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`].
    async fn changes_since(&self, id: EnvironmentId, version: u64) -> Result<StoredDocument>;

    /// Changes parts of a document, as one: checks what is expected, writes the parts, counts the
    /// version up by one, writes a record for each part, and tells everyone who listens. Edits
    /// that say what is there already are left out; where nothing is left, nothing happens.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such environment, [`ErrorKind::Conflict`] with
    /// what is there instead of what was expected, [`ErrorKind::Uncertain`] where the connection
    /// was lost while the database was told to keep it.
    async fn change(&self, change: Change) -> Result<Changed>;

    /// Records, newest first.
    async fn history(&self, query: HistoryQuery) -> Result<Vec<AuditRecord>>;

    /// One record.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`].
    async fn record(&self, id: AuditId) -> Result<AuditRecord>;

    /// All keys, those that are refused, too, oldest first.
    async fn keys(&self) -> Result<Vec<ApiKey>>;

    /// Stores a key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such environment, [`ErrorKind::Exists`] where
    /// the same key is stored already.
    async fn create_key(&self, key: NewKey, author: Author) -> Result<ApiKey>;

    /// Stores a key unless there is any admin key of all environments, even a revoked one; says
    /// whether it did. Of several servers that start at once, one is told `true`.
    async fn create_first_key(&self, key: NewKey, author: Author) -> Result<bool>;

    /// Stores a key that follows another one, which from then on expires at the time given.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such key, [`ErrorKind::Exists`] as
    /// [`create_key`](Self::create_key), [`ErrorKind::Refused`] where the old one is revoked.
    async fn rotate_key(
        &self,
        old: KeyId,
        new: NewKey,
        old_expires_at_ms: u64,
        author: Author,
    ) -> Result<ApiKey>;

    /// Has a key refused from now on. Revoking it again changes nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`].
    async fn revoke_key(&self, id: KeyId, author: Author) -> Result<ApiKey>;

    /// Notes when keys were used; a time before the one that is noted is left out.
    async fn note_key_uses(&self, uses: Vec<(KeyId, u64)>) -> Result<()>;

    /// Adds usage; `false` where a report of this id was counted within the last day.
    ///
    /// Beyond 50,000 combinations of flag, variant and reason in an hour of an environment, new
    /// ones are counted under the flag `(other)`. The newest 100,000 exposures of an environment
    /// are kept.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such environment.
    async fn add_usage(&self, usage: Usage) -> Result<bool>;

    /// Counts by hour, flag, variant and reason, in this order.
    async fn usage(&self, query: UsageQuery) -> Result<Vec<UsageCount>>;

    /// When each flag was asked for last, by flag.
    async fn last_seen(&self, id: EnvironmentId) -> Result<Vec<LastSeen>>;

    /// Who saw which variant of a flag, the newest first, at most 10,000.
    async fn exposures(&self, id: EnvironmentId, flag: String) -> Result<Vec<ExposureCount>>;

    /// Forgets ids of reports older than a day and counts older than 90 days.
    async fn sweep(&self, now_ms: u64) -> Result<()>;

    /// What changes from now on, here and through other servers of the same database. Whoever
    /// lags behind by more than 1,024 notices is told so by the receiver and reads everything
    /// again.
    fn notices(&self) -> broadcast::Receiver<Notice>;

    /// Whether the database answers.
    async fn ping(&self) -> Result<()>;

    /// Lets what is under way end and closes the database. Later calls fail.
    async fn close(&self);
}

/// Something is different in the database. The same may be said twice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Notice {
    /// A document has a new version.
    Document {
        /// Where.
        environment: EnvironmentId,
        /// The version.
        version: u64,
    },
    /// Projects or environments were created, renamed or deleted.
    Environments,
    /// Keys were created, revoked or expire.
    Keys,
    /// The connection was lost and is back; anything may be different.
    Reconnected,
}

/// How many notices wait for a listener.
const NOTICES_MAX: usize = 1024;
/// How long anyone waits for a turn.
const PATIENCE: Duration = Duration::from_secs(5);
