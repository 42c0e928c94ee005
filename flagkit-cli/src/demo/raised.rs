//! What raising the rollout came to, in words.

use std::io::{self, Write};

use crate::demo::raise::{FLAG, Raised, Reading, STEPS};
use crate::terminal::{BAD, BOLD, FAINT, GOOD, counted, grouped};

/// Prints what the readers saw and who moved.
pub(super) fn print(out: &mut impl Write, raised: &Raised<'_>) -> io::Result<()> {
    let evaluations: usize = raised.readings.iter().map(|reading| reading.evaluations).sum();
    let readers = counted(raised.readings.len(), "thread");
    let seconds = raised.took.as_secs_f64();
    writeln!(out, "  {BOLD}{FLAG}{BOLD:#} goes from 10 % to 25 % in {STEPS} steps of 0.1 %.")?;
    writeln!(out, "  Each step reads and publishes the whole file anew.")?;
    let evaluations = grouped(evaluations);
    writeln!(out, "  Meanwhile, in {seconds:.2} s, {readers} evaluated it {evaluations} times")?;
    print_readings(out, &raised.readings)?;
    print_people(out, raised)
}

fn print_readings(out: &mut impl Write, readings: &[Reading]) -> io::Result<()> {
    let changes = readings.iter().map(|reading| reading.changes).max().unwrap_or(0);
    let torn: usize = readings.iter().map(|reading| reading.torn).sum();
    let changes = counted(changes, "change");
    let (style, torn) = match torn {
        0 => (GOOD, "none was torn".to_owned()),
        torn => (BAD, format!("{} were torn", grouped(torn))),
    };
    writeln!(out, "  and saw up to {changes} of snapshot. Of all answers {style}{torn}{style:#}.\n")
}

fn print_people(out: &mut impl Write, raised: &Raised<'_>) -> io::Result<()> {
    let still_in = raised.before - raised.left;
    let (style, left) = match raised.left {
        0 => (GOOD, "nobody left".to_owned()),
        left => (BAD, format!("{} left", grouped(left))),
    };
    let some: Vec<&str> = raised.joined.iter().copied().take(EXAMPLES).collect();
    let some = format!("{}, …", some.join(", "));
    let joined = raised.joined.len();
    writeln!(out, "  in at 10 %  {:>9}", grouped(raised.before))?;
    writeln!(out, "  still in    {:>9}  {style}{left}{style:#}", grouped(still_in))?;
    writeln!(out, "  joined      {:>9}  {FAINT}{some}{FAINT:#}", grouped(joined))?;
    writeln!(out, "  in at 25 %  {:>9}", grouped(still_in + joined))
}

/// How many of those who joined are named.
const EXAMPLES: usize = 6;
