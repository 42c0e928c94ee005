//! `flagkit rollout replay`: everything in a journal computed again, and compared with what was
//! written then.

use std::io::Write;
use std::process::ExitCode;

use flagkit_deploy::Release;
use flagkit_deploy::replay::replay;

use crate::arguments::rollout::Replay;
use crate::failure::{Failure, Outcome};
use crate::rollout::source::Source;
use crate::terminal::{BAD, BOLD, FAINT, GOOD, counted, printable};

/// Verifies the chain of hashes, and computes every verdict again.
pub(crate) fn run(arguments: &Replay) -> Outcome {
    let mut source = Source::open(&arguments.state)?;
    let mut out = anstream::stdout().lock();
    let verified = source.verify()?;
    let records = counted(usize::try_from(verified.records).unwrap_or(usize::MAX), "record");
    writeln!(
        out,
        "{GOOD}✓{GOOD:#} the chain of {records} is whole  {FAINT}{}{FAINT:#}",
        verified.head
    )?;
    let names = match &arguments.id {
        Some(id) => vec![id.clone()],
        None => source.releases()?.into_iter().map(|(id, _)| id).collect(),
    };
    let mut code = ExitCode::SUCCESS;
    for id in names {
        let stored = source.stored(&id)?;
        // A running engine writes on; its last state is compared at rest.
        let kept = source.kept(&id)?;
        let name = printable(&id).into_owned();
        match replay::<Release>(&stored, kept.as_deref()) {
            Ok(replayed) => {
                let (records, status) =
                    (counted(replayed.records, "record"), replayed.state.status);
                let status = status.to_string().replace('_', " ");
                writeln!(
                    out,
                    "{GOOD}✓{GOOD:#} {BOLD}{name}{BOLD:#}: {records}, every decision and \
                               verdict as it was; {status}"
                )?;
            }
            Err(difference) => {
                code = ExitCode::FAILURE;
                let text = difference.to_string();
                writeln!(out, "{BAD}✗{BAD:#} {BOLD}{name}{BOLD:#}: {}", printable(&text))?;
            }
        }
    }
    Ok(code)
}

impl Source {
    /// The records of a release as a journal gives them.
    fn stored(&mut self, id: &str) -> Result<Vec<flagkit_deploy::journal::Stored>, Failure> {
        let numbered = self.history(Some(id))?.into_iter();
        let stored = numbered.map(|numbered| flagkit_deploy::journal::Stored {
            number: numbered.number,
            record: numbered.record,
        });
        Ok(stored.collect())
    }
}
