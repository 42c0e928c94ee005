//! Releases that turn bad after half an hour.

use crate::quiet::{PROMISED, releases};
use crate::race::{Race, Record};
use crate::rules::Kind;
use crate::world::World;

/// One kind of turn, and what each rule did.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) records: Vec<Record>,
}

/// All rows.
pub(crate) fn rows(effort: f64) -> Vec<Row> {
    let world = |rate, ratio| World { ratio, turn: TURN, ..World::calm(rate) };
    let cases = [
        ("100 requests/s, 0.5 → 2 %", world(100.0, 4.0)),
        ("100 requests/s, 0.5 → 5 %", world(100.0, 10.0)),
        ("1,000 requests/s, 0.5 → 1 %", world(1_000.0, 2.0)),
        ("1,000 requests/s, 0.5 → 5 %", world(1_000.0, 10.0)),
    ];
    (200..)
        .zip(cases)
        .map(|(seed, (name, world))| {
            let most = releases(2_000.0 * effort);
            let of = |rule| if rule == Kind::Kayenta { releases(400.0 * effort) } else { most };
            let rules = RULES.map(|rule| (rule, of(rule))).to_vec();
            Row { name, records: Race { seed, world, step: 10, rules }.run("a late turn") }
        })
        .collect()
}

impl Row {
    /// Median seconds between the turn and the rollback, over releases that were still out.
    pub(crate) fn seconds(&self, rule: Kind) -> Option<u32> {
        let record = self.records.iter().find(|record| record.rule == rule)?;
        let all = record.rollbacks.iter().map(|rollback| rollback.seconds);
        let (early, late): (Vec<u32>, Vec<u32>) = all.partition(|seconds| *seconds <= TURN);
        let mut late: Vec<u32> = late.into_iter().map(|seconds| seconds - TURN).collect();
        late.sort_unstable();
        late.get((record.releases as usize - early.len()) / 2).copied()
    }
}

pub(crate) const RULES: [Kind; 6] =
    [Kind::Flagger, Kind::Argo, Kind::Kayenta, Kind::GrowthBook, PROMISED, Kind::Watch];
/// When it happens, in seconds.
const TURN: u32 = 1_800;
