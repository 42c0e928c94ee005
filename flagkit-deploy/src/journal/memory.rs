//! A journal in memory, for tests and simulation.
//!
//! It has the same chain as the others. Clones share what is kept, as processes share a store: a
//! clone that takes the lead fences the one before it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::journal::addition::{Addition, Audit};
use crate::journal::chain::{Entry, Head, Stored};
use crate::journal::row::Row;
use crate::journal::{Journal, JournalError, Kept, Unfinished};
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
    rows: BTreeMap<ReleaseId, Vec<u8>>,
    failures: u32,
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
    pub fn rows(&self) -> BTreeMap<ReleaseId, Vec<u8>> {
        self.content().rows.clone()
    }

    /// A copy in which something was changed behind the journal's back.
    #[must_use]
    pub fn with(&self, entries: Vec<Vec<u8>>, rows: BTreeMap<ReleaseId, Vec<u8>>) -> Self {
        let Content { leader, head, .. } = *self.content();
        let content = Content { leader, head, entries, rows, failures: 0 };
        Self { kept: Arc::new(Mutex::new(content)) }
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        // Nothing panics while it holds the lock, and every change is complete when it is dropped.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn row(&self, release: &str) -> Result<Option<Row>, JournalError> {
        self.rows.get(release).map(|bytes| Row::read(release, bytes)).transpose()
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
        states: &[Kept],
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
        for (release, row) in addition.rows {
            let bytes = row.write(&release);
            content.rows.insert(release, bytes);
        }
        Ok(())
    }

    fn unfinished(&mut self) -> Result<Vec<Unfinished>, JournalError> {
        let content = self.content();
        let mut unfinished = Vec::new();
        for (release, bytes) in &content.rows {
            let row = Row::read(release, bytes)?;
            if !row.is_over {
                let planned = content.entry(row.planned)?.body.to_vec();
                let release = Arc::clone(release);
                unfinished.push(Unfinished { release, state: row.state, planned });
            }
        }
        Ok(unfinished)
    }

    fn kept(&mut self, release: &str) -> Result<Option<Kept>, JournalError> {
        let row = self.content().row(release)?;
        let kept =
            |row: Row| Kept { release: release.into(), is_over: row.is_over, state: row.state };
        Ok(row.map(kept))
    }

    fn planned(&mut self, release: &str) -> Result<Option<Stored>, JournalError> {
        let content = self.content();
        let Some(row) = content.row(release)? else { return Ok(None) };
        content.entry(row.planned)?.record().map(Some)
    }

    fn releases(&mut self) -> Result<Vec<(ReleaseId, bool)>, JournalError> {
        let content = self.content();
        let rows = content.rows.iter().map(|(release, bytes)| {
            let row = Row::read(release, bytes)?;
            Ok((Arc::clone(release), row.is_over))
        });
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
        for (release, bytes) in &content.rows {
            audit.row(release, bytes)?;
        }
        audit.end(content.head)
    }
}

#[cfg(test)]
mod tests;
