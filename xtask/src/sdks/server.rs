//! `flagkit serve` in a process of its own.

use std::net::TcpStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::modes::Keys;
use super::rest::Rest;
use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::postgres::free_port;
use crate::process::Process;

/// A running server with a new database; stopped when dropped.
pub(crate) struct Server {
    /// Its REST interface, for administrators.
    pub(crate) rest: Rest,
    _process: Process,
}

/// An environment of a project.
pub(crate) struct Environment {
    /// The REST interface below it.
    pub(crate) rest: Rest,
    /// What backends ask.
    pub(crate) backend: Rest,
    /// Keys that are good for it.
    pub(crate) keys: Keys,
}

impl Server {
    /// Starts the program and waits until it listens.
    pub(crate) fn start(binary: &str, folder: &Path, options: &[&str]) -> Result<Self, Failure> {
        let address = format!("127.0.0.1:{}", free_port()?);
        let command = CommandLine::new(binary, "serve --log off --listen").and(&address);
        let command = options.iter().fold(command, |command, option| command.and(*option));
        eprintln!("$ {command}");
        let process = Process::start(command)?;
        let key = loop {
            if let Some(key) = admin_key(&process.hear(START)?) {
                break key;
            }
        };
        wait_for(&address)?;
        let rest = Rest {
            url: format!("http://{address}"),
            authorization: format!("Bearer {key}"),
            folder: folder.to_path_buf(),
        };
        Ok(Self { rest, _process: process })
    }

    /// A new environment in a project of its own, with a key for each kind of SDK.
    pub(crate) fn environment(&self, project: &str) -> Result<Environment, Failure> {
        let named = |key: &str| json!({ "key": key, "name": key }).to_string();
        self.rest.ask("POST", "/api/v1/projects", Some(&named(project)))?;
        let environments = format!("/api/v1/projects/{project}/environments");
        self.rest.ask("POST", &environments, Some(&named(ENVIRONMENT)))?;
        let key = |scope: &str| {
            let wanted = json!({
                "scope": scope, "name": scope, "project": project, "environment": ENVIRONMENT,
            });
            let made = self.rest.ask("POST", "/api/v1/keys", Some(&wanted.to_string()))?;
            let secret = made.get("secret").and_then(Value::as_str).map(str::to_owned);
            secret.ok_or_else(|| Failure::new("a new key is not shown"))
        };
        let keys = Keys { server: key("server")?, client: key("client")? };
        let url = format!("{}{environments}/{ENVIRONMENT}", self.rest.url);
        let rest = Rest { url, ..self.rest.clone() };
        let backend = Rest { authorization: keys.server.clone(), ..self.rest.clone() };
        Ok(Environment { rest, backend, keys })
    }
}

/// Waits until something listens.
pub(crate) fn wait_for(address: &str) -> Outcome {
    let end = Instant::now() + START;
    while TcpStream::connect(address).is_err() {
        if Instant::now() > end {
            return Err(Failure::new(format!("nothing listens at {address}")));
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// The admin key in a line that shows it.
fn admin_key(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("fk_admin_")?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
    let rest = end.map_or(rest, |end| &rest[..end]);
    Some(format!("fk_admin_{rest}"))
}

const ENVIRONMENT: &str = "production";
/// Until a server listens.
const START: Duration = Duration::from_secs(30);
