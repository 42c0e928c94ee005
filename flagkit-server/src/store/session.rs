//! What both databases can do, so that everything above is written once.
//!
//! An [`Operation`] is some reading and writing that happens as one. It runs in a [`Session`],
//! which is a transaction of a [`Database`]. The SQL of operations is what SQLite and PostgreSQL
//! have in common: numbers are 64 bits wide, and parameters are `$1`, `$2`, ….

mod row;

use std::future::Future;
use std::sync::Arc;

use tokio::sync::broadcast;

use super::{Notice, Result};

pub(super) use row::{Row, integer};

/// A database that is open.
pub(super) trait Database: Send + Sync + std::fmt::Debug + 'static {
    /// Runs an operation that only reads, all of it at one moment.
    fn read<O: Operation>(&self, operation: O) -> impl Future<Output = Result<O::Answer>> + Send;

    /// Runs an operation and keeps what it wrote, or nothing where it fails. Its notices are sent
    /// after that.
    fn write<O: Operation>(&self, operation: O) -> impl Future<Output = Result<O::Answer>> + Send;

    /// Where notices come out.
    fn notices(&self) -> &broadcast::Sender<Notice>;

    /// Ends.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// Reading and writing that happens as one.
pub(super) trait Operation: Send + Sync + 'static {
    /// What comes of it.
    type Answer: Send + 'static;

    /// Does it. Where a connection is lost on the way it may be asked to begin anew.
    fn run<S: Session>(&self, session: &mut S)
    -> impl Future<Output = Result<Self::Answer>> + Send;
}

/// A transaction.
pub(super) trait Session: Send {
    /// The rows of a statement; none of one that has no rows.
    fn query(
        &mut self,
        sql: &str,
        values: &[Value],
    ) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// The rows of a statement for each list of values, in their order.
    fn many(
        &mut self,
        sql: &str,
        lists: &[impl AsRef<[Value]> + Sync],
    ) -> impl Future<Output = Result<Vec<Vec<Row>>>> + Send;

    /// Waits until no other transaction holds this lock, and holds it to the end.
    fn lock(&mut self, lock: Lock) -> impl Future<Output = Result<()>> + Send;

    /// Tells everyone who listens, here and elsewhere, once the transaction is kept.
    fn announce(&mut self, notice: Notice) -> impl Future<Output = Result<()>> + Send;
}

/// What only one transaction may do at a time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lock {
    /// Changing an environment.
    Environment(u64),
    /// Adding to the usage of an environment.
    Usage(u64),
    /// Creating the first key.
    FirstKey,
}

/// A value of a column or parameter.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Nothing.
    Null,
    /// A number.
    Integer(i64),
    /// Text without zero bytes, which PostgreSQL cannot keep.
    Text(Arc<str>),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// Numbers beyond 63 bits are beyond everything that is counted here.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(is: bool) -> Self {
        Self::Integer(i64::from(is))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        if text.contains('\0') {
            return Self::Text(text.replace('\0', "\u{fffd}").into());
        }
        Self::Text(text.into())
    }
}

impl From<&Arc<str>> for Value {
    fn from(text: &Arc<str>) -> Self {
        if text.contains('\0') { Self::from(&**text) } else { Self::Text(Arc::clone(text)) }
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of parameters.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        [$($crate::store::session::Value::from($value)),*]
    };
}
pub(super) use values;
