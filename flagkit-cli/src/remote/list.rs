//! `flagkit list`: all flags of an environment, one a line.

use std::io::Write;
use std::process::ExitCode;

use serde::Deserialize;

use crate::arguments::remote::List;
use crate::failure::Outcome;
use crate::remote::connection::Request;
use crate::remote::flag::Flag;
use crate::remote::session::Session;
use crate::remote::summary;
use crate::remote::table::{self, Cell};
use crate::terminal::{BOLD, FAINT, counted, print_json};

/// Prints the flags whose key or description contains a text.
pub(crate) fn run(arguments: &List) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let answer = session.connection.ask(Request::get(session.path(["flags"])))?;
    let mut flags = answer.json::<Flags>()?.items;
    if let Some(text) = &arguments.text {
        flags.retain(|flag| is_about(flag, text));
    }
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &flags)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<[Cell; 4]> = flags.iter().map(row).collect();
    if !rows.is_empty() {
        table::print(&mut out, ["FLAG", "STATE", "WHAT", "REVISION"], &rows)?;
    }
    let (flags, environment) = (counted(flags.len(), "flag"), &session.environment);
    writeln!(out, "{FAINT}{flags} in {environment}{FAINT:#}")?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Deserialize)]
struct Flags {
    items: Vec<Flag>,
}

fn row(flag: &Flag) -> [Cell; 4] {
    let (state, style) = flag.state();
    [
        Cell::new(&flag.key, BOLD),
        Cell::new(state.word(), style),
        Cell::plain(&summary::sentence(&flag.document)),
        Cell::plain(&flag.revision.to_string()),
    ]
}

fn is_about(flag: &Flag, text: &str) -> bool {
    let text = text.to_lowercase();
    let description = flag.document.get("description").and_then(|value| value.as_str());
    [Some(flag.key.as_str()), description]
        .into_iter()
        .flatten()
        .any(|known| known.to_lowercase().contains(&text))
}
