//! What FlagKit's client and server say to each other: the only thing that both know.
//!
//! The server sends the flags of an environment as a native document, whole or changed parts
//! only, and numbers every change. In both, a flag is the same bytes, so that client and server
//! can compare everything they hold by one number, the [`Checksum`].
//!
//! | on the stream | data | meaning |
//! |---|---|---|
//! | `snapshot` | [`Snapshot`] | all flags |
//! | `delta` | [`Delta`] | what changed since a version |
//! | `heartbeat` | [`Heartbeat`] | the connection lives; first thing a client that lacks nothing hears |
//! | `goodbye` | [`Goodbye`] | the server closes; come back within this time |
//!
//! The id of `snapshot` and `delta` is their [`Version`], which a client that comes back sends as
//! `Last-Event-ID`. The page `docs/protocol.md` shows all of it as bytes.

#![forbid(unsafe_code)]

mod checksum;
mod paths;
mod payload;
mod problem;
mod stream;
mod usage;
mod version;

pub use checksum::{Checksum, Part};
pub use paths::{PATH_SNAPSHOT, PATH_STREAM, PATH_USAGE};
pub use payload::{Delta, Document, Removed, Snapshot};
pub use problem::Problem;
pub use stream::{EVENT_DELTA, EVENT_GOODBYE, EVENT_HEARTBEAT, EVENT_SNAPSHOT, Goodbye, Heartbeat};
pub use usage::{Count, Exposure, UsageReport};
pub use version::{InvalidVersion, Version};
