//! PostgreSQL: for several servers over one database.
//!
//! Each operation is a transaction in a connection of a pool. A change says so with NOTIFY inside
//! its transaction, and every server listens in a connection of its own.
//!
//! The database may go away at any time. An operation that was not told to be kept yet begins
//! anew in another connection, as long as there is patience; the connection that listens comes
//! back by itself and then says that anything may be different.

mod failure;
mod listener;
mod pool;
mod transaction;

use std::time::Duration;

use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use self::failure::too_slow;
use self::pool::Pool;
use self::transaction::Access;
use super::session::{Database, Operation};
use super::{ErrorKind, NOTICES_MAX, Notice, PATIENCE, Result};

/// A database that others may use, too.
#[derive(Debug)]
pub(super) struct Postgres {
    pool: Pool,
    notices: broadcast::Sender<Notice>,
    listener: JoinHandle<()>,
}

impl Postgres {
    /// Connects, brings tables up to date and begins to listen.
    ///
    /// # Errors
    ///
    /// A URL that is none, a database that is not there or that a newer version made.
    pub(super) async fn open(url: &str) -> Result<Self> {
        let pool = Pool::of(url)?;
        timeout(START_TIMEOUT, pool.migrate()).await.map_err(|_| too_slow())??;
        let notices = broadcast::Sender::new(NOTICES_MAX);
        let listening = listener::start(pool.clone(), notices.clone());
        let listener = timeout(START_TIMEOUT, listening).await.map_err(|_| too_slow())??;
        Ok(Self { pool, notices, listener })
    }

    /// Runs an operation until it works, or fails for a reason of its own, or takes too long.
    async fn run<O: Operation>(&self, operation: O, access: Access) -> Result<O::Answer> {
        let end = Instant::now() + PATIENCE;
        let mut pause = PAUSE_MIN;
        loop {
            let error = match self.pool.run(&operation, access, end).await {
                Ok((answer, news)) => {
                    for notice in news {
                        // Nobody may be listening. The same comes again through the database.
                        drop(self.notices.send(notice));
                    }
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let is_over = self.pool.is_closed() || Instant::now() + pause >= end;
            if error.kind() != ErrorKind::Unavailable || is_over {
                return Err(error);
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }
}

impl Database for Postgres {
    async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer> {
        self.run(operation, Access::Read).await
    }

    async fn write<O: Operation>(&self, operation: O) -> Result<O::Answer> {
        self.run(operation, Access::Write).await
    }

    fn notices(&self) -> &broadcast::Sender<Notice> {
        &self.notices
    }

    async fn close(&self) {
        self.listener.abort();
        self.pool.close();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// The pause before an operation begins anew; doubled each time, up to a quarter of a second.
const PAUSE_MIN: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_millis(250);
/// A server waits longer for its database when it starts than later: both may start together.
const START_TIMEOUT: Duration = Duration::from_secs(15);
