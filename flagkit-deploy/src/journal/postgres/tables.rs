//! The schema of a journal: its tables, and the SQL over them.

use sha2::{Digest, Sha256};

use crate::journal::JournalError;
use crate::record::FORMAT;

/// Every statement, for one schema.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    schema: String,
    lock: i64,
}

impl Tables {
    /// Those of a schema. Its name has small letters, digits and `_`, so that it needs no quotes.
    pub(super) fn of(schema: &str) -> Result<Self, JournalError> {
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let begins = schema.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
        if !begins || schema.len() > NAME_MAX || !schema.bytes().all(is_word) {
            let why = "journal: the name of a schema has 1 to 63 of a-z, 0-9 and _, and does not begin \
                       with a digit, such as ?schema=releases";
            return Err(JournalError::Store(why.to_owned()));
        }
        let digest = Sha256::new().chain_update("flagkit journal ").chain_update(schema).finalize();
        // Locks are numbers, each for one database: the schema has to be in it. Positive, because
        // the list of locks shows it in halves.
        let lock = digest.iter().take(8).fold(0_i64, |number, byte| number << 8 | i64::from(*byte));
        Ok(Self { schema: schema.to_owned(), lock: lock & i64::MAX })
    }

    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    /// The number of the lock that only the leader has.
    pub(super) fn lock(&self) -> i64 {
        self.lock
    }

    /// A statement, with `{}` for the schema.
    pub(super) fn sql(&self, statement: &str) -> String {
        statement.replace("{}", &self.schema)
    }

    /// Makes the tables. Engines that start together take turns.
    pub(super) fn creation(&self, is_schema_there: bool) -> String {
        let schema = if is_schema_there { "" } else { "CREATE SCHEMA {};" };
        self.sql(&format!(
            "{schema}{CREATION} INSERT INTO {{}}.journal_standing (format, leader, next, hash) \
             VALUES ({FORMAT}, 0, 0, decode(repeat('00', 32), 'hex'));"
        ))
    }
}

/// Names of PostgreSQL are cut behind that.
const NAME_MAX: usize = 63;

/// Hashes are over `bytes`; the other columns say again what stands there, for whoever searches.
const CREATION: &str = r#"
    CREATE TABLE {}.journal_standing (
        is_only BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (is_only),
        format INTEGER NOT NULL,
        leader BIGINT NOT NULL,
        next BIGINT NOT NULL,
        hash BYTEA NOT NULL
    );
    CREATE TABLE {}.journal_entries (
        number BIGINT PRIMARY KEY,
        before BIGINT,
        bytes BYTEA NOT NULL
    );
    CREATE TABLE {}.journal_releases (
        release TEXT COLLATE "C" PRIMARY KEY,
        is_over BOOLEAN NOT NULL,
        bytes BYTEA NOT NULL
    );
    CREATE INDEX journal_unfinished ON {}.journal_releases (release) WHERE NOT is_over;
"#;
/// Whether schema and tables are there.
pub(super) const LOOK: &str = "SELECT to_regnamespace('{}') IS NOT NULL, \
    to_regclass('{}.journal_standing') IS NOT NULL, current_setting('server_encoding')";
/// Format, leader, and where the chain stands.
pub(super) const STANDING: &str = "SELECT format, leader, next, hash FROM {}.journal_standing";
pub(super) const STAND: &str =
    "UPDATE {}.journal_standing SET next = $1, hash = $2 WHERE leader = $3";
pub(super) const RISE: &str = "UPDATE {}.journal_standing SET leader = leader + 1 RETURNING leader";
pub(super) const ADD_ENTRIES: &str = "INSERT INTO {}.journal_entries (number, before, bytes) \
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])";
pub(super) const PUT_ROWS: &str = "INSERT INTO {}.journal_releases (release, is_over, bytes) \
    SELECT * FROM unnest($1::text[], $2::boolean[], $3::bytea[]) \
    ON CONFLICT (release) DO UPDATE SET is_over = EXCLUDED.is_over, bytes = EXCLUDED.bytes";
pub(super) const ROWS_OF: &str =
    "SELECT release, is_over, bytes FROM {}.journal_releases WHERE release = ANY($1)";
pub(super) const ENTRIES_OF: &str =
    "SELECT number, before, bytes FROM {}.journal_entries WHERE number = ANY($1)";
pub(super) const NAMES: &str = "SELECT release, is_over FROM {}.journal_releases ORDER BY release";
pub(super) const ROWS_AFTER: &str = "SELECT release, is_over, bytes FROM {}.journal_releases \
    WHERE release > $1 ORDER BY release LIMIT $2";
pub(super) const UNFINISHED_AFTER: &str = "SELECT release, is_over, bytes FROM {}.journal_releases \
    WHERE NOT is_over AND release > $1 ORDER BY release LIMIT $2";
pub(super) const ENTRIES_FROM: &str = "SELECT number, before, bytes FROM {}.journal_entries \
    WHERE number >= $1 ORDER BY number LIMIT $2";
/// A record, the one before it of the same release, and so on.
pub(super) const ENTRIES_BACK: &str = "WITH RECURSIVE back AS ( \
    SELECT number, before, bytes FROM {}.journal_entries WHERE number = $1 \
    UNION ALL SELECT next.number, next.before, next.bytes FROM {}.journal_entries AS next \
    JOIN back ON next.number = back.before AND next.number < back.number) \
    SELECT number, before, bytes FROM back LIMIT $2";
