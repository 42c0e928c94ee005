//! One session: a connection whose end frees the lock of the leader.

use std::cell::Cell;
use std::error::Error as _;
use std::time::Duration;

use flagkit_postgres::Place;
use tokio::task::AbortHandle;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tokio_postgres::error::{DbError, Severity};
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Client, Error, IsolationLevel, Row, Transaction};

use crate::journal::JournalError;
use crate::journal::chain::Head;
use crate::journal::postgres::tables::{LOOK, RISE, STANDING, Tables};
use crate::order::Fence;
use crate::record::FORMAT;

/// A value for a statement, with its type: nothing has to be prepared then.
pub(super) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// A connection to the database.
pub(super) struct Session {
    client: Client,
    /// Moves bytes while something is asked; it ends with the session.
    driving: AbortHandle,
    tables: Tables,
    /// Whether the tables were there when somebody looked last.
    has_tables: bool,
    /// Whether this session has the lock of the leader.
    has_lock: bool,
    /// Whether a transaction was begun and not committed.
    is_open: Cell<bool>,
    is_lost: Cell<bool>,
}

/// What the table of one row says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standing {
    pub(super) leader: Fence,
    pub(super) head: Head,
}

impl Session {
    /// Connects, and looks whether the journal is one that this version may touch.
    pub(super) async fn open(place: &Place, tables: &Tables) -> Result<Self, JournalError> {
        let connected =
            timeout(ANSWER, place.connect()).await.map_err(|_| too_slow("connecting"))?;
        let (client, connection) = connected.map_err(|error| store("connecting", &error))?;
        // How it ended is told to whoever asked something.
        let driving = tokio::spawn(async { drop(connection.await) }).abort_handle();
        let tables = tables.clone();
        let (has_tables, has_lock) = (false, false);
        let (is_open, is_lost) = (Cell::new(false), Cell::new(false));
        let mut session = Self { client, driving, tables, has_tables, has_lock, is_open, is_lost };
        session.query(DURABLE, &[]).await?;
        session.look().await?;
        Ok(session)
    }

    /// Whether it is of no more use.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost.get() || self.client.is_closed()
    }

    /// Whether the tables are there; refuses those of a newer version.
    pub(super) async fn look(&mut self) -> Result<bool, JournalError> {
        if !self.has_tables {
            let row = self.one(LOOK, &[]).await?;
            self.has_tables = column(&row, 1)?;
        }
        if self.has_tables {
            let row = self.one(STANDING, &[]).await?;
            read_standing(&row)?;
        }
        Ok(self.has_tables)
    }

    /// Takes the lead, if no other session has it.
    pub(super) async fn lead(&mut self) -> Result<Option<Fence>, JournalError> {
        if !self.look().await? {
            self.create().await?;
        }
        if !self.lock().await? {
            return Ok(None);
        }
        let row = self.one(RISE, &[]).await?;
        Ok(Some(Fence(unsigned(column(&row, 0)?)?)))
    }

    /// Takes the lock, if it is free and not ours already.
    pub(super) async fn lock(&mut self) -> Result<bool, JournalError> {
        if !self.has_lock {
            let lock = self.tables.lock();
            let row = self.one("SELECT pg_try_advisory_lock($1)", &[(&lock, Type::INT8)]).await?;
            self.has_lock = column(&row, 0)?;
        }
        Ok(self.has_lock)
    }

    /// Whether this session has the lock.
    pub(super) fn has_lock(&self) -> bool {
        self.has_lock
    }

    /// Gives the lock away.
    pub(super) async fn unlock(&mut self) -> Result<(), JournalError> {
        self.query("SELECT pg_advisory_unlock_all()", &[]).await?;
        self.has_lock = false;
        Ok(())
    }

    /// Whether any session has the lock.
    pub(super) async fn is_led(&self) -> Result<bool, JournalError> {
        let row = self.one(IS_LOCKED, &[(&self.tables.lock(), Type::INT8)]).await?;
        column(&row, 0)
    }

    async fn create(&mut self) -> Result<(), JournalError> {
        let tables = self.tables.clone();
        let transaction = self.begin(Access::Write).await?;
        // Before the look: another engine may be making them just now.
        transaction.query(TURNS, &[]).await?;
        let row = transaction.one(LOOK, &[]).await?;
        let encoding: String = column(&row, 2)?;
        if encoding != "UTF8" {
            let why = format!("the database has the encoding {encoding}; make one with UTF8");
            return Err(JournalError::Store(why));
        }
        if !column::<bool>(&row, 1)? {
            transaction.batch(&tables.creation(column(&row, 0)?)).await?;
        }
        transaction.commit().await?;
        self.has_tables = true;
        Ok(())
    }

    /// A transaction.
    pub(super) async fn begin(&mut self, access: Access) -> Result<Ongoing<'_>, JournalError> {
        let builder = self.client.build_transaction();
        let builder = match access {
            Access::Read => builder.isolation_level(IsolationLevel::RepeatableRead).read_only(true),
            // The row of the standing is locked first, and what follows has to see what was there
            // when the lock was had.
            Access::Write => builder.isolation_level(IsolationLevel::ReadCommitted),
        };
        let started = timeout(ANSWER, builder.start()).await;
        let (is_open, is_lost) = (&self.is_open, &self.is_lost);
        let transaction = answered("beginning", started, is_lost)?;
        is_open.set(true);
        Ok(Ongoing { transaction, tables: &self.tables, is_open, is_lost })
    }

    /// Ends what was begun and not committed, also its locks. The driver does it only with the next
    /// thing that is asked, and that may be a long time off.
    pub(super) async fn settle(&self) {
        if self.is_open.replace(false) && !self.is_lost() {
            let answer = timeout(ANSWER, self.client.batch_execute("")).await;
            // A session that fails here is lost, and noted as such.
            drop(answered("ending a transaction", answer, &self.is_lost));
        }
    }

    /// A statement outside of transactions.
    async fn query(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, JournalError> {
        let sql = self.tables.sql(sql);
        let answer = timeout(ANSWER, self.client.query_typed(&sql, parameters)).await;
        answered("asking", answer, &self.is_lost)
    }

    async fn one(&self, sql: &str, values: &[Parameter<'_>]) -> Result<Row, JournalError> {
        first(self.query(sql, values).await?)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driving.abort();
    }
}

/// What a transaction is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Access {
    /// It reads, everything as it is at one moment.
    Read,
    /// It writes.
    Write,
}

/// A transaction. Dropped without a commit, it has changed nothing.
pub(super) struct Ongoing<'a> {
    transaction: Transaction<'a>,
    tables: &'a Tables,
    is_open: &'a Cell<bool>,
    is_lost: &'a Cell<bool>,
}

impl Ongoing<'_> {
    /// Asks something.
    pub(super) async fn query(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, JournalError> {
        let sql = self.tables.sql(sql);
        let answer = timeout(ANSWER, self.transaction.query_typed(&sql, parameters)).await;
        answered("asking", answer, self.is_lost)
    }

    /// Asks for one row.
    pub(super) async fn one(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Row, JournalError> {
        first(self.query(sql, parameters).await?)
    }

    /// Several statements, one after another.
    async fn batch(&self, sql: &str) -> Result<(), JournalError> {
        let answer = timeout(ANSWER, self.transaction.batch_execute(sql)).await;
        answered("making tables", answer, self.is_lost)
    }

    /// Makes it durable. After an error nobody knows whether it is.
    pub(super) async fn commit(self) -> Result<(), JournalError> {
        let answer = timeout(ANSWER, self.transaction.commit()).await;
        answered("making it durable", answer, self.is_lost)?;
        self.is_open.set(false);
        Ok(())
    }
}

/// What came of asking. A session that gave no answer in time is lost: who knows what it waits for.
fn answered<T>(
    tried: &str,
    answer: Result<Result<T, Error>, Elapsed>,
    is_lost: &Cell<bool>,
) -> Result<T, JournalError> {
    match answer {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            // An error ends a statement; worse words, and none, end the session.
            let said = error.as_db_error().and_then(DbError::parsed_severity);
            if said != Some(Severity::Error) {
                is_lost.set(true);
            }
            Err(store(tried, &error))
        }
        Err(_) => {
            is_lost.set(true);
            Err(too_slow(tried))
        }
    }
}

/// What the database says, or why it says nothing.
fn store(tried: &str, error: &Error) -> JournalError {
    match (error.as_db_error(), error.source()) {
        (Some(said), _) => {
            JournalError::store(tried, format_args!("the database says: {}", said.message()))
        }
        (None, Some(source)) => JournalError::store(tried, format_args!("{error}: {source}")),
        (None, None) => JournalError::store(tried, error),
    }
}

fn too_slow(tried: &str) -> JournalError {
    JournalError::store(tried, "the database does not answer in time")
}

fn first(rows: Vec<Row>) -> Result<Row, JournalError> {
    let none = || JournalError::store("asking", "a table of the journal is empty");
    rows.into_iter().next().ok_or_else(none)
}

/// A column of a row.
pub(super) fn column<'a, T: FromSql<'a>>(row: &'a Row, at: usize) -> Result<T, JournalError> {
    row.try_get(at).map_err(|error| JournalError::store("reading an answer", error))
}

/// Numbers are counted from 0 here; the database knows only signed ones.
pub(super) fn unsigned(number: i64) -> Result<u64, JournalError> {
    u64::try_from(number).map_err(|error| JournalError::store("reading a number", error))
}

/// The other way.
pub(super) fn signed(number: u64) -> Result<i64, JournalError> {
    i64::try_from(number).map_err(|error| JournalError::store("writing a number", error))
}

/// Reads the row of the standing, and refuses that of a newer version.
pub(super) fn read_standing(row: &Row) -> Result<Standing, JournalError> {
    let format: i32 = column(row, 0)?;
    if format != i32::from(FORMAT) {
        let unknown = |_| JournalError::store("reading the format", format);
        let format = u16::try_from(format).map_err(unknown)?;
        return Err(JournalError::Newer { format });
    }
    let hash: &[u8] = column(row, 3)?;
    let hash = hash.try_into().map_err(|error| JournalError::store("reading a hash", error))?;
    let (leader, next) = (unsigned(column(row, 1)?)?, unsigned(column(row, 2)?)?);
    Ok(Standing { leader: Fence(leader), head: Head { next, hash } })
}

/// A database may be set up to acknowledge what is not on its disk yet; stricter is left alone.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') = 'off'";
/// Whoever makes tables takes turns with others.
const TURNS: &str = "SELECT pg_advisory_xact_lock(7598259264136)";
/// The list of locks has the halves of the number.
const IS_LOCKED: &str = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
    AND classid::bigint << 32 | objid::bigint = $1 AND objsubid = 1)";
/// Longer than any statement may take.
const ANSWER: Duration = Duration::from_secs(20);
