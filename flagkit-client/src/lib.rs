//! Keeps flags fresh from a server or a vendor's endpoint.
//!
//! A [`Publisher`] holds the flags that an application evaluates, and takes others if they are at
//! least as good. [`sync`] decides what to ask for and when, without doing any of it: no socket, no
//! clock, no thread.

#![forbid(unsafe_code)]

// What is held.
mod error;
mod fork;
mod listeners;
mod publisher;
mod str;

// Where it comes from.
mod background;
mod file;
pub mod sync;

// The public interface is:
pub use error::Error;
pub use file::Watching;
pub use flagkit_protocol::Version;
pub use listeners::{Change, Subscription};
pub use publisher::{Offer, Origin, Publisher, Reading, Status, Strictness};
pub use str::Str;
