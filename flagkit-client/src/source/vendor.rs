//! The vendors' services, with the names that their own documentation gives to what they need.

use std::path::PathBuf;

use flagkit_dialects::Dialect;

use super::{Kind, Source, file};
use crate::error::Error;

/// Unleash or Unleash Edge, streamed where it can be, polled otherwise.
///
/// `url` with or without `/api` at its end, `token` a backend token.
pub fn unleash(url: &str, token: &str) -> Source {
    Source::new(Kind::Unleash, url).key(token).dialect(Dialect::Unleash)
}

/// [`unleash`] with `UNLEASH_SERVER_API_URL` and `UNLEASH_SERVER_API_TOKEN`.
///
/// # Errors
///
/// If one of them is not set.
pub fn unleash_from_env() -> Result<Source, Error> {
    Ok(unleash(&variable("UNLEASH_SERVER_API_URL")?, &variable("UNLEASH_SERVER_API_TOKEN")?))
}

/// LaunchDarkly by a server-side SDK key, streamed.
pub fn launchdarkly(sdk_key: &str) -> Source {
    // The machine knows where; this is for messages.
    Source::new(Kind::LaunchDarkly, "https://stream.launchdarkly.com")
        .key(sdk_key)
        .dialect(Dialect::LaunchDarkly)
}

/// A relay proxy of LaunchDarkly, streamed.
pub fn launchdarkly_relay(url: &str, sdk_key: &str) -> Source {
    Source::new(Kind::LaunchDarklyRelay, url).key(sdk_key).dialect(Dialect::LaunchDarkly)
}

/// [`launchdarkly`] with `LAUNCHDARKLY_SDK_KEY`.
///
/// # Errors
///
/// If it is not set.
pub fn launchdarkly_from_env() -> Result<Source, Error> {
    Ok(launchdarkly(&variable("LAUNCHDARKLY_SDK_KEY")?))
}

/// Flagsmith's document for local evaluation, polled each minute.
///
/// `url` for example `https://edge.api.flagsmith.com`, `key` a server-side environment key
/// (`ser.…`).
pub fn flagsmith(url: &str, key: &str) -> Source {
    Source::new(Kind::Flagsmith, url).key(key).dialect(Dialect::Flagsmith)
}

/// [`flagsmith`] with `FLAGSMITH_ENVIRONMENT_KEY`, and `FLAGSMITH_API_URL` if it is set.
///
/// # Errors
///
/// If the key is not set.
pub fn flagsmith_from_env() -> Result<Source, Error> {
    let url = variable("FLAGSMITH_API_URL");
    let url = url.unwrap_or_else(|_| "https://edge.api.flagsmith.com".to_owned());
    Ok(flagsmith(&url, &variable("FLAGSMITH_ENVIRONMENT_KEY")?))
}

/// ConfigCat's global network, polled each minute. What is kept in the European Union, ConfigCat
/// itself sends on to.
pub fn configcat(sdk_key: &str) -> Source {
    Source::new(Kind::ConfigCat, "https://cdn-global.configcat.com")
        .key(sdk_key)
        .dialect(Dialect::ConfigCat)
}

/// [`configcat`] with `CONFIGCAT_SDK_KEY`.
///
/// # Errors
///
/// If it is not set.
pub fn configcat_from_env() -> Result<Source, Error> {
    Ok(configcat(&variable("CONFIGCAT_SDK_KEY")?))
}

/// GrowthBook, polled each minute.
///
/// `api_host` for example `https://cdn.growthbook.io`, `client_key` as `sdk-…`.
pub fn growthbook(api_host: &str, client_key: &str) -> Source {
    Source::new(Kind::GrowthBook, api_host).key(client_key).dialect(Dialect::GrowthBook)
}

/// [`growthbook`] with `GROWTHBOOK_CLIENT_KEY`, and `GROWTHBOOK_API_HOST` if it is set.
///
/// # Errors
///
/// If the key is not set.
pub fn growthbook_from_env() -> Result<Source, Error> {
    let host = variable("GROWTHBOOK_API_HOST");
    let host = host.unwrap_or_else(|_| "https://cdn.growthbook.io".to_owned());
    Ok(growthbook(&host, &variable("GROWTHBOOK_CLIENT_KEY")?))
}

/// Eppo, polled twice a minute.
pub fn eppo(sdk_key: &str) -> Source {
    Source::new(Kind::Eppo, "https://fscdn.eppo.cloud/api").key(sdk_key).dialect(Dialect::Eppo)
}

/// [`eppo`] with `EPPO_SDK_KEY`.
///
/// # Errors
///
/// If it is not set.
pub fn eppo_from_env() -> Result<Source, Error> {
    Ok(eppo(&variable("EPPO_SDK_KEY")?))
}

/// A file of flagd, which is looked at.
pub fn flagd_file(path: impl Into<PathBuf>) -> Source {
    file(path).dialect(Dialect::Flagd)
}

/// [`flagd_file`] with `FLAGD_OFFLINE_FLAG_SOURCE_PATH`.
///
/// # Errors
///
/// If it is not set.
pub fn flagd_file_from_env() -> Result<Source, Error> {
    Ok(flagd_file(variable("FLAGD_OFFLINE_FLAG_SOURCE_PATH")?))
}

fn variable(name: &str) -> Result<String, Error> {
    let text = std::env::var(name).ok().filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| Error::configuration(format!("{name} is not set")))
}
