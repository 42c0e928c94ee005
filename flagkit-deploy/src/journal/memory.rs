//! A journal in memory, for tests and simulation.
//!
//! It has the same chain as the others. Clones share what is kept, as processes share a store: a
//! clone that takes the lead fences the one before it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::journal::addition::{Addition, Audit};
use crate::journal::chain::{Entry, Head, Stored};
use crate::journal::row::Row;
use crate::journal::{Journal, JournalError, Keep, Kept, Unfinished};
use crate::order::{Fence, ReleaseId};
use crate::record::Record;

/// A journal that is gone with the process.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    kept: Arc<Mutex<Content>>,
}

/// What is kept.
#[derive(Debug, Default)]
struct Content {
    leader: Fence,
    head: Head,
    entries: Vec<Vec<u8>>,
    rows: BTreeMap<ReleaseId, Place>,
    failures: u32,
}

/// The row of one release.
#[derive(Clone, Debug)]
enum Place {
    /// As it was given: nobody else has it, so there is nothing to check. Its JSON is made when
    /// somebody reads it.
    Given(Row),
    /// As somebody may have changed it.
    Bytes(Vec<u8>),
}

impl Place {
    fn row(&self, release: &str) -> Result<Row, JournalError> {
        match self {
            Self::Given(row) => Ok(row.clone()),
            Self::Bytes(bytes) => Row::read(release, bytes),
        }
    }
}

impl Memory {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the next appends fail, as a full disk would: nothing of them is written.
    pub fn fail(&self, times: u32) {
        self.content().failures = times;
    }

    /// The bytes of all entries, to look at them or to damage a copy.
    pub fn entries(&self) -> Vec<Vec<u8>> {
        self.content().entries.clone()
    }

    /// The bytes of all states, by the names of their releases.
    ///
    /// # Errors
    ///
    /// [`JournalError::Unwritable`] for a state that has no JSON.
    pub fn rows(&self) -> Result<BTreeMap<ReleaseId, Vec<u8>>, JournalError> {
        let bytes = |(release, place): (&ReleaseId, &Place)| {
            let bytes = match place {
                Place::Given(row) => row.write(release)?,
                Place::Bytes(bytes) => bytes.clone(),
            };
            Ok((Arc::clone(release), bytes))
        };
        self.content().rows.iter().map(bytes).collect()
    }

    /// A copy in which something was changed behind the journal's back.
    #[must_use]
    pub fn with(&self, entries: Vec<Vec<u8>>, rows: BTreeMap<ReleaseId, Vec<u8>>) -> Self {
        let Content { leader, head, .. } = *self.content();
        let rows =
            rows.into_iter().map(|(release, bytes)| (release, Place::Bytes(bytes))).collect();
        let content = Content { leader, head, entries, rows, failures: 0 };
        Self { kept: Arc::new(Mutex::new(content)) }
    }

    /// The bodies of all entries, in order: the JSON of records. Stops at what `look` refuses.
    pub(crate) fn bodies<E>(&self, mut look: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E>
    where
        E: From<JournalError>,
    {
        let content = self.content();
        (0..content.entries.len() as u64).try_for_each(|number| look(content.entry(number)?.body))
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        // Nothing panics while it holds the lock, and every change is complete when it is dropped.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn row(&self, release: &str) -> Result<Option<Row>, JournalError> {
        self.rows.get(release).map(|place| place.row(release)).transpose()
    }

    fn entry(&self, number: u64) -> Result<Entry<'_>, JournalError> {
        let at = usize::try_from(number).ok();
        let bytes = at.and_then(|at| self.entries.get(at));
        Entry::read(bytes.ok_or_else(|| JournalError::broken(number, "it is missing"))?, number)
    }
}

impl Journal for Memory {
    fn lead(&mut self) -> Result<Option<Fence>, JournalError> {
        let mut content = self.content();
        content.leader.0 += 1;
        Ok(Some(content.leader))
    }

    fn append(
        &mut self,
        fence: Fence,
        records: &[Record],
        states: &[Keep],
    ) -> Result<(), JournalError> {
        let mut content = self.content();
        if fence != content.leader {
            return Err(JournalError::Fenced { leader: content.leader });
        }
        if content.failures > 0 {
            content.failures -= 1;
            return Err(JournalError::store("writing", "no space is left, as the test wants it"));
        }
        let addition =
            Addition::new(content.head, records, states, |release| content.row(release))?;
        content.head = addition.head;
        content.entries.extend(addition.entries);
        let rows = addition.rows.into_iter();
        content.rows.extend(rows.map(|(release, row)| (release, Place::Given(row))));
        Ok(())
    }

    fn unfinished(&mut self) -> Result<Vec<Unfinished>, JournalError> {
        let content = self.content();
        let mut unfinished = Vec::new();
        for (release, place) in &content.rows {
            let row = place.row(release)?;
            if !row.is_over {
                let planned = content.entry(row.planned)?.body.to_vec();
                let (release, state) = (Arc::clone(release), row.state.json()?);
                unfinished.push(Unfinished { release, state, planned });
            }
        }
        Ok(unfinished)
    }

    fn kept(&mut self, release: &str) -> Result<Option<Kept>, JournalError> {
        let row = self.content().row(release)?;
        row.map(|row| row.kept(release)).transpose()
    }

    fn planned(&mut self, release: &str) -> Result<Option<Stored>, JournalError> {
        let content = self.content();
        let Some(row) = content.row(release)? else { return Ok(None) };
        content.entry(row.planned)?.record().map(Some)
    }

    fn releases(&mut self) -> Result<Vec<(ReleaseId, bool)>, JournalError> {
        let content = self.content();
        let rows = content
            .rows
            .iter()
            .map(|(release, place)| Ok((Arc::clone(release), place.row(release)?.is_over)));
        rows.collect()
    }

    fn records(&mut self, release: Option<&str>) -> Result<Vec<Stored>, JournalError> {
        let content = self.content();
        let Some(release) = release else {
            return (0..content.entries.len() as u64)
                .map(|number| content.entry(number)?.record())
                .collect();
        };
        let mut at = content.row(release)?.map(|row| row.last);
        let mut stored = Vec::new();
        while let Some(number) = at {
            let entry = content.entry(number)?;
            at = entry.before.filter(|&before| before < number);
            stored.push(entry.record()?);
        }
        stored.reverse();
        Ok(stored)
    }

    fn verify(&mut self) -> Result<Head, JournalError> {
        let content = self.content();
        let mut audit = Audit::default();
        for bytes in &content.entries {
            audit.entry(bytes)?;
        }
        for (release, place) in &content.rows {
            audit.follows(release, &place.row(release)?)?;
        }
        audit.end(content.head)
    }
}

#[cfg(test)]
mod tests;
