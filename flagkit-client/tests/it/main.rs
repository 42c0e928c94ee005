//! The public promises of the client, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod application;
mod faults;
mod following;
mod lifecycle;
mod server;
mod usage;
mod vendors;
