//! What an empty database is given: a key for whoever started the server, a project with two
//! environments, and sample flags where they are wanted.

use std::net::SocketAddr;

use flagkit_server::config::Config;
use flagkit_server::keys::SecretKey;
use flagkit_server::model::{
    Author, Change, Environment, EnvironmentSettings, NewEnvironment, Scope, Slug,
};
use flagkit_server::store::{self, Store, StoreError};

use super::sample;
use crate::failure::Failure;
use crate::moment;

/// What was made because the database was empty.
#[derive(Debug)]
pub(crate) struct FirstStart {
    /// The key that may do everything.
    pub(crate) admin: SecretKey,
    /// Keys of the environment with sample flags.
    pub(crate) sample: Option<SampleKeys>,
}

/// Keys for applications.
#[derive(Debug)]
pub(crate) struct SampleKeys {
    /// For backends.
    pub(crate) server: SecretKey,
    /// For browsers and apps.
    pub(crate) client: SecretKey,
}

/// How a new database begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Newborn {
    /// Without flags.
    Empty,
    /// With sample flags, and keys made at random.
    Sample,
    /// With sample flags, and keys that are the same each time: for a database that is gone
    /// after this run, on a server that only this machine can reach.
    SampleWithKnownKeys,
}

impl Newborn {
    /// How a new database begins, by what the server was told.
    pub(crate) fn of(config: &Config, is_temporary: bool) -> Self {
        let is_local = |address: SocketAddr| address.ip().is_loopback();
        let are_local = is_local(config.listen) && config.admin_listen.is_none_or(is_local);
        match (config.dev, is_temporary && are_local) {
            (false, _) => Self::Empty,
            (true, true) => Self::SampleWithKnownKeys,
            (true, false) => Self::Sample,
        }
    }

    fn key(self, scope: Scope) -> Result<SecretKey, Failure> {
        if self == Self::SampleWithKnownKeys {
            return Ok(SecretKey::chosen(format!("fk_{}_dev", scope.name())));
        }
        SecretKey::random(scope)
            .map_err(|error| Failure::input(format_args!("there is no randomness here: {error}")))
    }
}

impl FirstStart {
    /// Opens the database, and fills it if it is new; none if it is not.
    pub(crate) async fn make(config: &Config, newborn: Newborn) -> Result<Option<Self>, Failure> {
        let store = store::open(&config.database).await.map_err(|error| {
            let database = &config.database;
            Failure::input(format_args!("the database {database} cannot be opened: {error}"))
        })?;
        let made = Self::make_in(&*store, newborn).await;
        store.close().await;
        made
    }

    /// Itself and the keys of its sample flags, if it has some.
    pub(crate) fn with_sample(&self) -> Option<(&Self, &SampleKeys)> {
        self.sample.as_ref().map(|sample| (self, sample))
    }

    /// Of several servers that start at once on one database, one makes all of it.
    async fn make_in(store: &dyn Store, newborn: Newborn) -> Result<Option<Self>, Failure> {
        let admin = newborn.key(Scope::Admin)?;
        let new = admin.to_new(Scope::Admin, None, "first admin key");
        if !store.create_first_key(new, author()).await.map_err(unfilled)? {
            return Ok(None);
        }
        let mut first = Self { admin, sample: None };
        // Somebody who lost all admin keys has projects already.
        if store.projects().await.map_err(unfilled)?.is_empty() {
            let production = create_environments(store).await?;
            if newborn != Newborn::Empty {
                first.sample = Some(SampleKeys::make(store, &production, newborn).await?);
            }
        }
        Ok(Some(first))
    }
}

/// Creates the project and its environments, and returns the first of them.
async fn create_environments(store: &dyn Store) -> Result<Environment, Failure> {
    let project = slug(PROJECT)?;
    let made = store.create_project(project.clone(), PROJECT.to_owned(), author()).await;
    made.map_err(unfilled)?;
    let create = |key: &'static str, is_production: bool| {
        let settings = EnvironmentSettings { name: key.to_owned(), is_production };
        let project = project.clone();
        async move {
            let new = NewEnvironment { project, key: slug(key)?, settings };
            store.create_environment(new, author()).await.map_err(unfilled)
        }
    };
    let production = create("production", true).await?;
    create("staging", false).await?;
    Ok(production)
}

impl SampleKeys {
    async fn make(
        store: &dyn Store,
        environment: &Environment,
        newborn: Newborn,
    ) -> Result<Self, Failure> {
        let change = Change {
            environment: environment.id,
            edits: sample::edits(),
            dialect: None,
            expected_version: None,
            action: "import".to_owned(),
            author: author(),
        };
        store.change(change).await.map_err(unfilled)?;
        let keys =
            Self { server: newborn.key(Scope::Server)?, client: newborn.key(Scope::Client)? };
        for (scope, key, name) in [
            (Scope::Server, &keys.server, "sample backend"),
            (Scope::Client, &keys.client, "sample web page"),
        ] {
            let new = key.to_new(scope, Some(environment.id), name);
            store.create_key(new, author()).await.map_err(unfilled)?;
        }
        Ok(keys)
    }
}

fn author() -> Author {
    Author {
        actor: "flagkit serve".to_owned(),
        reason: Some("the first start".to_owned()),
        at_ms: moment::now_ms(),
    }
}

fn slug(key: &str) -> Result<Slug, Failure> {
    key.parse().map_err(Failure::input)
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn unfilled(error: StoreError) -> Failure {
    Failure::input(format_args!("the new database cannot be filled: {error}"))
}

/// What command lines mean that name no project.
const PROJECT: &str = "default";
