//! One environment of one server, as the command line names it.

use std::path::Path;
use std::{env, fs};

use flagkit_protocol::PATH_STREAM;

use crate::arguments::remote::{Secret, Target, Why};
use crate::failure::Failure;
use crate::remote::connection::{Connection, Request, Url};
use crate::suggest;

/// An environment that commands look at and change.
#[derive(Debug)]
pub(crate) struct Session {
    /// The server.
    pub(crate) connection: Connection,
    /// The project.
    pub(crate) project: String,
    /// The environment.
    pub(crate) environment: String,
    /// Whether JSON is printed.
    pub(crate) is_json: bool,
}

impl Session {
    /// Reads where the server is and the key; nothing is sent yet.
    pub(crate) fn open(target: &Target) -> Result<Self, Failure> {
        check_variables(env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()))?;
        let url = target.url.as_deref().filter(|url| !url.trim().is_empty());
        let url = url.ok_or_else(|| {
            Failure::usage(
                "where is the server? give --url http://127.0.0.1:4290, or set FLAGKIT_URL",
            )
        })?;
        let key = match (&target.key, &target.key_file) {
            (Some(key), _) if !key.reveal().is_empty() => Some(key.clone()),
            (_, Some(file)) => Some(key_in(file)?),
            _ => None,
        };
        let key = key.as_ref().map(Secret::reveal);
        Ok(Self {
            connection: Connection::new(
                address(url)?,
                key,
                target.timeout,
                target.ca_file.as_deref(),
            )?,
            project: target.project.clone(),
            environment: target.environment.clone(),
            is_json: target.json,
        })
    }

    /// The path of something in the environment.
    pub(crate) fn path<const N: usize>(&self, rest: [&str; N]) -> Vec<String> {
        self.path_of(&self.environment, rest)
    }

    /// The path of something in another environment of the project.
    pub(crate) fn path_of<const N: usize>(
        &self,
        environment: &str,
        rest: [&str; N],
    ) -> Vec<String> {
        let place = ["api", "v1", "projects", &self.project, "environments", environment];
        place.into_iter().chain(rest).map(str::to_owned).collect()
    }

    /// The path of a flag.
    pub(crate) fn flag(&self, key: &str) -> Vec<String> {
        self.path(["flags", key])
    }

    /// A question about the stream of the environment.
    pub(crate) fn stream(&self) -> Request {
        let path = vec![PATH_STREAM.trim_start_matches('/').to_owned()];
        let request = Request::get(path).query("project", Some(&self.project));
        request.query("environment", Some(&self.environment))
    }
}

impl Why {
    /// The request with the reason and the condition.
    pub(crate) fn of(&self, request: Request) -> Result<Request, Failure> {
        let revision = self.revision.map(|revision| format!("\"{revision}\""));
        let request = request.query("dry_run", self.dry_run.then_some(true));
        request.header("flagkit-reason", self.reason.as_ref())?.header("if-match", revision)
    }
}

/// Refuses variables whose names are almost those that are read: they would say nothing.
fn check_variables(names: impl Iterator<Item = String>) -> Result<(), Failure> {
    let mut ours = names.filter(|name| name.starts_with("FLAGKIT_"));
    let mistyped = ours.find_map(|name| {
        let meant = suggest::closest(&name, VARIABLES.iter().copied())?;
        (meant != name).then_some((name, meant))
    });
    match mistyped {
        None => Ok(()),
        Some((name, meant)) => Err(Failure::usage(format_args!(
            "there is no variable `{name}`; did you mean `{meant}`?"
        ))),
    }
}

/// An address that can be talked to.
fn address(text: &str) -> Result<Url, Failure> {
    let text = text.trim();
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.filter(Url::has_host).ok_or_else(|| {
        let meant = if text.contains("://") {
            "http://127.0.0.1:4290".to_owned()
        } else {
            format!("http://{text}")
        };
        Failure::usage(format_args!("`{text}` is no address of a server; for example `{meant}`"))
    })
}

/// The first line of a file: editors end files with a line end.
fn key_in(file: &Path) -> Result<Secret, Failure> {
    let text = fs::read_to_string(file).map_err(|error| {
        Failure::input(format_args!("{}: cannot be read: {error}", file.display()))
    })?;
    let line = text.lines().next().unwrap_or_default();
    match line.parse() {
        Ok(key) => Ok(key),
        Err(never) => match never {},
    }
}

/// What commands that talk to a server read.
const VARIABLES: [&str; 6] = [
    "FLAGKIT_URL",
    "FLAGKIT_KEY",
    "FLAGKIT_KEY_FILE",
    "FLAGKIT_CA_FILE",
    "FLAGKIT_PROJECT",
    "FLAGKIT_ENVIRONMENT",
];

#[cfg(test)]
mod tests;
