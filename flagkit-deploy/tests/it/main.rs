//! The promises of releases.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod allocation;
#[cfg(feature = "cases")]
mod argo_replicas;
mod argo_scripts;
mod crash;
#[cfg(feature = "drivers")]
mod drivers;
mod hostile_files;
mod policies_page;
mod prometheus_rules;
mod release_files;
mod release_parameters;
