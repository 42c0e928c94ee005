//! SQLite: a file, for one server.
//!
//! One thread writes. What waits for it while it makes the disk keep something is written
//! together next and costs one `fsync` for all of it, so that many writers at once are not slower
//! than one. Reading happens beside it, in connections of its own.

mod failure;
mod file;
mod readers;
mod transaction;
mod writer;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::broadcast;

use self::file::LockedFile;
use self::readers::Readers;
use self::writer::Writer;
use super::session::{Database, Operation};
use super::{NOTICES_MAX, Notice, Result};

/// A SQLite file that this process alone has open.
#[derive(Debug)]
pub(super) struct Sqlite {
    writer: Writer,
    readers: Arc<Readers>,
    notices: broadcast::Sender<Notice>,
}

impl Sqlite {
    /// Opens the file, makes it if there is none, and brings its tables up to date.
    ///
    /// # Errors
    ///
    /// A file that another server has open, that is no database, or that a newer version made.
    pub(super) async fn open(path: &Path) -> Result<Self> {
        let path = path.to_owned();
        tokio::task::spawn_blocking(move || Self::open_blocking(&path))
            .await
            .map_err(failure::cancelled)?
    }

    fn open_blocking(path: &Path) -> Result<Self> {
        let file = LockedFile::open(path)?;
        let notices = broadcast::Sender::new(NOTICES_MAX);
        let readers = Arc::new(Readers::open(&file)?);
        let writer = Writer::start(file, notices.clone())?;
        Ok(Self { writer, readers, notices })
    }
}

impl Database for Sqlite {
    async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer> {
        Readers::run(Arc::clone(&self.readers), operation).await
    }

    async fn write<O: Operation>(&self, operation: O) -> Result<O::Answer> {
        self.writer.run(operation).await
    }

    fn notices(&self) -> &broadcast::Sender<Notice> {
        &self.notices
    }

    async fn close(&self) {
        self.readers.close();
        self.writer.close().await;
    }
}
