//! Keeps flags fresh from a server or a vendor's endpoint.
//!
//! A [`Publisher`] holds the flags that an application evaluates, and takes others if they are at
//! least as good. [`sync`] decides what to ask for and when, without doing any of it: no socket, no
//! clock, no thread.

#![forbid(unsafe_code)]
#![cfg_attr(not(feature = "http"), expect(dead_code, reason = "only servers need some of it"))]

// What is held.
mod changes;
mod error;
mod fork;
mod hooks;
mod listeners;
mod publisher;
mod str;
pub mod usage;

// Where it comes from.
mod background;
mod cache;
mod config;
#[cfg(feature = "http")]
mod driver;
mod file;
mod log;
pub mod source;
pub mod sync;
#[cfg(feature = "http")]
mod transport;
mod updater;

// The public interface is:
pub use cache::{Entry, InvalidCache, Owner};
pub use changes::Changes;
pub use config::{Config, Log, Mode, Options};
pub use error::Error;
pub use file::Watching;
pub use flagkit_protocol::Version;
pub use listeners::{Change, Subscription};
pub use publisher::{FlagSet, Offer, Origin, Overrides, Publisher, Reading, Status, Strictness};
pub use str::Str;
pub use updater::Updater;
pub use usage::{Delivered, Metrics, Reports, Totals, Usage, hashed_key};
