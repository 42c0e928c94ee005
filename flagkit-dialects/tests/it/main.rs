//! The promises of decoding and compiling together.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod against_reference;
#[cfg(feature = "vendors")]
mod allocation;
mod batch;
mod bucketing;
#[cfg(feature = "vendors")]
mod conversion;
#[cfg(feature = "vendors")]
mod hostile_vendors;
#[cfg(feature = "vendors")]
mod public_suites;
mod schema;
