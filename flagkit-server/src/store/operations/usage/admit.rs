//! What of a report is counted under its own name.

use std::collections::BTreeMap;

use crate::model::Usage;

/// What one row counts.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Outcome {
    pub(super) hour: u64,
    pub(super) flag: String,
    pub(super) variant: String,
    pub(super) reason: String,
}

/// The counts of a report, each outcome once. Clocks of clients are wrong at times: an hour that
/// has not begun, or was more than two days ago, is taken for the hour of the report.
pub(super) fn outcomes(usage: &Usage) -> BTreeMap<Outcome, u64> {
    let now = usage.received_at_ms / HOUR_MS;
    let mut outcomes = BTreeMap::new();
    for count in &usage.counts {
        let is_possible = count.hour <= now && now - count.hour <= HOURS_LATE_MAX;
        let outcome = Outcome {
            hour: if is_possible { count.hour } else { now },
            flag: shortened(&count.flag).to_owned(),
            variant: shortened(&count.variant).to_owned(),
            reason: shortened(&count.reason).to_owned(),
        };
        let sum: &mut u64 = outcomes.entry(outcome).or_default();
        *sum = sum.saturating_add(count.count).min(COUNT_MAX);
    }
    outcomes
}

/// Splits outcomes of one hour into those for which there is room, and what all others come to.
pub(super) fn admit(
    outcomes: BTreeMap<Outcome, u64>,
    room: u64,
) -> (BTreeMap<Outcome, u64>, BTreeMap<Outcome, u64>) {
    let mut outcomes = outcomes.into_iter();
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    let admitted = outcomes.by_ref().take(room).collect();
    let mut others = BTreeMap::new();
    for (outcome, count) in outcomes {
        let other = Outcome {
            hour: outcome.hour,
            flag: OTHER.to_owned(),
            variant: String::new(),
            reason: String::new(),
        };
        let sum: &mut u64 = others.entry(other).or_default();
        *sum = sum.saturating_add(count).min(COUNT_MAX);
    }
    (admitted, others)
}

/// At most 512 bytes of a text that comes from an application, in whole characters.
pub(super) fn shortened(text: &str) -> &str {
    let end = (0..=text.len().min(BYTES_MAX)).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// What flags are counted under for which there is no room.
const OTHER: &str = "(other)";
// Three of them are in one index, where PostgreSQL has room for 2,700 bytes.
const BYTES_MAX: usize = 512;
// Nobody evaluates that often; without a bound one wrong report makes the next sum overflow.
const COUNT_MAX: u64 = 1_000_000_000_000;
const HOUR_MS: u64 = 3_600_000;
const HOURS_LATE_MAX: u64 = 48;

#[cfg(test)]
mod tests;
