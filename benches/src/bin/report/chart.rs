//! The pictures of the page.

use flagkit_benches::bars::{Bar, Tone, picture};
use flagkit_benches::results::Measurement;
use flagkit_benches::scenario::{SCENARIOS, Scenario};

use crate::table::{is_ours, time, times};

/// The file of the picture with this name.
pub(crate) fn file_name(name: &str) -> String {
    format!("{}.svg", name.to_lowercase())
}

/// Everybody's time in one scenario, those who read one document together. Contexts are made
/// beforehand, and FlagKit takes the borrowed ones.
pub(crate) fn of_scenario(scenario: &Scenario, measured: &[Measurement]) -> Option<String> {
    let is_shown = |row: &&Measurement| {
        row.scenario == scenario.id && row.context != "built" && (row.is_baseline || !is_ours(row))
    };
    let bars = measured.iter().filter(is_shown).map(|row| Bar {
        group: format!("document: {}", row.document),
        name: row.contender.clone(),
        tone: if is_ours(row) { Tone::Ours } else { Tone::Others },
        from: None,
        to: row.nanoseconds.median,
        label: if row.is_baseline {
            time(row.nanoseconds.median)
        } else {
            format!("{}, ×{}", time(row.nanoseconds.median), times(row.ratio.median))
        },
    });
    let bars: Vec<Bar> = bars.collect();
    let title = format!("{}: {}", scenario.id, scenario.about);
    (!bars.is_empty()).then(|| picture(&title, &bars, time))
}

/// One bar for each scenario: from the fastest to the slowest of the others, in times of FlagKit.
pub(crate) fn overview(measured: &[Measurement]) -> Option<String> {
    let bar = |scenario: &Scenario| {
        let is_shown = |row: &&Measurement| {
            row.scenario == scenario.id && row.context != "built" && !is_ours(row)
        };
        let ratios = measured.iter().filter(is_shown).map(|row| row.ratio.median);
        let (least, most) = ratios.fold((f64::INFINITY, 0.0_f64), |(least, most), ratio| {
            (least.min(ratio), most.max(ratio))
        });
        (most > 0.0).then(|| Bar {
            group: String::new(),
            name: format!("{}: {}", scenario.id, scenario.about),
            tone: Tone::Others,
            from: Some(least),
            to: most,
            label: format!("×{} to ×{}", times(least), times(most)),
        })
    };
    let bars: Vec<Bar> = SCENARIOS.iter().filter_map(bar).collect();
    let title = "How many times longer other evaluators take than FlagKit, fastest to slowest";
    (!bars.is_empty()).then(|| picture(title, &bars, |ratio| format!("×{ratio}")))
}

#[cfg(test)]
mod tests;
