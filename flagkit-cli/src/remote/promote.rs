//! `flagkit promote`: what a flag is like in one environment, it becomes in another.

use std::io::Write;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::arguments::remote::Promote;
use crate::failure::Outcome;
use crate::remote::connection::Request;
use crate::remote::difference::{self, Difference};
use crate::remote::flag::Changed;
use crate::remote::session::Session;
use crate::terminal::{BOLD, FAINT, print_json, printable};

/// Copies the flag and shows what is different there.
pub(crate) fn run(arguments: &Promote) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let path = session.path(["flags", &arguments.flag, "promote"]);
    let request = Request::post(path).json("application/json", &json!({ "to": arguments.to }))?;
    let promoted: Promoted = session.connection.ask(arguments.why.of(request)?)?.json()?;
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &promoted)?;
        return Ok(ExitCode::SUCCESS);
    }
    promoted.result.print_warnings()?;
    let (key, from, to) = (printable(&arguments.flag), &session.environment, &arguments.to);
    if promoted.diff.is_empty() {
        writeln!(out, "{BOLD}{key}{BOLD:#} in {to} is as it is in {from}")?;
        return Ok(ExitCode::SUCCESS);
    }
    let differences: Vec<Difference<'_>> = promoted.diff.iter().map(Place::borrow).collect();
    difference::print(&mut out, &differences, "  ")?;
    let version = printable(&promoted.result.version);
    if promoted.dry_run {
        writeln!(out, "{BOLD}{key}{BOLD:#} in {to} would become what it is in {from}")?;
    } else {
        writeln!(
            out,
            "{BOLD}{key}{BOLD:#} in {to} is now what it is in {from} \
             {FAINT}(version {version}){FAINT:#}"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What came of it.
#[derive(Debug, Deserialize, Serialize)]
struct Promoted {
    dry_run: bool,
    diff: Vec<Place>,
    result: Changed,
}

/// A place that is different.
#[derive(Debug, Deserialize, Serialize)]
struct Place {
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
}

impl Place {
    fn borrow(&self) -> Difference<'_> {
        let Self { path, before, after } = self;
        Difference { path: path.clone(), before: before.as_ref(), after: after.as_ref() }
    }
}
