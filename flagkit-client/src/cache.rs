//! The file in which a process leaves its flags for the next one.
//!
//! A start without a server then begins with flags that were good. The file is replaced as a whole
//! (written beside, made durable, renamed), only its owner may read it, and whatever is wrong with
//! it makes it worthless, nothing else. Several processes may share it: each writes whole files, and
//! none writes an older state over a newer one.
//!
//! Whose flags they are is part of the name and of the content: the address, a part of the key's
//! hash and the environment, never the key. What changed since the file was written is put into it
//! part by part, by a look into the file: the text of the flags is not kept in memory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use flagkit_protocol::Document;

use crate::sync::Delta;

mod format;

pub use format::{Entry, InvalidCache, Owner};

/// A cache file, and what will be written to it.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    path: PathBuf,
    owner: Owner,
    pending: Pending,
    /// What went wrong last, so that it is told once.
    told: Option<String>,
}

#[derive(Debug, Default)]
enum Pending {
    #[default]
    Nothing,
    /// A whole document.
    Whole(Box<Entry>),
    /// Changes of what the file holds.
    Deltas(Vec<Delta>),
}

impl Cache {
    /// The file of this owner in this folder. Nothing is read or written yet.
    pub(crate) fn new(folder: &Path, owner: Owner) -> Self {
        let path = folder.join(owner.file_name());
        Self { folder: folder.into(), path, owner, pending: Pending::Nothing, told: None }
    }

    /// What an earlier process left; nothing if it left nothing.
    ///
    /// # Errors
    ///
    /// Why the file is of no use, with its name.
    pub(crate) fn load(&self) -> Result<Option<Entry>, String> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.unusable(&error)),
        };
        let mut bytes = Vec::new();
        // One byte beyond the limit is enough to see that it is too long.
        let limit = Entry::BYTES_MAX as u64 + 1;
        file.take(limit).read_to_end(&mut bytes).map_err(|error| self.unusable(&error))?;
        let entry = Entry::parse(&bytes).map_err(|error| self.unusable(&error))?;
        if entry.owner != self.owner {
            return Err(self.unusable(&"it belongs to another server or key"));
        }
        Ok(Some(entry))
    }

    /// The folder that it is in.
    pub(crate) fn into_folder(self) -> PathBuf {
        self.folder
    }

    fn unusable(&self, why: &dyn std::fmt::Display) -> String {
        format!("the cache file `{}` is ignored: {why}", self.path.display())
    }

    /// A whole document is to be written at the next [`flush`](Self::flush).
    pub(crate) fn keep(&mut self, entry: Entry) {
        self.pending = Pending::Whole(Box::new(entry));
    }

    /// Flags of this owner, of this moment.
    pub(crate) fn entry(&self, text: String) -> Entry {
        let (owner, saved_at_ms) = (self.owner.clone(), now_ms());
        Entry { owner, version: None, environment: None, etag: None, saved_at_ms, text }
    }

    /// A change is to be put into the file at the next [`flush`](Self::flush).
    pub(crate) fn follow(&mut self, delta: Delta) {
        self.pending = match std::mem::take(&mut self.pending) {
            Pending::Nothing => Pending::Deltas(vec![delta]),
            Pending::Deltas(mut deltas) => {
                deltas.push(delta);
                Pending::Deltas(deltas)
            }
            Pending::Whole(entry) => {
                let merged = merge(&entry, &[delta]);
                merged.map_or(Pending::Nothing, |entry| Pending::Whole(Box::new(entry)))
            }
        };
    }

    /// Writes what is pending, unless the file holds the same or something newer.
    ///
    /// # Errors
    ///
    /// What went wrong, once for each kind of trouble. Writing is tried again with the next flags:
    /// a disk may become writable.
    pub(crate) fn flush(&mut self) -> Result<(), String> {
        let pending = std::mem::take(&mut self.pending);
        let entry = match pending {
            Pending::Nothing => return Ok(()),
            Pending::Whole(entry) => {
                let there = self.load().ok().flatten();
                let is_newer = there.is_some_and(|there| there.is_as_new_as(&entry));
                (!is_newer).then_some(*entry)
            }
            // Without the state that the changes build on, the file stays as old as it is.
            Pending::Deltas(deltas) => {
                self.load().ok().flatten().and_then(|there| merge(&there, &deltas))
            }
        };
        let Some(entry) = entry else { return Ok(()) };
        let written = self.write(&entry);
        let Err(error) = written else {
            self.told = None;
            return Ok(());
        };
        let problem = format!(
            "cannot write the cache file `{}`: {error}; \
             the flags of this process do not outlive it",
            self.path.display()
        );
        if self.told.as_ref() == Some(&problem) {
            return Ok(());
        }
        self.told = Some(problem.clone());
        Err(problem)
    }

    fn write(&self, entry: &Entry) -> io::Result<()> {
        create_folder(&self.folder)?;
        // Threads of one process and processes of one machine write at the same time.
        let number = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
        let beside = self.path.with_extension(format!("{}-{number:x}.new", std::process::id()));
        let written = write_durably(&beside, &entry.to_bytes())
            .and_then(|()| fs::rename(&beside, &self.path));
        if written.is_err() {
            // What is there of it is of no use to anybody.
            let _ = fs::remove_file(&beside);
        }
        written?;
        // The new name outlives a loss of power. Not every file system can promise that.
        let _ = File::open(&self.folder).and_then(|folder| folder.sync_all());
        remove_leftovers(&self.folder, &self.path);
        Ok(())
    }
}

/// A document after changes, if they build on it.
fn merge(entry: &Entry, deltas: &[Delta]) -> Option<Entry> {
    let mut version = entry.version.clone()?;
    let mut document = Document::parse(&entry.text).ok()?;
    let parts: Option<Vec<Document<'_>>> =
        deltas.iter().map(|delta| Document::parse(&delta.document).ok()).collect();
    for (delta, part) in deltas.iter().zip(parts?) {
        // Another process was faster with the first of them.
        if delta.version == version || delta.version.is_before(&version) {
            continue;
        }
        if delta.from != version {
            return None;
        }
        document.settings = part.settings;
        document.flags.extend(part.flags);
        document.segments.extend(part.segments);
        document.flags.retain(|key, _| !delta.removed_flags.contains(key));
        document.segments.retain(|key, _| !delta.removed_segments.contains(key));
        version = delta.version.clone();
    }
    if Some(&version) == entry.version.as_ref() {
        return None;
    }
    let text = document.to_json().ok()?.get().to_owned();
    let (owner, environment) = (entry.owner.clone(), entry.environment.clone());
    let saved_at_ms = now_ms();
    Some(Entry { owner, version: Some(version), environment, etag: None, saved_at_ms, text })
}

fn now_ms() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// Only its owner may look into it.
fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    // Whatever is there already under this name, a link for example, was not put there by us.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Removes what processes left that were ended in the middle of writing.
fn remove_leftovers(folder: &Path, path: &Path) {
    let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { return };
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = file.file_name();
        let is_ours = name.to_str().is_some_and(|name| {
            let rest = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('.'));
            rest.is_some_and(|rest| rest.rsplit_once('.').is_some_and(|(_, end)| end == "new"))
        });
        let age = file.metadata().and_then(|found| found.modified()).ok();
        let age = age.and_then(|modified| modified.elapsed().ok());
        if is_ours && age.is_some_and(|age| age > LEFTOVER_AGE) {
            // If it cannot be removed, somebody else may.
            let _ = fs::remove_file(file.path());
        }
    }
}

/// Nobody writes for so long.
const LEFTOVER_AGE: Duration = Duration::from_secs(60 * 60);

#[cfg(test)]
mod tests;
