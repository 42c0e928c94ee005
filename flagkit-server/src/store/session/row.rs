//! Rows, and taking them apart.

use std::sync::Arc;

use super::Value;
use crate::store::{ErrorKind, Result, StoreError};

/// A row of an answer. Its columns are taken from left to right.
#[derive(Debug)]
pub(in crate::store) struct Row(std::vec::IntoIter<Value>);

impl Row {
    /// With these columns.
    pub(in crate::store) fn new(columns: Vec<Value>) -> Self {
        Self(columns.into_iter())
    }

    /// The next column, a number that is not negative.
    pub(in crate::store) fn number(&mut self) -> Result<u64> {
        self.optional_number()?.ok_or_else(broken)
    }

    /// The next column, a number or nothing.
    pub(in crate::store) fn optional_number(&mut self) -> Result<Option<u64>> {
        match self.0.next() {
            Some(Value::Integer(number)) => number.try_into().map(Some).map_err(|_| broken()),
            Some(Value::Null) => Ok(None),
            _ => Err(broken()),
        }
    }

    /// The next column, text.
    pub(in crate::store) fn text(&mut self) -> Result<Arc<str>> {
        self.optional_text()?.ok_or_else(broken)
    }

    /// The next column, text or nothing.
    pub(in crate::store) fn optional_text(&mut self) -> Result<Option<Arc<str>>> {
        match self.0.next() {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(broken()),
        }
    }

    /// The next column, text, as something that has names.
    pub(in crate::store) fn named<T>(&mut self, by_name: impl Fn(&str) -> Option<T>) -> Result<T> {
        let name = self.text()?;
        by_name(&name).ok_or_else(|| {
            StoreError::new(
                ErrorKind::Broken,
                format!("the database says `{name}`, which this version of FlagKit does not know"),
            )
        })
    }

    /// The next column, 32 bytes.
    pub(in crate::store) fn hash(&mut self) -> Result<[u8; 32]> {
        match self.0.next() {
            Some(Value::Bytes(bytes)) => bytes.try_into().map_err(|_| broken()),
            _ => Err(broken()),
        }
    }
}

/// The number in an answer of one row and one column.
pub(in crate::store) fn integer(rows: Vec<Row>) -> Result<u64> {
    rows.into_iter().next().ok_or_else(broken)?.number()
}

/// A column is not what the migrations made it.
#[cold]
fn broken() -> StoreError {
    StoreError::new(
        ErrorKind::Broken,
        "the database holds something that FlagKit did not write; restore a backup",
    )
}
