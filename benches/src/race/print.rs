//! Tables for people.

use super::Matchup;
use crate::results::Measurement;
use crate::scenario::Scenario;

pub(super) fn heading(scenario: &Scenario) {
    println!("\n{}: {}", scenario.id, scenario.about);
}

pub(super) fn absent(style: &str) {
    println!("  {style}: cannot say it");
}

pub(super) fn checked(style: &str, contenders: usize, answers: usize) {
    println!("  {style}: {contenders} contenders, {answers} answers as expected");
}

/// One measurement in one line.
pub(super) fn row(measurement: &Measurement) {
    if measurement.is_baseline {
        println!("  {}, context {}", measurement.document, measurement.context);
    }
    let (ns, ratio) = (measurement.nanoseconds, measurement.ratio);
    println!(
        "    {:<48} {:>9} ({}–{})  ×{:.2} ({:.2}–{:.2})  rounds: {:<2}  {:.1} allocations{}",
        measurement.contender,
        duration(ns.median),
        duration(ns.min),
        duration(ns.max),
        ratio.median,
        ratio.min,
        ratio.max,
        measurement.rounds,
        measurement.allocations,
        memory(measurement),
    );
}

fn memory(measurement: &Measurement) -> String {
    let Some(memory) = measurement.memory else { return String::new() };
    let megabytes =
        |bytes: i64| format!("{}.{:02} MB", bytes / 1_000_000, bytes % 1_000_000 / 10_000);
    let document = i64::try_from(memory.document).unwrap_or_default();
    format!(
        "; document {}, live {}, peak {}",
        megabytes(document),
        megabytes(memory.live),
        megabytes(memory.peak)
    )
}

fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        ns if ns >= 1e7 => format!("{:.0} ms", ns / 1e6),
        ns if ns >= 1e6 => format!("{:.2} ms", ns / 1e6),
        ns if ns >= 1e4 => format!("{:.1} µs", ns / 1e3),
        ns if ns >= 100.0 => format!("{ns:.0} ns"),
        ns => format!("{ns:.1} ns"),
    }
}

/// The names of all peers, for messages.
pub(super) fn names(matchups: &[Matchup]) -> String {
    let mut names: Vec<&str> = matchups.iter().map(|matchup| matchup.peer).collect();
    names.dedup();
    names.join(", ")
}
