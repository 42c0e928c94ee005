//! What every store does alike: what an append writes, and what a verification looks at.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::journal::chain::{Entry, Head};
use crate::journal::row::Row;
use crate::journal::{JournalError, Keep};
use crate::order::ReleaseId;
use crate::record::Record;

/// What an append writes.
#[derive(Debug)]
pub(crate) struct Addition {
    /// The number of the first entry.
    #[cfg(any(feature = "journal", feature = "postgres"))]
    first: u64,
    /// The entries, ready to be stored.
    pub(crate) entries: Vec<Vec<u8>>,
    /// The rows that are new or replaced.
    pub(crate) rows: Vec<(ReleaseId, Row)>,
    /// Where the chain stands then.
    pub(crate) head: Head,
}

impl Addition {
    /// Works out what to write behind `head`; `row` finds what is stored of a release.
    pub(crate) fn new(
        mut head: Head,
        records: &[Record],
        states: &[Keep],
        mut row: impl FnMut(&str) -> Result<Option<Row>, JournalError>,
    ) -> Result<Self, JournalError> {
        #[cfg(any(feature = "journal", feature = "postgres"))]
        let first = head.next;
        let mut rows = BTreeMap::<ReleaseId, Row>::new();
        let mut entries = Vec::with_capacity(records.len());
        for record in records {
            let release = &record.release;
            let known = match rows.remove(release) {
                Some(row) => Some(row),
                None => row(release)?,
            };
            let before = known.as_ref().map(|row| row.last);
            let start = || Row::begun(head.next);
            let next = Row { last: head.next, ..known.unwrap_or_else(start) };
            rows.insert(Arc::clone(release), next);
            entries.push(head.seal(record, before)?);
        }
        for kept in states {
            let known = match rows.remove(&kept.release) {
                Some(row) => Some(row),
                None => row(&kept.release)?,
            };
            let Some(known) = known else {
                let why = format!("release `{}` has a state and no record", kept.release);
                return Err(JournalError::Store(why));
            };
            let row = Row { is_over: kept.is_over, state: Arc::clone(&kept.state), ..known };
            rows.insert(Arc::clone(&kept.release), row);
        }
        Ok(Self {
            #[cfg(any(feature = "journal", feature = "postgres"))]
            first,
            entries,
            rows: rows.into_iter().collect(),
            head,
        })
    }

    /// The entries with their numbers.
    #[cfg(any(feature = "journal", feature = "postgres"))]
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u64, &[u8])> {
        (self.first..).zip(self.entries.iter().map(Vec::as_slice))
    }
}

/// A verification under way: of all entries, or of those behind a place.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    /// Where it began.
    from: Head,
    head: Head,
    /// The last records of releases, as the entries have it.
    lasts: HashSet<u64>,
    /// Entries that follow on one from before this part, with its number.
    earlier: Vec<(u64, u64)>,
}

impl Audit {
    /// Of the entries behind a place that another audit comes to.
    #[cfg(any(test, feature = "journal"))]
    pub(crate) fn from(head: Head) -> Self {
        Self { from: head, head, ..Self::default() }
    }

    /// Both parts, of which the second one began where this one should have come to.
    #[cfg(any(test, feature = "journal"))]
    pub(crate) fn joined(mut self, later: Self) -> Result<Self, JournalError> {
        if self.head != later.from {
            let what = "the records before it do not lead to it";
            return Err(JournalError::broken(self.head.next.min(later.from.next), what));
        }
        for (number, before) in later.earlier {
            if !self.lasts.remove(&before) {
                return Err(not_before(number, before));
            }
        }
        self.lasts.extend(later.lasts);
        Ok(Self { head: later.head, ..self })
    }

    /// The next entry.
    pub(crate) fn entry<'a>(&mut self, bytes: &'a [u8]) -> Result<Entry<'a>, JournalError> {
        let entry = self.head.follow(bytes)?;
        let Entry { number, before, .. } = entry;
        match before {
            Some(before) if before < self.from.next => self.earlier.push((number, before)),
            Some(before) if !self.lasts.remove(&before) => return Err(not_before(number, before)),
            _ => {}
        }
        self.lasts.insert(number);
        Ok(entry)
    }

    /// One row.
    #[cfg(any(feature = "journal", feature = "postgres"))]
    pub(crate) fn row(&mut self, release: &str, bytes: &[u8]) -> Result<Row, JournalError> {
        let row = Row::read(release, bytes)?;
        self.follows(release, &row)?;
        Ok(row)
    }

    /// One row that was read.
    pub(crate) fn follows(&mut self, release: &str, row: &Row) -> Result<(), JournalError> {
        if self.lasts.remove(&row.last) {
            return Ok(());
        }
        let what = format!("the state of `{release}` follows on it, and it is not the last record");
        Err(JournalError::broken(row.last, what))
    }

    /// The end, after all entries and all rows: where the store says that the chain stands.
    pub(crate) fn end(self, head: Head) -> Result<Head, JournalError> {
        if head.next != self.head.next {
            let what = format!("the journal should end with {} records", head.next);
            return Err(JournalError::broken(self.head.next.min(head.next), what));
        }
        if head != self.head {
            return Err(JournalError::broken(
                head.next,
                "it is not where the journal says it ends",
            ));
        }
        match self.lasts.into_iter().min() {
            None => Ok(head),
            Some(last) => Err(JournalError::broken(last, "its release has no state")),
        }
    }
}

fn not_before(number: u64, before: u64) -> JournalError {
    JournalError::broken(number, format!("record {before} is not before it"))
}
