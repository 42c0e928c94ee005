//! One line for each change of state, for people who run the application.

use std::fmt;
use std::sync::Arc;

use crate::background::shielded;
use crate::config::Log;

/// Tells what happened, as much as the application wants to hear.
#[derive(Clone, Default)]
pub(crate) struct Voice {
    pub(crate) log: Log,
    /// Who hears it; nobody else does then.
    pub(crate) sink: Option<Sink>,
}

/// Where lines go that are not for the standard error stream.
pub(crate) type Sink = Arc<dyn Fn(Log, &str) + Send + Sync>;

impl Voice {
    /// Trouble, or its end.
    pub(crate) fn warn(&self, text: &str) {
        self.tell(Log::Warn, text, write_warning);
    }

    /// Something that goes as it should.
    pub(crate) fn inform(&self, text: &str) {
        self.tell(Log::Info, text, write_information);
    }

    fn tell(&self, level: Log, text: &str, write: fn(&str)) {
        if self.log < level {
            return;
        }
        match &self.sink {
            // It has said so itself.
            Some(sink) => drop(shielded(|| sink(level, text))),
            None => write(text),
        }
    }
}

impl fmt::Debug for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Voice").field("log", &self.log).finish_non_exhaustive()
    }
}

#[cfg(feature = "tracing")]
fn write_warning(text: &str) {
    tracing::warn!(target: "flagkit", "{text}");
}

#[cfg(feature = "tracing")]
fn write_information(text: &str) {
    tracing::info!(target: "flagkit", "{text}");
}

#[cfg(not(feature = "tracing"))]
fn write_warning(text: &str) {
    write(text);
}

#[cfg(not(feature = "tracing"))]
fn write_information(text: &str) {
    write(text);
}

/// A line on the standard error stream.
///
/// Past the lock of the standard library: in a child process it may be locked for ever.
#[cfg(all(unix, not(feature = "tracing")))]
fn write(text: &str) {
    use std::io::Write;
    use std::os::fd::AsFd;

    if let Ok(stream) = std::io::stderr().as_fd().try_clone_to_owned() {
        // Nobody is left to be told that nobody can be told.
        let _ = std::fs::File::from(stream).write_all(format!("flagkit: {text}\n").as_bytes());
    }
}

#[cfg(all(not(unix), not(feature = "tracing")))]
fn write(text: &str) {
    eprintln!("flagkit: {text}");
}
