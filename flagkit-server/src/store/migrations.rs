//! Tables, version by version.
//!
//! A database says how many migrations it has had. Those that it has not had run one after the
//! other in one transaction, so a database is at one version or at another, never between.

use super::{ErrorKind, Result, StoreError};

/// The migrations that a database of this version has not had, each with the version that it
/// brings.
///
/// # Errors
///
/// A database of a newer version: it may have tables that this one would spoil.
pub(super) fn missing(
    all: &'static [&'static str],
    version: i64,
) -> Result<impl Iterator<Item = (i64, &'static str)>> {
    let known = i64::try_from(all.len()).unwrap_or(i64::MAX);
    if !(0..=known).contains(&version) {
        return Err(StoreError::new(
            ErrorKind::Broken,
            format!(
                "the database has tables of version {version}, and this FlagKit knows those up to \
                 {known}; start the newer FlagKit, or restore a backup"
            ),
        ));
    }
    let numbered = (1..).zip(all.iter().copied());
    Ok(numbered.filter(move |(number, _)| *number > version))
}

#[cfg(test)]
mod tests;
