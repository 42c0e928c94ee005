//! `flagkit export`: all flags of an environment as a flag file.

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::arguments::Notation;
use crate::arguments::remote::Export;
use crate::failure::{Failure, Outcome};
use crate::remote::connection::Request;
use crate::remote::session::Session;
use crate::terminal::FAINT;

/// Writes the document to the output, or into a file.
pub(crate) fn run(arguments: &Export) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let is_json = session.is_json || arguments.output_format == Notation::Json;
    let request = Request::get(session.path(["export"]))
        .query("dialect", arguments.dialect)
        .query("format", Some(if is_json { "json" } else { "yaml" }));
    let answer = session.connection.ask(request)?;
    let Some(file) = &arguments.output else {
        io::stdout().lock().write_all(&answer.body)?;
        return Ok(ExitCode::SUCCESS);
    };
    let shown = file.display();
    fs::write(file, &answer.body)
        .map_err(|error| Failure::input(format_args!("{shown}: cannot be written: {error}")))?;
    let version = answer.header("etag").unwrap_or_default().trim_matches('"');
    let (environment, bytes) = (&session.environment, answer.body.len());
    writeln!(
        anstream::stderr(),
        "{FAINT}{environment} at version {version}: {bytes} bytes in {shown}{FAINT:#}"
    )?;
    Ok(ExitCode::SUCCESS)
}
