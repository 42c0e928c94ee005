//! Operations in a connection that belongs to this thread.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::failure::{closed, failure};
use crate::store::session::{Lock, Operation, Row, Session, Value};
use crate::store::{Notice, Result};

/// A transaction, or a savepoint in one. Everything in it happens at once, so its futures are
/// ready when they are made.
pub(super) struct Transaction<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) notices: Vec<Notice>,
}

impl Transaction<'_> {
    /// Runs an operation to its end.
    pub(super) fn run<O: Operation>(&mut self, operation: &O) -> Result<O::Answer> {
        let future = pin!(operation.run(self));
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            // It waits for nothing that this session gives, so it waits for what will not come.
            Poll::Pending => Err(closed()),
        }
    }

    fn rows(&mut self, sql: &str, values: &[Value]) -> rusqlite::Result<Vec<Row>> {
        // `$1` is a name to SQLite, and `?1` a number.
        let mut statement = self.connection.prepare_cached(&sql.replace('$', "?"))?;
        let columns = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let value = |index| row.get_ref(index).map(value);
            found.push(Row::new((0..columns).map(value).collect::<rusqlite::Result<_>>()?));
        }
        Ok(found)
    }
}

impl Session for Transaction<'_> {
    async fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        self.rows(sql, values).map_err(failure)
    }

    async fn many(
        &mut self,
        sql: &str,
        lists: &[impl AsRef<[Value]> + Sync],
    ) -> Result<Vec<Vec<Row>>> {
        lists.iter().map(|values| self.rows(sql, values.as_ref()).map_err(failure)).collect()
    }

    async fn lock(&mut self, _: Lock) -> Result<()> {
        // There is one writer.
        Ok(())
    }

    async fn announce(&mut self, notice: Notice) -> Result<()> {
        self.notices.push(notice);
        Ok(())
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        // Tables are strict, and none has a column of floats.
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}
