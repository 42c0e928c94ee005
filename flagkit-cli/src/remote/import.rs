//! `flagkit import`: a flag file becomes the flags of an environment.

use std::io::Write;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::arguments::Reading;
use crate::arguments::remote::Import;
use crate::document_file::DocumentFile;
use crate::failure::Outcome;
use crate::remote::connection::Request;
use crate::remote::flag::Changed;
use crate::remote::session::Session;
use crate::terminal::{BOLD, FAINT, WARNING, counted, print_json, printable};

/// Sends the file and says what came of it.
pub(crate) fn run(arguments: &Import) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let reading = Reading { dialect: arguments.dialect, environment: None };
    let file = DocumentFile::read(&arguments.file, &reading)?;
    let on = |is_on: bool| is_on.then_some(true);
    let request = Request::post(session.path(["import"]))
        .query("dialect", Some(file.dialect))
        .query("keep", on(arguments.way.keep))
        .query("merge", on(arguments.way.merge))
        .query("partial", on(arguments.way.partial))
        .query("dry_run", on(arguments.dry_run))
        .header("flagkit-reason", arguments.reason.as_ref())?
        .body("application/json", file.text.into_bytes());
    let imported = session.connection.ask(request);
    let imported: Imported = imported
        .map_err(|failure| failure.hint_if("not_convertible", "here: --keep or --partial"))?
        .json()?;
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &imported)?;
        return Ok(ExitCode::SUCCESS);
    }
    imported.result.print_warnings()?;
    for LeftOut { flag, why } in &imported.left_out {
        let text = format!("{flag} is not served to FlagKit's own clients: {why}");
        writeln!(anstream::stderr(), "{WARNING}warning:{WARNING:#} {}", printable(&text))?;
    }
    let (environment, dialect) = (&session.environment, printable(&imported.dialect));
    let (flags, version) = (counted(imported.flags, "flag"), printable(&imported.result.version));
    let words = match (arguments.dry_run, imported.result.is_different) {
        (true, true) => "would be different after it",
        (true, false) => "would be as it is",
        (false, true) => "has",
        (false, false) => "was so already:",
    };
    if arguments.dry_run {
        writeln!(out, "{BOLD}{environment}{BOLD:#} {words} {FAINT}({dialect} document){FAINT:#}")?;
    } else {
        writeln!(
            out,
            "{BOLD}{environment}{BOLD:#} {words} {flags} {FAINT}({dialect} document, version \
             {version}){FAINT:#}"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What came of it.
#[derive(Debug, Deserialize, Serialize)]
struct Imported {
    dialect: String,
    flags: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOut>,
    result: Changed,
}

/// A flag that cannot be said in the native format.
#[derive(Debug, Deserialize, Serialize)]
struct LeftOut {
    flag: String,
    why: String,
}
