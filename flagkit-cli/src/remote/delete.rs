//! `flagkit delete`: a flag that nobody needs any more.

use std::io::Write;
use std::process::ExitCode;

use crate::arguments::remote::Switch;
use crate::failure::Outcome;
use crate::remote::connection::Request;
use crate::remote::flag::Changed;
use crate::remote::session::Session;
use crate::terminal::{BOLD, FAINT, print_json, printable};

/// Deletes the flag; its history stays.
pub(crate) fn run(arguments: &Switch) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let request = Request::delete(session.flag(&arguments.flag));
    let answer = session.connection.ask(arguments.why.of(request)?)?;
    let changed: Changed = answer.json()?;
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &changed)?;
        return Ok(ExitCode::SUCCESS);
    }
    changed.print_warnings()?;
    if arguments.why.dry_run {
        writeln!(out, "this would be accepted; {} is still there", printable(&arguments.flag))?;
        return Ok(ExitCode::SUCCESS);
    }
    let (key, environment) = (printable(&arguments.flag), &session.environment);
    writeln!(
        out,
        "{BOLD}{key}{BOLD:#} is deleted in {environment}; applications get their defaults \
         {FAINT}(`flagkit revert {key}` brings it back){FAINT:#}"
    )?;
    Ok(ExitCode::SUCCESS)
}
