//! The hash chain: what makes a changed, dropped, added or moved record visible.
//!
//! An entry is `format` (u16), `number` (u64), `before` (u64), the length of the body (u32), the
//! body, and a hash (32 bytes); numbers are little-endian. The body is the JSON of a [`Record`]. `before`
//! is 1 + the number of the previous record of the same release, 0 for its first. The hash is SHA-256
//! over the hash of the previous entry and everything that stands before it in this one; the first entry
//! follows on 32 zero bytes.
//!
//! Whoever can write the whole store can compute a new chain. Keep the [`Head`] elsewhere to
//! notice that.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::journal::JournalError;
use crate::record::{FORMAT, Record};

/// A SHA-256.
pub type Hash = [u8; 32];

/// Where a chain stands.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Head {
    /// The number of the next record: how many there are, if none was ever dropped.
    pub next: u64,
    /// The hash of the last one.
    pub hash: Hash,
}

/// `1200:9f3c…`: the number of records, and the hash of the last one in hexadecimal.
impl fmt::Display for Head {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:", self.next)?;
        self.hash.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// A record with its number.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Counted from 0, over all releases.
    pub number: u64,
    /// The record.
    pub record: Record,
}

/// One entry, borrowed from its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Counted from 0.
    pub number: u64,
    /// The number of the previous record of the same release.
    pub before: Option<u64>,
    /// The JSON of the record.
    pub body: &'a [u8],
    /// What the hash covers, besides the previous one.
    hashed: &'a [u8],
    /// The hash.
    pub hash: Hash,
}

impl<'a> Entry<'a> {
    /// Reads an entry that should have this number. Hashes are not looked at.
    ///
    /// # Errors
    ///
    /// [`JournalError::Newer`] for a format of the future, [`JournalError::Broken`] for bytes that no
    /// version has written.
    pub fn read(bytes: &'a [u8], number: u64) -> Result<Self, JournalError> {
        let short = || JournalError::broken(number, "it is cut off");
        let (format, _) = bytes.split_first_chunk().ok_or_else(short)?;
        let format = u16::from_le_bytes(*format);
        if format > FORMAT {
            return Err(JournalError::Newer { format });
        }
        let (hashed, hash) = bytes.split_last_chunk().ok_or_else(short)?;
        let (_, rest) = hashed.split_first_chunk::<2>().ok_or_else(short)?;
        let (own, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let (before, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let (length, body) = rest.split_first_chunk().ok_or_else(short)?;
        let (own, before) = (u64::from_le_bytes(*own), u64::from_le_bytes(*before));
        if own != number {
            return Err(JournalError::broken(number, format!("it says that it is record {own}")));
        }
        if u32::try_from(body.len()) != Ok(u32::from_le_bytes(*length)) {
            return Err(JournalError::broken(
                number,
                "its length is not the one it was written with",
            ));
        }
        Ok(Self { number, before: before.checked_sub(1), body, hashed, hash: *hash })
    }

    /// The record.
    ///
    /// # Errors
    ///
    /// [`JournalError::Broken`] if the body is not one.
    pub fn record(&self) -> Result<Stored, JournalError> {
        let broken = |error| JournalError::broken(self.number, format!("its body: {error}"));
        let record = serde_json::from_slice(self.body).map_err(broken)?;
        Ok(Stored { number: self.number, record })
    }
}

impl Head {
    /// Makes a record the next entry of the chain.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`] for a record that has no JSON, or one of 4 GB.
    pub fn seal(&mut self, record: &Record, before: Option<u64>) -> Result<Vec<u8>, JournalError> {
        let store = |error: &dyn fmt::Display| JournalError::store("writing a record", error);
        let mut bytes = Vec::with_capacity(USUAL);
        bytes.resize(HEADER, 0);
        serde_json::to_writer(&mut bytes, record).map_err(|error| store(&error))?;
        let length = u32::try_from(bytes.len() - HEADER).map_err(|error| store(&error))?;
        let numbers = (self.next.to_le_bytes(), before.map_or(0, |at| at + 1).to_le_bytes());
        let header = FORMAT.to_le_bytes().into_iter().chain(numbers.0).chain(numbers.1);
        for (place, byte) in bytes.iter_mut().zip(header.chain(length.to_le_bytes())) {
            *place = byte;
        }
        self.hash = follow(&self.hash, &bytes);
        self.next += 1;
        bytes.extend_from_slice(&self.hash);
        Ok(bytes)
    }

    /// Checks that these bytes are the next entry, and moves on to it.
    ///
    /// # Errors
    ///
    /// As [`Entry::read`], and [`JournalError::Broken`] if the hash is another one.
    pub fn follow<'a>(&mut self, bytes: &'a [u8]) -> Result<Entry<'a>, JournalError> {
        let entry = Entry::read(bytes, self.next)?;
        let hash = follow(&self.hash, entry.hashed);
        if hash != entry.hash {
            let what = "its hash does not follow from its content and the record before it";
            return Err(JournalError::broken(self.next, what));
        }
        *self = Self { next: self.next + 1, hash };
        Ok(entry)
    }
}

/// The hash of an entry.
fn follow(previous: &Hash, hashed: &[u8]) -> Hash {
    Sha256::new().chain_update(previous).chain_update(hashed).finalize().into()
}

/// What stands before the body.
const HEADER: usize = 2 + 8 + 8 + 4;
/// Most entries are not larger.
const USUAL: usize = 384;

#[cfg(test)]
mod tests;
