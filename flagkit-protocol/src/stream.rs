//! What else is said on a stream.

use serde::{Deserialize, Serialize};

use crate::version::Version;

/// The event that carries a [`Snapshot`](crate::Snapshot).
pub const EVENT_SNAPSHOT: &str = "snapshot";
/// The event that carries a [`Delta`](crate::Delta).
pub const EVENT_DELTA: &str = "delta";
/// The event that carries a [`Heartbeat`].
pub const EVENT_HEARTBEAT: &str = "heartbeat";
/// The event that carries a [`Goodbye`].
pub const EVENT_GOODBYE: &str = "goodbye";

/// The connection lives. The first event on a stream to a client that has the current version.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "these fields are the protocol")]
pub struct Heartbeat {
    /// How long until the next one, in milliseconds. Who hears nothing for three of these
    /// has lost the connection.
    pub every_ms: u64,
    /// The current version.
    pub version: Version,
}

/// The server closes the stream and another, or the same, is there soon.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "these fields are the protocol")]
pub struct Goodbye {
    /// Come back after a random part of this time, in milliseconds, so that not all come at once.
    pub spread_ms: u64,
}
