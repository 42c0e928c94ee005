//! `flagkit rollout status`: how a release stands, or all of them.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::arguments::rollout::Status;
use crate::failure::Outcome;
use crate::rollout::source::Source;
use crate::rollout::standing::{Standing, words};
use crate::rollout::view::page;
use crate::terminal::{BOLD, FAINT, print_json, printable};

/// Prints how it stands.
pub(crate) fn run(arguments: &Status) -> Outcome {
    let mut source = Source::open(&arguments.which.state)?;
    let mut out = anstream::stdout().lock();
    if arguments.all {
        return all(&mut out, &mut source, arguments.json);
    }
    let standing = source.standing(arguments.which.id.as_deref())?;
    if arguments.json {
        print_json(&mut out, &standing)?;
        return Ok(ExitCode::SUCCESS);
    }
    for line in page::lines(&standing) {
        writeln!(out, "{line}")?;
    }
    if !source.is_running()? && !standing.status.is_final() {
        writeln!(
            out,
            "\nNo engine runs here, so nothing happens until the next `flagkit rollout run`."
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints all releases, one in each line.
fn all(out: &mut impl Write, source: &mut Source, json: bool) -> Outcome {
    let mut standings = Vec::new();
    for (id, _) in source.releases()? {
        standings.push(source.standing(Some(&id))?);
    }
    standings.sort_by_key(|standing| standing.now_ms);
    if json {
        print_json(out, &standings)?;
    } else {
        standings.iter().try_for_each(|standing| line(out, standing))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(out: &mut impl Write, standing: &Standing) -> io::Result<()> {
    let Standing { release, status, now_ms, .. } = standing;
    let status = status.to_string().replace('_', " ");
    let why = standing.why.as_deref().unwrap_or(&standing.doing);
    let (release, why) = (printable(release), printable(why));
    let at = words::moment(*now_ms);
    writeln!(out, "{FAINT}{at}{FAINT:#}  {BOLD}{release}{BOLD:#}  {status}: {why}")
}
