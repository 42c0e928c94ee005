//! Reading, page by page: answers of the database stay small, however long the journal is.
//!
//! Everything that takes several pages is read in one transaction, as it is at one moment, while the
//! leader writes on.

use std::collections::BTreeMap;

use tokio_postgres::Row as Answer;
use tokio_postgres::types::Type;

use crate::journal::addition::Audit;
use crate::journal::chain::{Entry, Head, Stored};
use crate::journal::postgres::session::{
    Access, Ongoing, Session, column, read_standing, signed, unsigned,
};
use crate::journal::postgres::tables::{
    ENTRIES_BACK, ENTRIES_FROM, ENTRIES_OF, NAMES, ROWS_AFTER, ROWS_OF, STANDING, UNFINISHED_AFTER,
};
use crate::journal::row::Row;
use crate::journal::{JournalError, Kept, Unfinished};
use crate::order::ReleaseId;

impl Session {
    /// What is needed to go on.
    pub(super) async fn unfinished(&mut self) -> Result<Vec<Unfinished>, JournalError> {
        let mut unfinished = Vec::new();
        if !self.look().await? {
            return Ok(unfinished);
        }
        let transaction = self.begin(Access::Read).await?;
        let mut last = String::new();
        loop {
            let page = page_after(&transaction, UNFINISHED_AFTER, &last).await?;
            let Some((name, _)) = page.last() else { return Ok(unfinished) };
            last.clone_from(name);
            let plans = page.iter().map(|(_, row)| signed(row.planned));
            let plans = entries(&transaction, plans.collect::<Result<_, _>>()?).await?;
            for (release, row) in page {
                let plan = plans.get(&row.planned);
                let missing = || JournalError::broken(row.planned, "it is missing");
                let planned = Entry::read(plan.ok_or_else(missing)?, row.planned)?.body.to_vec();
                let (release, state) = (release.into(), row.state.json()?);
                unfinished.push(Unfinished { release, state, planned });
            }
        }
    }

    /// The latest state of a release.
    pub(super) async fn kept(&mut self, release: &str) -> Result<Option<Kept>, JournalError> {
        if !self.look().await? {
            return Ok(None);
        }
        let transaction = self.begin(Access::Read).await?;
        row(&transaction, release).await?.map(|row| row.kept(release)).transpose()
    }

    /// The record of the plan of a release.
    pub(super) async fn planned(&mut self, release: &str) -> Result<Option<Stored>, JournalError> {
        if !self.look().await? {
            return Ok(None);
        }
        let transaction = self.begin(Access::Read).await?;
        let Some(row) = row(&transaction, release).await? else { return Ok(None) };
        let plan = entries(&transaction, vec![signed(row.planned)?]).await?;
        let missing = || JournalError::broken(row.planned, "it is missing");
        let entry = plan.get(&row.planned).ok_or_else(missing)?;
        Entry::read(entry, row.planned)?.record().map(Some)
    }

    /// All names, in their order.
    pub(super) async fn releases(&mut self) -> Result<Vec<(ReleaseId, bool)>, JournalError> {
        if !self.look().await? {
            return Ok(Vec::new());
        }
        let transaction = self.begin(Access::Read).await?;
        let names = transaction.query(NAMES, &[]).await?;
        names.iter().map(|row| Ok((column::<&str>(row, 0)?.into(), column(row, 1)?))).collect()
    }

    /// All records.
    pub(super) async fn all_records(&mut self) -> Result<Vec<Stored>, JournalError> {
        let mut stored = Vec::new();
        if !self.look().await? {
            return Ok(stored);
        }
        let transaction = self.begin(Access::Read).await?;
        let mut from = i64::MIN;
        while let Some(page) = entries_from(&transaction, &mut from).await? {
            for answer in &page {
                let number = unsigned(column(answer, 0)?)?;
                stored.push(Entry::read(column(answer, 2)?, number)?.record()?);
            }
        }
        Ok(stored)
    }

    /// The records of a release, from the last one back to the first.
    pub(super) async fn records_of(&mut self, release: &str) -> Result<Vec<Stored>, JournalError> {
        let mut stored = Vec::new();
        if !self.look().await? {
            return Ok(stored);
        }
        let transaction = self.begin(Access::Read).await?;
        let mut at = row(&transaction, release).await?.map(|row| row.last);
        while let Some(begin) = at {
            let values = [(&signed(begin)? as _, Type::INT8), (&PAGE as _, Type::INT8)];
            for answer in transaction.query(ENTRIES_BACK, &values).await? {
                let number = unsigned(column(&answer, 0)?)?;
                if at != Some(number) {
                    let at = at.unwrap_or(number);
                    return Err(JournalError::broken(at, "the database has another one behind it"));
                }
                let entry = Entry::read(column(&answer, 2)?, number)?;
                stored.push(entry.record()?);
                at = entry.before.filter(|&before| before < number);
            }
            if at == Some(begin) {
                return Err(JournalError::broken(begin, "it is missing"));
            }
        }
        stored.reverse();
        Ok(stored)
    }

    /// Every hash again, and that the columns say what the bytes say.
    pub(super) async fn verify(&mut self) -> Result<Head, JournalError> {
        let mut audit = Audit::default();
        if !self.look().await? {
            return audit.end(Head::default());
        }
        let transaction = self.begin(Access::Read).await?;
        let standing = read_standing(&transaction.one(STANDING, &[]).await?)?;
        let mut from = i64::MIN;
        while let Some(page) = entries_from(&transaction, &mut from).await? {
            for answer in &page {
                let entry = audit.entry(column(answer, 2)?)?;
                let before = entry.before.map(signed).transpose()?;
                if (signed(entry.number)?, before) != (column(answer, 0)?, column(answer, 1)?) {
                    let what = "it stands in the row of another one";
                    return Err(JournalError::broken(entry.number, what));
                }
            }
        }
        let mut last = String::new();
        loop {
            let values = [(&last as _, Type::TEXT), (&PAGE as _, Type::INT8)];
            let page = transaction.query(ROWS_AFTER, &values).await?;
            for answer in &page {
                let release = column::<&str>(answer, 0)?;
                let row = audit.row(release, column(answer, 2)?)?;
                if row.is_over != column::<bool>(answer, 1)? {
                    let what = format!("the table says something else of the end of `{release}`");
                    return Err(JournalError::broken(row.last, what));
                }
                release.clone_into(&mut last);
            }
            if page.is_empty() {
                return audit.end(standing.head);
            }
        }
    }
}

/// The next entries in their order; none after the last one.
async fn entries_from(
    transaction: &Ongoing<'_>,
    from: &mut i64,
) -> Result<Option<Vec<Answer>>, JournalError> {
    let values = [(&*from as _, Type::INT8), (&PAGE as _, Type::INT8)];
    let page = transaction.query(ENTRIES_FROM, &values).await?;
    let Some(last) = page.last() else { return Ok(None) };
    *from = column::<i64>(last, 0)?.saturating_add(1);
    Ok(Some(page))
}

/// Entries by their numbers.
async fn entries(
    transaction: &Ongoing<'_>,
    numbers: Vec<i64>,
) -> Result<BTreeMap<u64, Vec<u8>>, JournalError> {
    let found = transaction.query(ENTRIES_OF, &[(&numbers, Type::INT8_ARRAY)]).await?;
    found.iter().map(|row| Ok((unsigned(column(row, 0)?)?, column(row, 2)?))).collect()
}

/// The next rows of releases behind a name.
async fn page_after(
    transaction: &Ongoing<'_>,
    sql: &str,
    last: &str,
) -> Result<Vec<(String, Row)>, JournalError> {
    let values = [(&last as _, Type::TEXT), (&PAGE as _, Type::INT8)];
    let page = transaction.query(sql, &values).await?;
    let read = |answer: &Answer| {
        let release: String = column(answer, 0)?;
        let row = Row::read(&release, column(answer, 2)?)?;
        Ok((release, row))
    };
    page.iter().map(read).collect()
}

/// The row of one release.
async fn row(transaction: &Ongoing<'_>, release: &str) -> Result<Option<Row>, JournalError> {
    let found = transaction.query(ROWS_OF, &[(&vec![release], Type::TEXT_ARRAY)]).await?;
    found.first().map(|answer| Row::read(release, column(answer, 2)?)).transpose()
}

/// Rows of one answer: about a megabyte of states.
const PAGE: i64 = 1000;
