//! The public promises of the facade.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod batch;
mod client;
mod declared;
mod derive;
mod file;
mod gated;
mod global;
mod hooks;
mod keys;
mod log;
mod opened;
mod overrides;
#[cfg(feature = "openfeature-provider")]
mod provider;
#[cfg(feature = "opentelemetry")]
mod telemetry;
mod usage;
#[cfg(feature = "unleash")]
mod vendors;
