//! Who changed what.

use std::sync::Arc;

use super::{EnvironmentId, Kind};

/// Which record, in one database; a later record has a greater number.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AuditId(pub u64);

/// What a record is about.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Subject {
    /// A part of a document.
    Part(Kind),
    /// An environment: created, renamed, deleted.
    Environment,
    /// A project.
    Project,
    /// A key: created, revoked, expiring.
    Key,
}

impl Subject {
    /// As it is written in the database and in JSON: `flag`, `environment`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Part(kind) => kind.name(),
            Self::Environment => "environment",
            Self::Project => "project",
            Self::Key => "key",
        }
    }

    /// The subject of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        let others = [Self::Environment, Self::Project, Self::Key];
        let other = others.into_iter().find(|subject| subject.name() == name);
        other.or_else(|| Kind::by_name(name).map(Self::Part))
    }
}

/// One thing that changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditRecord {
    /// Which record.
    pub id: AuditId,
    /// Where; none for projects and for keys of all environments.
    pub environment: Option<EnvironmentId>,
    /// The version of the environment after it; none where there is no new one.
    pub version: Option<u64>,
    /// What it is about.
    pub subject: Subject,
    /// The key of the part, the environment or the project, or the name of the API key.
    pub key: String,
    /// When.
    pub at_ms: u64,
    /// Who.
    pub actor: String,
    /// Why, in their words.
    pub reason: Option<String>,
    /// What they did: `create`, `update`, `delete`, `switch-on`, `revert`.
    pub action: String,
    /// The JSON before it; none where there was nothing.
    pub before: Option<Arc<str>>,
    /// The JSON after it; none where there is nothing.
    pub after: Option<Arc<str>>,
}

/// Which records, newest first.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct HistoryQuery {
    /// Only of this environment.
    pub environment: Option<EnvironmentId>,
    /// Only of this subject.
    pub subject: Option<Subject>,
    /// Only of this key.
    pub key: Option<String>,
    /// Only older than this record: the last one of the page before.
    pub before: Option<AuditId>,
    /// How many at most; storage gives at most 1,000.
    pub limit: u32,
}
