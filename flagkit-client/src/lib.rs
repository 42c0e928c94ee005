//! Keeps flags fresh from a server or a vendor's endpoint.
//!
//! [`sync`] decides what to ask for and when, without doing any of it: no socket, no clock, no
//! thread. Whoever brings those drives it.

#![forbid(unsafe_code)]

pub mod sync;
