//! What an application says about its flags: in code, or in its environment.
//!
//! What code says wins over the environment, and the environment over defaults. Everything is
//! checked once, at the start; a name that begins with `FLAGKIT_` and that nobody knows is a
//! mistake, because the setting that was meant would be missing in silence.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use flagkit_dialects::Settings;

use crate::error::Error;
use crate::log::Voice;
use crate::publisher::{Overrides, Reading};
use crate::source::{self, Source};

mod options;
mod overrides;
mod secret;
mod value;
mod variable;

pub use options::Options;
pub(crate) use secret::{Key, KeySource};
pub(crate) use value::web_address;

/// How flags arrive.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Mode {
    /// A server sends each change.
    Stream,
    /// A server is asked from time to time.
    Poll,
    /// A file is looked at.
    File,
    /// Nothing is asked: what the application brings and what an earlier process left is all.
    Offline,
}

/// What is told about changes of state, one line for each.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Log {
    /// Nothing.
    Off,
    /// Trouble, and its end.
    #[default]
    Warn,
    /// Also that flags arrived, and from where.
    Info,
}

/// What an application wants, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// `None` for nowhere but the application itself.
    pub(crate) source: Option<Source>,
    /// Nothing is asked, whatever the source is.
    pub(crate) is_offline: bool,
    pub(crate) reading: Reading,
    pub(crate) environment: Option<String>,
    pub(crate) bootstrap: Option<String>,
    pub(crate) cache_dir: Option<PathBuf>,
    pub(crate) start_wait: Duration,
    pub(crate) network: Network,
    counts_usage: bool,
    /// What targeting keys are hashed with before they are told.
    pub(crate) salt: Option<String>,
    /// What the application calls itself.
    pub(crate) application: Option<String>,
    pub(crate) voice: Voice,
}

/// How servers are reached.
#[derive(Clone, Debug, Default)]
#[cfg_attr(
    all(feature = "http", not(any(feature = "native-tls", feature = "rustls"))),
    expect(dead_code, reason = "certificates are for TLS")
)]
pub(crate) struct Network {
    pub(crate) proxy: Proxy,
    pub(crate) ca_file: Option<PathBuf>,
    /// A certificate and its key.
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
}

/// Through what.
#[derive(Clone, Default, Eq, PartialEq)]
pub(crate) enum Proxy {
    /// What the variables of the system say.
    #[default]
    System,
    /// None.
    Off,
    /// This one, which may have a password in its address.
    Url(String),
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Off => "Off",
            Self::Url(_) => "Url(…)",
        })
    }
}

impl Config {
    /// What code says, and where it says nothing, what these variables say.
    ///
    /// # Errors
    ///
    /// A value that cannot be read, an unknown name that begins with `FLAGKIT_`, and settings that
    /// contradict each other or say too little.
    pub fn new(
        options: Options,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let options = options.or(variable::read(variables)?);
        let (source, voice) = (source(&options)?, options.voice());
        let settings = Settings { environment: options.environment.clone(), ..Settings::default() };
        let overrides = Overrides {
            flags: options.overrides.unwrap_or_default(),
            in_production: options.is_overridden_in_production,
        };
        let network = Network {
            proxy: proxy(options.proxy.as_deref())?,
            ca_file: options.ca_file,
            identity: identity(options.client_cert, options.client_key)?,
        };
        Ok(Self {
            reading: Reading {
                dialect: source.as_ref().and_then(Source::known_dialect).or(options.dialect),
                settings,
                overrides,
            },
            source,
            is_offline: options.mode == Some(Mode::Offline),
            environment: options.environment,
            bootstrap: options.bootstrap,
            cache_dir: options.cache_dir,
            start_wait: options.start_wait.unwrap_or(START_WAIT),
            network,
            counts_usage: options.events.unwrap_or(true),
            salt: options.salt,
            application: options.application,
            voice,
        })
    }

    /// Whether evaluations are counted for whoever the flags come from.
    pub fn counts_usage(&self) -> bool {
        self.counts_usage
    }

    /// The same with the variables of this process. Those that are no text are left alone.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn from_environment(options: Options) -> Result<Self, Error> {
        let text = |text: std::ffi::OsString| text.into_string().ok();
        let variables = std::env::vars_os().filter_map(|(name, value)| text(name).zip(text(value)));
        Self::new(options, variables)
    }
}

/// Where flags come from; `None` for nowhere but the application itself.
fn source(options: &Options) -> Result<Option<Source>, Error> {
    if let Some(path) = &options.file
        && options.mode.is_none_or(|mode| mode == Mode::File)
    {
        if options.mode.is_none() && options.url.is_some() {
            let text = "both FLAGKIT_URL and FLAGKIT_FILE are set; remove one, or set FLAGKIT_MODE";
            return Err(Error::configuration(text));
        }
        return Ok(Some(source::file(path)));
    }
    let found = match (&options.source, &options.url) {
        (Some(source), _) => Some(source.clone()),
        (None, Some(url)) => Some(source::server(url, key(options)?)?),
        (None, None) => None,
    };
    let Some(mut found) = found else {
        let suffices = options.mode == Some(Mode::Offline)
            || (options.mode.is_none() && options.bootstrap.is_some());
        return if suffices { Ok(None) } else { Err(nowhere(options.mode)) };
    };
    found.check()?;
    if options.mode == Some(Mode::File) && found.file_path().is_none() {
        return Err(nowhere(options.mode));
    }
    if options.mode == Some(Mode::Poll) {
        found = found.polled();
    }
    Ok(Some(options.poll.map_or(found.clone(), |interval| found.poll_interval(interval))))
}

#[cold]
fn nowhere(mode: Option<Mode>) -> Error {
    Error::configuration(match mode {
        Some(Mode::File) => "FLAGKIT_MODE is `file`, and there is no file; set FLAGKIT_FILE",
        _ => {
            "nothing says where flags come from; set FLAGKIT_URL and FLAGKIT_KEY, or FLAGKIT_FILE, \
             or FLAGKIT_MODE=offline"
        }
    })
}

fn key(options: &Options) -> Result<Option<KeySource>, Error> {
    match (&options.key, &options.key_file) {
        (Some(_), Some(_)) => {
            Err(Error::configuration("both FLAGKIT_KEY and FLAGKIT_KEY_FILE are set; remove one"))
        }
        (Some(text), None) => {
            let key = Key::new(text);
            let key = key.map_err(|why| Error::configuration(format!("FLAGKIT_KEY: {why}")))?;
            Ok(Some(KeySource::Text(key)))
        }
        (None, Some(path)) => Ok(Some(KeySource::File(path.clone()))),
        (None, None) => Ok(None),
    }
}

fn proxy(url: Option<&str>) -> Result<Proxy, Error> {
    match url {
        None => Ok(Proxy::System),
        Some("off") => Ok(Proxy::Off),
        Some(url) => {
            let has_scheme = url.starts_with("http://") || url.starts_with("https://");
            if !has_scheme {
                let text = "FLAGKIT_PROXY is no URL; for example `http://proxy.example.com:3128`";
                return Err(Error::configuration(text));
            }
            Ok(Proxy::Url(url.to_owned()))
        }
    }
}

fn identity(
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
) -> Result<Option<(PathBuf, PathBuf)>, Error> {
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
        _ => Err(Error::configuration(
            "FLAGKIT_CLIENT_CERT and FLAGKIT_CLIENT_KEY belong together; one of them is missing",
        )),
    }
}

/// Long enough for a server far away, short enough for an impatient orchestrator.
const START_WAIT: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
