//! The scenarios that all benches share, and a way to measure ratios.
//!
//! Machines differ and are noisy, so nothing here promises nanoseconds: everything
//! is measured beside the floors of the same machine (one MD5, one hash-map
//! probe, one read of a shared pointer), interleaved in one process, and told as a
//! ratio.

pub mod floors;
pub mod measure;
pub mod workloads;
