//! What the server knows of a key: never the key.

use std::fmt;

use super::EnvironmentId;

/// Which key, in one database.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyId(pub u64);

/// What a key is good for.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Scope {
    /// Backends: the whole document, evaluation, usage.
    Server,
    /// Browsers and apps: evaluation of their own context only; everyone can read such a key.
    Client,
    /// Changing everything, in one environment or in all.
    Admin,
    /// Looking at everything, in one environment or in all.
    ReadOnly,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Server, Self::Client, Self::Admin, Self::ReadOnly];

    /// As it is written in keys, in the database and in JSON: `server`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Admin => "admin",
            Self::ReadOnly => "readonly",
        }
    }

    /// The scope of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// The SHA-256 hash of a key, which is what is stored.
///
/// Two of them are not compared by `==`, which stops at the first difference.
#[derive(Clone, Copy)]
pub struct KeyHash(pub [u8; 32]);

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(…)")
    }
}

/// A key as the server knows it.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Which one.
    pub id: KeyId,
    /// The only environment where it is good; none for all.
    pub environment: Option<EnvironmentId>,
    /// What it is good for.
    pub scope: Scope,
    /// What people call it.
    pub name: String,
    /// How it begins, to tell it from others.
    pub prefix: String,
    /// Its hash.
    pub hash: KeyHash,
    /// When it was created.
    pub created_at_ms: u64,
    /// Who created it.
    pub created_by: String,
    /// From when on it is refused.
    pub expires_at_ms: Option<u64>,
    /// When it was revoked: it is refused.
    pub revoked_at_ms: Option<u64>,
    /// When it was used, to the minute.
    pub last_used_at_ms: Option<u64>,
}

/// A key that is to be stored.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The only environment where it is good; none for all, which only admin and read-only
    /// keys may be.
    pub environment: Option<EnvironmentId>,
    /// What it is good for.
    pub scope: Scope,
    /// What people call it.
    pub name: String,
    /// How it begins.
    pub prefix: String,
    /// Its hash.
    pub hash: KeyHash,
    /// From when on it is refused.
    pub expires_at_ms: Option<u64>,
}
