//! Appending: records, states and the head of the chain in one transaction.

use std::collections::BTreeMap;

use tokio_postgres::types::Type;

use crate::journal::addition::Addition;
use crate::journal::chain::{Entry, Head};
use crate::journal::postgres::session::{Access, Ongoing, Session, column, read_standing, signed};
use crate::journal::postgres::tables::{ADD_ENTRIES, PUT_ROWS, ROWS_OF, STAND, STANDING};
use crate::journal::row::Row;
use crate::journal::{JournalError, Keep};
use crate::order::Fence;
use crate::record::Record;

impl Session {
    /// Writes, if this epoch is still the greatest. `tried` learns from where to where the chain goes as
    /// soon as something may have been written.
    pub(super) async fn append(
        &mut self,
        fence: Fence,
        (records, states): (&[Record], &[Keep]),
        unsure: Option<(Head, Head)>,
        tried: &mut Option<(Head, Head)>,
    ) -> Result<(), JournalError> {
        if !self.look().await? {
            return Err(JournalError::Fenced { leader: Fence::default() });
        }
        // The lock says who may ask for the lead, the epoch who may write. A session that followed
        // on a lost one has not the lock yet; the lost one may still have it for a while.
        self.lock().await?;
        let transaction = self.begin(Access::Write).await?;
        let row = transaction.one(&format!("{STANDING} FOR UPDATE"), &[]).await?;
        let standing = read_standing(&row)?;
        if fence != standing.leader {
            return Err(JournalError::Fenced { leader: standing.leader });
        }
        let head = standing.head;
        if let Some((before, after)) = unsure
            && head == after
            && head != before
        {
            return Ok(());
        }
        let known = rows(&transaction, records, states).await?;
        let addition = Addition::new(head, records, states, |release| {
            known.get(release).map(|bytes| Row::read(release, bytes)).transpose()
        })?;
        add(&transaction, &addition, fence).await?;
        *tried = Some((head, addition.head));
        transaction.commit().await
    }
}

/// The rows of the releases that are written about.
async fn rows(
    transaction: &Ongoing<'_>,
    records: &[Record],
    states: &[Keep],
) -> Result<BTreeMap<String, Vec<u8>>, JournalError> {
    let of_records = records.iter().map(|record| &*record.release);
    let mut names: Vec<&str> = of_records.chain(states.iter().map(|kept| &*kept.release)).collect();
    names.sort_unstable();
    names.dedup();
    let found = transaction.query(ROWS_OF, &[(&names, Type::TEXT_ARRAY)]).await?;
    found.iter().map(|row| Ok((column(row, 0)?, column(row, 2)?))).collect()
}

/// Writes everything but the end of the transaction.
async fn add(
    transaction: &Ongoing<'_>,
    addition: &Addition,
    fence: Fence,
) -> Result<(), JournalError> {
    let (mut numbers, mut befores, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    for (number, entry) in addition.numbered() {
        numbers.push(signed(number)?);
        befores.push(Entry::read(entry, number)?.before.map(signed).transpose()?);
        bytes.push(entry);
    }
    let entries = [
        (&numbers as _, Type::INT8_ARRAY),
        (&befores as _, Type::INT8_ARRAY),
        (&bytes as _, Type::BYTEA_ARRAY),
    ];
    transaction.query(ADD_ENTRIES, &entries).await?;
    let (mut names, mut overs, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    for (release, row) in &addition.rows {
        names.push(&**release);
        overs.push(row.is_over);
        bytes.push(row.write(release)?);
    }
    let rows = [
        (&names as _, Type::TEXT_ARRAY),
        (&overs as _, Type::BOOL_ARRAY),
        (&bytes as _, Type::BYTEA_ARRAY),
    ];
    transaction.query(PUT_ROWS, &rows).await?;
    let (next, hash, leader) =
        (signed(addition.head.next)?, &addition.head.hash[..], signed(fence.0)?);
    let stand = [(&next as _, Type::INT8), (&hash as _, Type::BYTEA), (&leader as _, Type::INT8)];
    transaction.query(STAND, &stand).await?;
    Ok(())
}
