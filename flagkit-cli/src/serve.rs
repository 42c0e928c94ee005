//! `flagkit serve`: a flag server, from its first start to its last request.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use flagkit_server::config::Config;
use flagkit_server::{Server, StartError};
use tempfile::TempDir;
use tokio::runtime::Builder;

use crate::arguments::serve::Serve;
use crate::failure::{Failure, Outcome};

pub(crate) mod first_start;
mod log;
mod page;
mod sample;
pub(crate) mod signals;

use first_start::{FirstStart, Newborn};
use signals::Signals;

/// Serves until somebody ends it.
pub(crate) fn run(arguments: &Serve) -> Outcome {
    let Settings { config, temporary } = Settings::read(arguments)?;
    log::install(config.log);
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime
        .map_err(|error| Failure::input(format_args!("the server cannot run here: {error}")))?;
    let mut signals = runtime.block_on(async { Signals::listen() })?;
    let newborn = Newborn::of(&config, temporary.is_some());
    let first_start = runtime.block_on(FirstStart::make(&config, newborn))?;
    let mut out = anstream::stdout();
    if let Some(first_start) = &first_start {
        // Before anything else can fail: it is never told again.
        page::first_key(&mut out, first_start)?;
    }
    let spread = config.streams.goodbye_spread;
    let server = Server::start(config.clone()).map_err(|error| not_started(&error))?;
    page::listening(&mut out, &server, &config)?;
    if first_start.as_ref().is_some_and(|first| first.sample.is_none()) {
        page::next(&mut out, &page::admin_url(&server, &config))?;
    }
    if let Some((first, sample)) = first_start.as_ref().and_then(FirstStart::with_sample) {
        let (url, admin_url) = (page::url(&server, &config), page::admin_url(&server, &config));
        page::to_try(&mut out, (&url, &admin_url), first, sample)?;
    }
    runtime.block_on(signals.next());
    writeln!(anstream::stderr(), "ending after what is under way; once more ends at once")?;
    let draining = runtime.spawn_blocking(move || server.drain(spread));
    let is_drained = runtime.block_on(signals.unless(draining));
    runtime.shutdown_background();
    drop(temporary);
    Ok(if is_drained { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the server is told, and the folder that is there only for it.
struct Settings {
    config: Config,
    temporary: Option<TempDir>,
}

impl Settings {
    fn read(arguments: &Serve) -> Result<Self, Failure> {
        // Values that are no text cannot be right; messages show what can be shown of them.
        let environment: Vec<(String, String)> = std::env::vars_os()
            .map(|(name, value)| [name, value].map(|text| text.to_string_lossy().into_owned()))
            .map(|[name, value]| (name, value))
            .collect();
        let read = |options: &[(String, String)]| {
            let config = Config::read(options.iter().cloned(), environment.iter().cloned());
            config.map_err(Failure::usage)
        };
        let mut options = arguments.options.clone();
        let config = read(&options)?;
        let is_named = options.iter().any(|(name, _)| name == "database")
            || environment.iter().any(|(name, _)| name == "FLAGKIT_SERVER_DATABASE");
        if !config.dev || is_named {
            return Ok(Self { config, temporary: None });
        }
        let temporary = tempfile::Builder::new().prefix("flagkit-dev-").tempdir();
        let temporary = temporary.map_err(|error| {
            Failure::input(format_args!("no temporary folder can be made: {error}"))
        })?;
        let file = temporary.path().join("flagkit.db");
        options.push(("database".to_owned(), file.to_string_lossy().into_owned()));
        Ok(Self { config: read(&options)?, temporary: Some(temporary) })
    }
}

/// Why the server did not start, and what helps.
fn not_started(error: &StartError) -> Failure {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(current) = cause {
        let kind = current.downcast_ref::<io::Error>().map(io::Error::kind);
        if let Some(hint) = kind.and_then(hint) {
            return Failure::input(format_args!("{error}\n  {hint}"));
        }
        cause = current.source();
    }
    Failure::input(error)
}

fn hint(kind: io::ErrorKind) -> Option<&'static str> {
    match kind {
        io::ErrorKind::AddrInUse => {
            Some("is a server running there already? --listen takes another port")
        }
        io::ErrorKind::AddrNotAvailable => {
            Some("this machine has no such address; 0.0.0.0 is every address that it has")
        }
        io::ErrorKind::PermissionDenied => {
            Some("ports below 1024 are for administrators; 4290 is not")
        }
        _ => None,
    }
}
