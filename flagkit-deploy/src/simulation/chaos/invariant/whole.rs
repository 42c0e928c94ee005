//! At the end: the journal is whole, and gives the same again.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use crate::journal::memory::Memory;
use crate::journal::{Journal, JournalError};
use crate::order::ReleaseId;
use crate::record::{Entry, Record};
use crate::release::{Next, Release, State};

/// The journal is what was written, and each release of it decides and orders the same and comes to
/// the same state again.
pub(super) fn whole(journal: &mut Memory) -> Result<(), String> {
    journal.verify().map_err(|error| format!("the journal is not what was written: {error}"))?;
    let mut replay = Replay::default();
    journal.bodies(|body| replay.take(body)).map_err(|Wrong(what)| what)?;
    if replay.follow.is_empty() { replay.end(journal) } else { Err(MORE.to_owned()) }
}

/// All releases of a journal, computed again from their plans and events.
///
/// What follows from an event is compared as the journal has it, so only plans and events are read.
#[derive(Default)]
struct Replay {
    releases: BTreeMap<ReleaseId, (Release, State)>,
    /// The records that must come next.
    follow: VecDeque<Vec<u8>>,
}

/// What is wrong.
struct Wrong(String);

impl From<JournalError> for Wrong {
    fn from(error: JournalError) -> Self {
        Self(error.to_string())
    }
}

impl From<&str> for Wrong {
    fn from(what: &str) -> Self {
        Self(what.to_owned())
    }
}

fn wrong(error: impl fmt::Display) -> Wrong {
    Wrong(error.to_string())
}

impl Replay {
    /// The next record.
    fn take(&mut self, body: &[u8]) -> Result<(), Wrong> {
        if let Some(wanted) = self.follow.pop_front() {
            let text = || String::from_utf8_lossy(body);
            let is_same = wanted == body;
            let differs = || Wrong(format!("a replay does not decide again: {}", text()));
            return if is_same { Ok(()) } else { Err(differs()) };
        }
        let record: Record = serde_json::from_slice(body).map_err(wrong)?;
        match &record.entry {
            Entry::Planned { now, author, plan } => {
                let id = Arc::clone(&record.release);
                let planned = Release::new(id, (**plan).clone(), author.clone(), *now);
                let planned = planned.map_err(|_| Wrong::from("the plan is refused at replay"))?;
                self.releases.insert(record.release, planned);
                Ok(())
            }
            Entry::Happened(event) => {
                let (release, state) = self
                    .releases
                    .get_mut(&record.release)
                    .ok_or_else(|| Wrong::from("the journal does not begin with the plan"))?;
                let Next { state: next, orders, decisions } = release.step(state, event);
                *state = next;
                let decided = decisions.into_iter().map(Entry::Decided);
                let ordered = orders.into_iter();
                let ordered = ordered.map(|(order, wanted)| Entry::Intent { order, wanted });
                for entry in decided.chain(ordered) {
                    let (release, fence) = (Arc::clone(&record.release), record.fence);
                    let next = Record { release, fence, entry };
                    self.follow.push_back(serde_json::to_vec(&next).map_err(wrong)?);
                }
                Ok(())
            }
            entry => Err(Wrong(format!("a replay does not decide again: {entry:?}"))),
        }
    }

    /// Every state is the one that is kept.
    fn end(&self, journal: &mut Memory) -> Result<(), String> {
        for (id, (_, state)) in &self.releases {
            let kept = journal.kept(id).map_err(|error| error.to_string())?;
            let again = serde_json::to_vec(state).map_err(|error| error.to_string())?;
            if kept.is_none_or(|kept| kept.state != again) {
                return Err("a replay ends in another state than the journal keeps".to_owned());
            }
        }
        Ok(())
    }
}

const MORE: &str = "a replay decides more than was decided";
