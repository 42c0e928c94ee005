//! Keys.

use std::sync::Arc;

use serde_json::json;

use super::environments::find_environment;
use super::history::{Entry, write_record};
use crate::model::{ApiKey, Author, EnvironmentId, KeyHash, KeyId, NewKey, Scope, Subject};
use crate::store::session::{Lock, Operation, Row, Session, integer, values};
use crate::store::{ErrorKind, Notice, Result, StoreError};

/// All keys.
pub(in crate::store) struct ListKeys;

impl Operation for ListKeys {
    type Answer = Vec<ApiKey>;

    async fn run<S: Session>(&self, session: &mut S) -> Result<Vec<ApiKey>> {
        let sql = format!("SELECT {COLUMNS} FROM flagkit_keys ORDER BY id");
        session.query(&sql, &[]).await?.into_iter().map(api_key).collect()
    }
}

/// A new key.
pub(in crate::store) struct CreateKey {
    pub(in crate::store) new: NewKey,
    pub(in crate::store) author: Author,
}

impl Operation for CreateKey {
    type Answer = ApiKey;

    async fn run<S: Session>(&self, session: &mut S) -> Result<ApiKey> {
        insert(session, &self.new, &self.author).await
    }
}

/// A key for a server that has none that could create others.
pub(in crate::store) struct CreateFirstKey {
    pub(in crate::store) new: NewKey,
    pub(in crate::store) author: Author,
}

impl Operation for CreateFirstKey {
    type Answer = bool;

    async fn run<S: Session>(&self, session: &mut S) -> Result<bool> {
        session.lock(Lock::FirstKey).await?;
        let sql = "SELECT COUNT(*) FROM flagkit_keys WHERE scope = $1 AND environment IS NULL";
        if integer(session.query(sql, &values![Scope::Admin.name()]).await?)? > 0 {
            return Ok(false);
        }
        insert(session, &self.new, &self.author).await.map(|_| true)
    }
}

/// A new key takes the place of an old one, after a while.
pub(in crate::store) struct RotateKey {
    pub(in crate::store) old: KeyId,
    pub(in crate::store) new: NewKey,
    pub(in crate::store) old_expires_at_ms: u64,
    pub(in crate::store) author: Author,
}

impl Operation for RotateKey {
    type Answer = ApiKey;

    async fn run<S: Session>(&self, session: &mut S) -> Result<ApiKey> {
        let before = find(session, self.old).await?;
        if before.revoked_at_ms.is_some() {
            let message = format!("the key `{}` was revoked; create a new one", before.name);
            return Err(StoreError::new(ErrorKind::Refused, message));
        }
        let earlier = before.expires_at_ms.filter(|expires| *expires < self.old_expires_at_ms);
        let expires_at_ms = Some(earlier.unwrap_or(self.old_expires_at_ms));
        let sql = "UPDATE flagkit_keys SET expires_at_ms = $1 WHERE id = $2";
        session.query(sql, &values![expires_at_ms, self.old.0]).await?;
        let after = ApiKey { expires_at_ms, ..before.clone() };
        write_change(session, &before, &after, &self.author, "rotate").await?;
        insert(session, &self.new, &self.author).await
    }
}

/// A key is refused from now on.
pub(in crate::store) struct RevokeKey {
    pub(in crate::store) id: KeyId,
    pub(in crate::store) author: Author,
}

impl Operation for RevokeKey {
    type Answer = ApiKey;

    async fn run<S: Session>(&self, session: &mut S) -> Result<ApiKey> {
        let sql = "UPDATE flagkit_keys SET revoked_at_ms = $1 \
                   WHERE id = $2 AND revoked_at_ms IS NULL RETURNING id";
        let values = values![self.author.at_ms, self.id.0];
        let is_new = !session.query(sql, &values).await?.is_empty();
        let after = find(session, self.id).await?;
        if is_new {
            let before = ApiKey { revoked_at_ms: None, ..after.clone() };
            write_change(session, &before, &after, &self.author, "revoke").await?;
            session.announce(Notice::Keys).await?;
        }
        Ok(after)
    }
}

/// When keys were used.
pub(in crate::store) struct NoteKeyUses(pub(in crate::store) Vec<(KeyId, u64)>);

impl Operation for NoteKeyUses {
    type Answer = ();

    async fn run<S: Session>(&self, session: &mut S) -> Result<()> {
        let sql = "UPDATE flagkit_keys SET last_used_at_ms = $1 \
                   WHERE id = $2 AND (last_used_at_ms IS NULL OR last_used_at_ms < $1)";
        let mut uses = self.0.clone();
        // In one order, so that two servers that note the same keys do not wait for each other.
        uses.sort_unstable();
        let lists: Vec<_> = uses.iter().map(|(id, at_ms)| values![*at_ms, id.0]).collect();
        session.many(sql, &lists).await.map(drop)
    }
}

async fn find<S: Session>(session: &mut S, id: KeyId) -> Result<ApiKey> {
    let sql = format!("SELECT {COLUMNS} FROM flagkit_keys WHERE id = $1");
    let row = session.query(&sql, &values![id.0]).await?.pop();
    api_key(row.ok_or_else(|| {
        StoreError::new(ErrorKind::NotFound, format!("there is no key number {}", id.0))
    })?)
}

/// Stores a key, and that somebody did.
async fn insert<S: Session>(session: &mut S, new: &NewKey, author: &Author) -> Result<ApiKey> {
    if let Some(environment) = new.environment {
        find_environment(session, environment).await?;
    }
    let sql = format!(
        "INSERT INTO flagkit_keys \
         (environment, scope, name, prefix, hash, created_at_ms, created_by, expires_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING {COLUMNS}"
    );
    let values = values![
        new.environment.map(|id| id.0),
        new.scope.name(),
        &*new.name,
        &*new.prefix,
        &new.hash.0[..],
        author.at_ms,
        &*author.actor,
        new.expires_at_ms,
    ];
    let Some(row) = session.query(&sql, &values).await?.pop() else {
        return Err(StoreError::new(ErrorKind::Exists, "this very key is stored already"));
    };
    let key = api_key(row)?;
    let entry = Entry { after: Some(described(&key)), ..entry(&key, "create") };
    write_record(session, &entry, author).await?;
    session.announce(Notice::Keys).await?;
    Ok(key)
}

async fn write_change<S: Session>(
    session: &mut S,
    before: &ApiKey,
    after: &ApiKey,
    author: &Author,
    action: &str,
) -> Result<()> {
    let (before, after_json) = (Some(described(before)), Some(described(after)));
    let entry = Entry { before, after: after_json, ..entry(after, action) };
    write_record(session, &entry, author).await.map(drop)
}

fn entry(key: &ApiKey, action: &str) -> Entry {
    let environment = key.environment;
    Entry { environment, ..Entry::new(Subject::Key, key.name.clone(), action) }
}

/// For history: everything but the hash.
fn described(key: &ApiKey) -> Arc<str> {
    json!({
        "id": key.id.0,
        "scope": key.scope.name(),
        "name": key.name,
        "prefix": key.prefix,
        "expires_at_ms": key.expires_at_ms,
        "revoked_at_ms": key.revoked_at_ms,
    })
    .to_string()
    .into()
}

const COLUMNS: &str = "id, environment, scope, name, prefix, hash, created_at_ms, created_by, \
    expires_at_ms, revoked_at_ms, last_used_at_ms";

fn api_key(mut row: Row) -> Result<ApiKey> {
    Ok(ApiKey {
        id: KeyId(row.number()?),
        environment: row.optional_number()?.map(EnvironmentId),
        scope: row.named(Scope::by_name)?,
        name: row.text()?.to_string(),
        prefix: row.text()?.to_string(),
        hash: KeyHash(row.hash()?),
        created_at_ms: row.number()?,
        created_by: row.text()?.to_string(),
        expires_at_ms: row.optional_number()?,
        revoked_at_ms: row.optional_number()?,
        last_used_at_ms: row.optional_number()?,
    })
}
