//! Where the server answers what.

/// The stream of an environment's flags: `text/event-stream`.
pub const PATH_STREAM: &str = "/stream";

/// All flags of an environment as a [`Snapshot`](crate::Snapshot), with an `ETag`.
pub const PATH_SNAPSHOT: &str = "/api/v1/snapshot";

/// Takes a [`UsageReport`](crate::UsageReport), gzip or plain.
pub const PATH_USAGE: &str = "/api/v1/usage";
