//! Who changed what: writing it down and looking it up.

use std::fmt::Write;
use std::sync::Arc;

use crate::model::{AuditId, AuditRecord, Author, EnvironmentId, HistoryQuery, Subject};
use crate::store::session::{Operation, Row, Session, Value, integer, values};
use crate::store::{ErrorKind, Result, StoreError};

/// What a record says, without who did it.
pub(super) struct Entry {
    pub(super) environment: Option<EnvironmentId>,
    pub(super) version: Option<u64>,
    pub(super) subject: Subject,
    pub(super) key: String,
    pub(super) action: String,
    pub(super) before: Option<Arc<str>>,
    pub(super) after: Option<Arc<str>>,
}

impl Entry {
    /// Something happened, and nothing else is known of it.
    pub(super) fn new(subject: Subject, key: impl Into<String>, action: impl Into<String>) -> Self {
        Self {
            environment: None,
            version: None,
            subject,
            key: key.into(),
            action: action.into(),
            before: None,
            after: None,
        }
    }
}

/// Writes a record.
pub(super) async fn write_record<S: Session>(
    session: &mut S,
    entry: &Entry,
    author: &Author,
) -> Result<AuditId> {
    integer(session.query(INSERT, &columns(entry, author)).await?).map(AuditId)
}

/// Writes several records, and gives them as they are in the database.
pub(super) async fn write_records<S: Session>(
    session: &mut S,
    entries: Vec<Entry>,
    author: &Author,
) -> Result<Vec<AuditRecord>> {
    let lists: Vec<_> = entries.iter().map(|entry| columns(entry, author)).collect();
    let ids = session.many(INSERT, &lists).await?;
    let record = |(entry, id)| {
        let Entry { environment, version, subject, key, action, before, after } = entry;
        let Author { actor, reason, at_ms } = author.clone();
        let id = integer(id).map(AuditId)?;
        Ok(AuditRecord {
            id,
            environment,
            version,
            subject,
            key,
            at_ms,
            actor,
            reason,
            action,
            before,
            after,
        })
    };
    entries.into_iter().zip(ids).map(record).collect()
}

/// The values of [`INSERT`].
fn columns(entry: &Entry, author: &Author) -> [Value; 10] {
    values![
        entry.environment.map(|id| id.0),
        entry.version,
        entry.subject.name(),
        &*entry.key,
        author.at_ms,
        &*author.actor,
        author.reason.as_deref(),
        &*entry.action,
        entry.before.as_ref(),
        entry.after.as_ref(),
    ]
}

/// Records, newest first.
pub(in crate::store) struct ListHistory(pub(in crate::store) HistoryQuery);

impl Operation for ListHistory {
    type Answer = Vec<AuditRecord>;

    async fn run<S: Session>(&self, session: &mut S) -> Result<Vec<AuditRecord>> {
        let query = &self.0;
        let conditions = [
            ("environment =", query.environment.map(|id| id.0).map(Value::from)),
            ("subject =", query.subject.map(Subject::name).map(Value::from)),
            ("key =", query.key.as_deref().map(Value::from)),
            ("id <", query.before.map(|id| id.0).map(Value::from)),
        ];
        let mut sql = format!("SELECT {COLUMNS} FROM flagkit_audit");
        let mut values = Vec::new();
        for (condition, value) in conditions {
            let Some(value) = value else { continue };
            values.push(value);
            let word = if values.len() == 1 { "WHERE" } else { "AND" };
            let _: std::fmt::Result = write!(sql, " {word} {condition} ${}", values.len());
        }
        values.push(u64::from(query.limit.min(RECORDS_MAX)).into());
        let _: std::fmt::Result = write!(sql, " ORDER BY id DESC LIMIT ${}", values.len());
        session.query(&sql, &values).await?.into_iter().map(record).collect()
    }
}

/// One record.
pub(in crate::store) struct FindRecord(pub(in crate::store) AuditId);

impl Operation for FindRecord {
    type Answer = AuditRecord;

    async fn run<S: Session>(&self, session: &mut S) -> Result<AuditRecord> {
        let sql = format!("SELECT {COLUMNS} FROM flagkit_audit WHERE id = $1");
        let row = session.query(&sql, &values![self.0.0]).await?.pop();
        record(row.ok_or_else(|| {
            let message = format!("there is no record number {}", self.0.0);
            StoreError::new(ErrorKind::NotFound, message)
        })?)
    }
}

fn record(mut row: Row) -> Result<AuditRecord> {
    Ok(AuditRecord {
        id: AuditId(row.number()?),
        environment: row.optional_number()?.map(EnvironmentId),
        version: row.optional_number()?,
        subject: row.named(Subject::by_name)?,
        key: row.text()?.to_string(),
        at_ms: row.number()?,
        actor: row.text()?.to_string(),
        reason: row.optional_text()?.map(|reason| reason.to_string()),
        action: row.text()?.to_string(),
        before: row.optional_text()?,
        after: row.optional_text()?,
    })
}

const INSERT: &str = "INSERT INTO flagkit_audit \
    (environment, version, subject, key, at_ms, actor, reason, action, before_json, after_json) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
const COLUMNS: &str = "id, environment, version, subject, key, at_ms, actor, reason, action, \
    before_json, after_json";
/// How many records one page has at most.
const RECORDS_MAX: u32 = 1000;
