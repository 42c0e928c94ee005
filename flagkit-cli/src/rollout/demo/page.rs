//! What the demo prints around the lines of its releases.

use std::io::{self, Write};
use std::time::Duration;

use super::Went;
use super::stage::Stage;
use crate::terminal::{ACCENT, BAD, BOLD, FAINT, GOOD, WARNING, grouped};

/// What is going to be shown.
pub(super) fn title(out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "{BOLD}FlagKit releases{BOLD:#}  two versions of a small shop, one of them with a bug"
    )
}

/// What plays along.
pub(super) fn parts(out: &mut impl Write, stage: &Stage) -> io::Result<()> {
    let front = stage.front();
    if stage.is_real() {
        return writeln!(
            out,
            "  HAProxy at {front} divides 2,000 customers by hash, Prometheus reads the counters once a\n  \
             second, and v1 of the shop serves everybody. All of it is local and ends with the demo."
        );
    }
    writeln!(
        out,
        "  {WARNING}HAProxy and Prometheus are not used here{WARNING:#} (`cargo xtask setup` or `apt-get install haproxy\n  \
         prometheus` installs them). A splitter inside this program stands in for both at {front}:\n  \
         it evaluates a flag for each of 2,000 customers, and pushes what it counts."
    )
}

/// A release begins.
pub(super) fn chapter(out: &mut impl Write, version: &str, about: &str) -> io::Result<()> {
    writeln!(out, "\n{ACCENT}Release {version}{ACCENT:#}  {about}")?;
    out.flush()
}

/// Who was exposed, and how long it took.
pub(super) fn outcome(out: &mut impl Write, version: &str, went: &Went) -> io::Result<()> {
    let seen = &went.seen;
    let (answers, failures) = seen.of(version);
    let style = if went.status == flagkit_deploy::Status::Done { GOOD } else { BAD };
    writeln!(
        out,
        "  {style}{}{style:#} after {:.1} s. {} of {} customers met {version}: {} answers, {} of them failures, for {} customers.",
        went.status.as_str().replace('_', " "),
        went.took.as_secs_f64(),
        grouped(seen.exposed.len()),
        grouped(seen.versions.len()),
        grouped(usize::try_from(answers).unwrap_or(usize::MAX)),
        failures,
        seen.hurt.len(),
    )?;
    if went.status == flagkit_deploy::Status::RolledBack
        && let Some(last) = went.last_new
    {
        writeln!(
            out,
            "  The last customer met it {:.1} s after the release began.",
            last.as_secs_f64()
        )?;
    }
    let lost = if seen.lost == 0 { GOOD } else { BAD };
    writeln!(
        out,
        "  {FAINT}Requests without an answer:{FAINT:#} {lost}{}{lost:#}{FAINT}; customers changed their version {} times in all.{FAINT:#}",
        seen.lost, seen.moved
    )
}

/// The end.
pub(super) fn farewell(out: &mut impl Write, took: Duration, as_promised: bool) -> io::Result<()> {
    let words = if as_promised {
        "The bug reached a few customers for a few seconds; the version without it reached everybody."
    } else {
        "This did not go as it should have: the lines above say what happened."
    };
    writeln!(
        out,
        "\n{words}\n{FAINT}{:.0} s in all. A release of your own begins with docs/releases.md and `flagkit rollout plan`.{FAINT:#}",
        took.as_secs_f64()
    )
}
