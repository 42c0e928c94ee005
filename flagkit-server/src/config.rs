//! What a server is told when it starts.
//!
//! Each setting has one name: `--heartbeat` on the command line is `FLAGKIT_SERVER_HEARTBEAT` in
//! the environment, and the command line wins. [`Config::read`] checks all of them once, and a
//! name that is none is an error that says which one was meant.

mod database;
mod error;
mod setting;
mod value;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub use database::Database;
pub use error::ConfigError;
pub use setting::{SETTINGS, Setting};

/// Everything that a server is told, checked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Where applications and, unless `admin_listen` is set, administrators connect.
    pub listen: SocketAddr,
    /// Where administrators connect instead.
    pub admin_listen: Option<SocketAddr>,
    /// How clients reach the server, without a slash at the end, where it has to say so; none to
    /// tell them paths only.
    pub public_url: Option<String>,
    /// Where everything is kept.
    pub database: Database,
    /// The certificate and the key of TLS; none to speak plain HTTP.
    pub tls: Option<TlsFiles>,
    /// How much of everything.
    pub limits: Limits,
    /// Streams.
    pub streams: StreamSettings,
    /// Which web pages may use client keys.
    pub cors_origins: Vec<String>,
    /// How long requests that are under way may take when the server stops.
    pub drain: Duration,
    /// The database was restored from a backup, so clients have seen later versions than it has.
    pub restored: bool,
    /// Sample flags, keys that are known, and everything printed that is needed to begin.
    pub dev: bool,
    /// How logs are written.
    pub log: LogFormat,
}

/// Files in PEM.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TlsFiles {
    /// The certificate, followed by those that vouch for it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// How much of everything.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a request's body, unpacked.
    pub body_bytes: usize,
    /// Bytes of a request's line and headers.
    pub header_bytes: usize,
    /// Connections of everybody.
    pub connections: usize,
    /// Streams of one key.
    pub streams_per_key: usize,
    /// Requests of one key in a second, on average; 0 for any.
    pub requests_per_second: u32,
    /// Changes of one key in a minute, on average; 0 for any.
    pub changes_per_minute: u32,
    /// How long a request may take to arrive.
    pub request_timeout: Duration,
}

/// Streams.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StreamSettings {
    /// How long between two signs of life.
    pub heartbeat: Duration,
    /// How many changes of each environment are kept in memory, for clients that come back.
    pub history: usize,
    /// Bytes that may wait for a client that does not read before it is disconnected.
    pub backlog_bytes: usize,
    /// Over which time clients come back when the server stops.
    pub goodbye_spread: Duration,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum LogFormat {
    /// A line for people.
    #[default]
    Text,
    /// A line of JSON.
    Json,
    /// Nothing.
    Off,
}

impl Config {
    /// Checks options of the command line, by their names without `--`, and variables of the
    /// environment, of which all are looked at that begin with `FLAGKIT_SERVER_`.
    ///
    /// ```
    /// use flagkit_server::config::Config;
    ///
    /// let options = [("heartbeat".to_owned(), "5s".to_owned())];
    /// let environment = [("FLAGKIT_SERVER_LISTEN".to_owned(), "0.0.0.0:80".to_owned())];
    /// let config = Config::read(options, environment)?;
    /// assert_eq!(config.listen.port(), 80);
    ///
    /// let typo = [("FLAGKIT_SERVER_LISTE".to_owned(), "0.0.0.0:80".to_owned())];
    /// let error = Config::read([], typo).unwrap_err();
    /// assert!(error.to_string().contains("did you mean `FLAGKIT_SERVER_LISTEN`?"));
    /// # Ok::<(), flagkit_server::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A name that is none, a value that cannot be read or is out of bounds, half of a pair.
    pub fn read(
        options: impl IntoIterator<Item = (String, String)>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut draft = setting::Draft::of_defaults()?;
        for (name, text) in environment {
            if let Some(setting) = setting::by_variable(&name)? {
                setting.read(&mut draft, &text).map_err(|problem| problem.of(&name))?;
            }
        }
        for (name, text) in options {
            let setting = setting::by_name(&name)?;
            setting.read(&mut draft, &text).map_err(|problem| problem.of(&format!("--{name}")))?;
        }
        draft.finish()
    }
}

#[cfg(test)]
mod tests;
