//! Who asks, and what they may.
//!
//! A key comes as `Authorization: Bearer KEY`, as `Authorization: KEY`, which Unleash's SDKs
//! send, or as `X-API-Key: KEY`. It is looked at and forgotten; what goes on is a [`Caller`].

use std::collections::HashMap;
use std::sync::Arc;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use parking_lot::{Mutex, RwLock};

use crate::environments::Environments;
use crate::keys::{KeyRefusal, Keyring};
use crate::live::Live;
use crate::model::{ApiKey, EnvironmentId, KeyId, Scope};
use crate::refusal::{Answer, Refusal};
use crate::store::{Result, Store};
use crate::world::now_ms;

/// All keys, and which of them were used.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    ring: RwLock<Keyring>,
    uses: Mutex<HashMap<KeyId, u64>>,
}

/// Whoever has a key that is good.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Which key.
    pub(crate) key: KeyId,
    /// What people call the key.
    pub(crate) name: String,
    /// What it is good for.
    pub(crate) scope: Scope,
    /// The only environment where it is good.
    pub(crate) environment: Option<EnvironmentId>,
}

/// What a request does, and so what a key must be good for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Access {
    /// Looks at flags, keys and history.
    Look,
    /// Changes something.
    Change,
    /// Gets whole documents.
    Documents,
    /// Gets evaluations for a context, and reports usage.
    Evaluations,
}

impl Access {
    /// Whether a key of this scope may.
    pub(crate) fn is_for(self, scope: Scope) -> bool {
        match self {
            Self::Look => matches!(scope, Scope::Admin | Scope::ReadOnly),
            Self::Change => scope == Scope::Admin,
            Self::Documents => matches!(scope, Scope::Server | Scope::Admin | Scope::ReadOnly),
            Self::Evaluations => true,
        }
    }

    /// The scopes that may, in words.
    pub(crate) fn scopes(self) -> &'static str {
        match self {
            Self::Look => "admin or read-only",
            Self::Change => "admin",
            Self::Documents => "server, admin or read-only",
            Self::Evaluations => "client, server, admin or read-only",
        }
    }
}

impl Keys {
    /// Reads them anew.
    pub(crate) async fn refresh(&self, store: &dyn Store) -> Result<()> {
        let keys = store.keys().await?;
        *self.ring.write() = Keyring::new(keys);
        Ok(())
    }

    /// Who asks.
    ///
    /// # Errors
    ///
    /// 401 without a key that is good.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Answer<Caller> {
        let Some(key) = key_of(headers) else {
            let refusal = Refusal::unauthorized("the request has no key");
            return Err(refusal.hint("send `Authorization: Bearer KEY`"));
        };
        self.caller_with(key)
    }

    /// Who has this key.
    ///
    /// # Errors
    ///
    /// 401 for a key that is not good.
    pub(crate) fn caller_with(&self, key: &str) -> Answer<Caller> {
        let now = now_ms();
        let ring = self.ring.read();
        let key = ring.find(key, now).map_err(|refusal| {
            let hint = match refusal {
                KeyRefusal::Expired | KeyRefusal::Revoked => "use the key that followed it",
                _ => "keys are listed by `flagkit keys`",
            };
            Refusal::unauthorized(refusal.to_string()).hint(hint)
        })?;
        let caller = Caller::of(key);
        drop(ring);
        self.uses.lock().insert(caller.key, now);
        Ok(caller)
    }

    /// Which keys were used since the last time.
    pub(crate) fn take_uses(&self) -> Vec<(KeyId, u64)> {
        self.uses.lock().drain().collect()
    }
}

impl Caller {
    fn of(key: &ApiKey) -> Self {
        let ApiKey { id, name, scope, environment, .. } = key;
        Self { key: *id, name: name.clone(), scope: *scope, environment: *environment }
    }

    /// Whether the caller may.
    ///
    /// # Errors
    ///
    /// 403 with the scopes that may.
    pub(crate) fn check(&self, access: Access) -> Answer<()> {
        if access.is_for(self.scope) {
            return Ok(());
        }
        let message = format!("a key of scope `{}` may not do this", self.scope.name());
        Err(Refusal::forbidden(message).hint(format!("use a key of scope {}", access.scopes())))
    }

    /// Whether the key is good in this environment.
    ///
    /// # Errors
    ///
    /// 403 for keys of other environments.
    pub(crate) fn check_environment(&self, environment: EnvironmentId) -> Answer<()> {
        if self.environment.is_none_or(|own| own == environment) {
            return Ok(());
        }
        let refusal = Refusal::forbidden("the key belongs to another environment");
        Err(refusal.hint("use a key of this environment, or one of all environments"))
    }

    /// Whether the key is good everywhere.
    ///
    /// # Errors
    ///
    /// 403 for keys of one environment.
    pub(crate) fn check_everywhere(&self) -> Answer<()> {
        if self.environment.is_none() {
            return Ok(());
        }
        let refusal = Refusal::forbidden("the key is good in one environment only");
        Err(refusal.hint("use a key of all environments"))
    }

    /// The environment that the key belongs to, or the one that is named beside it.
    ///
    /// # Errors
    ///
    /// 400 where neither says which; 403 where they do not agree; 404 where there is none.
    pub(crate) fn environment_in(
        &self,
        environments: &Environments,
        named: Option<(&str, &str)>,
    ) -> Answer<Arc<Live>> {
        if let Some((project, environment)) = named {
            let live = environments.find(project, environment)?;
            self.check_environment(live.id)?;
            return Ok(live);
        }
        let Some(own) = self.environment else {
            let refusal = Refusal::bad_request("the key is good in all environments");
            return Err(refusal.hint("say which: `?project=PROJECT&environment=ENVIRONMENT`"));
        };
        environments.by_id(own).ok_or_else(|| Refusal::not_found("the environment is gone"))
    }
}

/// The key that a request came with.
fn key_of(headers: &HeaderMap) -> Option<&str> {
    if let Some(authorization) = headers.get(AUTHORIZATION) {
        let text = authorization.to_str().ok()?.trim();
        return match text.split_once(' ') {
            Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => Some(key.trim()),
            Some(_) => None,
            None => Some(text),
        };
    }
    headers.get("x-api-key")?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests;
