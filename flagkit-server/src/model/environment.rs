//! Projects and their environments.

use flagkit_dialects::Dialect;
use flagkit_protocol::Version;

use super::Slug;

/// A product or a team, whose environments have the same flags in different states.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Project {
    /// What paths call it.
    pub key: Slug,
    /// What people call it.
    pub name: String,
    /// When it was created.
    pub created_at_ms: u64,
}

/// Which environment, in one database. Never used again after the environment is deleted.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct EnvironmentId(pub u64);

/// A set of flags with one version: `production`, `staging`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Environment {
    /// Which one, in this database.
    pub id: EnvironmentId,
    /// The key of the project that it belongs to.
    pub project: Slug,
    /// What paths call it.
    pub key: Slug,
    /// What may be changed without a new version.
    pub settings: EnvironmentSettings,
    /// The language of its document: native in parts, or a vendor's, kept as it is.
    pub dialect: Dialect,
    /// Made at random with the environment, so that versions of another one are not taken for
    /// versions of this.
    pub epoch: String,
    /// How many changes there were.
    pub version: u64,
    /// When it was created.
    pub created_at_ms: u64,
}

impl Environment {
    /// Its state as clients know it.
    #[must_use]
    pub fn version(&self) -> Version {
        Version { epoch: self.epoch.clone(), number: self.version }
    }
}

/// What an environment is called and whether it is for real.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EnvironmentSettings {
    /// What people call it.
    pub name: String,
    /// Whether real users are served: changes want a reason, clients refuse overrides.
    pub is_production: bool,
}

/// An environment that is to be created, empty, at version 0.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewEnvironment {
    /// The project that it belongs to.
    pub project: Slug,
    /// What paths call it.
    pub key: Slug,
    /// Its name and whether it is for real.
    pub settings: EnvironmentSettings,
}
