//! Environments.

use serde_json::json;

use super::history::{Entry, write_record};
use super::projects::no_project;
use crate::model::{
    Author, Environment, EnvironmentId, EnvironmentSettings, NewEnvironment, Subject,
};
use crate::store::session::{Lock, Operation, Row, Session, values};
use crate::store::{ErrorKind, Notice, Result, StoreError};

/// All environments.
pub(in crate::store) struct ListEnvironments;

impl Operation for ListEnvironments {
    type Answer = Vec<Environment>;

    async fn run<S: Session>(&self, session: &mut S) -> Result<Vec<Environment>> {
        let sql = format!("SELECT {COLUMNS} FROM flagkit_environments ORDER BY project, key");
        session.query(&sql, &[]).await?.into_iter().map(environment).collect()
    }
}

/// A new environment, empty.
pub(in crate::store) struct CreateEnvironment {
    pub(in crate::store) new: NewEnvironment,
    pub(in crate::store) author: Author,
}

impl Operation for CreateEnvironment {
    type Answer = Environment;

    async fn run<S: Session>(&self, session: &mut S) -> Result<Environment> {
        let NewEnvironment { project, key, settings } = &self.new;
        let sql = "SELECT key FROM flagkit_projects WHERE key = $1";
        if session.query(sql, &values![project.as_str()]).await?.is_empty() {
            return Err(no_project(project));
        }
        let sql = format!(
            "INSERT INTO flagkit_environments \
             (project, key, name, is_production, dialect, epoch, version, created_at_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT DO NOTHING RETURNING {COLUMNS}"
        );
        let values = values![
            project.as_str(),
            key.as_str(),
            &*settings.name,
            settings.is_production,
            "native",
            &*random_epoch()?,
            self.author.at_ms,
        ];
        let Some(row) = session.query(&sql, &values).await?.pop() else {
            let message = format!("the project `{project}` has an environment `{key}` already");
            return Err(StoreError::new(ErrorKind::Exists, message));
        };
        let environment = environment(row)?;
        let entry = Entry {
            environment: Some(environment.id),
            after: Some(described(&environment)),
            ..Entry::new(Subject::Environment, key.as_str(), "create")
        };
        write_record(session, &entry, &self.author).await?;
        session.announce(Notice::Environments).await?;
        Ok(environment)
    }
}

/// Another name, or for real from now on.
pub(in crate::store) struct UpdateEnvironment {
    pub(in crate::store) id: EnvironmentId,
    pub(in crate::store) settings: EnvironmentSettings,
    pub(in crate::store) author: Author,
}

impl Operation for UpdateEnvironment {
    type Answer = Environment;

    async fn run<S: Session>(&self, session: &mut S) -> Result<Environment> {
        session.lock(Lock::Environment(self.id.0)).await?;
        let before = find_environment(session, self.id).await?;
        if before.settings == self.settings {
            return Ok(before);
        }
        let sql = "UPDATE flagkit_environments SET name = $1, is_production = $2 WHERE id = $3";
        let values = values![&*self.settings.name, self.settings.is_production, self.id.0];
        session.query(sql, &values).await?;
        let after = Environment { settings: self.settings.clone(), ..before.clone() };
        let entry = Entry {
            environment: Some(self.id),
            before: Some(described(&before)),
            after: Some(described(&after)),
            ..Entry::new(Subject::Environment, after.key.as_str(), "update")
        };
        write_record(session, &entry, &self.author).await?;
        session.announce(Notice::Environments).await?;
        Ok(after)
    }
}

/// Other epochs, so that nobody who knows later versions waits for them.
pub(in crate::store) struct RenewEpochs {
    pub(in crate::store) author: Author,
}

impl Operation for RenewEpochs {
    type Answer = ();

    async fn run<S: Session>(&self, session: &mut S) -> Result<()> {
        let environments = ListEnvironments.run(session).await?;
        for environment in environments {
            let sql = "UPDATE flagkit_environments SET epoch = $1 WHERE id = $2";
            let values = values![&*random_epoch()?, environment.id.0];
            session.query(sql, &values).await?;
            let described = Some(described(&environment));
            let entry = Entry {
                environment: Some(environment.id),
                before: described.clone(),
                after: described,
                ..Entry::new(Subject::Environment, environment.key.as_str(), "restore")
            };
            write_record(session, &entry, &self.author).await?;
        }
        session.announce(Notice::Environments).await
    }
}

/// An environment goes, and what is in it.
pub(in crate::store) struct DeleteEnvironment {
    pub(in crate::store) id: EnvironmentId,
    pub(in crate::store) author: Author,
}

impl Operation for DeleteEnvironment {
    type Answer = ();

    async fn run<S: Session>(&self, session: &mut S) -> Result<()> {
        session.lock(Lock::Environment(self.id.0)).await?;
        let environment = find_environment(session, self.id).await?;
        let sql = "DELETE FROM flagkit_environments WHERE id = $1";
        session.query(sql, &values![self.id.0]).await?;
        let entry = Entry {
            environment: Some(self.id),
            before: Some(described(&environment)),
            ..Entry::new(Subject::Environment, environment.key.as_str(), "delete")
        };
        write_record(session, &entry, &self.author).await?;
        session.announce(Notice::Environments).await?;
        session.announce(Notice::Keys).await
    }
}

/// The environment of that number.
pub(super) async fn find_environment<S: Session>(
    session: &mut S,
    id: EnvironmentId,
) -> Result<Environment> {
    let sql = format!("SELECT {COLUMNS} FROM flagkit_environments WHERE id = $1");
    let row = session.query(&sql, &values![id.0]).await?.pop();
    environment(row.ok_or_else(|| no_environment(id))?)
}

#[cold]
fn no_environment(id: EnvironmentId) -> StoreError {
    let message = format!("there is no environment number {}; it may have been deleted", id.0);
    StoreError::new(ErrorKind::NotFound, message)
}

const COLUMNS: &str =
    "id, project, key, name, is_production, dialect, epoch, version, created_at_ms";

fn environment(mut row: Row) -> Result<Environment> {
    Ok(Environment {
        id: EnvironmentId(row.number()?),
        project: row.named(|key| key.parse().ok())?,
        key: row.named(|key| key.parse().ok())?,
        settings: EnvironmentSettings {
            name: row.text()?.to_string(),
            is_production: row.number()? != 0,
        },
        dialect: row.named(|name| name.parse().ok())?,
        epoch: row.text()?.to_string(),
        version: row.number()?,
        created_at_ms: row.number()?,
    })
}

/// For history.
fn described(environment: &Environment) -> std::sync::Arc<str> {
    let EnvironmentSettings { name, is_production } = &environment.settings;
    let project = environment.project.as_str();
    json!({ "project": project, "name": name, "production": is_production }).to_string().into()
}

/// Ten letters and digits. Bytes that would favour some letters are left out.
fn random_epoch() -> Result<String> {
    let mut epoch = String::with_capacity(EPOCH_LENGTH);
    while epoch.len() < EPOCH_LENGTH {
        let mut bytes = [0; 2 * EPOCH_LENGTH];
        getrandom::fill(&mut bytes).map_err(|error| {
            let message = "the operating system has no randomness";
            StoreError::new(ErrorKind::Broken, message).caused_by(error)
        })?;
        let letters = bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte >> 2)));
        epoch.extend(letters.take(EPOCH_LENGTH - epoch.len()).map(|letter| char::from(*letter)));
    }
    Ok(epoch)
}

const EPOCH_LENGTH: usize = 10;
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
