//! Where flags come from, by name.

use flagkit::source;
use pyo3::prelude::*;

use crate::error::{configuration, refused};

/// The source of this name; what is not said is taken from the variables that the vendor's own SDK
/// reads.
pub(crate) fn named(name: &str, url: Option<&str>, key: Option<&str>) -> PyResult<source::Source> {
    let Some((_, make)) = SOURCES.iter().find(|(known, _)| *known == name) else {
        let names: Vec<&str> = SOURCES.iter().map(|(name, _)| *name).collect();
        return Err(configuration(format!(
            "`source`: there is no source `{name}`; known are {}",
            names.join(", ")
        )));
    };
    make(url, key)
}

/// Makes a source from a URL and a key.
type Make = fn(Option<&str>, Option<&str>) -> PyResult<source::Source>;

const SOURCES: &[(&str, Make)] = &[
    ("unleash", |url, key| match (url, key) {
        (Some(url), Some(key)) => Ok(source::unleash(url, key)),
        (None, None) => source::unleash_from_env().map_err(|error| refused(&error)),
        _ => Err(both("unleash")),
    }),
    ("launchdarkly", |url, key| match (url, key) {
        (Some(url), Some(key)) => Ok(source::launchdarkly_relay(url, key)),
        (None, Some(key)) => Ok(source::launchdarkly(key)),
        (None, None) => source::launchdarkly_from_env().map_err(|error| refused(&error)),
        (Some(_), None) => Err(both("launchdarkly")),
    }),
    ("flagsmith", |url, key| match (url, key) {
        (url, Some(key)) => Ok(source::flagsmith(url.unwrap_or(FLAGSMITH), key)),
        (None, None) => source::flagsmith_from_env().map_err(|error| refused(&error)),
        (Some(_), None) => Err(both("flagsmith")),
    }),
    ("configcat", |_, key| match key {
        Some(key) => Ok(source::configcat(key)),
        None => source::configcat_from_env().map_err(|error| refused(&error)),
    }),
    ("growthbook", |url, key| match (url, key) {
        (url, Some(key)) => Ok(source::growthbook(url.unwrap_or(GROWTHBOOK), key)),
        (None, None) => source::growthbook_from_env().map_err(|error| refused(&error)),
        (Some(_), None) => Err(both("growthbook")),
    }),
    ("eppo", |_, key| match key {
        Some(key) => Ok(source::eppo(key)),
        None => source::eppo_from_env().map_err(|error| refused(&error)),
    }),
    ("http", |url, _| match url {
        Some(url) => Ok(source::http(url)),
        None => Err(configuration("`source`: `http` needs an address; pass `url`")),
    }),
];

#[cold]
fn both(name: &str) -> PyErr {
    configuration(format!(
        "`source`: `{name}` needs `url` and `key`; pass both, or neither for the environment"
    ))
}

const FLAGSMITH: &str = "https://edge.api.flagsmith.com";
const GROWTHBOOK: &str = "https://cdn.growthbook.io";
