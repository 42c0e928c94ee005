//! Sources: where flags come from, each in one line.
//!
//! ```
//! use flagkit_client::{Config, Options, source};
//!
//! let unleash = source::unleash("https://unleash.example.com/api", "*:production.secret");
//! let config = Config::new(Options::new().source(unleash), [])?;
//! # Ok::<(), flagkit_client::Error>(())
//! ```
//!
//! A vendor's documents can be read by builds with the feature of its name. What is evaluated is
//! what the vendor's own SDK would: see the pages of the dialects.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use flagkit_dialects::Dialect;

use crate::cache::Owner;
use crate::config::{Key, KeySource, web_address};
use crate::error::Error;
use crate::sync;

mod vendor;

pub use vendor::{
    configcat, configcat_from_env, eppo, eppo_from_env, flagd_file, flagd_file_from_env, flagsmith,
    flagsmith_from_env, growthbook, growthbook_from_env, launchdarkly, launchdarkly_from_env,
    launchdarkly_relay, unleash, unleash_from_env,
};

/// Where flags come from. Made by the functions of [this module](self).
///
/// Keys, paths and headers of it are not shown in logs.
#[derive(Clone)]
pub struct Source {
    kind: Kind,
    /// Scheme and host, with a path where the kind has one; of LaunchDarkly where it streams from.
    url: String,
    /// A socket that stands for the host.
    socket: Option<PathBuf>,
    /// What was said of the key; whether it can be one is seen when the source is opened.
    key: Option<KeySource>,
    dialect: Option<Dialect>,
    headers: Vec<(String, String)>,
    interval: Option<Duration>,
    is_polled: bool,
    /// Why nothing can come from here.
    mistake: Option<String>,
}

/// Whose protocol is spoken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    FlagKit,
    Unleash,
    LaunchDarkly,
    LaunchDarklyRelay,
    Flagsmith,
    ConfigCat,
    GrowthBook,
    Eppo,
    Address,
    File,
}

/// A FlagKit server, streamed. `url` as in `FLAGKIT_URL`.
pub fn flagkit(url: &str, key: &str) -> Source {
    flagkit_at(url).key(key)
}

fn flagkit_at(url: &str) -> Source {
    let socket = url.strip_prefix("unix:").map(PathBuf::from);
    // The name stands in requests; the socket is where they go to.
    let at = if socket.is_some() { "http://localhost" } else { url };
    Source { socket, ..Source::new(Kind::FlagKit, at) }.dialect(Dialect::Native)
}

/// A file that is looked at: changes arrive within a second. Its dialect is recognised, or
/// [said](Source::dialect).
pub fn file(path: impl Into<PathBuf>) -> Source {
    Source { socket: Some(path.into()), ..Source::new(Kind::File, "") }
}

/// A document at an address, polled each minute. Its dialect is recognised, or
/// [said](Source::dialect); keys go into a [header](Source::header).
pub fn http(url: &str) -> Source {
    Source::new(Kind::Address, url)
}

/// What `FLAGKIT_URL` means.
pub(crate) fn server(url: &str, key: Option<KeySource>) -> Result<Source, Error> {
    if let Some(path) = url.strip_prefix("file:") {
        // `file:///etc/flags.yaml` and `file:/etc/flags.yaml` are the same file.
        return Ok(file(path.strip_prefix("//").unwrap_or(path)));
    }
    if key.is_none() {
        let text = "a server needs a key; set FLAGKIT_KEY or FLAGKIT_KEY_FILE";
        return Err(Error::configuration(text));
    }
    Ok(Source { key, ..flagkit_at(url) })
}

impl Source {
    fn new(kind: Kind, url: &str) -> Self {
        Self {
            kind,
            url: url.to_owned(),
            socket: None,
            key: None,
            dialect: None,
            headers: Vec::new(),
            interval: None,
            is_polled: false,
            mistake: None,
        }
    }

    fn key(mut self, text: &str) -> Self {
        match Key::new(text) {
            Ok(key) => self.key = Some(KeySource::Text(key)),
            Err(why) => self.mistake = Some(why),
        }
        self
    }

    /// The dialect of its documents, where it is not recognised.
    pub fn dialect(self, dialect: Dialect) -> Self {
        Self { dialect: Some(dialect), ..self }
    }

    /// With a header for every request.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// How long from one poll to the next: at least one second, at most a day.
    pub fn poll_interval(self, interval: Duration) -> Self {
        Self { interval: Some(interval), ..self }
    }

    /// Polled even where it could be streamed.
    pub fn polled(self) -> Self {
        Self { is_polled: true, ..self }
    }

    /// The file that it is, if it is one.
    pub(crate) fn file_path(&self) -> Option<&PathBuf> {
        self.socket.as_ref().filter(|_| self.kind == Kind::File)
    }

    /// The socket that requests go to instead of to a host.
    pub(crate) fn socket(&self) -> Option<&PathBuf> {
        self.socket.as_ref().filter(|_| self.kind != Kind::File)
    }

    pub(crate) fn known_dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// The file that its key is in, if it is in one.
    pub(crate) fn key_file(&self) -> Option<&PathBuf> {
        match &self.key {
            Some(KeySource::File(path)) => Some(path),
            _ => None,
        }
    }

    /// Whether it is reached by TLS.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.socket.is_none() && !self.url.starts_with("http://")
    }

    /// Whether somebody there takes reports of usage.
    pub(crate) fn takes_usage(&self) -> bool {
        self.kind == Kind::FlagKit
    }

    /// Finds mistakes before anything begins.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if let Some(mistake) = &self.mistake {
            return Err(Error::configuration(format!("{:?}: {mistake}", self.kind)));
        }
        if self.kind == Kind::File || self.socket.is_some() {
            return Ok(());
        }
        // Addresses of documents may have queries, those of servers may not.
        let address = match self.kind {
            Kind::Address => self.url.split(['?', '#']).next().unwrap_or_default(),
            _ => &self.url,
        };
        let wrong = |why| Error::configuration(format!("the URL of the source {why}"));
        web_address(address).map(drop).map_err(wrong)
    }

    /// What the machine needs to know, with the key of this moment.
    pub(crate) fn to_machine(&self) -> Result<sync::Source, Error> {
        let key = self.key.as_ref().map(KeySource::read).transpose()?;
        let key = key.as_ref().map_or("", Key::reveal);
        let mut source = match self.kind {
            Kind::FlagKit => sync::Source::flagkit(&self.url, key),
            Kind::Unleash => sync::Source::unleash(&self.url, key),
            Kind::LaunchDarkly => sync::Source::launchdarkly(key),
            Kind::LaunchDarklyRelay => sync::Source::launchdarkly_at(&self.url, &self.url, key),
            Kind::Flagsmith => sync::Source::flagsmith(&self.url, key),
            Kind::ConfigCat => sync::Source::configcat(&self.url, key),
            Kind::GrowthBook => sync::Source::growthbook(&self.url, key),
            Kind::Eppo => sync::Source::eppo(&self.url, key),
            Kind::Address | Kind::File => sync::Source::address(&self.url),
        };
        for (name, value) in &self.headers {
            source = source.header(name, value);
        }
        if let Some(interval) = self.interval {
            source = source.poll_interval(interval);
        }
        Ok(if self.is_polled { source.polled() } else { source })
    }

    /// Where it is, for messages: without keys, paths and queries.
    pub(crate) fn origin(&self) -> String {
        match (&self.socket, self.to_machine()) {
            (Some(path), _) => format!("unix:{}", path.display()),
            (None, Ok(machine)) => machine.origin().to_owned(),
            (None, Err(_)) => "the source".to_owned(),
        }
    }

    /// Whose flags its flags are.
    pub(crate) fn owner(&self, environment: Option<&str>) -> Result<Owner, Error> {
        let key = self.key.as_ref().map(KeySource::read).transpose()?;
        let server = self.origin();
        // What tells two environments at one host apart: the key, or the address and its headers.
        let mut secret = key.as_ref().map_or("", Key::reveal).to_owned();
        if self.kind == Kind::Address {
            secret = format!("{}\n{:?}", self.url, self.headers);
        }
        let dialect = self.dialect.unwrap_or_default();
        Ok(Owner::new(&server, &secret, dialect, environment))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("kind", &self.kind)
            .field("dialect", &self.dialect)
            .field("interval", &self.interval)
            .field("is_polled", &self.is_polled)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
