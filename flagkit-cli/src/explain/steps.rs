//! The steps of an explanation as indented lines with a mark for yes and no.

use std::io::{self, Write};

use flagkit_core::{Explanation, Step};

use crate::terminal::{BAD, FAINT, GOOD, printable};

/// Prints every step after this margin, broken into lines of at most 80 columns.
pub(crate) fn print(
    out: &mut impl Write,
    explanation: &Explanation,
    margin: &str,
) -> io::Result<()> {
    for step in explanation.steps() {
        let indent = format!("{margin}{:width$}", "", width = step.depth * 2);
        let width = COLUMNS.saturating_sub(indent.chars().count() + 2).max(COLUMNS_MIN);
        let text = printable(&step.text).replace('\n', " ");
        for (position, line) in wrapped(&text, width).iter().enumerate() {
            match position {
                0 => writeln!(out, "{indent}{} {line}", mark(step))?,
                _ => writeln!(out, "{indent}  {line}")?,
            }
        }
    }
    Ok(())
}

fn mark(step: &Step) -> String {
    match step.holds {
        Some(true) => format!("{GOOD}✓{GOOD:#}"),
        Some(false) => format!("{BAD}✗{BAD:#}"),
        None => format!("{FAINT}·{FAINT:#}"),
    }
}

/// Lines of at most so many columns, broken at blanks; a longer word stays whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else {
            continue;
        };
        let columns = line.chars().count() + 1 + word.chars().count();
        if line.is_empty() {
            line.push_str(word);
        } else if columns <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

const COLUMNS: usize = 80;
/// Deep steps get at least this much room.
const COLUMNS_MIN: usize = 40;

#[cfg(test)]
mod tests;
