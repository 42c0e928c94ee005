//! Projects.

use serde_json::json;

use super::history::{Entry, write_record};
use crate::model::{Author, Project, Slug, Subject};
use crate::store::session::{Operation, Row, Session, integer, values};
use crate::store::{ErrorKind, Notice, Result, StoreError};

/// Asks whether the database answers.
pub(in crate::store) struct Ping;

impl Operation for Ping {
    type Answer = ();

    async fn run<S: Session>(&self, session: &mut S) -> Result<()> {
        session.query("SELECT 1", &[]).await.map(drop)
    }
}

/// All projects.
pub(in crate::store) struct ListProjects;

impl Operation for ListProjects {
    type Answer = Vec<Project>;

    async fn run<S: Session>(&self, session: &mut S) -> Result<Vec<Project>> {
        let sql = "SELECT key, name, created_at_ms FROM flagkit_projects ORDER BY key";
        session.query(sql, &[]).await?.into_iter().map(project).collect()
    }
}

/// A new project.
pub(in crate::store) struct CreateProject {
    pub(in crate::store) key: Slug,
    pub(in crate::store) name: String,
    pub(in crate::store) author: Author,
}

impl Operation for CreateProject {
    type Answer = Project;

    async fn run<S: Session>(&self, session: &mut S) -> Result<Project> {
        let sql = "INSERT INTO flagkit_projects (key, name, created_at_ms) VALUES ($1, $2, $3) \
                   ON CONFLICT DO NOTHING RETURNING key, name, created_at_ms";
        let values = values![self.key.as_str(), &*self.name, self.author.at_ms];
        let Some(row) = session.query(sql, &values).await?.pop() else {
            let message = format!("there is a project `{}` already", self.key);
            return Err(StoreError::new(ErrorKind::Exists, message));
        };
        let project = project(row)?;
        let entry = Entry {
            after: Some(json!({ "name": project.name }).to_string().into()),
            ..Entry::new(Subject::Project, self.key.as_str(), "create")
        };
        write_record(session, &entry, &self.author).await?;
        session.announce(Notice::Environments).await?;
        Ok(project)
    }
}

/// A project without environments goes.
pub(in crate::store) struct DeleteProject {
    pub(in crate::store) key: Slug,
    pub(in crate::store) author: Author,
}

impl Operation for DeleteProject {
    type Answer = ();

    async fn run<S: Session>(&self, session: &mut S) -> Result<()> {
        let key = self.key.as_str();
        let sql = "SELECT COUNT(*) FROM flagkit_environments WHERE project = $1";
        let environments = integer(session.query(sql, &values![key]).await?)?;
        if environments > 0 {
            let message = format!(
                "the project `{key}` has {environments} environments; delete them before it"
            );
            return Err(StoreError::new(ErrorKind::Exists, message));
        }
        let sql = "DELETE FROM flagkit_projects WHERE key = $1 RETURNING key, name, created_at_ms";
        let row = session.query(sql, &values![key]).await?.pop();
        let project = project(row.ok_or_else(|| no_project(&self.key))?)?;
        let entry = Entry {
            before: Some(json!({ "name": project.name }).to_string().into()),
            ..Entry::new(Subject::Project, key, "delete")
        };
        write_record(session, &entry, &self.author).await?;
        session.announce(Notice::Environments).await
    }
}

#[cold]
pub(super) fn no_project(key: &Slug) -> StoreError {
    StoreError::new(ErrorKind::NotFound, format!("there is no project `{key}`"))
}

fn project(mut row: Row) -> Result<Project> {
    Ok(Project {
        key: row.named(|key| key.parse().ok())?,
        name: row.text()?.to_string(),
        created_at_ms: row.number()?,
    })
}
