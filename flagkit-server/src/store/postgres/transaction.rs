//! Operations in a transaction.

use std::error::Error;

use bytes::BytesMut;
use deadpool_postgres::Client;
use futures_util::future::try_join_all;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{IsolationLevel, Statement};

use super::failure::{failure, of_commit};
use super::listener;
use crate::store::session::{Lock, Operation, Row, Session, Value, values};
use crate::store::{Notice, Result};

/// What an operation does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Access {
    /// It reads, everything as it is at one moment.
    Read,
    /// It writes, what it has locked.
    Write,
}

/// How far a transaction has come, for those who stop waiting for it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Progress {
    /// If the connection is lost now, nothing has happened.
    #[default]
    Working,
    /// If the connection is lost now, nobody knows.
    Committing,
}

/// Runs an operation once.
pub(super) async fn attempt<O: Operation>(
    client: &mut Client,
    operation: &O,
    access: Access,
    progress: &mut Progress,
) -> Result<(O::Answer, Vec<Notice>)> {
    let transaction = match access {
        Access::Read => client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true),
        // Each environment has one writer at a time, by its lock.
        Access::Write => client.build_transaction().isolation_level(IsolationLevel::ReadCommitted),
    };
    let transaction = transaction.start().await.map_err(failure)?;
    let mut session = Transaction { transaction, notices: Vec::new() };
    let answer = operation.run(&mut session).await?;
    let Transaction { transaction, notices } = session;
    if access == Access::Write {
        *progress = Progress::Committing;
        transaction.commit().await.map_err(of_commit)?;
    } else {
        transaction.rollback().await.map_err(failure)?;
    }
    Ok((answer, notices))
}

/// A transaction, which is undone unless it is committed.
struct Transaction<'a> {
    transaction: deadpool_postgres::Transaction<'a>,
    notices: Vec<Notice>,
}

impl Transaction<'_> {
    async fn rows(&self, statement: &Statement, values: &[Value]) -> Result<Vec<Row>> {
        let values: Vec<_> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let rows = self.transaction.query(statement, &values).await.map_err(failure)?;
        rows.iter().map(row).collect()
    }
}

impl Session for Transaction<'_> {
    async fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        let statement = self.transaction.prepare_cached(sql).await.map_err(failure)?;
        self.rows(&statement, values).await
    }

    async fn many(
        &mut self,
        sql: &str,
        lists: &[impl AsRef<[Value]> + Sync],
    ) -> Result<Vec<Vec<Row>>> {
        let statement = self.transaction.prepare_cached(sql).await.map_err(failure)?;
        // All are sent before the first is answered: one way there and back for all of them.
        try_join_all(lists.iter().map(|values| self.rows(&statement, values.as_ref()))).await
    }

    async fn lock(&mut self, lock: Lock) -> Result<()> {
        let (sql, number) = match lock {
            // Weaker than FOR UPDATE, so that rows that refer to it can be written meanwhile.
            Lock::Environment(id) => {
                ("SELECT id FROM flagkit_environments WHERE id = $1 FOR NO KEY UPDATE", id)
            }
            Lock::Usage(id) => ("SELECT pg_advisory_xact_lock($1)", USAGE_LOCKS + id),
            Lock::FirstKey => ("SELECT pg_advisory_xact_lock($1)", FIRST_KEY_LOCK),
        };
        self.query(sql, &values![number]).await.map(drop)
    }

    async fn announce(&mut self, notice: Notice) -> Result<()> {
        self.notices.push(notice);
        let values = values![listener::CHANNEL, &*listener::to_text(notice)];
        self.query("SELECT pg_notify($1, $2)", &values).await.map(drop)
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) => number.to_sql(kind, out),
            Self::Text(text) => (&**text).to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    // The SQL is our own: a parameter is what its column is, and numbers are 64 bits everywhere.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn row(row: &tokio_postgres::Row) -> Result<Row> {
    let columns = row.columns().iter().enumerate();
    let value = |(index, column): (usize, &tokio_postgres::Column)| {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map(Value::Integer),
            Type::TEXT => row.try_get::<_, Option<&str>>(index)?.map(Value::from),
            Type::BYTEA => row.try_get::<_, Option<&[u8]>>(index)?.map(Value::from),
            // What functions give that are called for what they do.
            _ => None,
        };
        Ok(value.unwrap_or(Value::Null))
    };
    let columns = columns.map(value).collect::<std::result::Result<_, _>>().map_err(failure)?;
    Ok(Row::new(columns))
}

const FIRST_KEY_LOCK: u64 = 7_598_259_264_136;
/// Locks of environments are beside this one.
const USAGE_LOCKS: u64 = 1 << 60;
