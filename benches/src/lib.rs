//! The scenarios that all benches share, and a way to measure ratios.
//!
//! Machines differ and are noisy, so nothing here promises nanoseconds: everything
//! is measured beside the floors of the same machine (one MD5, one hash-map
//! probe, one read of a shared pointer) or beside other evaluators, interleaved in
//! one process, and told as a ratio.

pub mod allocations;
pub mod bars;
pub mod contender;
pub mod floors;
pub mod measure;
pub mod native;
mod order;
pub mod race;
pub mod results;
pub mod scenario;
pub mod vendors;
pub mod workloads;
