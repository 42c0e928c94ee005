//! The flag server behind `flagkit serve`.
//!
//! One process answers applications in FlagKit's own protocol, in OFREP and in Unleash's, and
//! people through a REST interface. All of it is served from memory. What must survive is in a
//! [`Store`](store::Store): a SQLite file, or PostgreSQL, which several servers may share.
//!
//! [`model`] has the words of this crate, [`store`] what is kept and what a change is, [`keys`]
//! who may ask, [`config`] what a server is told when it starts.

#![forbid(unsafe_code)]

pub mod config;
pub mod keys;
pub mod model;
pub mod store;
