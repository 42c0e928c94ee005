//! The findings for people: as a compiler prints them, with the line and a mark.

use std::io::{self, Write};

use crate::document_file::{self, listing};
use crate::terminal::{BOLD, ERROR, GOOD, counted, printable};
use crate::validate::Checked;

/// Prints all findings of all files and a summary.
pub(super) fn print(checked: &[Checked]) -> io::Result<()> {
    let mut out = io::BufWriter::new(anstream::stdout().lock());
    for checked in checked {
        print_file(&mut out, checked)?;
    }
    print_summary(&mut out, checked)?;
    out.flush()
}

fn print_file(out: &mut impl Write, checked: &Checked) -> io::Result<()> {
    match checked {
        Checked::Document(loaded) => {
            let has_places = loaded.findings.iter().any(|finding| finding.position.is_some());
            let text = if has_places { loaded.file.text.as_str() } else { "" };
            let lines: Vec<&str> = text.lines().collect();
            for finding in &loaded.findings {
                listing::line(out, &loaded.file.name, finding)?;
                listing::excerpt(out, &lines, finding.position)?;
            }
            Ok(())
        }
        Checked::None(trouble) => {
            let place = document_file::place(&trouble.name, trouble.position);
            let message = printable(&trouble.message);
            writeln!(out, "{BOLD}{place}:{BOLD:#} {ERROR}error:{ERROR:#} {message}")
        }
    }
}

fn print_summary(out: &mut impl Write, checked: &[Checked]) -> io::Result<()> {
    let errors: usize = checked.iter().map(Checked::errors).sum();
    let warnings: usize = checked.iter().map(Checked::warnings).sum();
    let flags: usize = checked.iter().map(Checked::flags).sum();
    let extent = format!("{} in {}", counted(flags, "flag"), counted(checked.len(), "file"));
    if errors == 0 && warnings == 0 {
        return writeln!(out, "{GOOD}ok:{GOOD:#} {extent}, nothing to report");
    }
    let (errors, warnings) = (counted(errors, "error"), counted(warnings, "warning"));
    writeln!(out, "{extent}: {errors}, {warnings}")
}
