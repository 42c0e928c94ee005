//! The folder of an engine.

use std::fs;
use std::path::Path;

use flagkit_deploy::journal::embedded::Embedded;
use flagkit_deploy::journal::{Journal, JournalError};

use crate::failure::Failure;

/// The journal in a folder, which is made if it is not there.
pub(crate) fn journal(folder: &Path) -> Result<Box<dyn Journal>, Failure> {
    let name = folder.display();
    make(folder).map_err(|error| {
        Failure::input(format_args!("the folder `{name}` cannot be made: {error}"))
    })?;
    Ok(Box::new(Embedded::new(folder.join(JOURNAL))))
}

/// Makes the folder, for its owner alone.
fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The journal in a folder, to be read only; none if there never was one.
pub(crate) fn past_journal(folder: &Path) -> Result<Option<Box<dyn Journal>>, Failure> {
    let journal = folder.join(JOURNAL);
    if !journal.join("journal.redb").exists() {
        return Ok(None);
    }
    let mut journal = Embedded::new(journal);
    match journal.releases() {
        Ok(_) => Ok(Some(Box::new(journal))),
        Err(error @ JournalError::Newer { .. }) => Err(Failure::input(error)),
        Err(error) => Err(Failure::input(error)),
    }
}

/// The folder of the journal inside that of the engine.
const JOURNAL: &str = "journal";
