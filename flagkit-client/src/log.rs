//! One line for each change of state, for people who run the application.

use crate::config::Log;

/// Tells what happened, as much as the application wants to hear.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Voice(pub(crate) Log);

impl Voice {
    /// Trouble, or its end.
    pub(crate) fn warn(self, text: &str) {
        if self.0 >= Log::Warn {
            write_warning(text);
        }
    }

    /// Something that goes as it should.
    pub(crate) fn inform(self, text: &str) {
        if self.0 >= Log::Info {
            write_information(text);
        }
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
