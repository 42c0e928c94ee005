//! What the server promises, asked from outside.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it cannot go on"
)]

mod administration;
mod client;
mod crash;
mod flags;
mod limits;
mod openapi;
mod server;
mod store;
mod stream;
mod support;
