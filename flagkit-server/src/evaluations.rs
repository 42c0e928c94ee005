//! What was evaluated here, and what other SDKs report without an id: counted in memory and
//! stored every minute.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};

use flagkit_core::{ErrorCode, Resolution};
use parking_lot::Mutex;

use crate::live::Live;
use crate::model::{EnvironmentId, Usage, UsageCount};
use crate::store::{ErrorKind, Store};
use crate::world::now_ms;

/// Counts that are not stored yet.
#[derive(Debug, Default)]
pub(crate) struct Evaluations {
    counts: Mutex<HashMap<Outcome, u64>>,
}

/// What came of evaluations.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Outcome {
    environment: EnvironmentId,
    flag: String,
    variant: String,
    reason: String,
    hour: u64,
}

impl Evaluations {
    /// Counts an evaluation.
    pub(crate) fn count(
        &self,
        live: &Live,
        flag: &str,
        result: &Result<Resolution<'_>, ErrorCode>,
    ) {
        let (variant, reason) = match result {
            Ok(found) => (found.variant().unwrap_or_default(), found.reason().name()),
            Err(code) => ("", code.name()),
        };
        self.add(live.id, (flag, variant, reason), 1);
    }

    /// Counts what an SDK reports.
    pub(crate) fn add(
        &self,
        environment: EnvironmentId,
        (flag, variant, reason): (&str, &str, &str),
        count: u64,
    ) {
        let outcome = Outcome {
            environment,
            flag: shortened(flag).to_owned(),
            variant: shortened(variant).to_owned(),
            reason: shortened(reason).to_owned(),
            hour: now_ms() / HOUR_MS,
        };
        self.put(outcome, count);
    }

    /// What there is no room for is counted under one name.
    fn put(&self, outcome: Outcome, count: u64) {
        let mut counts = self.counts.lock();
        let is_full = counts.len() >= OUTCOMES_MAX;
        match counts.entry(outcome) {
            Entry::Occupied(mut known) => *known.get_mut() += count,
            Entry::Vacant(free) if !is_full => *free.insert(0) += count,
            Entry::Vacant(free) => {
                let outcome = free.into_key();
                let other = Outcome {
                    flag: OTHER.to_owned(),
                    variant: String::new(),
                    reason: String::new(),
                    ..outcome
                };
                *counts.entry(other).or_default() += count;
            }
        }
    }

    /// Stores everything. What cannot be stored now is kept for the next time.
    pub(crate) async fn store(&self, store: &dyn Store) {
        let counts = std::mem::take(&mut *self.counts.lock());
        let mut by_environment: HashMap<EnvironmentId, Vec<(Outcome, u64)>> = HashMap::new();
        for (outcome, count) in counts {
            by_environment.entry(outcome.environment).or_default().push((outcome, count));
        }
        for (environment, counts) in by_environment {
            let stored = store.add_usage(usage(environment, &counts)).await;
            match stored {
                // Nobody wants the counts of an environment that is gone.
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    tracing::debug!(%error, "counts wait for the database");
                    for (outcome, count) in counts {
                        self.put(outcome, count);
                    }
                }
                _ => {}
            }
        }
    }
}

fn usage(environment: EnvironmentId, counts: &[(Outcome, u64)]) -> Usage {
    let count = |(outcome, count): &(Outcome, u64)| UsageCount {
        flag: outcome.flag.clone(),
        variant: outcome.variant.clone(),
        reason: outcome.reason.clone(),
        hour: outcome.hour,
        count: *count,
    };
    let random = RandomState::new().hash_one(now_ms());
    Usage {
        environment,
        report: format!("server-{random:016x}-{}", now_ms()),
        received_at_ms: now_ms(),
        counts: counts.iter().map(count).collect(),
        exposures: Vec::new(),
    }
}

/// What is longer than keys may be is cut: nobody fills the memory with it.
pub(crate) fn shortened(text: &str) -> &str {
    let end = (0..=TEXT_BYTES_MAX.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

const OTHER: &str = "(other)";
const OUTCOMES_MAX: usize = 50_000;
const TEXT_BYTES_MAX: usize = 256;
const HOUR_MS: u64 = 3_600_000;

#[cfg(test)]
mod tests;
