//! Replay: a release computed again from its records, and compared with what was written then.
//!
//! Plans and events go into the same machine again. Every intent, every decision with its evidence and the
//! last state must come out as they were, byte for byte.

use std::fmt;

use crate::executor::{Machine, Next};
use crate::journal::Stored;
use crate::record::Entry;

/// A release that was computed again.
#[derive(Debug)]
#[non_exhaustive]
pub struct Replayed<M: Machine> {
    /// How many records agree.
    pub records: usize,
    /// The machine.
    pub machine: M,
    /// The last state.
    pub state: M::State,
}

/// The first difference between a journal and what follows from it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// The number of the record where it shows.
    pub record: u64,
    /// What was expected, and what stands there.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "record {}: {}", self.record, self.what)
    }
}

impl std::error::Error for Difference {}

/// Computes a release again from all its records, in order, and from the state that was kept last.
///
/// # Errors
///
/// The first difference. It comes from a changed journal, or from a version that decides differently.
pub fn replay<M: Machine>(
    records: &[Stored],
    kept: Option<&[u8]>,
) -> Result<Replayed<M>, Difference> {
    let Some((first, rest)) = records.split_first() else {
        return Err(Difference { record: 0, what: "there are no records".to_owned() });
    };
    let (machine, mut state) = begin::<M>(first)?;
    // What must come next, as JSON.
    let mut expected = std::collections::VecDeque::<String>::new();
    let mut last = first.number;
    for stored in rest {
        last = stored.number;
        let differs = |what: String| Difference { record: stored.number, what };
        let found = json(&stored.record.entry).map_err(differs)?;
        match (&stored.record.entry, expected.pop_front()) {
            (Entry::Happened(event), None) => {
                let next = machine.step(&state, event);
                expected = follows(&next).map_err(differs)?;
                state = next.state;
            }
            (_, Some(wanted)) if wanted == found => {}
            (_, Some(wanted)) => {
                return Err(differs(format!(
                    "{wanted} follows from the events, and {found} stands there"
                )));
            }
            (_, None) => {
                return Err(differs(format!(
                    "nothing follows from the events, and {found} stands there"
                )));
            }
        }
    }
    let differs = |what: String| Difference { record: last, what };
    if let Some(missing) = expected.pop_front() {
        return Err(differs(format!("{missing} should follow on it, and nothing does")));
    }
    let computed = json(&state).map_err(differs)?;
    if let Some(kept) = kept
        && kept != computed.as_bytes()
    {
        let kept = String::from_utf8_lossy(kept);
        return Err(differs(format!("the state is {computed}, and {kept} was kept")));
    }
    Ok(Replayed { records: records.len(), machine, state })
}

/// The machine and its first state.
fn begin<M: Machine>(first: &Stored) -> Result<(M, M::State), Difference> {
    let differs = |what: String| Difference { record: first.number, what };
    let Entry::Planned { now, author, plan } = &first.record.entry else {
        return Err(differs("the first record of a release is its plan".to_owned()));
    };
    let id = first.record.release.clone();
    M::planned(id, (**plan).clone(), author.clone(), *now).map_err(|refusals| {
        let refusals: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        differs(format!("this version refuses the plan: {}", refusals.join("; ")))
    })
}

/// The records that follow on an event.
fn follows<S>(next: &Next<S>) -> Result<std::collections::VecDeque<String>, String> {
    let decisions = next.decisions.iter().map(|decision| Entry::Decided(decision.clone()));
    let intents = next
        .orders
        .iter()
        .map(|(order, wanted)| Entry::Intent { order: *order, wanted: wanted.clone() });
    decisions.chain(intents).map(|entry| json(&entry)).collect()
}

fn json(value: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| format!("it cannot be written as JSON: {error}"))
}

#[cfg(test)]
mod tests;
