//! W7: from text to an evaluator that answers.

use std::time::Duration;

use super::{Matchup, Options, blank};
use crate::allocations::{self, Allocated};
use crate::contender::entrant::Entrant;
use crate::measure::{Rounds, process_time, turns};
use crate::results::{Measurement, Memory};
use crate::scenario::Case;

/// Loads the document with each contender in turns.
pub(super) fn time(
    case: &Case,
    matchup: &Matchup,
    document: &str,
    options: &Options,
) -> Result<Vec<Measurement>, String> {
    let entrants = matchup.entrants(case.scenario.work).into_iter();
    let timed = entrants.filter(|entrant| options.is_timed(entrant.name));
    let loads: Result<Vec<Load>, String> =
        timed.map(|entrant| Load::first(entrant, document)).collect();
    let mut loads = loads?;
    let rounds: Vec<usize> =
        loads.iter().map(|load| options.effort.rounds_of(load.first)).collect();
    for (round, place) in turns(&rounds) {
        if let Some(load) = loads.get_mut(place) {
            load.again(round, document)?;
        }
    }
    let Some(baseline) = loads.first() else { return Ok(Vec::new()) };
    let size = u64::try_from(document.len()).unwrap_or_default();
    let rows = loads.iter().enumerate().map(|(place, load)| Measurement {
        rounds: load.rounds.count(),
        nanoseconds: load.rounds.spread(),
        ratio: load.rounds.beside(&baseline.rounds),
        allocations: float(load.allocated.calls),
        memory: Some(load.memory(size)),
        ..blank(&case.scenario, matchup, load.entrant.name, place == 0)
    });
    Ok(rows.collect())
}

/// One contender that loads again and again.
struct Load {
    entrant: Entrant,
    /// How long it took for the first time.
    first: Duration,
    allocated: Allocated,
    rounds: Rounds,
}

impl Load {
    fn first(entrant: Entrant, document: &str) -> Result<Self, String> {
        let start = process_time();
        let (loaded, allocated) = allocations::during(|| entrant.load(document));
        let first = process_time().saturating_sub(start);
        loaded.map(|_| Self { entrant, first, allocated, rounds: Rounds::default() })
    }

    fn again(&mut self, round: usize, document: &str) -> Result<(), String> {
        // Some load in threads of their own, so the time is that of the process.
        let start = process_time();
        let loaded = self.entrant.load(document);
        let taken = process_time().saturating_sub(start);
        self.rounds.insert(round, taken.as_secs_f64() * 1e9);
        loaded.map(drop)
    }

    fn memory(&self, document: u64) -> Memory {
        Memory { document, live: self.allocated.live, peak: self.allocated.peak }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few million allocations")]
fn float(count: u64) -> f64 {
    count as f64
}
