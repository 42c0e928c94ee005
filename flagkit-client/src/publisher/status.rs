//! How a publisher's flags are doing.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use flagkit_core::Diagnostic;
use flagkit_protocol::Version;

use super::offer::Origin;
use crate::str::Str;
use crate::sync::Transport;

/// How a client is doing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// Whether flags have been loaded at all.
    pub is_ready: bool,
    /// Where the current flags come from.
    pub source: Origin,
    /// Which state of an environment they are, where the source counts.
    pub version: Option<Version>,
    /// The environment that they are of, where the source or the application says it.
    pub environment: Option<Str>,
    /// How long ago the server last said that they are current or, before it did, how long ago an
    /// earlier process kept them. `None` for files and texts.
    pub age: Option<Duration>,
    /// Whether the server is there. Flags are evaluated in any case.
    pub connected: bool,
    /// What is wrong with the connection; `None` while nothing is.
    pub last_error: Option<String>,
    /// How many documents have been published.
    pub publications: u64,
    /// The revision of the current document, where its flag management system counts.
    pub revision: Option<u64>,
    /// What is wrong with the current document; its malformed flags answer with an error.
    pub diagnostics: Vec<Diagnostic>,
    /// Why the last document was refused, if it was.
    pub last_problem: Option<String>,
}

/// Which flags are evaluated: what answers and telemetry tell about all of them.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FlagSet {
    /// The environment, where the source or the application says it.
    pub environment: Option<Str>,
    /// Which state of it, where the source counts.
    pub version: Option<Version>,
    /// The revision of the document, where its flag management system counts.
    pub revision: Option<u64>,
}

/// What is known of the source.
#[derive(Clone, Debug, Default)]
pub(super) struct Outlook {
    /// How it is connected, if it is.
    pub(super) transport: Option<Transport>,
    pub(super) last_error: Option<String>,
    pub(super) confirmed_at: Option<Instant>,
    pub(super) saved_at_ms: Option<u64>,
}

impl Outlook {
    /// How old flags of this origin are.
    pub(super) fn age(&self, origin: Origin) -> Option<Duration> {
        match origin {
            Origin::Live => self.confirmed_at.map(|at| at.elapsed()),
            Origin::Cache => {
                let saved_at = UNIX_EPOCH.checked_add(Duration::from_millis(self.saved_at_ms?))?;
                // Clocks may have been set back since.
                Some(SystemTime::now().duration_since(saved_at).unwrap_or_default())
            }
            _ => None,
        }
    }
}
