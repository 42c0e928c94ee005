//! What tests need: databases that are there for one test only.

mod encryption;
mod runtime;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flagkit_server::config::Database;
use flagkit_server::model::{
    Author, Change, Edit, Environment, EnvironmentId, EnvironmentSettings, Expected, Kind,
    NewEnvironment,
};
use flagkit_server::store::{self, ErrorKind, Store};
use tempfile::TempDir;

pub(crate) use encryption::{new_authority, require_tls};
pub(crate) use flagkit_testkit::postgres::Cluster;
pub(crate) use runtime::block_on;

/// An empty database.
pub(crate) enum Place {
    /// A file in a folder of its own.
    Sqlite(TempDir),
    /// A database of its own in the cluster that all tests of this process share.
    Postgres(String),
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub(crate) fn postgres() -> Self {
        Self::Postgres(Cluster::shared().new_database())
    }

    /// As the server is told.
    pub(crate) fn database(&self) -> Database {
        match self {
            Self::Sqlite(_) => Database::Sqlite(self.file()),
            Self::Postgres(url) => Database::Postgres(url.clone()),
        }
    }

    /// The file of a SQLite database.
    pub(crate) fn file(&self) -> PathBuf {
        match self {
            Self::Sqlite(folder) => folder.path().join("flags.db"),
            Self::Postgres(_) => panic!("a PostgreSQL database is no file"),
        }
    }

    /// A file that was closed just now may still be locked: by a program that another test is starting
    /// and that has the lock from the moment of its fork until it runs.
    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        let begun = Instant::now();
        loop {
            match store::open(&self.database()).await {
                Err(error) if error.kind() == ErrorKind::Exists && begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                opened => return opened.unwrap(),
            }
        }
    }
}

/// How long a lock that is nobody's may last.
const PATIENCE: Duration = Duration::from_secs(5);

/// A person who changes something at a time.
pub(crate) fn author(at_ms: u64) -> Author {
    Author { actor: "ada".to_owned(), reason: Some("because".to_owned()), at_ms }
}

/// A project `shop` with an environment of that key.
pub(crate) async fn new_environment(store: &dyn Store, key: &str) -> Environment {
    let project = "shop".parse().unwrap();
    let is_there = store.projects().await.unwrap().iter().any(|known| known.key == project);
    if !is_there {
        store.create_project(project.clone(), "Shop".to_owned(), author(1)).await.unwrap();
    }
    let settings = EnvironmentSettings { name: key.to_owned(), is_production: false };
    let new = NewEnvironment { project, key: key.parse().unwrap(), settings };
    store.create_environment(new, author(2)).await.unwrap()
}

/// A flag becomes this text, or goes.
pub(crate) fn edit(key: &str, json: Option<&str>) -> Edit {
    let expected = Expected::Any;
    Edit { kind: Kind::Flag, key: key.to_owned(), json: json.map(Arc::from), expected }
}

/// Edits at a time.
pub(crate) fn change(environment: EnvironmentId, edits: Vec<Edit>, at_ms: u64) -> Change {
    Change {
        environment,
        edits,
        dialect: None,
        expected_version: None,
        action: "update".to_owned(),
        author: author(at_ms),
    }
}

/// Bytes as text.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Each scenario as a test for each database.
macro_rules! on_both {
    ($($scenario:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $scenario() {
                $crate::support::block_on(super::$scenario($crate::support::Place::sqlite()));
            })*
        }
        mod postgres {
            $(#[test]
            fn $scenario() {
                $crate::support::block_on(super::$scenario($crate::support::Place::postgres()));
            })*
        }
    };
}
pub(crate) use on_both;
