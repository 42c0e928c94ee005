//! The public promises of the core.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod allocation;
mod build;
mod cell;
mod limits;
mod published_hashes;
mod recompile;
