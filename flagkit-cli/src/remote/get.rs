//! `flagkit get`: one flag, in a sentence and as it is written.

use std::io::Write;
use std::process::ExitCode;

use crate::arguments::remote::Get;
use crate::failure::Outcome;
use crate::remote::flag::Flag;
use crate::remote::session::Session;
use crate::terminal::{print_json, printable};

/// Prints the flag.
pub(crate) fn run(arguments: &Get) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let flag = Flag::ask(&session, &arguments.flag)?;
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &flag)?;
        return Ok(ExitCode::SUCCESS);
    }
    flag.print_sentence(&mut out, &session)?;
    let definition = serde_json::to_string_pretty(&flag.document).unwrap_or_default();
    writeln!(out, "{}", printable(&definition))?;
    Ok(ExitCode::SUCCESS)
}
