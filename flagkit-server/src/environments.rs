//! All environments in memory, kept in step with the database.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use parking_lot::RwLock;

use crate::hints::did_you_mean;
use crate::live::Live;
use crate::model::{EnvironmentId, Project, Slug};
use crate::refusal::{Answer, Refusal};
use crate::store::{ErrorKind, Result, Store};

mod change;
mod follow;

pub(crate) use change::{Changing, Done, Wanted, document_edit};
pub(crate) use follow::follow;

/// Everything that is served.
#[derive(Debug)]
pub(crate) struct Environments {
    store: Arc<dyn Store>,
    /// How many changes each environment keeps for streams that come back.
    history: usize,
    directory: RwLock<Directory>,
    /// Reading the list of environments anew happens once at a time.
    refreshing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Directory {
    projects: Vec<Project>,
    by_key: BTreeMap<(Slug, Slug), Arc<Live>>,
    by_id: HashMap<EnvironmentId, Arc<Live>>,
}

impl Environments {
    /// Everything that is in the database.
    pub(crate) async fn load(store: Arc<dyn Store>, history: usize) -> Result<Self> {
        let environments = Self {
            store,
            history,
            directory: RwLock::default(),
            refreshing: tokio::sync::Mutex::default(),
        };
        environments.refresh().await?;
        Ok(environments)
    }

    /// The database.
    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// All projects, by key.
    pub(crate) fn projects(&self) -> Vec<Project> {
        self.directory.read().projects.clone()
    }

    /// The project of this key.
    ///
    /// # Errors
    ///
    /// 404 with the nearest key.
    pub(crate) fn project(&self, key: &str) -> Answer<Project> {
        let directory = self.directory.read();
        let found = directory.projects.iter().find(|project| project.key.as_str() == key);
        found.cloned().ok_or_else(|| {
            let known = directory.projects.iter().map(|project| project.key.as_str());
            Refusal::not_found(format!("there is no project `{key}`"))
                .path("project")
                .maybe_hint(did_you_mean(key, known))
        })
    }

    /// All environments, by project and key.
    pub(crate) fn all(&self) -> Vec<Arc<Live>> {
        self.directory.read().by_key.values().cloned().collect()
    }

    /// The environment with this id.
    pub(crate) fn by_id(&self, id: EnvironmentId) -> Option<Arc<Live>> {
        self.directory.read().by_id.get(&id).cloned()
    }

    /// The environment of these keys.
    ///
    /// # Errors
    ///
    /// 404 with the nearest key.
    pub(crate) fn find(&self, project: &str, environment: &str) -> Answer<Arc<Live>> {
        let directory = self.directory.read();
        let of_project = || {
            let all = directory.by_key.iter();
            all.filter(|((key, _), _)| key.as_str() == project)
        };
        let found = of_project().find(|((_, key), _)| key.as_str() == environment);
        if let Some((_, live)) = found {
            return Ok(live.clone());
        }
        let known: Vec<&str> = of_project().map(|((_, key), _)| key.as_str()).collect();
        if !directory.projects.iter().any(|known| known.key.as_str() == project) {
            drop(directory);
            self.project(project)?;
            return Err(Refusal::not_found("there is no such project"));
        }
        let message = format!("the project `{project}` has no environment `{environment}`");
        let hint = did_you_mean(environment, known.iter().copied());
        let refusal = Refusal::not_found(message).path("environment").maybe_hint(hint);
        let known = serde_json::json!({ "environments": known });
        Err(refusal.details(known))
    }

    /// Reads which projects and environments there are, and those documents that are new.
    pub(crate) async fn refresh(&self) -> Result<()> {
        let _refreshing = self.refreshing.lock().await;
        let projects = self.store.projects().await?;
        let environments = self.store.environments().await?;
        let mut next = Directory { projects, ..Directory::default() };
        for environment in environments {
            let live = match self.by_id(environment.id) {
                Some(live) => {
                    live.set_settings(environment.settings.clone());
                    live
                }
                None => match self.store.document(environment.id).await {
                    Ok(stored) => {
                        let live = Live::load(&stored.environment, &stored.parts, self.history);
                        live.tell_of_trouble();
                        Arc::new(live)
                    }
                    // Deleted since the list was read.
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    Err(error) => return Err(error),
                },
            };
            let key = (live.project.clone(), live.key.clone());
            next.by_id.insert(live.id, live.clone());
            next.by_key.insert(key, live);
        }
        let old = std::mem::replace(&mut *self.directory.write(), next);
        let directory = self.directory.read();
        let gone = old.by_id.into_values().filter(|old| !directory.by_id.contains_key(&old.id));
        gone.for_each(|gone| gone.say_goodbye(0));
        Ok(())
    }
}
