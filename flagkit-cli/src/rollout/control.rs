//! The control socket of an engine: how other terminals speak to it.
//!
//! It is a Unix socket in the folder of the engine, and only its owner may open it (mode 0600, in a
//! folder of mode 0700): whoever can write there could change the journal as well, so no keys are
//! needed. A request is a line of JSON and gets one line back, so that a few lines of any language are
//! a client and no HTTP server is needed in between:
//!
//! ```text
//! {"ask":"standing","release":null}
//! {"ok":{"release":"checkout-v42","status":"progressing",…}}
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use flagkit_deploy::event::{Actor, Command};
use flagkit_deploy::record::Record;
use serde::{Deserialize, Serialize};

mod connection;
#[cfg(unix)]
mod serve;

pub(crate) use connection::{Connection, connect};
#[cfg(unix)]
pub(crate) use serve::Control;

/// What an engine is asked. Without a release, the one that it runs is meant.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "ask", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Request {
    /// How a release stands.
    Standing { release: Option<String> },
    /// The names of all releases, and whether they are over.
    Releases,
    /// The records of a release.
    History { release: Option<String> },
    /// Something is said to a release.
    Command { release: Option<String>, by: Actor, command: Command },
    /// A release is told facts.
    Facts { release: Option<String>, facts: BTreeMap<String, serde_json::Value> },
    /// Every hash of the journal is computed again.
    Verify,
}

/// What an engine answers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer<T> {
    /// What was asked for.
    Ok(T),
    /// Why not.
    Error(String),
}

/// A record with its number.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Numbered {
    /// Counted from 0, over all releases.
    pub(crate) number: u64,
    pub(crate) record: Record,
}

/// Where a journal stands.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Verified {
    /// How many records there are.
    pub(crate) records: u64,
    /// Their number and the hash of the last one, to write down elsewhere.
    pub(crate) head: String,
}

/// Why a second engine does not start in a folder.
pub(crate) fn already(folder: &Path) -> String {
    format!(
        "an engine runs in `{}` already; speak to it (flagkit rollout status, watch, abort …), or give \
         this one another folder with --state",
        folder.display()
    )
}

/// The socket in the folder of an engine.
fn socket(folder: &Path) -> PathBuf {
    folder.join("control.sock")
}

/// The longest request, in bytes.
const REQUEST_BYTES_MAX: u64 = 64 << 10;
