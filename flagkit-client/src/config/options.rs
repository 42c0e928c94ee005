//! What an application says in code.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use flagkit_core::Value;
use flagkit_dialects::Dialect;

use super::{Log, Mode};
use crate::log::{Sink, Voice};
use crate::source::Source;

/// What code says, before it is checked.
///
/// ```
/// use flagkit_client::{Config, Options};
///
/// let options = Options::new().server("https://flags.example.com", "secret").offline();
/// assert!(Config::new(options, []).is_ok());
///
/// let typo = [("FLAGKIT_CACHEDIR".to_owned(), "/var/cache".to_owned())];
/// let error = Config::new(Options::new(), typo).unwrap_err();
/// assert!(error.to_string().contains("did you mean `FLAGKIT_CACHE_DIR`?"));
/// ```
#[derive(Clone, Default)]
pub struct Options {
    pub(super) source: Option<Source>,
    pub(super) dialect: Option<Dialect>,
    pub(super) url: Option<String>,
    pub(super) key: Option<String>,
    pub(super) key_file: Option<PathBuf>,
    pub(super) environment: Option<String>,
    pub(super) mode: Option<Mode>,
    pub(super) file: Option<PathBuf>,
    pub(super) cache_dir: Option<PathBuf>,
    pub(super) start_wait: Option<Duration>,
    pub(super) poll: Option<Duration>,
    pub(super) events: Option<bool>,
    pub(super) salt: Option<String>,
    pub(super) application: Option<String>,
    pub(super) overrides: Option<Vec<(String, Value)>>,
    pub(super) is_overridden_in_production: bool,
    pub(super) proxy: Option<String>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) client_cert: Option<PathBuf>,
    pub(super) client_key: Option<PathBuf>,
    pub(super) bootstrap: Option<String>,
    pub(super) log: Option<Log>,
    pub(super) sink: Option<Sink>,
}

impl Options {
    /// Nothing is said yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A FlagKit server: `FLAGKIT_URL` and `FLAGKIT_KEY`.
    ///
    /// `url` is `https://…`, `http://…`, or `unix:` and the path of a socket.
    pub fn server(mut self, url: impl Into<String>, key: impl Into<String>) -> Self {
        (self.url, self.key, self.key_file) = (Some(url.into()), Some(key.into()), None);
        self
    }

    /// Any other source; see [`source`](crate::source).
    pub fn source(mut self, source: Source) -> Self {
        self.source = Some(source);
        self
    }

    /// The dialect of documents whose source does not say it; by default it is recognised.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// The file that the key is in: `FLAGKIT_KEY_FILE`. It is read again when it changes.
    pub fn key_file(mut self, path: impl Into<PathBuf>) -> Self {
        (self.key, self.key_file) = (None, Some(path.into()));
        self
    }

    /// The environment: `FLAGKIT_ENVIRONMENT`. A server whose key belongs to another is refused;
    /// files are read for this one.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// A server is asked from time to time, even if it could stream: `FLAGKIT_MODE=poll`.
    pub fn polled(mut self) -> Self {
        self.mode = Some(Mode::Poll);
        self
    }

    /// Nothing is asked: `FLAGKIT_MODE=offline`.
    pub fn offline(mut self) -> Self {
        self.mode = Some(Mode::Offline);
        self
    }

    /// The folder in which flags outlive this process: `FLAGKIT_CACHE_DIR`. Without one, they do
    /// not.
    pub fn cache_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.cache_dir = Some(path.into());
        self
    }

    /// How long a start waits for the first flags if there is neither a cache nor a bootstrap:
    /// `FLAGKIT_START_WAIT`, 2 s by default.
    pub fn start_wait(mut self, limit: Duration) -> Self {
        self.start_wait = Some(limit);
        self
    }

    /// How long from one poll to the next, at least a second: `FLAGKIT_POLL`.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll = Some(interval);
        self
    }

    /// Evaluations are not counted: `FLAGKIT_EVENTS=off`.
    pub fn without_events(mut self) -> Self {
        self.events = Some(false);
        self
    }

    /// What servers are told of who sees a tracked flag: a hash of the targeting key and this salt,
    /// not the key itself.
    pub fn hash_targeting_keys(mut self, salt: impl Into<String>) -> Self {
        self.salt = Some(salt.into());
        self
    }

    /// What the application calls itself in reports; by default the name of its program.
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.application = Some(name.into());
        self
    }

    /// A flag serves this value to everyone: `FLAGKIT_OVERRIDES`. Production refuses it.
    pub fn override_flag(mut self, flag: impl Into<String>, value: impl Into<Value>) -> Self {
        let overrides = self.overrides.get_or_insert_default();
        overrides.push((flag.into(), value.into()));
        self
    }

    /// Overrides hold in production, too.
    pub fn allow_overrides_in_production(mut self) -> Self {
        self.is_overridden_in_production = true;
        self
    }

    /// The proxy to servers: `FLAGKIT_PROXY`; `off` for none. By default what `HTTPS_PROXY`,
    /// `HTTP_PROXY` and `NO_PROXY` say.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Certificates that are trusted besides the system's, in PEM: `FLAGKIT_CA_FILE`.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// What the application shows servers of itself, in PEM: `FLAGKIT_CLIENT_CERT` and
    /// `FLAGKIT_CLIENT_KEY`.
    pub fn client_certificate(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        (self.client_cert, self.client_key) = (Some(certificate.into()), Some(key.into()));
        self
    }

    /// Flags to begin with, as a document.
    pub fn bootstrap(mut self, text: impl Into<String>) -> Self {
        self.bootstrap = Some(text.into());
        self
    }

    /// What is told about changes of state: `FLAGKIT_LOG`.
    pub fn log(mut self, log: Log) -> Self {
        self.log = Some(log);
        self
    }

    /// Lines of the log go to this function instead of the standard error stream, each with its
    /// level: [`Log::Warn`] or [`Log::Info`].
    ///
    /// Threads of ours call it, and those that open or change a client, so it must not wait for long.
    ///
    /// ```
    /// use std::sync::mpsc;
    ///
    /// use flagkit_client::{Log, Options};
    ///
    /// let (sender, lines) = mpsc::channel();
    /// let options = Options::new().log(Log::Info).log_to(move |level, line| {
    ///     let _ = sender.send((level, line.to_owned()));
    /// });
    /// # let _ = (options, lines);
    /// ```
    pub fn log_to(mut self, sink: impl Fn(Log, &str) + Send + Sync + 'static) -> Self {
        self.sink = Some(Arc::new(sink));
        self
    }

    /// How loud the log is, and who hears it.
    pub(crate) fn voice(&self) -> Voice {
        Voice { log: self.log.unwrap_or_default(), sink: self.sink.clone() }
    }

    /// What is said here or, where nothing is, there.
    pub(super) fn or(self, other: Self) -> Self {
        let has_place = self.source.is_some() || self.url.is_some();
        let has_key = self.source.is_some() || self.key.is_some() || self.key_file.is_some();
        // A place of the environment's own counts only if its mode says so.
        let other_file =
            if has_place && other.mode != Some(Mode::File) { None } else { other.file };
        Self {
            url: if has_place { self.url } else { other.url },
            key: if has_key { self.key } else { other.key },
            key_file: if has_key { self.key_file } else { other.key_file },
            source: self.source,
            dialect: self.dialect,
            environment: self.environment.or(other.environment),
            mode: self.mode.or(other.mode),
            file: self.file.or(other_file),
            cache_dir: self.cache_dir.or(other.cache_dir),
            start_wait: self.start_wait.or(other.start_wait),
            poll: self.poll.or(other.poll),
            events: self.events.or(other.events),
            salt: self.salt,
            application: self.application,
            overrides: self.overrides.or(other.overrides),
            is_overridden_in_production: self.is_overridden_in_production,
            proxy: self.proxy.or(other.proxy),
            ca_file: self.ca_file.or(other.ca_file),
            client_cert: self.client_cert.or(other.client_cert),
            client_key: self.client_key.or(other.client_key),
            bootstrap: self.bootstrap,
            log: self.log.or(other.log),
            sink: self.sink,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("source", &self.source)
            .field("has_key", &(self.key.is_some() || self.key_file.is_some()))
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}
