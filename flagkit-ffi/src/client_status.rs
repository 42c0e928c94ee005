//! How a client is doing, as a struct that the caller provides.

use std::ffi::c_char;
use std::fmt::Display;

use flagkit::Status;

use crate::boundary::boundary;
use crate::client::{flagkit_client, used};
use crate::sized::{self, Sized32};
use crate::status::{self, FLAGKIT_OK, FLAGKIT_PANIC, flagkit_status};
use crate::strings::cut;
use crate::words;

/// A time that is not known.
pub const FLAGKIT_UNKNOWN_TIME: u64 = 0xFFFF_FFFF_FFFF_FFFF;

/// How a client is doing; see `flagkit_client_read_status`. All texts are UTF-8 with a NUL at their
/// end, cut if they are longer, and empty if there is nothing to say.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct flagkit_client_status {
    /// Set by the caller: `sizeof(flagkit_client_status)`.
    pub size: u32,
    /// Whether flags have been loaded at all.
    pub ready: bool,
    /// Whether the server is there. Flags are evaluated in any case.
    pub connected: bool,
    /// Where the flags come from: `FLAGKIT_SOURCE_…`.
    pub source: u8,
    /// Whether `revision` says anything.
    pub has_revision: bool,
    /// The revision of the document, where its flag management system counts.
    pub revision: u64,
    /// How many milliseconds ago the server last said that the flags are current or, before it did, how
    /// long ago an earlier process kept them. `FLAGKIT_UNKNOWN_TIME` for files and texts.
    pub age_ms: u64,
    /// How many documents have been published.
    pub publications: u64,
    /// How many problems the document has; `flagkit_client_problems` tells them.
    pub problems: u64,
    /// Which state of an environment the flags are, where the source counts.
    pub version: [c_char; 64],
    /// The environment, where the source or the application says it.
    pub environment: [c_char; 128],
    /// What is wrong with the connection.
    pub last_error: [c_char; 512],
    /// Why the last document was refused, if it was.
    pub last_problem: [c_char; 512],
}

// SAFETY: repr(C), the size comes first, and zeros are numbers, `false` and empty texts.
unsafe impl Sized32 for flagkit_client_status {
    fn with_size(self, size: u32) -> Self {
        Self { size, ..self }
    }
}

impl From<Status> for flagkit_client_status {
    fn from(status: Status) -> Self {
        let age = status.age.and_then(|age| u64::try_from(age.as_millis()).ok());
        Self {
            size: 0,
            ready: status.is_ready,
            connected: status.connected,
            source: words::origin(status.source),
            has_revision: status.revision.is_some(),
            revision: status.revision.unwrap_or_default(),
            age_ms: age.unwrap_or(FLAGKIT_UNKNOWN_TIME),
            publications: status.publications,
            problems: status.diagnostics.len() as u64,
            version: text(status.version.as_ref()),
            environment: text(status.environment.as_ref()),
            last_error: text(status.last_error.as_ref()),
            last_problem: text(status.last_problem.as_ref()),
        }
    }
}

/// Fills in how a client is doing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_client_read_status(
    client: *const flagkit_client,
    status: *mut flagkit_client_status,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        let fill = || {
            // SAFETY: a client by the rules of the header.
            let client = unsafe { used(client) }?;
            // SAFETY: a struct whose size is set, by the rules of the header.
            let size = unsafe { sized::size_of(status) }?;
            // SAFETY: as above.
            unsafe { sized::write(status, size, client.status().into()) };
            Ok(())
        };
        fill().map_or_else(|status| status::answer(status, status), |()| FLAGKIT_OK)
    })
}

/// A text as an array with a NUL at its end.
fn text<const N: usize>(text: Option<&impl Display>) -> [c_char; N] {
    let text = text.map(ToString::to_string).unwrap_or_default();
    let mut letters = [0; N];
    for (letter, byte) in letters.iter_mut().zip(cut(&text, N.saturating_sub(1)).bytes()) {
        *letter = byte.cast_signed() as c_char;
    }
    letters
}
