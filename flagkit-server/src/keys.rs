//! Keys: made at random, shown once, known by their hash.
//!
//! A key is `fk_`, its scope, `_` and 256 random bits, so that people and scanners of secrets
//! know one when they see it. It has too many bits to be guessed, so a plain SHA-256 is enough.
//! Whether a key is good is found out by its beginning, which is public, and by comparing hashes
//! in constant time.

use std::collections::HashMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::model::{ApiKey, EnvironmentId, KeyHash, NewKey, Scope};

/// A key in the clear, for as long as it takes to show it. `Debug` hides it.
pub struct SecretKey(String);

impl SecretKey {
    /// A new key of 256 random bits.
    ///
    /// # Errors
    ///
    /// Where the operating system has no randomness.
    pub fn random(scope: Scope) -> Result<Self, getrandom::Error> {
        let mut bits = [0; RANDOM_BYTES];
        getrandom::fill(&mut bits)?;
        Ok(Self(format!("fk_{}_{}", scope.name(), URL_SAFE_NO_PAD.encode(bits))))
    }

    /// A key that somebody else chose, for development and tests.
    #[must_use]
    pub fn chosen(text: String) -> Self {
        Self(text)
    }

    /// The key itself: for its owner, and nobody else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    #[must_use]
    pub fn to_new(
        &self,
        scope: Scope,
        environment: Option<EnvironmentId>,
        name: impl Into<String>,
    ) -> NewKey {
        NewKey {
            environment,
            scope,
            name: name.into(),
            prefix: prefix(&self.0).to_owned(),
            hash: hash(&self.0),
            expires_at_ms: None,
        }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}…)", prefix(&self.0))
    }
}

/// All keys of a server, in memory.
#[derive(Debug, Default)]
pub struct Keyring {
    by_prefix: HashMap<String, Vec<ApiKey>>,
}

impl Keyring {
    /// With these keys and no others.
    #[must_use]
    pub fn new(keys: Vec<ApiKey>) -> Self {
        let mut by_prefix: HashMap<String, Vec<ApiKey>> = HashMap::new();
        for key in keys {
            by_prefix.entry(key.prefix.clone()).or_default().push(key);
        }
        Self { by_prefix }
    }

    /// The key that a request came with.
    ///
    /// # Errors
    ///
    /// Why it is no good at this time.
    pub fn find(&self, text: &str, now_ms: u64) -> Result<&ApiKey, KeyRefusal> {
        let asked = hash(text);
        let known = self.by_prefix.get(prefix(text)).map(Vec::as_slice).unwrap_or_default();
        // All of them are compared: how long it takes says nothing about which one it is.
        let equal = known.iter().fold(None, |found, key| {
            let is_equal = bool::from(key.hash.0.ct_eq(&asked.0));
            if is_equal { Some(key) } else { found }
        });
        let key = equal.ok_or(KeyRefusal::Unknown)?;
        if key.revoked_at_ms.is_some() {
            return Err(KeyRefusal::Revoked);
        }
        if key.expires_at_ms.is_some_and(|expires| expires <= now_ms) {
            return Err(KeyRefusal::Expired);
        }
        Ok(key)
    }
}

/// Why a key is no good.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyRefusal {
    /// There is no such key.
    Unknown,
    /// It was good once.
    Expired,
    /// Somebody took it back.
    Revoked,
}

impl fmt::Display for KeyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "there is no such key",
            Self::Expired => "the key has expired",
            Self::Revoked => "the key was revoked",
        })
    }
}

impl std::error::Error for KeyRefusal {}

/// What is stored of a key.
fn hash(text: &str) -> KeyHash {
    KeyHash(Sha256::digest(text.as_bytes()).into())
}

/// The beginning that is shown: up to the random part and six characters of that, so 220 bits
/// stay secret. Of a chosen key, which may be short, at most a third.
fn prefix(text: &str) -> &str {
    let random = text.strip_prefix("fk_").and_then(|rest| rest.split_once('_'));
    let shown = match random {
        Some((scope, random)) if random.len() == RANDOM_CHARACTERS => {
            "fk_".len() + scope.len() + "_".len() + SHOWN_CHARACTERS
        }
        _ => (text.len() / 3).min(SHOWN_CHARACTERS),
    };
    let shown = (0..=shown).rev().find(|at| text.is_char_boundary(*at));
    shown.and_then(|at| text.get(..at)).unwrap_or_default()
}

const RANDOM_BYTES: usize = 32;
/// Of 32 bytes in Base64 without padding.
const RANDOM_CHARACTERS: usize = 43;
const SHOWN_CHARACTERS: usize = 6;

#[cfg(test)]
mod tests;
