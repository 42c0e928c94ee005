//! Reading documents.

use super::environments::find_environment;
use crate::model::{EnvironmentId, Kind, StoredDocument, StoredPart};
use crate::store::Result;
use crate::store::session::{Operation, Row, Session, values};

/// A whole document.
pub(in crate::store) struct ReadDocument(pub(in crate::store) EnvironmentId);

impl Operation for ReadDocument {
    type Answer = StoredDocument;

    async fn run<S: Session>(&self, session: &mut S) -> Result<StoredDocument> {
        let environment = find_environment(session, self.0).await?;
        let parts = live_parts(session, self.0).await?;
        Ok(StoredDocument { environment, parts })
    }
}

/// What changed since a version.
pub(in crate::store) struct ChangesSince {
    pub(in crate::store) environment: EnvironmentId,
    pub(in crate::store) version: u64,
}

impl Operation for ChangesSince {
    type Answer = StoredDocument;

    async fn run<S: Session>(&self, session: &mut S) -> Result<StoredDocument> {
        let environment = find_environment(session, self.environment).await?;
        let sql = format!(
            "SELECT {COLUMNS} FROM flagkit_parts WHERE environment = $1 AND revision > $2 \
             ORDER BY kind, key"
        );
        let rows = session.query(&sql, &values![self.environment.0, self.version]).await?;
        let parts = rows.into_iter().map(part).collect::<Result<_>>()?;
        Ok(StoredDocument { environment, parts })
    }
}

/// The parts that are there.
pub(super) async fn live_parts<S: Session>(
    session: &mut S,
    environment: EnvironmentId,
) -> Result<Vec<StoredPart>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM flagkit_parts WHERE environment = $1 AND json IS NOT NULL \
         ORDER BY kind, key"
    );
    session.query(&sql, &values![environment.0]).await?.into_iter().map(part).collect()
}

fn part(mut row: Row) -> Result<StoredPart> {
    Ok(StoredPart {
        kind: row.named(Kind::by_name)?,
        key: row.text()?.to_string(),
        json: row.optional_text()?,
        revision: row.number()?,
        updated_at_ms: row.number()?,
        updated_by: row.text()?.to_string(),
    })
}

const COLUMNS: &str = "kind, key, json, revision, updated_at_ms, updated_by";
