//! Replacing a file in one step: a reader sees the old or the new one, also after a crash.

use std::io;
use std::path::Path;

use tokio::io::AsyncWriteExt;
use tokio::sync::{Mutex, MutexGuard};

/// Files of which a part is changed are read, changed and replaced while this is held: orders for two
/// routes in one file would otherwise take back what the other one wrote.
pub(crate) async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::const_new(());
    ALONE.lock().await
}

/// Writes beside the file, flushes to the disk, and renames. Access rights stay as they were.
pub(crate) async fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = file.with_file_name(name);
    let written = write(&beside, bytes, file).await;
    if written.is_err() {
        // What is half written is of no use to anybody.
        let _ = tokio::fs::remove_file(&beside).await;
    }
    written
}

async fn write(beside: &Path, bytes: &[u8], file: &Path) -> io::Result<()> {
    let mut new = tokio::fs::File::create(beside).await?;
    new.write_all(bytes).await?;
    if let Ok(there) = tokio::fs::metadata(file).await {
        new.set_permissions(there.permissions()).await?;
    }
    new.sync_all().await?;
    drop(new);
    tokio::fs::rename(beside, file).await?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    // The rename itself is on the disk once the folder is.
    if let Ok(folder) = tokio::fs::File::open(folder.unwrap_or(Path::new("."))).await {
        let _ = folder.sync_all().await;
    }
    Ok(())
}
