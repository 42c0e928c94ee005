//! The promises of decoding and compiling together.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod against_reference;
mod bucketing;
mod schema;
