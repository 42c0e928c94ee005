//! Changing a document.
//!
//! What a change comes to is worked out by [`plan()`], without a database, from the parts that are
//! there.

mod plan;

use std::sync::Arc;

use self::plan::{Place, Write, plan};
use super::documents::live_parts;
use super::environments::find_environment;
use super::history::{Entry, write_records};
use crate::model::{Change, Changed, Environment, Kind, Subject};
use crate::store::session::{Lock, Operation, Row, Session, values};
use crate::store::{Conflict, Notice, Result, StoreError};

/// Edits that happen together or not at all.
pub(in crate::store) struct ChangeDocument(pub(in crate::store) Change);

impl Operation for ChangeDocument {
    type Answer = Changed;

    async fn run<S: Session>(&self, session: &mut S) -> Result<Changed> {
        let Self(change) = self;
        session.lock(Lock::Environment(change.environment.0)).await?;
        let environment = find_environment(session, change.environment).await?;
        let actual = environment.version;
        if let Some(expected) = change.expected_version.filter(|expected| *expected != actual) {
            return Err(StoreError::of_conflict(Conflict::Version { expected, actual }));
        }
        let places = places(session, change, &environment).await?;
        let writes = plan(change, environment.dialect, places)?;
        let dialect = change.dialect.unwrap_or(environment.dialect);
        if writes.is_empty() && dialect == environment.dialect {
            return Ok(Changed { version: actual, records: Vec::new() });
        }
        let version = actual + 1;
        write_parts(session, change, &writes, version).await?;
        let entries = writes.into_iter().map(|write| entry(write, change, version)).collect();
        let records = write_records(session, entries, &change.author).await?;
        let sql = "UPDATE flagkit_environments SET version = $1, dialect = $2 WHERE id = $3";
        let values = values![version, dialect.name(), environment.id.0];
        session.query(sql, &values).await?;
        session.announce(Notice::Document { environment: environment.id, version }).await?;
        Ok(Changed { version, records })
    }
}

/// What is where edits go, in their order, and after that what goes with the old dialect.
async fn places<S: Session>(
    session: &mut S,
    change: &Change,
    environment: &Environment,
) -> Result<Vec<Place>> {
    let sql = "SELECT revision, json FROM flagkit_parts \
               WHERE environment = $1 AND kind = $2 AND key = $3 AND json IS NOT NULL";
    let asked = change.edits.iter();
    let lists: Vec<_> =
        asked.map(|edit| values![environment.id.0, edit.kind.name(), &*edit.key]).collect();
    let found = session.many(sql, &lists).await?;
    let mut places = Vec::with_capacity(found.len());
    for (edit, rows) in change.edits.iter().zip(found) {
        let there = rows.into_iter().next().map(there).transpose()?;
        places.push(Place { kind: edit.kind, key: edit.key.clone(), there });
    }
    if change.dialect.is_some_and(|dialect| dialect != environment.dialect) {
        let edited = |kind: Kind, key: &str| {
            change.edits.iter().any(|edit| edit.kind == kind && edit.key == key)
        };
        let parts = live_parts(session, environment.id).await?;
        let left = parts.into_iter().filter(|part| !edited(part.kind, &part.key));
        places.extend(left.map(|part| Place {
            kind: part.kind,
            key: part.key,
            there: part.json.map(|json| (part.revision, json)),
        }));
    }
    Ok(places)
}

fn there(mut row: Row) -> Result<(u64, Arc<str>)> {
    Ok((row.number()?, row.text()?))
}

async fn write_parts<S: Session>(
    session: &mut S,
    change: &Change,
    writes: &[Write],
    version: u64,
) -> Result<()> {
    let sql = "INSERT INTO flagkit_parts \
               (environment, kind, key, json, revision, updated_at_ms, updated_by) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (environment, kind, key) DO UPDATE SET json = excluded.json, \
               revision = excluded.revision, updated_at_ms = excluded.updated_at_ms, \
               updated_by = excluded.updated_by";
    let author = &change.author;
    let values = |write: &Write| {
        let (kind, json) = (write.kind.name(), write.after.as_ref());
        let environment = change.environment.0;
        values![environment, kind, &*write.key, json, version, author.at_ms, &*author.actor]
    };
    let lists: Vec<_> = writes.iter().map(values).collect();
    session.many(sql, &lists).await.map(drop)
}

fn entry(write: Write, change: &Change, version: u64) -> Entry {
    Entry {
        environment: Some(change.environment),
        version: Some(version),
        subject: Subject::Part(write.kind),
        key: write.key,
        action: change.action.clone(),
        before: write.before,
        after: write.after,
    }
}
