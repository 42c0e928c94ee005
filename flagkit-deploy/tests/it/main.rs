//! The promises of releases.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod allocation;
mod policies_page;
