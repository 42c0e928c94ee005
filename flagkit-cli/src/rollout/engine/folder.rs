//! The folder of an engine.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use flagkit_deploy::journal::embedded::Embedded;
use flagkit_deploy::journal::{Journal, JournalError};

use crate::failure::Failure;

/// The journal in a folder, which is made if it is not there.
pub(crate) fn journal(folder: &Path) -> Result<Box<dyn Journal>, Failure> {
    make(folder)?;
    let mut journal = Embedded::new(folder.join(JOURNAL));
    patiently(|| journal.releases()).map_err(Failure::input)?;
    Ok(Box::new(journal))
}

/// Makes the folder, for its owner alone.
pub(crate) fn make(folder: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let name = folder.display();
    builder.create(folder).map_err(|error| {
        Failure::input(format_args!("the folder `{name}` cannot be made: {error}"))
    })
}

/// The journal in a folder, to be read only; none if there never was one.
pub(crate) fn past_journal(folder: &Path) -> Result<Option<Box<dyn Journal>>, Failure> {
    let journal = folder.join(JOURNAL);
    if !journal.join("journal.redb").exists() {
        return Ok(None);
    }
    let mut journal = Embedded::new(journal);
    patiently(|| journal.releases()).map_err(Failure::input)?;
    Ok(Some(Box::new(journal)))
}

/// Whoever only looks has the journal open for a moment; that moment is waited out.
fn patiently<T>(mut look: impl FnMut() -> Result<T, JournalError>) -> Result<T, JournalError> {
    for _ in 0..LOOKS {
        match look() {
            Err(error) if error.is_transient() => sleep(PAUSE),
            looked => return looked,
        }
    }
    look()
}

/// The folder of the journal inside that of the engine.
const JOURNAL: &str = "journal";
/// Together two seconds.
const LOOKS: usize = 20;
const PAUSE: Duration = Duration::from_millis(100);
