//! What an application says in code: keyword arguments, read once.

use std::time::Duration;

use flagkit::{Dialect, Log, Options, source};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::error::configuration;
use crate::mail;
use crate::source::named;
use crate::value::{self, DEPTH_MAX};

/// Keyword arguments of a client.
#[derive(Default)]
pub(crate) struct Settings {
    /// Flags as a text of the application's own.
    pub(crate) document: Option<String>,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) environment: Option<String>,
    /// Whether something is said that only matters where flags come from elsewhere.
    pub(crate) follows: bool,
    pub(crate) options: Options,
    place: Place,
    client_cert: Option<String>,
    client_key: Option<String>,
    log: Log,
}

/// Where flags come from, as far as it has been said.
#[derive(Default)]
struct Place {
    file: Option<String>,
    source: Option<String>,
    url: Option<String>,
    key: Option<String>,
    key_file: Option<String>,
    headers: Vec<(String, String)>,
}

impl Settings {
    /// Reads them. An argument that is `None` says nothing.
    pub(crate) fn read(arguments: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let mut settings = Self::default();
        for (name, value) in arguments.into_iter().flat_map(value::each) {
            let name: String = name.extract()?;
            let Some((_, read)) = READERS.iter().find(|(known, _)| *known == name) else {
                return Err(unknown(&name));
            };
            if !value.is_none() {
                read(&mut settings, &Given { name: &name, value })?;
            }
        }
        settings.finish()
    }

    fn finish(mut self) -> PyResult<Self> {
        let place = std::mem::take(&mut self.place);
        let is_placed = place.file.is_some() || place.url.is_some() || place.source.is_some();
        self.follows |= is_placed;
        if self.document.is_some() && is_placed {
            return Err(configuration(
                "`document` and a source of flags are given; remove one, or pass the document as \
                 `bootstrap`",
            ));
        }
        self.options = place.options(self.options, self.dialect)?;
        match (self.client_cert.take(), self.client_key.take()) {
            (Some(cert), Some(key)) => {
                self.options = self.options.client_certificate(cert, key);
            }
            (None, None) => {}
            _ => {
                return Err(configuration(
                    "`client_cert` and `client_key` belong together; one of them is missing",
                ));
            }
        }
        self.options = self.options.log_to(mail::line);
        Ok(self)
    }
}

impl Place {
    fn options(self, options: Options, dialect: Option<Dialect>) -> PyResult<Options> {
        let said = |source: source::Source| match dialect {
            Some(dialect) => source.dialect(dialect),
            None => source,
        };
        if let Some(file) = self.file {
            if self.url.is_some() || self.source.is_some() {
                let text = "`file` and another source of flags are given; remove one";
                return Err(configuration(text));
            }
            return Ok(options.source(said(source::file(file))));
        }
        if let Some(name) = self.source {
            let source = named(&name, self.url.as_deref(), self.key.as_deref())?;
            let with = |source: source::Source, (name, value): &(String, String)| {
                source.header(name, value)
            };
            return Ok(options.source(said(self.headers.iter().fold(source, with))));
        }
        let Some(url) = self.url else {
            return Ok(match (self.key, self.key_file) {
                (None, Some(path)) => options.key_file(path),
                (None, None) => options,
                (Some(_), _) => {
                    return Err(configuration("`key` is given without `url`; pass both"));
                }
            });
        };
        if let Some(path) = url.strip_prefix("file:") {
            return Ok(options.source(said(source::file(path.strip_prefix("//").unwrap_or(path)))));
        }
        match (self.key, self.key_file) {
            (Some(_), Some(_)) => {
                Err(configuration("both `key` and `key_file` are given; remove one"))
            }
            (Some(key), None) => Ok(options.server(url, key)),
            (None, Some(path)) => Ok(options.server(url, "").key_file(path)),
            (None, None) => from_environment(options, &url),
        }
    }
}

/// A server whose key is in the environment.
fn from_environment(options: Options, url: &str) -> PyResult<Options> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (variable("FLAGKIT_KEY"), variable("FLAGKIT_KEY_FILE")) {
        (Some(key), None) => Ok(options.server(url, key)),
        (None, Some(path)) => Ok(options.server(url, "").key_file(path)),
        (None, None) => Err(configuration(
            "`url`: a server needs a key; pass `key` or `key_file`, or set FLAGKIT_KEY",
        )),
        (Some(_), Some(_)) => {
            Err(configuration("both FLAGKIT_KEY and FLAGKIT_KEY_FILE are set; remove one"))
        }
    }
}

/// An argument with its name.
struct Given<'a, 'py> {
    name: &'a str,
    value: Bound<'py, PyAny>,
}

impl Given<'_, '_> {
    fn text(&self) -> PyResult<String> {
        match self.value.cast::<PyString>() {
            Ok(text) => Ok(text.to_cow()?.into_owned()),
            Err(_) => Err(self.wrong("text")),
        }
    }

    /// Text, or anything with a path.
    fn path(&self) -> PyResult<String> {
        let path = self.value.py().import("os")?.call_method1("fspath", (&self.value,));
        match path.ok().and_then(|path| path.extract().ok()) {
            Some(path) => Ok(path),
            None => Err(self.wrong("a path")),
        }
    }

    /// Seconds, or a timedelta.
    fn duration(&self) -> PyResult<Duration> {
        let seconds = match self.value.call_method0("total_seconds") {
            Ok(seconds) => seconds.extract::<f64>(),
            Err(_) => self.value.extract::<f64>(),
        };
        let duration = seconds.ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        duration.ok_or_else(|| self.wrong("a number of seconds or a timedelta"))
    }

    fn truth(&self) -> PyResult<bool> {
        self.value.extract().map_err(|_| self.wrong("True or False"))
    }

    /// A text, bytes of UTF-8, or a mapping that is taken for JSON.
    fn document(&self) -> PyResult<String> {
        if self.value.is_instance_of::<PyString>() {
            return self.text();
        }
        if let Ok(bytes) = self.value.cast::<PyBytes>() {
            let text = std::str::from_utf8(bytes.as_bytes());
            return text.map(str::to_owned).map_err(|_| self.wrong("UTF-8"));
        }
        let value = value::owned(&self.value, DEPTH_MAX);
        match value.filter(|value| matches!(value, flagkit::Value::Structure(_))) {
            Some(value) => Ok(value.to_string()),
            None => Err(self.wrong("a text, bytes or a mapping")),
        }
    }

    /// Names and values.
    fn entries(&self) -> PyResult<Vec<(String, flagkit::Value)>> {
        match value::owned(&self.value, DEPTH_MAX) {
            Some(flagkit::Value::Structure(entries)) => {
                Ok(entries.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect())
            }
            _ => Err(self.wrong("a mapping")),
        }
    }

    #[cold]
    fn wrong(&self, wanted: &str) -> PyErr {
        // What is given is not shown: it may be a key.
        let (name, found) = (self.name, self.value.get_type());
        configuration(format!("`{name}`: {wanted} is wanted, {found} is given"))
    }
}

/// A text, bytes of UTF-8, or a mapping that is taken for JSON.
pub(crate) fn document(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    Given { name, value: value.clone() }.document()
}

/// Reads one argument.
type Read = fn(&mut Settings, &Given<'_, '_>) -> PyResult<()>;

macro_rules! option {
    ($method:ident, $read:ident) => {
        |settings, given| {
            let value = given.$read()?;
            settings.options = std::mem::take(&mut settings.options).$method(value);
            settings.follows = true;
            Ok(())
        }
    };
}

macro_rules! field {
    ($($field:ident).+, $read:ident) => {
        |settings, given| {
            settings.$($field).+ = Some(given.$read()?);
            Ok(())
        }
    };
}

/// Every argument there is, in the order of the documentation.
const READERS: &[(&str, Read)] = &[
    ("file", field!(place.file, path)),
    ("url", field!(place.url, text)),
    ("key", field!(place.key, text)),
    ("key_file", field!(place.key_file, path)),
    ("document", field!(document, document)),
    ("source", field!(place.source, text)),
    ("headers", |settings, given| {
        for (name, value) in given.entries()? {
            let value = value.as_str().map(str::to_owned);
            settings.place.headers.push((name, value.ok_or_else(|| given.wrong("text"))?));
        }
        Ok(())
    }),
    ("dialect", |settings, given| {
        let dialect = given.text()?.parse::<Dialect>();
        let dialect = dialect.map_err(|error| configuration(format!("`dialect`: {error}")))?;
        settings.dialect = Some(dialect);
        settings.options = std::mem::take(&mut settings.options).dialect(dialect);
        Ok(())
    }),
    ("environment", |settings, given| {
        let environment = given.text()?;
        settings.environment = Some(environment.clone());
        settings.options = std::mem::take(&mut settings.options).environment(environment);
        Ok(())
    }),
    ("mode", |settings, given| {
        settings.follows = true;
        let options = std::mem::take(&mut settings.options);
        settings.options = match given.text()?.as_str() {
            "stream" => options,
            "poll" => options.polled(),
            "offline" => options.offline(),
            _ => return Err(configuration("`mode` is `stream`, `poll` or `offline`")),
        };
        Ok(())
    }),
    ("cache_dir", option!(cache_dir, path)),
    ("start_wait", option!(start_wait, duration)),
    ("poll_interval", option!(poll_interval, duration)),
    ("events", |settings, given| {
        if !given.truth()? {
            settings.options = std::mem::take(&mut settings.options).without_events();
        }
        Ok(())
    }),
    ("hash_targeting_keys", option!(hash_targeting_keys, text)),
    ("application", option!(application, text)),
    ("overrides", |settings, given| {
        settings.follows = true;
        for (flag, value) in given.entries()? {
            settings.options = std::mem::take(&mut settings.options).override_flag(flag, value);
        }
        Ok(())
    }),
    ("allow_overrides_in_production", |settings, given| {
        if given.truth()? {
            let options = std::mem::take(&mut settings.options);
            settings.options = options.allow_overrides_in_production();
        }
        Ok(())
    }),
    ("proxy", option!(proxy, text)),
    ("ca_file", option!(ca_file, path)),
    ("client_cert", field!(client_cert, path)),
    ("client_key", field!(client_key, path)),
    ("bootstrap", option!(bootstrap, document)),
    ("log", |settings, given| {
        settings.log = match given.text()?.as_str() {
            "off" => Log::Off,
            "warn" => Log::Warn,
            "info" => Log::Info,
            _ => return Err(configuration("`log` is `off`, `warn` or `info`")),
        };
        settings.options = std::mem::take(&mut settings.options).log(settings.log);
        Ok(())
    }),
];

#[cold]
fn unknown(name: &str) -> PyErr {
    let names: Vec<&str> = READERS.iter().map(|(name, _)| *name).collect();
    PyTypeError::new_err(format!("there is no argument `{name}`; known are {}", names.join(", ")))
}
