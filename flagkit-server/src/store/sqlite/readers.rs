//! Reading beside the writer.

use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::failure::{cancelled, closed, failure, too_busy};
use super::file::LockedFile;
use super::transaction::Transaction;
use crate::store::session::Operation;
use crate::store::{PATIENCE, Result};

/// A few connections that only read, each used by one reader at a time.
#[derive(Debug)]
pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    /// As many as there are connections.
    turns: Semaphore,
}

impl Readers {
    /// Connections to a file that is up to date.
    pub(super) fn open(file: &LockedFile) -> Result<Self> {
        let idle = (0..READERS).map(|_| file.reader()).collect::<Result<_>>()?;
        Ok(Self { idle: Mutex::new(idle), turns: Semaphore::new(READERS) })
    }

    /// Runs an operation in a connection that is idle.
    pub(super) async fn run<O: Operation>(this: Arc<Self>, operation: O) -> Result<O::Answer> {
        let turn = tokio::time::timeout(PATIENCE, this.turns.acquire()).await;
        turn.map_err(|_| too_busy())?.map_err(|_| closed())?.forget();
        let run = move || {
            let connection = this.idle.lock().pop();
            let Some(mut connection) = connection else { return Err(closed()) };
            let answer = read(&mut connection, &operation);
            this.idle.lock().push(connection);
            this.turns.add_permits(1);
            answer
        };
        tokio::task::spawn_blocking(run).await.map_err(cancelled)?
    }

    /// Lets nobody begin any more.
    pub(super) fn close(&self) {
        self.turns.close();
        self.idle.lock().clear();
    }
}

/// Everything that an operation reads is of one moment.
fn read<O: Operation>(connection: &mut Connection, operation: &O) -> Result<O::Answer> {
    connection.execute_batch("BEGIN").map_err(failure)?;
    let mut transaction = Transaction { connection, notices: Vec::new() };
    let answer = transaction.run(operation);
    connection.execute_batch("ROLLBACK").map_err(failure)?;
    answer
}

/// Documents are read when a server starts and by those who look at history, seldom otherwise.
const READERS: usize = 4;
