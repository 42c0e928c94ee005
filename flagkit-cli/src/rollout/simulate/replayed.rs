//! One play, step by step.

use std::io::{self, Write};

use flagkit_deploy::Time;
use flagkit_deploy::simulation::trial::{End, Trial};

use crate::rollout::told::Teller;
use crate::rollout::view::lines::sign;
use crate::terminal::{BOLD, FAINT, counted, printable};

/// Prints what happened, with the time since the start.
pub(super) fn print(
    out: &mut impl Write,
    (title, trial): (&str, &Trial),
    seed: u64,
) -> io::Result<()> {
    let (run, records) = trial.play_with_records(seed);
    writeln!(out, "{BOLD}{}{BOLD:#}  {FAINT}seed {seed}{FAINT:#}", printable(title))?;
    let mut teller = Teller::default();
    let mut start: Option<Time> = None;
    for told in records.iter().flat_map(|record| teller.tell(record)) {
        let since = told.at_ms - *start.get_or_insert(told.at_ms);
        let (mark, style) = sign(told.mark);
        let since = since.to_string();
        writeln!(
            out,
            "  {FAINT}{since:>10}{FAINT:#}  {style}{mark}{style:#} {}",
            printable(&told.text)
        )?;
    }
    let end = match run.end {
        End::Done => "it reached the end",
        End::RolledBack => "it rolled back",
        End::Frozen => "it froze",
        End::Paused => "it is paused for somebody",
        _ => "it did not end in time",
    };
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let users = counted(count(run.users), "user");
    let failing = counted(count(run.failing), "user");
    writeln!(out, "  {end} after {}; {users} met the new version, {failing} saw failures", run.took)
}
