//! The name of the release that this engine has begun, in a file beside the journal.
//!
//! An engine that is killed between the end of its release and its own end is started again by whoever
//! looks after it. The name is still there then, and the release is not begun a second time: the engine says how
//! it ended. Once that was said, the name is forgotten, and the next engine begins anew.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::failure::Failure;

/// The name, if an engine has begun a release here and not said how it ended.
pub(super) fn read(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join(FILE)).ok().filter(|name| !name.is_empty())
}

/// Writes the name down, before the release begins.
pub(super) fn write(folder: &Path, id: &str) -> Result<(), Failure> {
    let (new, file) = (folder.join(NEW), folder.join(FILE));
    let write = || -> std::io::Result<()> {
        let mut begun = File::create(&new)?;
        begun.write_all(id.as_bytes())?;
        begun.sync_all()?;
        fs::rename(&new, &file)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(|error| {
        let name = file.display();
        Failure::input(format_args!("`{name}` cannot be written: {error}"))
    })
}

/// Forgets it. If that fails, the next engine says how the release ended once more.
pub(super) fn forget(folder: &Path) {
    let _ = fs::remove_file(folder.join(FILE));
}

const FILE: &str = "begun";
const NEW: &str = "begun.new";
