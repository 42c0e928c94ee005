//! The table of what every flag served, 80 columns wide.

use std::io::{self, Write};

use flagkit_core::Reason;

use crate::demo::tally::Tally;
use crate::terminal::{ACCENT, BOLD, FAINT};

/// Prints a line for every flag and one below it for each of its variants.
pub(super) fn print(out: &mut impl Write, tallies: &[Tally<'_>]) -> io::Result<()> {
    let names = format!("{:<24}{:>7}{:17}", "FLAG", "ON", "");
    writeln!(out, "  {FAINT}{names}REASONS, % OF USERS{FAINT:#}")?;
    for tally in tallies {
        let Tally { key, evaluations, on, .. } = tally;
        let (percent, bar) = (percent(*on, *evaluations), bar(*on, *evaluations));
        let reasons = reasons(tally);
        writeln!(
            out,
            "  {BOLD}{key:<24}{BOLD:#}{percent:>7}   {ACCENT}{bar}{ACCENT:#}  {FAINT}{reasons}{FAINT:#}"
        )?;
        print_variants(out, tally)?;
    }
    Ok(())
}

fn print_variants(out: &mut impl Write, tally: &Tally<'_>) -> io::Result<()> {
    let last = tally.variants.len().saturating_sub(1);
    for (position, (name, count)) in tally.variants.iter().enumerate() {
        let branch = if position == last { "└" } else { "├" };
        let (percent, bar) = (percent(*count, tally.evaluations), bar(*count, tally.evaluations));
        let bar = bar.trim_end();
        writeln!(
            out,
            "    {FAINT}{branch}{FAINT:#} {name:<20}{percent:>7}   {ACCENT}{bar}{ACCENT:#}"
        )?;
    }
    Ok(())
}

/// The reasons, the most frequent first, in percent: `split 92, match 8`.
fn reasons(tally: &Tally<'_>) -> String {
    let mut reasons = tally.reasons.clone();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let percents = reasons.iter().map(|(reason, count)| {
        let percent = share(*count, tally.evaluations) * 100.0;
        let number = if percent < 1.0 { "<1".to_owned() } else { format!("{percent:.0}") };
        format!("{} {number}", short(*reason))
    });
    percents.collect::<Vec<_>>().join(", ")
}

fn short(reason: Reason) -> &'static str {
    match reason {
        Reason::Static => "static",
        Reason::TargetingMatch => "match",
        Reason::Split => "split",
        Reason::Disabled => "disabled",
        Reason::PrerequisiteFailed => "prereq",
        _ => "other",
    }
}

/// `12.3 %`; only nobody is 0.0 and only everybody is 100.0.
fn percent(part: usize, whole: usize) -> String {
    let percent = share(part, whole) * 100.0;
    match percent {
        few if part > 0 && few < 0.1 => "<0.1 %".to_owned(),
        most if part < whole && most > 99.9 => ">99.9 %".to_owned(),
        other => format!("{other:.1} %"),
    }
}

/// A bar of eighths of characters; whoever has anything gets at least one eighth.
fn bar(part: usize, whole: usize) -> String {
    let eighths = share(part, whole) * f64::from(BAR_COLUMNS) * 8.0;
    let least = if part > 0 { 1.0 } else { 0.0 };
    let mut left = eighths.round().max(least);
    let mut bar = String::new();
    for _ in 0..BAR_COLUMNS {
        let block = BLOCKS.iter().find(|(eighths, _)| left >= *eighths);
        bar.push(block.map_or(' ', |(_, block)| *block));
        left -= 8.0;
    }
    bar
}

#[expect(clippy::cast_precision_loss, reason = "there are fewer than 2⁵³ users")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

const BAR_COLUMNS: u32 = 12;
const BLOCKS: [(f64, char); 8] = [
    (8.0, '█'),
    (7.0, '▉'),
    (6.0, '▊'),
    (5.0, '▋'),
    (4.0, '▌'),
    (3.0, '▍'),
    (2.0, '▎'),
    (1.0, '▏'),
];

#[cfg(test)]
mod tests;
