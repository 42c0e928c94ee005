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
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use crate::background::{Background, Signal, shielded};
use crate::error::Error;
use crate::fork::{Inherit, PerProcess};
use crate::publisher::{Offer, Origin, Publisher, Strictness, Supply};

/// Keeps a file watched; dropping it stops that and waits for the watching thread.
#[derive(Debug)]
#[must_use = "the file is watched until this is dropped"]
pub struct Watching {
    _file: Arc<File>,
}

impl Watching {
    /// Publishes the flags of a file and begins to watch it: changes arrive within a second.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or holds no flag document.
    pub fn begin(publisher: &Arc<Publisher>, path: &Path) -> Result<Self, Error> {
        let (bytes, seen) = read(path).map_err(|error| Error::read(path, error))?;
        offer(publisher, &bytes, Strictness::Accept).map_err(|error| error.in_file(path))?;
        let watch = Watch {
            publisher: publisher.clone(),
            path: path.into(),
            taken: seen,
            last: seen,
            problem: None,
        };
        let thread = Thread::spawn(watch).map_err(|error| Error::read(path, error))?;
        let file = Arc::new(File { threads: PerProcess::new(thread) });
        let supply: Arc<dyn Supply> = file.clone();
        publisher.set_supply(Arc::downgrade(&supply));
        Ok(Self { _file: file })
    }
}

/// A watched file.
#[derive(Debug)]
struct File {
    threads: PerProcess<Thread>,
}

impl Supply for File {
    fn begin_in_child(&self) {
        self.threads.get();
    }

    /// A file wants to know nothing.
    fn flush(&self, _limit: Duration) {}
}

/// The thread that watches a file, and what another one has to know.
#[derive(Debug)]
struct Thread {
    publisher: Weak<Publisher>,
    path: PathBuf,
    _running: Option<Background>,
}

impl Thread {
    fn spawn(watch: Watch) -> std::io::Result<Self> {
        let (publisher, path) = (Arc::downgrade(&watch.publisher), watch.path.clone());
        let running = Background::spawn("flagkit-file", move |stop| watch.run(&stop))?;
        Ok(Self { publisher, path, _running: Some(running) })
    }
}

impl Inherit for Thread {
    /// The file may have changed since the parent looked: it is read again.
    fn inherit(&self) -> Self {
        let (publisher, path) = (self.publisher.clone(), self.path.clone());
        let nothing = Self { publisher, path, _running: None };
        let Some(publisher) = self.publisher.upgrade() else { return nothing };
        let path = self.path.clone();
        let watch = Watch { publisher, path, taken: None, last: None, problem: None };
        // Without a thread, the child goes on with the flags that it has.
        Self::spawn(watch).unwrap_or(nothing)
    }
}

#[derive(Debug)]
struct Watch {
    publisher: Arc<Publisher>,
    path: PathBuf,
    /// What the file looked like when its content was taken.
    taken: Option<Look>,
    /// What it looked like last time.
    last: Option<Look>,
    /// The last trouble with reading, so that it is told once.
    problem: Option<String>,
}

impl Watch {
    fn run(mut self, stop: &Signal) {
        while !stop.wait(PERIOD) {
            shielded(|| self.look());
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
                if let Err(error) = offer(&self.publisher, &bytes, Strictness::Refuse) {
                    self.publisher.refused(&error.in_file(&self.path));
                }
            }
            Err(error) => self.trouble(error),
        }
    }

    fn trouble(&mut self, error: std::io::Error) {
        let text = error.to_string();
        if self.problem.as_ref() != Some(&text) {
            self.problem = Some(text);
            self.publisher.refused(&Error::read(&self.path, error));
        }
    }
}

/// What tells one content of a file from the next without reading it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    len: u64,
    modified: Option<SystemTime>,
    /// Which file it is: a rename puts another one in the place.
    number: u64,
}

impl Look {
    /// What the file looks like now; `None` if it cannot be seen.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().as_ref().map(Self::of)
    }

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

fn offer(publisher: &Publisher, bytes: &[u8], strictness: Strictness) -> Result<(), Error> {
    let offer = Offer {
        bytes,
        dialect: None,
        origin: Origin::File,
        version: None,
        environment: None,
        strictness,
    };
    publisher.publish(&offer).map(drop)
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
