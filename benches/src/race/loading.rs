//! W7: from text to an evaluator that answers.

use super::{Matchup, Options, blank};
use crate::allocations;
use crate::measure::{Spread, process_time};
use crate::results::{Measurement, Memory};
use crate::scenario::Case;

/// Loads the document with each contender in turns.
pub(super) fn time(
    case: &Case,
    matchup: &Matchup,
    document: &str,
    options: &Options,
) -> Result<Vec<Measurement>, String> {
    let mut entrants = matchup.entrants(case.scenario.work);
    entrants.retain(|entrant| options.is_timed(entrant.name));
    let mut rounds: Vec<Vec<f64>> = vec![Vec::new(); entrants.len()];
    let mut rows: Vec<Measurement> = Vec::new();
    for (place, entrant) in entrants.iter().enumerate() {
        let (loaded, allocated) = allocations::during(|| entrant.load(document));
        drop(loaded?);
        let size = u64::try_from(document.len()).unwrap_or_default();
        rows.push(Measurement {
            allocations: float(allocated.calls),
            memory: Some(Memory { document: size, live: allocated.live, peak: allocated.peak }),
            ..blank(&case.scenario, matchup, entrant.name, place == 0)
        });
    }
    for round in 0..options.loads() {
        for step in 0..entrants.len() {
            let place = (step + round) % entrants.len();
            let (Some(entrant), Some(times)) = (entrants.get(place), rounds.get_mut(place)) else {
                continue;
            };
            // Some load in threads of their own, so the time is that of the process.
            let start = process_time();
            let loaded = entrant.load(document);
            times.push(process_time().saturating_sub(start).as_secs_f64() * 1e9);
            drop(loaded);
        }
    }
    let baseline = rounds.first().cloned().unwrap_or_default();
    for (row, times) in rows.iter_mut().zip(&rounds) {
        row.nanoseconds = Spread::of(times);
        row.ratio = Spread::of_ratios(times, &baseline);
    }
    Ok(rows)
}

#[expect(clippy::cast_precision_loss, reason = "a few million allocations")]
fn float(count: u64) -> f64 {
    count as f64
}
