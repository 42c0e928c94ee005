//! `flagkit rollout plan`: what a release would do, or why it cannot.

use std::io::Write;
use std::process::ExitCode;

use serde_json::json;

use crate::arguments::rollout::Plan;
use crate::failure::{Failure, Outcome};
use crate::rollout::file::{ReleaseFile, Wrong};
use crate::terminal::{FAINT, WARNING, counted, print_json, printable};

mod page;

/// Checks and prints; changes nothing, and connects to nothing.
pub(crate) fn run(arguments: &Plan) -> Outcome {
    let mut out = anstream::stdout().lock();
    let (file, plan) = match planned(arguments)? {
        Ok(planned) => planned,
        Err(wrong) => return refused(&mut out, arguments, wrong),
    };
    let beyond = file.beyond_drivers(&plan)?;
    if let Some(wrong) = beyond {
        // Without a driver it is a draft, which is worth to be looked at.
        if file.names_drivers() {
            return refused(&mut out, arguments, wrong);
        }
        return draft(&mut out, arguments, (&plan, &wrong));
    }
    if arguments.json {
        print_json(&mut out, &json!({ "ok": true, "plan": plan }))?;
    } else {
        page::print(&mut out, &plan)?;
        let file = arguments.planned.file.display();
        writeln!(out, "\nNothing was changed. Begin with: flagkit rollout run {file}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The file and its plan, or what is wrong with it.
fn planned(
    arguments: &Plan,
) -> Result<Result<(ReleaseFile, flagkit_deploy::plan::Plan), Wrong>, Failure> {
    Ok(ReleaseFile::read(&arguments.planned)?.and_then(|file| {
        let plan = file.plan(&arguments.planned, None)?;
        Ok((file, plan))
    }))
}

/// A plan of a file that names no driver, and what is missing.
fn draft(
    out: &mut impl Write,
    arguments: &Plan,
    (plan, missing): (&flagkit_deploy::plan::Plan, &Wrong),
) -> Outcome {
    if arguments.json {
        let missing = missing.list();
        print_json(out, &json!({ "ok": true, "plan": plan, "missing": missing }))?;
        return Ok(ExitCode::SUCCESS);
    }
    page::print(out, plan)?;
    let count = counted(missing.0.len(), "place");
    writeln!(
        out,
        "\n{WARNING}Nothing was changed, and nothing could be:{WARNING:#} the file names no `drivers`, so \
         `run` would refuse it at {count}:"
    )?;
    for one in missing.0.iter().take(SHOWN_MAX) {
        writeln!(out, "  {FAINT}{}{FAINT:#}", printable(&one.to_string()))?;
    }
    if let Some(more) = missing.0.len().checked_sub(SHOWN_MAX).filter(|more| *more > 0) {
        writeln!(out, "  {FAINT}and {more} more{FAINT:#}")?;
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

/// More of them say the same again.
const SHOWN_MAX: usize = 3;
