//! Measurements as rows of Markdown, and times as text.

use std::fmt::Write as _;

use flagkit_benches::measure::Spread;
use flagkit_benches::results::Measurement;

/// The table of one scenario; those who read the same document stand together. Where there were
/// fewer rounds than usual, it says how many.
pub(crate) fn of(rows: &[&Measurement], usual: usize) -> String {
    let is_loading = rows.iter().all(|row| row.context == "none");
    if is_loading { loads(rows, usual) } else { calls(rows, usual) }
}

/// In how many rounds those run who are not slow.
pub(crate) fn usual_rounds(measured: &[Measurement]) -> usize {
    measured.iter().map(|row| row.rounds).max().unwrap_or_default()
}

/// Whether it is FlagKit.
pub(crate) fn is_ours(row: &Measurement) -> bool {
    row.contender == "flagkit" || row.contender.starts_with("flagkit,")
}

/// Nanoseconds in the unit that suits them.
pub(crate) fn time(nanoseconds: f64) -> String {
    let (number, unit) = match nanoseconds {
        small if small < 1e3 => (small, "ns"),
        middle if middle < 1e6 => (middle / 1e3, "µs"),
        large => (large / 1e6, "ms"),
    };
    if number < 10.0 { format!("{number:.1} {unit}") } else { format!("{number:.0} {unit}") }
}

/// A ratio with as many digits as say something.
pub(crate) fn times(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
}

fn calls(rows: &[&Measurement], usual: usize) -> String {
    let mut table = String::from(
        "| document | evaluator | context made before | × | allocs | context made per call | × | allocs |\n\
         |---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for row in rows {
        let who = (row.document.as_str(), row.contender.as_str());
        if seen.contains(&who) {
            continue;
        }
        seen.push(who);
        let cells = ["prepared", "built"].map(|context| {
            let is_it = |other: &&&Measurement| {
                (other.document.as_str(), other.contender.as_str()) == who
                    && other.context == context
            };
            rows.iter().find(is_it).map_or("– | – | –".to_owned(), |row| cells(row, usual))
        });
        let _ = writeln!(table, "| {} | {} | {} |", who.0, name(row), cells.join(" | "));
    }
    table
}

fn loads(rows: &[&Measurement], usual: usize) -> String {
    let mut table = String::from(
        "| document | evaluator | time | × | allocs | text | heap afterwards | heap at most |\n\
         |---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let memory = row.memory.map_or("– | – | –".to_owned(), |memory| {
            let text = i64::try_from(memory.document).unwrap_or_default();
            [text, memory.live, memory.peak].map(megabytes).join(" | ")
        });
        let _ = writeln!(
            table,
            "| {} | {} | {} | {memory} |",
            row.document,
            name(row),
            cells(row, usual)
        );
    }
    table
}

/// Time, ratio and allocations.
fn cells(row: &Measurement, usual: usize) -> String {
    let ratio = if row.is_baseline { "1".to_owned() } else { spread(row.ratio) };
    let allocations = (row.allocations * 10.0).round() / 10.0;
    let time = time(row.nanoseconds.median);
    let rounds =
        if row.rounds < usual { format!(", rounds: {}", row.rounds) } else { String::new() };
    format!("{time}{rounds} | {ratio} | {allocations}")
}

fn spread(ratio: Spread) -> String {
    format!("{} ({}–{})", times(ratio.median), times(ratio.min), times(ratio.max))
}

fn name(row: &Measurement) -> String {
    if is_ours(row) { format!("**{}**", row.contender) } else { row.contender.clone() }
}

fn megabytes(bytes: i64) -> String {
    format!("{}.{:02} MB", bytes / 1_000_000, (bytes % 1_000_000 / 10_000).abs())
}

#[cfg(test)]
mod tests;
