//! The promises of releases.

mod allocation;
