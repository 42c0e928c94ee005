//! The table of settings: names, defaults and how each is read.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::value::{address, file, log_format, number, origins, switch, time, url};
use super::{Config, ConfigError, Database, Limits, LogFormat, StreamSettings, TlsFiles};

/// One setting, for those who make options, help and pages of it.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Setting {
    /// Its name: `admin-listen`.
    pub name: &'static str,
    /// What a value looks like: `ADDRESS`. Empty for a switch, whose values are `true` and
    /// `false`.
    pub value: &'static str,
    /// The value where none is given; empty for none.
    pub default: &'static str,
    /// What it does, as a sentence without full stop.
    pub help: &'static str,
    read: fn(&mut Draft, &str) -> Result<(), ConfigError>,
}

impl Setting {
    /// Its name in the environment: `FLAGKIT_SERVER_ADMIN_LISTEN`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.to_ascii_uppercase().replace('-', "_"))
    }

    pub(super) fn read(&self, draft: &mut Draft, text: &str) -> Result<(), ConfigError> {
        (self.read)(draft, text)
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Setting").field(&self.name).finish()
    }
}

/// All settings.
pub const SETTINGS: &[Setting] = &[
    setting("listen", "ADDRESS", "127.0.0.1:4290", "Where applications connect", |draft, text| {
        put(&mut draft.config.listen, address(text)?)
    }),
    setting(
        "admin-listen",
        "ADDRESS",
        "",
        "Where administrators connect, if not where applications do",
        |draft, text| put(&mut draft.config.admin_listen, Some(address(text)?)),
    ),
    setting(
        "public-url",
        "URL",
        "",
        "How clients reach this server, where a proxy stands before it",
        |draft, text| put(&mut draft.config.public_url, Some(url(text)?)),
    ),
    setting(
        "database",
        "PATH|URL",
        "flagkit.db",
        "A SQLite file, or postgres://user:password@host/database",
        |draft, text| put(&mut draft.config.database, text.parse()?),
    ),
    setting(
        "tls-certificate",
        "FILE",
        "",
        "The certificate for TLS and those that vouch for it, in PEM",
        |draft, text| put(&mut draft.tls_certificate, Some(file(text)?)),
    ),
    setting("tls-key", "FILE", "", "The private key of the certificate, in PEM", |draft, text| {
        put(&mut draft.tls_key, Some(file(text)?))
    }),
    setting(
        "body-bytes-max",
        "BYTES",
        "16777216",
        "The largest body of a request, unpacked",
        |draft, text| put(&mut draft.config.limits.body_bytes, number(text, 1 << 10, 1 << 26)?),
    ),
    setting(
        "header-bytes-max",
        "BYTES",
        "16384",
        "The largest line and headers of a request",
        |draft, text| put(&mut draft.config.limits.header_bytes, number(text, 8 << 10, 1 << 20)?),
    ),
    setting(
        "connections-max",
        "NUMBER",
        "20000",
        "How many connections there may be",
        |draft, text| put(&mut draft.config.limits.connections, number(text, 1, 1 << 20)?),
    ),
    setting(
        "streams-per-key-max",
        "NUMBER",
        "15000",
        "How many streams one key may hold",
        |draft, text| put(&mut draft.config.limits.streams_per_key, number(text, 1, 1 << 20)?),
    ),
    setting(
        "requests-per-second-max",
        "NUMBER",
        "0",
        "How many requests one key may make in a second; 0 for any number",
        |draft, text| put(&mut draft.config.limits.requests_per_second, number(text, 0, 1 << 30)?),
    ),
    setting(
        "changes-per-minute-max",
        "NUMBER",
        "1200",
        "How many changes one key may make in a minute; 0 for any number",
        |draft, text| put(&mut draft.config.limits.changes_per_minute, number(text, 0, 1 << 30)?),
    ),
    setting(
        "request-timeout",
        "TIME",
        "10s",
        "How long a request may take to arrive",
        |draft, text| put(&mut draft.config.limits.request_timeout, time(text, ms(1000), HOUR)?),
    ),
    setting(
        "heartbeat",
        "TIME",
        "15s",
        "How long between two signs of life on a stream",
        |draft, text| put(&mut draft.config.streams.heartbeat, time(text, ms(100), ms(600_000))?),
    ),
    setting(
        "stream-history",
        "NUMBER",
        "1000",
        "How many changes of an environment are kept for streams that come back",
        |draft, text| put(&mut draft.config.streams.history, number(text, 0, 1 << 20)?),
    ),
    setting(
        "stream-backlog-bytes-max",
        "BYTES",
        "1048576",
        "How much may wait for a client that does not read",
        |draft, text| put(&mut draft.config.streams.backlog_bytes, number(text, 1 << 14, 1 << 30)?),
    ),
    setting(
        "goodbye-spread",
        "TIME",
        "5s",
        "Over which time clients come back when the server stops",
        |draft, text| {
            put(&mut draft.config.streams.goodbye_spread, time(text, Duration::ZERO, HOUR)?)
        },
    ),
    setting(
        "cors-origins",
        "LIST",
        "*",
        "Which web pages may use client keys: `*`, or origins with commas between them",
        |draft, text| put(&mut draft.config.cors_origins, origins(text)?),
    ),
    setting(
        "drain",
        "TIME",
        "10s",
        "How long requests under way may take when the server stops",
        |draft, text| put(&mut draft.config.drain, time(text, Duration::ZERO, HOUR)?),
    ),
    setting(
        "restored",
        "",
        "false",
        "The database was restored from a backup: clients take what is there, whatever they have",
        |draft, text| put(&mut draft.config.restored, switch(text)?),
    ),
    setting(
        "dev",
        "",
        "false",
        "Begin with sample flags and print what is needed to try them",
        |draft, text| put(&mut draft.config.dev, switch(text)?),
    ),
    setting("log", "text|json|off", "text", "How logs are written", |draft, text| {
        put(&mut draft.config.log, log_format(text)?)
    }),
];

/// A row of the table.
const fn setting(
    name: &'static str,
    value: &'static str,
    default: &'static str,
    help: &'static str,
    read: fn(&mut Draft, &str) -> Result<(), ConfigError>,
) -> Setting {
    Setting { name, value, default, help, read }
}

/// The setting of an option; an error that says which one was meant.
pub(super) fn by_name(name: &str) -> Result<&'static Setting, ConfigError> {
    let found = SETTINGS.iter().find(|setting| setting.name == name);
    found.ok_or_else(|| {
        let hint = did_you_mean(name, SETTINGS.iter().map(|setting| setting.name.to_owned()));
        ConfigError::new(format!("there is no setting `{name}`{hint}"))
    })
}

/// The setting of a variable of the environment; none for variables of others.
pub(super) fn by_variable(name: &str) -> Result<Option<&'static Setting>, ConfigError> {
    if !name.starts_with(PREFIX) {
        return Ok(None);
    }
    let found = SETTINGS.iter().find(|setting| setting.variable() == name);
    found.map(Some).ok_or_else(|| {
        let hint = did_you_mean(name, SETTINGS.iter().map(Setting::variable));
        ConfigError::new(format!("there is no variable `{name}`{hint}"))
    })
}

/// The known name that is closest, if it is close.
fn did_you_mean(word: &str, known: impl Iterator<Item = String>) -> String {
    let measured = known.map(|other| (strsim::damerau_levenshtein(word, &other), other));
    let near = measured.filter(|(edits, _)| *edits <= EDITS_MAX).min();
    near.map(|(_, other)| format!("; did you mean `{other}`?")).unwrap_or_default()
}

/// Settings while they are read.
pub(super) struct Draft {
    config: Config,
    tls_certificate: Option<PathBuf>,
    tls_key: Option<PathBuf>,
}

impl Draft {
    /// The default of each setting.
    pub(super) fn of_defaults() -> Result<Self, ConfigError> {
        let mut draft = Self { config: unset(), tls_certificate: None, tls_key: None };
        for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
            setting.read(&mut draft, setting.default)?;
        }
        Ok(draft)
    }

    /// What only all settings together can say.
    pub(super) fn finish(mut self) -> Result<Config, ConfigError> {
        self.config.tls = match (self.tls_certificate, self.tls_key) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(ConfigError::new(
                    "tls-certificate without tls-key: a certificate is of no use without its key",
                ));
            }
            (None, Some(_)) => {
                return Err(ConfigError::new(
                    "tls-key without tls-certificate: a key is of no use without its certificate",
                ));
            }
        };
        if self.config.admin_listen == Some(self.config.listen) && self.config.listen.port() != 0 {
            return Err(ConfigError::new(
                "admin-listen is the same as listen; leave it out to serve both at one address",
            ));
        }
        Ok(self.config)
    }
}

/// Before anything is read: the table has a default for each of these.
fn unset() -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        admin_listen: None,
        public_url: None,
        database: Database::Sqlite(PathBuf::new()),
        tls: None,
        limits: Limits {
            body_bytes: 0,
            header_bytes: 0,
            connections: 0,
            streams_per_key: 0,
            requests_per_second: 0,
            changes_per_minute: 0,
            request_timeout: Duration::ZERO,
        },
        streams: StreamSettings {
            heartbeat: Duration::ZERO,
            history: 0,
            backlog_bytes: 0,
            goodbye_spread: Duration::ZERO,
        },
        cors_origins: Vec::new(),
        drain: Duration::ZERO,
        restored: false,
        dev: false,
        log: LogFormat::Text,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every row of the table ends with it")]
fn put<T>(place: &mut T, value: T) -> Result<(), ConfigError> {
    *place = value;
    Ok(())
}

const PREFIX: &str = "FLAGKIT_SERVER_";
const EDITS_MAX: usize = 3;
const HOUR: Duration = Duration::from_secs(3600);

/// Milliseconds.
const fn ms(number: u64) -> Duration {
    Duration::from_millis(number)
}

#[cfg(test)]
mod tests;
