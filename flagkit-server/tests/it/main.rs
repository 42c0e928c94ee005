//! What the server promises, asked from outside.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it cannot go on"
)]

mod administration;
mod agreement;
mod client;
mod crash;
mod flags;
mod follower;
mod limits;
mod ofrep;
mod openapi;
mod releases;
mod reports;
mod server;
mod store;
mod stream;
#[path = "../support/databases.rs"]
mod support;
mod tls;
mod together;
mod unleash;
