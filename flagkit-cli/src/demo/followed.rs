//! What following a server came to, in words.

use std::io::{self, Write};
use std::time::Duration;

use crate::demo::follow::{FLAG, Flip, Followed};
use crate::terminal::{BAD, BOLD, FAINT, GOOD};

/// Prints the first changes one by one, and all of them in one line.
pub(super) fn print(out: &mut impl Write, followed: &Followed) -> io::Result<()> {
    let Followed { url, connected, flips, is_on_alone } = followed;
    let connected = milliseconds(*connected);
    writeln!(out, "  {FAINT}server{FAINT:#}       {url}, SQLite in a temporary folder")?;
    writeln!(out, "  {FAINT}application{FAINT:#}  has its flags {connected} after its start\n")?;
    for flip in flips.iter().take(SHOWN) {
        print_flip(out, flip)?;
    }
    let wrong = flips.iter().filter(|flip| flip.answered != flip.is_on).count();
    let (style, answers) = match wrong {
        0 => (GOOD, "every answer was right".to_owned()),
        wrong => (BAD, format!("{wrong} answers were wrong")),
    };
    let mut times: Vec<Duration> = flips.iter().map(|flip| flip.arrived).collect();
    times.sort_unstable();
    let [median, slowest] = [times.get(times.len() / 2), times.last()]
        .map(|time| milliseconds(time.copied().unwrap_or_default()));
    let count = flips.len();
    writeln!(out, "\n  {count} changes, from the command to the application:")?;
    writeln!(
        out,
        "  {BOLD}{median} in the middle{BOLD:#}, {slowest} at most; {style}{answers}{style:#}.\n"
    )?;
    let state = if *is_on_alone { "on" } else { "off" };
    writeln!(out, "  Now the server is gone. In the application, {FLAG} is still {state}.")
}

fn print_flip(out: &mut impl Write, flip: &Flip) -> io::Result<()> {
    let (style, state) = if flip.is_on { (GOOD, "on ") } else { (BAD, "off") };
    let [stored, arrived] = [flip.stored, flip.arrived].map(milliseconds);
    writeln!(
        out,
        "  {FLAG} {style}{state}{style:#}  {FAINT}on disk{FAINT:#} {stored:>8}  \
         {FAINT}in the application{FAINT:#} {arrived:>8}"
    )
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Changes that are printed one by one.
const SHOWN: usize = 4;
