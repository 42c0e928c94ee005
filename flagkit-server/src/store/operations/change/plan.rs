//! From edits and what is there to what is written.

use std::collections::HashSet;
use std::sync::Arc;

use flagkit_dialects::Dialect;

use crate::model::{Change, Edit, Expected, Kind};
use crate::store::{Conflict, ErrorKind, Result, StoreError};

/// Where a part may be.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) key: String,
    /// Its revision and text, if it is there.
    pub(super) there: Option<(u64, Arc<str>)>,
}

/// A part that is different afterwards.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Write {
    pub(super) kind: Kind,
    pub(super) key: String,
    pub(super) before: Option<Arc<str>>,
    pub(super) after: Option<Arc<str>>,
}

/// What is written. There is one place for each edit, in the order of edits; what is in further
/// places is deleted.
///
/// # Errors
///
/// A conflict of the first edit that has one; edits that make no sense together.
pub(super) fn plan(change: &Change, dialect: Dialect, places: Vec<Place>) -> Result<Vec<Write>> {
    check(change, change.dialect.unwrap_or(dialect))?;
    let mut edits = change.edits.iter();
    let mut writes = Vec::new();
    for place in places {
        let after = match edits.next() {
            Some(edit) => {
                expect(edit, &place)?;
                edit.json.clone()
            }
            None => None,
        };
        let before = place.there.map(|(_, json)| json);
        if before != after {
            writes.push(Write { kind: place.kind, key: place.key, before, after });
        }
    }
    Ok(writes)
}

/// Whether each part is edited once, has a key that can be stored, and is in the dialect.
fn check(change: &Change, dialect: Dialect) -> Result<()> {
    let mut seen = HashSet::new();
    for edit in &change.edits {
        let (kind, key) = (edit.kind.name(), &edit.key);
        let is_whole = edit.kind == Kind::Document;
        if !seen.insert((edit.kind, &**key)) {
            return Err(refused(format!("the {kind} `{key}` is edited twice in one change")));
        }
        if is_whole != key.is_empty() || key.len() > KEY_BYTES_MAX || key.contains('\0') {
            let shown: String = key.chars().take(KEY_CHARACTERS_SHOWN).collect();
            return Err(refused(format!(
                "a {kind} cannot be called `{shown}`: a key is 1 to {KEY_BYTES_MAX} bytes long \
                 and contains no zero byte"
            )));
        }
        if edit.json.is_some() && is_whole == (dialect == Dialect::Native) {
            return Err(refused(format!(
                "the environment holds a document of the dialect `{dialect}`, which has no {kind} \
                 to edit"
            )));
        }
    }
    Ok(())
}

/// Whether what is there is what was expected.
fn expect(edit: &Edit, place: &Place) -> Result<()> {
    let actual = place.there.as_ref().map(|(revision, _)| *revision);
    let expected = match edit.expected {
        Expected::Any => return Ok(()),
        Expected::Absent => None,
        Expected::Revision(revision) => Some(revision),
    };
    if actual == expected {
        return Ok(());
    }
    Err(StoreError::of_conflict(Conflict::Part {
        kind: edit.kind,
        key: edit.key.clone(),
        expected,
        actual,
        current: place.there.as_ref().map(|(_, json)| Arc::clone(json)),
    }))
}

#[cold]
fn refused(message: String) -> StoreError {
    StoreError::new(ErrorKind::Refused, message)
}

// PostgreSQL has indexes of texts up to 2,700 bytes.
const KEY_BYTES_MAX: usize = 1024;
const KEY_CHARACTERS_SHOWN: usize = 64;

#[cfg(test)]
mod tests;
