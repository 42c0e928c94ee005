//! `flagkit rollout history`: what happened to a release, and why.

use std::io::Write;
use std::process::ExitCode;

use crate::arguments::rollout::History;
use crate::failure::Outcome;
use crate::rollout::source::Source;
use crate::rollout::told::Teller;
use crate::rollout::view::lines::line;

/// Prints it: sentences, or every record as it is in the journal.
pub(crate) fn run(arguments: &History) -> Outcome {
    let mut source = Source::open(&arguments.which.state)?;
    let records = source.history(arguments.which.id.as_deref())?;
    let mut out = anstream::stdout().lock();
    let mut teller = Teller::default();
    for numbered in &records {
        if arguments.json {
            serde_json::to_writer(&mut out, numbered).map_err(std::io::Error::from)?;
            writeln!(out)?;
        } else {
            for told in teller.tell(&numbered.record) {
                line(&mut out, &told)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
