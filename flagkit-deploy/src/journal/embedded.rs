//! A journal in a folder of this machine, kept by redb.
//!
//! The folder holds `format`, a number as text, which is read before anything else is touched, and
//! `journal.redb`. One process has it open at a time: the lock on the file is the lease, and it is
//! gone when the process is, however it went. A commit is one `fdatasync`; give many records to one append.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use redb::{
    Database, DatabaseError, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition,
    WriteTransaction,
};

use crate::journal::addition::{Addition, Audit};
use crate::journal::chain::{Entry, Head, Stored};
use crate::journal::row::Row;
use crate::journal::{Journal, JournalError, Keep, Kept, Unfinished};
use crate::order::{Fence, ReleaseId};
use crate::record::{FORMAT, Record};

/// Entries by their number.
const ENTRIES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("entries");
/// Rows of releases that are not over, by their name.
const OPEN: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("open");
/// Rows of releases that are over. A restart does not read them.
const OVER: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("over");
/// One row: the epoch, and where the chain stands.
const STANDING: TableDefinition<'_, (), (u64, u64, &[u8; 32])> = TableDefinition::new("standing");

/// A journal in a folder.
#[derive(Debug)]
pub struct Embedded {
    folder: PathBuf,
    /// None before it is needed, and after a failure: redb wants to be opened again then.
    database: Option<Database>,
    /// Where the chain stood before and after an append of which nobody knows whether it was written.
    unsure: Option<(Head, Head)>,
}

/// What the table of one row says.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    leader: Fence,
    head: Head,
}

impl Embedded {
    /// The journal in this folder. Nothing is opened or made before it is used.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), database: None, unsure: None }
    }

    /// The database, opened if it is not; none if another process has it.
    fn open(&mut self) -> Result<Option<&Database>, JournalError> {
        if self.database.is_none() {
            check_format(&self.folder)?;
            match Database::create(self.folder.join("journal.redb")) {
                Ok(database) => self.database = Some(database),
                Err(DatabaseError::DatabaseAlreadyOpen) => return Ok(None),
                Err(error) => return Err(JournalError::store("opening it", error)),
            }
            sync_folder(&self.folder)?;
        }
        Ok(self.database.as_ref())
    }

    /// The database, or an error that says who has it.
    fn opened(&mut self) -> Result<&Database, JournalError> {
        let folder = self.folder.display().to_string();
        let busy = || {
            let mend = "another process has it open; ask that one, or end it";
            JournalError::Store(format!("the journal in `{folder}` is locked: {mend}"))
        };
        self.open()?.ok_or_else(busy)
    }

    fn reading(&mut self) -> Result<Reading, JournalError> {
        let reading = self.opened()?.begin_read();
        Ok(Reading(reading.map_err(|error| JournalError::store("reading", error))?))
    }

    /// Does something in one durable step. After a failure the database is opened anew.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&WriteTransaction) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let writing = self.opened()?.begin_write();
        let written = writing.map_err(|error| JournalError::store("writing", error));
        let written = written.and_then(|transaction| {
            let result = work(&transaction)?;
            let committed = transaction.commit();
            committed.map_err(|error| JournalError::store("making it durable", error))?;
            Ok(result)
        });
        if written.as_ref().is_err_and(JournalError::is_transient) {
            self.database = None;
        }
        written
    }
}

impl Journal for Embedded {
    fn lead(&mut self) -> Result<Option<Fence>, JournalError> {
        // Whoever leads anew reads how far things are; what was unsure before is settled by that.
        self.unsure = None;
        if self.open()?.is_none() {
            return Ok(None);
        }
        let leader = self.write(|transaction| {
            let Standing { leader, head } = standing(transaction)?;
            let leader = Fence(leader.0 + 1);
            stand(transaction, Standing { leader, head })?;
            // So that every table is there for whoever reads.
            transaction.open_table(ENTRIES).map_err(failed)?;
            transaction.open_table(OPEN).map_err(failed)?;
            transaction.open_table(OVER).map_err(failed)?;
            Ok(leader)
        })?;
        Ok(Some(leader))
    }

    fn append(
        &mut self,
        fence: Fence,
        records: &[Record],
        states: &[Keep],
    ) -> Result<(), JournalError> {
        let unsure = self.unsure;
        let mut tried = None;
        let written = self.write(|transaction| {
            let Standing { leader, head } = standing(transaction)?;
            if fence != leader {
                return Err(JournalError::Fenced { leader });
            }
            if let Some((before, after)) = unsure
                && head == after
                && head != before
            {
                return Ok(());
            }
            let addition = add(transaction, head, records, states)?;
            tried = Some((head, addition.head));
            stand(transaction, Standing { leader, head: addition.head })
        });
        self.unsure = if written.is_ok() { None } else { tried.or(unsure) };
        written
    }

    fn unfinished(&mut self) -> Result<Vec<Unfinished>, JournalError> {
        let reading = self.reading()?;
        let (Some(open), Some(entries)) = (reading.rows(OPEN)?, reading.entries()?) else {
            return Ok(Vec::new());
        };
        let mut unfinished = Vec::new();
        for each in open.iter().map_err(failed)? {
            let (release, bytes) = each.map_err(failed)?;
            let release = ReleaseId::from(release.value());
            let row = Row::read(&release, bytes.value())?;
            let planned = with_entry(&entries, row.planned, |entry| Ok(entry.body.to_vec()))?;
            unfinished.push(Unfinished { release, state: row.state.json()?, planned });
        }
        Ok(unfinished)
    }

    fn kept(&mut self, release: &str) -> Result<Option<Kept>, JournalError> {
        self.reading()?.row(release)?.map(|row| row.kept(release)).transpose()
    }

    fn planned(&mut self, release: &str) -> Result<Option<Stored>, JournalError> {
        let reading = self.reading()?;
        let (Some(entries), Some(row)) = (reading.entries()?, reading.row(release)?) else {
            return Ok(None);
        };
        with_entry(&entries, row.planned, |entry| entry.record()).map(Some)
    }

    fn releases(&mut self) -> Result<Vec<(ReleaseId, bool)>, JournalError> {
        let reading = self.reading()?;
        let mut releases = Vec::new();
        for (table, is_over) in [(OPEN, false), (OVER, true)] {
            let Some(rows) = reading.rows(table)? else { continue };
            for each in rows.iter().map_err(failed)? {
                let (release, _) = each.map_err(failed)?;
                releases.push((ReleaseId::from(release.value()), is_over));
            }
        }
        releases.sort();
        Ok(releases)
    }

    fn records(&mut self, release: Option<&str>) -> Result<Vec<Stored>, JournalError> {
        let reading = self.reading()?;
        let Some(entries) = reading.entries()? else { return Ok(Vec::new()) };
        let Some(release) = release else {
            let all = entries.iter().map_err(failed)?;
            return all
                .map(|each| {
                    let (number, bytes) = each.map_err(failed)?;
                    Entry::read(bytes.value(), number.value())?.record()
                })
                .collect();
        };
        let mut stored = Vec::new();
        let mut at = reading.row(release)?.map(|row| row.last);
        while let Some(number) = at {
            at = with_entry(&entries, number, |entry| {
                stored.push(entry.record()?);
                Ok(entry.before.filter(|&before| before < number))
            })?;
        }
        stored.reverse();
        Ok(stored)
    }

    fn verify(&mut self) -> Result<Head, JournalError> {
        let reading = self.reading()?;
        let mut audit = match reading.entries()? {
            Some(entries) => chained(&entries)?,
            None => Audit::default(),
        };
        for table in [OPEN, OVER] {
            let Some(rows) = reading.rows(table)? else { continue };
            for each in rows.iter().map_err(failed)? {
                let (release, bytes) = each.map_err(failed)?;
                audit.row(release.value(), bytes.value())?;
            }
        }
        audit.end(reading.standing()?.head)
    }
}

/// A look at the database as it was at one moment.
struct Reading(ReadTransaction);

type Entries = redb::ReadOnlyTable<u64, &'static [u8]>;
type Rows = redb::ReadOnlyTable<&'static str, &'static [u8]>;

impl Reading {
    fn entries(&self) -> Result<Option<Entries>, JournalError> {
        table(self.0.open_table(ENTRIES))
    }

    fn rows(
        &self,
        which: TableDefinition<'static, &'static str, &'static [u8]>,
    ) -> Result<Option<Rows>, JournalError> {
        table(self.0.open_table(which))
    }

    fn row(&self, release: &str) -> Result<Option<Row>, JournalError> {
        for which in [OPEN, OVER] {
            let Some(rows) = self.rows(which)? else { continue };
            if let Some(bytes) = rows.get(release).map_err(failed)? {
                return Row::read(release, bytes.value()).map(Some);
            }
        }
        Ok(None)
    }

    fn standing(&self) -> Result<Standing, JournalError> {
        let Some(table) = table(self.0.open_table(STANDING))? else {
            return Ok(Standing::default());
        };
        read_standing(&table)
    }
}

/// Follows the chain: its second half by a thread of its own, beginning with the hash that the last entry of
/// the first half has, which that half must come to.
fn chained(entries: &Entries) -> Result<Audit, JournalError> {
    let last = entries.last().map_err(failed)?.map_or(0, |(number, _)| number.value());
    let middle = last / 2;
    let place = entries.get(middle).map_err(failed)?;
    let hash = place.and_then(|bytes| bytes.value().last_chunk().copied());
    let Some(hash) = hash.filter(|_| last >= APART) else {
        return followed(entries, Audit::default(), 0..=u64::MAX);
    };
    let later = Audit::from(Head { next: middle + 1, hash });
    std::thread::scope(|scope| {
        let later = scope.spawn(|| followed(entries, later, middle + 1..=u64::MAX));
        let first = followed(entries, Audit::default(), 0..=middle);
        let later = later.join().map_err(|_| JournalError::store("verifying", "a thread ended"));
        first?.joined(later??)
    })
}

/// Follows the entries with these numbers.
fn followed(
    entries: &Entries,
    mut audit: Audit,
    numbers: RangeInclusive<u64>,
) -> Result<Audit, JournalError> {
    for each in entries.range(numbers).map_err(failed)? {
        audit.entry(each.map_err(failed)?.1.value())?;
    }
    Ok(audit)
}

/// From so many entries on, two threads are faster than one.
const APART: u64 = 1000;

/// A table, if it was ever written to.
fn table<T>(opened: Result<T, redb::TableError>) -> Result<Option<T>, JournalError> {
    match opened {
        Ok(table) => Ok(Some(table)),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Where the chain stands, and who leads.
fn standing(transaction: &WriteTransaction) -> Result<Standing, JournalError> {
    read_standing(&transaction.open_table(STANDING).map_err(failed)?)
}

fn read_standing(
    table: &impl ReadableTable<(), (u64, u64, &'static [u8; 32])>,
) -> Result<Standing, JournalError> {
    let Some(found) = table.get(()).map_err(failed)? else { return Ok(Standing::default()) };
    let (leader, next, hash) = found.value();
    Ok(Standing { leader: Fence(leader), head: Head { next, hash: *hash } })
}

/// Writes where the chain stands, and who leads.
fn stand(transaction: &WriteTransaction, standing: Standing) -> Result<(), JournalError> {
    let Standing { leader, head } = standing;
    let mut table = transaction.open_table(STANDING).map_err(failed)?;
    table.insert((), (leader.0, head.next, &head.hash)).map_err(failed)?;
    Ok(())
}

/// Adds records and states.
fn add(
    transaction: &WriteTransaction,
    head: Head,
    records: &[Record],
    states: &[Keep],
) -> Result<Addition, JournalError> {
    let mut open = transaction.open_table(OPEN).map_err(failed)?;
    let mut over = transaction.open_table(OVER).map_err(failed)?;
    let mut entries = transaction.open_table(ENTRIES).map_err(failed)?;
    let addition = Addition::new(head, records, states, |release| {
        for table in [&open, &over] {
            if let Some(bytes) = table.get(release).map_err(failed)? {
                return Row::read(release, bytes.value()).map(Some);
            }
        }
        Ok(None)
    })?;
    for (number, bytes) in addition.numbered() {
        entries.insert(number, bytes).map_err(failed)?;
    }
    for (release, row) in &addition.rows {
        let bytes = row.write(release)?;
        if row.is_over {
            open.remove(&**release).map_err(failed)?;
            over.insert(&**release, bytes.as_slice()).map_err(failed)?;
        } else {
            open.insert(&**release, bytes.as_slice()).map_err(failed)?;
        }
    }
    Ok(addition)
}

/// Does something with one entry.
fn with_entry<T>(
    entries: &Entries,
    number: u64,
    work: impl FnOnce(Entry<'_>) -> Result<T, JournalError>,
) -> Result<T, JournalError> {
    let found = entries.get(number).map_err(failed)?;
    let bytes = found.ok_or_else(|| JournalError::broken(number, "it is missing"))?;
    work(Entry::read(bytes.value(), number)?)
}

/// Reads the format before redb touches its file, and writes it into a new folder.
fn check_format(folder: &Path) -> Result<(), JournalError> {
    let failed = |error| JournalError::store(&format!("the folder `{}`", folder.display()), error);
    let path = folder.join("format");
    match fs::read_to_string(&path) {
        Ok(text) => match text.trim().parse::<u16>() {
            Ok(format) if format > FORMAT => Err(JournalError::Newer { format }),
            Ok(_) => Ok(()),
            Err(_) => {
                let why = format!("`{}` is not a number; this is no journal", path.display());
                Err(JournalError::Store(why))
            }
        },
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(folder).map_err(failed)?;
            let mut file = File::create(&path).map_err(failed)?;
            writeln!(file, "{FORMAT}").map_err(failed)?;
            file.sync_all().map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// So that a new file is still in its folder after a loss of power.
fn sync_folder(folder: &Path) -> Result<(), JournalError> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| JournalError::store("making its folder durable", error))
}

fn failed(error: impl Into<redb::Error>) -> JournalError {
    JournalError::store("redb", error.into())
}

#[cfg(test)]
mod tests;
