//! The public promises of the core.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod allocation;
mod batch;
mod branches;
mod build;
mod cell;
mod counters;
mod digests;
mod elements;
mod limits;
mod operators;
mod published_hashes;
mod ramp;
mod recompile;
mod reentered;
mod refuted;
mod serve;
