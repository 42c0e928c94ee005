//! Files: flags from a file that people and programs edit.
//!
//! The file is looked at every tenth of a second rather than watched by the
//! operating system: that works on every file system, network mounts and
//! containers' bind mounts included, for renames and edits in place alike. A change
//! is read once the file has been still for one look, so a half-written edit is not
//! taken for a broken one.

use std::fs::{self, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use crate::client::{Builder, Client, Strictness};
use crate::error::Error;

/// Keeps a file watched; dropping it stops that and waits for the watching thread.
#[derive(Debug)]
#[must_use = "the file is watched until this is dropped"]
pub struct Watching {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        // The thread ends when the sender is gone.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A listener that panicked has already said so; the application goes on.
            let _ = thread.join();
        }
    }
}

impl Client {
    /// A client with the flags of this file, which is watched: changes arrive within a second.
    ///
    /// The returned guard stops watching when it is dropped; the client goes on with
    /// the flags that it has.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or holds no flag document.
    pub fn from_file(path: impl AsRef<Path>) -> Result<(Self, Watching), Error> {
        Self::builder().file(path)
    }
}

impl Builder {
    /// A client with the flags of this file, which is watched.
    ///
    /// # Errors
    ///
    /// As [`Client::from_file`].
    pub fn file(self, path: impl AsRef<Path>) -> Result<(Client, Watching), Error> {
        let watching = open(&self.client, path.as_ref())?;
        Ok((self.client, watching))
    }
}

/// Loads the file into the client and begins to watch it.
pub(crate) fn open(client: &Client, path: &Path) -> Result<Watching, Error> {
    let (bytes, seen) = read(path).map_err(|error| Error::read(path, error))?;
    client.publish(&bytes, Strictness::Accept).map_err(|error| error.in_file(path))?;
    let watch =
        Watch { client: client.clone(), path: path.into(), taken: seen, last: seen, problem: None };
    let (stop, stopped) = mpsc::channel();
    let thread = std::thread::Builder::new().name("flagkit-file".into());
    let thread =
        thread.spawn(move || watch.run(&stopped)).map_err(|error| Error::read(path, error))?;
    Ok(Watching { stop: Some(stop), thread: Some(thread) })
}

struct Watch {
    client: Client,
    path: PathBuf,
    /// What the file looked like when its content was taken.
    taken: Option<Look>,
    /// What it looked like last time.
    last: Option<Look>,
    /// The last trouble with reading, so that it is told once.
    problem: Option<String>,
}

impl Watch {
    fn run(mut self, stopped: &mpsc::Receiver<()>) {
        while stopped.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
            self.look();
        }
    }

    fn look(&mut self) {
        match fs::metadata(&self.path) {
            Ok(metadata) => {
                let now = Some(Look::of(&metadata));
                if now == self.last && now != self.taken {
                    self.take();
                }
                self.last = now;
            }
            // Between the two steps of some editors there is no file; a while later that is news.
            Err(error) if self.last.is_none() => self.trouble(error),
            Err(_) => self.last = None,
        }
    }

    fn take(&mut self) {
        match read(&self.path) {
            Ok((bytes, seen)) => {
                self.taken = seen;
                self.problem = None;
                self.client.reload(&bytes, &self.path);
            }
            Err(error) => self.trouble(error),
        }
    }

    fn trouble(&mut self, error: std::io::Error) {
        let text = error.to_string();
        if self.problem.as_ref() != Some(&text) {
            self.problem = Some(text);
            self.client.refused(&Error::read(&self.path, error));
        }
    }
}

/// What tells one content of a file from the next without reading it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Look {
    len: u64,
    modified: Option<SystemTime>,
    /// Which file it is: a rename puts another one in the place.
    number: u64,
}

impl Look {
    fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok();
        Self { len: metadata.len(), modified, number: number(metadata) }
    }
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_metadata: &Metadata) -> u64 {
    0
}

/// The content of a file and what it looked like just before. Of files beyond every
/// limit only so much is read that the limit can be reported.
fn read(path: &Path) -> std::io::Result<(Vec<u8>, Option<Look>)> {
    let file = fs::File::open(path)?;
    let look = file.metadata().ok().as_ref().map(Look::of);
    let mut bytes = Vec::new();
    file.take(flagkit_dialects::TEXT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes, look))
}

const PERIOD: Duration = Duration::from_millis(100);
