//! Connections.

use std::fmt;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, RecyclingMethod};
use flagkit_postgres::{Encrypted, Place};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::{Client, Connection, Socket};

use super::failure::{failure, of_pool, too_slow, uncertain};
use super::transaction::{Access, Progress, attempt};
use crate::store::migrations::missing;
use crate::store::session::Operation;
use crate::store::{ErrorKind, Notice, Result, StoreError};

/// A few connections, each for one transaction at a time.
#[derive(Clone)]
pub(super) struct Pool {
    place: Place,
    connections: deadpool_postgres::Pool,
}

impl Pool {
    /// For the database of a URL, without a look whether it is there.
    pub(super) fn of(url: &str) -> Result<Self> {
        let place = Place::of(url, TIME_LIMITS).map_err(|error| {
            StoreError::new(ErrorKind::Refused, error.to_string()).caused_by(error)
        })?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(place.config().clone(), place.tls().clone(), recycling);
        let prepare = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
            Box::pin(async move {
                client.batch_execute(PREPARE_CONNECTION).await.map_err(HookError::Backend)
            })
        });
        let pool = deadpool_postgres::Pool::builder(manager);
        let pool = pool.max_size(CONNECTIONS_MAX).post_create(prepare).build();
        let connections = pool.map_err(|error| {
            StoreError::new(ErrorKind::Broken, "no connections can be made").caused_by(error)
        })?;
        Ok(Self { place, connections })
    }

    /// Runs an operation once, in a transaction.
    pub(super) async fn run<O: Operation>(
        &self,
        operation: &O,
        access: Access,
        end: Instant,
    ) -> Result<(O::Answer, Vec<Notice>)> {
        let client = timeout_at(end, self.connections.get()).await;
        let mut client = client.map_err(|_| too_slow())?.map_err(of_pool)?;
        let mut progress = Progress::default();
        let attempt = attempt(&mut client, operation, access, &mut progress);
        if let Ok(result) = timeout_at(end, attempt).await {
            return result;
        }
        // Who knows what this connection waits for.
        drop(Object::take(client));
        Err(if progress == Progress::Committing { uncertain() } else { too_slow() })
    }

    /// Brings tables up to date. Servers that start together take turns.
    pub(super) async fn migrate(&self) -> Result<()> {
        let mut client = self.connections.get().await.map_err(of_pool)?;
        let transaction = client.transaction().await.map_err(failure)?;
        transaction.batch_execute(PREPARE_MIGRATION).await.map_err(failure)?;
        let sql = "SELECT COALESCE(MAX(version), 0) FROM flagkit_migrations";
        let version = transaction.query_one(sql, &[]).await.map_err(failure)?;
        let version: i64 = version.try_get(0).map_err(failure)?;
        for (number, migration) in missing(MIGRATIONS, version)? {
            transaction.batch_execute(migration).await.map_err(failure)?;
            let sql = "INSERT INTO flagkit_migrations (version) VALUES ($1)";
            transaction.execute(sql, &[&number]).await.map_err(failure)?;
        }
        transaction.commit().await.map_err(failure)
    }

    /// A connection beside the pool.
    pub(super) async fn connect(&self) -> Result<(Client, Connection<Socket, Encrypted>)> {
        self.place.connect().await.map_err(failure)
    }

    /// Gives no more connections.
    pub(super) fn close(&self) {
        self.connections.close();
    }

    /// Whether it gives none any more.
    pub(super) fn is_closed(&self) -> bool {
        self.connections.is_closed()
    }
}

/// Without the configuration, which has a password.
impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pool").field(&self.connections.status()).finish()
    }
}

/// One after the other, from an empty database to now. What is in a release is not changed any
/// more.
const MIGRATIONS: &[&str] = &[include_str!("../../../migrations/postgres/0001_first.sql")];
/// Waits for other servers that start, and remembers which migrations there were.
const PREPARE_MIGRATION: &str = "SELECT pg_advisory_xact_lock(7598259264135); \
    CREATE TABLE IF NOT EXISTS flagkit_migrations (version BIGINT PRIMARY KEY)";
/// A database may be set up to acknowledge what is not on its disk yet; stricter is left alone.
const PREPARE_CONNECTION: &str = "SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') = 'off'";
/// A little less than the patience of whoever waits, in milliseconds.
const TIME_LIMITS: &str = "-c statement_timeout=4500 -c lock_timeout=4000 \
    -c idle_in_transaction_session_timeout=10000";
/// A default PostgreSQL takes 100 connections of everybody.
const CONNECTIONS_MAX: usize = 8;
