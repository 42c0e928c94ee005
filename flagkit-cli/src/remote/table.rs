//! Tables: columns as wide as what is in them.

use std::io::{self, Write};

use anstyle::Style;

use crate::terminal::{FAINT, printable};

/// A text with its look.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A text; what it could do to a terminal is spelled out.
    pub(crate) fn new(text: &str, style: Style) -> Self {
        Self { text: printable(text).replace('\n', " "), style }
    }

    /// A text as it is.
    pub(crate) fn plain(text: &str) -> Self {
        Self::new(text, Style::new())
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

/// Prints a line of headings and one for each row; the last column is as long as it is.
pub(crate) fn print<const N: usize>(
    out: &mut impl Write,
    headings: [&str; N],
    rows: &[[Cell; N]],
) -> io::Result<()> {
    let headings = headings.map(|heading| Cell::new(heading, FAINT));
    let lines = || std::iter::once(&headings).chain(rows);
    let widths: [usize; N] = std::array::from_fn(|column| {
        lines().filter_map(|line| line.get(column)).map(Cell::width).max().unwrap_or(0)
    });
    for line in lines() {
        // Blanks are written when something stands behind them: no line ends with one.
        let mut blanks = 0;
        for (cell, width) in line.iter().zip(widths) {
            if !cell.text.is_empty() {
                let (style, text) = (cell.style, &cell.text);
                write!(out, "{}{style}{text}{style:#}", " ".repeat(blanks))?;
                blanks = 0;
            }
            blanks += width - cell.width() + GAP;
        }
        writeln!(out)?;
    }
    Ok(())
}

const GAP: usize = 2;

#[cfg(test)]
mod tests;
