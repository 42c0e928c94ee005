//! One line for each change: for logs, pipes, and whoever likes it plain.

use std::io::{self, Write};

use anstyle::Style;

use crate::rollout::standing::{Standing, words};
use crate::rollout::told::{Mark, Told};
use crate::rollout::view::View;
use crate::terminal::{BAD, FAINT, GOOD, WARNING, printable};

/// Prints lines.
#[derive(Debug)]
pub(crate) struct Lines<W> {
    out: W,
}

impl<W: Write> Lines<W> {
    /// To this output.
    pub(crate) fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W: Write> View for Lines<W> {
    fn told(&mut self, told: &Told) -> io::Result<()> {
        line(&mut self.out, told)?;
        self.out.flush()
    }

    fn stands(&mut self, _: &Standing) -> io::Result<()> {
        Ok(())
    }

    fn notice(&mut self, words: &str) -> io::Result<()> {
        writeln!(self.out, "          {WARNING}engine:{WARNING:#} {}", printable(words))?;
        self.out.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// `12:30:01  ✓ step 1 of 4: traffic stable 90%, canary 10%`.
pub(crate) fn line(out: &mut impl Write, told: &Told) -> io::Result<()> {
    let (sign, style) = sign(told.mark);
    let (clock, text) = (words::clock(told.at_ms), printable(&told.text));
    writeln!(out, "{FAINT}{clock}{FAINT:#}  {style}{sign}{style:#} {text}")
}

/// The sign of a mark, and its colour.
pub(crate) fn sign(mark: Mark) -> (&'static str, Style) {
    match mark {
        Mark::Good => ("✓", GOOD),
        Mark::Plain => ("·", Style::new()),
        Mark::Warning => ("!", WARNING),
        Mark::Bad => ("✗", BAD),
    }
}
