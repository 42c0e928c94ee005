//! Diagnostics as compilers print them: `file:line:column: error: path: problem; …`.

use std::io::{self, Write};

use flagkit_core::{Diagnostic, Severity};
use flagkit_dialects::Position;

use crate::document_file::{Finding, Loaded, place};
use crate::terminal::{self, BOLD, ERROR, FAINT, WARNING, printable};

/// Tells of the diagnostics of a document that is used anyway: briefly, and aside.
pub(crate) fn tell(loaded: &Loaded) -> io::Result<()> {
    let mut out = anstream::stderr().lock();
    for finding in loaded.findings.iter().take(TOLD_MAX) {
        line(&mut out, &loaded.file.name, finding)?;
    }
    let more = loaded.findings.len().saturating_sub(TOLD_MAX);
    if more > 0 {
        let name = &loaded.file.name;
        let more = terminal::counted(more, "more diagnostic");
        writeln!(out, "{name}: {more}; see `flagkit validate`")?;
    }
    Ok(())
}

/// One finding on one line.
pub(crate) fn line(out: &mut impl Write, name: &str, finding: &Finding) -> io::Result<()> {
    let place = place(name, finding.position);
    let style = match finding.diagnostic.severity {
        Severity::Error => ERROR,
        Severity::Warning => WARNING,
    };
    let severity = severity(&finding.diagnostic);
    let text = finding.diagnostic.to_string();
    let text = printable(text.trim_start_matches(": "));
    writeln!(out, "{BOLD}{place}:{BOLD:#} {style}{severity}:{style:#} {text}")
}

/// The line of the document where it is, with a mark below the place.
pub(crate) fn excerpt(
    out: &mut impl Write,
    lines: &[&str],
    position: Option<Position>,
) -> io::Result<()> {
    let Some(position) = position else {
        return Ok(());
    };
    let Some(source) = position.line.checked_sub(1).and_then(|line| lines.get(line)) else {
        return Ok(());
    };
    let column = position.column.saturating_sub(1);
    let skipped = column.saturating_sub(BEFORE_MAX);
    let shown: String = source.chars().skip(skipped).take(SHOWN_MAX).map(visible).collect();
    let dots = if skipped > 0 { "…" } else { "" };
    let blanks = " ".repeat(column - skipped + dots.chars().count());
    let number = position.line;
    let margin = " ".repeat(number.to_string().len());
    writeln!(out, "  {FAINT}{number} │{FAINT:#} {dots}{}", shown.trim_end())?;
    writeln!(out, "  {FAINT}{margin} │{FAINT:#} {blanks}{ERROR}^{ERROR:#}")
}

/// The word for how bad a diagnostic is.
pub(crate) fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// One column for every character, so that the mark stands below the place.
fn visible(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

/// How many diagnostics are told of before the rest is only counted.
const TOLD_MAX: usize = 20;
/// How many characters of a line are shown before the place, and in all.
const BEFORE_MAX: usize = 50;
const SHOWN_MAX: usize = 90;

#[cfg(test)]
mod tests;
