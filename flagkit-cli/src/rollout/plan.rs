//! `flagkit rollout plan`: what a release would do, or why it cannot.

use std::io::Write;
use std::process::ExitCode;

use serde_json::json;

use crate::arguments::rollout::Plan;
use crate::failure::Outcome;
use crate::rollout::file::{ReleaseFile, Wrong};
use crate::terminal::print_json;

mod page;

/// Checks and prints; changes nothing.
pub(crate) fn run(arguments: &Plan) -> Outcome {
    let planned = match ReleaseFile::read(&arguments.planned)? {
        Ok(file) => file.plan(&arguments.planned, None),
        Err(wrong) => Err(wrong),
    };
    let mut out = anstream::stdout().lock();
    let plan = match planned {
        Ok(plan) => plan,
        Err(wrong) => return refused(&mut out, arguments, wrong),
    };
    if arguments.json {
        print_json(&mut out, &json!({ "ok": true, "plan": plan }))?;
    } else {
        page::print(&mut out, &plan)?;
        let file = arguments.planned.file.display();
        writeln!(out, "\nNothing was changed. Begin with: flagkit rollout run {file}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn refused(out: &mut impl Write, arguments: &Plan, wrong: Wrong) -> Outcome {
    if !arguments.json {
        return Err(wrong.into());
    }
    print_json(out, &wrong.to_json())?;
    Ok(ExitCode::FAILURE)
}
