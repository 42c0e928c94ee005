//! Counts beside those on record: what grew, what shrank, what is new.

use std::fmt;

use crate::record::{Count, Record};

/// What comparing came to.
#[derive(Debug)]
pub(crate) struct Verdict {
    rows: Vec<Row>,
    notes: Vec<String>,
    refusals: Vec<String>,
    invitations: Vec<String>,
}

/// One line of the table: a count and what is on record for it.
#[derive(Debug)]
struct Row {
    now: Count,
    recorded: Option<Count>,
}

/// Compares; a share of the instructions may be more than on record, allocations may not.
pub(crate) fn compare(recorded: &Record, counted: &Record) -> Verdict {
    let is_same_compiler = recorded.compiler == counted.compiler;
    let allowed = if is_same_compiler { SAME_COMPILER } else { OTHER_COMPILER };
    let mut verdict = Verdict {
        rows: Vec::new(),
        notes: Vec::new(),
        refusals: Vec::new(),
        invitations: Vec::new(),
    };
    if !is_same_compiler {
        verdict.notes.push(format!(
            "recorded with {}, this is {}: instructions may grow by {} %",
            recorded.compiler,
            counted.compiler,
            allowed * 100.0
        ));
    }
    if counted.counts.iter().any(|count| count.instructions.is_none()) {
        verdict.notes.push(NO_INSTRUCTIONS.to_owned());
    }
    for now in &counted.counts {
        verdict.judge(now, recorded.of(&now.scenario), allowed);
    }
    for gone in recorded.counts.iter().filter(|count| counted.of(&count.scenario).is_none()) {
        verdict.refusals.push(format!("`{}` is on record and no scenario any more", gone.scenario));
    }
    verdict
}

impl Verdict {
    /// Whether something is not as it should be.
    pub(crate) fn is_refused(&self) -> bool {
        !self.refusals.is_empty()
    }

    fn judge(&mut self, now: &Count, recorded: Option<&Count>, allowed: f64) {
        self.rows.push(Row { now: now.clone(), recorded: recorded.cloned() });
        let name = &now.scenario;
        let Some(recorded) = recorded else {
            self.refusals.push(format!("`{name}` is a new scenario: nothing is on record for it"));
            return;
        };
        if let (Some(before), Some(after)) = (recorded.instructions, now.instructions) {
            let growth = after / before - 1.0;
            let what = format!(
                "`{name}`: {after:.1} instructions per call, on record {before:.1}: {:+.1} %",
                growth * 100.0
            );
            if growth > allowed {
                self.refusals.push(format!("{what}, where {} % are allowed", allowed * 100.0));
            } else if growth < -allowed {
                self.invitations.push(what);
            }
        }
        let (before, after) = (recorded.allocations, now.allocations);
        let what = format!("`{name}`: {after} allocations per call, on record {before}");
        if after > before {
            self.refusals.push(what);
        } else if after < before {
            self.invitations.push(what);
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<14} {:>12} {:>12} {:>8} {:>12} {:>10}",
            "scenario", "instructions", "on record", "change", "allocations", "on record"
        )?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))?;
        self.notes.iter().try_for_each(|note| writeln!(f, "\n{note}"))?;
        section(f, "cheaper than on record; accept it, so that it stays so:", &self.invitations)?;
        section(f, "more expensive than on record, or not on record:", &self.refusals)?;
        if self.invitations.is_empty() && self.refusals.is_empty() {
            return writeln!(f, "\nas on record");
        }
        writeln!(f, "\n{ACCEPT}")
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let recorded = self.recorded.as_ref();
        let before = recorded.and_then(|count| count.instructions);
        let after = self.now.instructions;
        let change = before.zip(after).map(|(before, after)| (after / before - 1.0) * 100.0);
        let number =
            |number: Option<f64>| number.map_or("–".into(), |number| format!("{number:.1}"));
        write!(
            f,
            "{:<14} {:>12} {:>12} {:>8} {:>12} {:>10}",
            self.now.scenario,
            number(after),
            number(before),
            change.map(|change| format!("{change:+.2} %")).unwrap_or_default(),
            self.now.allocations,
            recorded.map_or("–".into(), |count| count.allocations.to_string()),
        )
    }
}

fn section(f: &mut fmt::Formatter<'_>, title: &str, lines: &[String]) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    lines.iter().try_for_each(|line| writeln!(f, "  {line}"))
}

/// What instructions may grow by, as a share: more than seeds of hash maps and addresses change.
const SAME_COMPILER: f64 = 0.03;

/// The same where another compiler has made other instructions of the same source.
const OTHER_COMPILER: f64 = 0.15;

const ACCEPT: &str = "to put these counts on record, with a word in the commit on what they buy: \
                      cargo xtask bench --accept";

const NO_INSTRUCTIONS: &str = "instructions were not counted: that takes valgrind on x86-64 Linux, \
                               which `cargo xtask setup` installs; allocations were";

#[cfg(test)]
mod tests;
