//! The flag server behind `flagkit serve`.
//!
//! One process answers applications in FlagKit's own protocol, in OFREP and in Unleash's, and
//! people through a REST interface. All of it is served from memory. What must survive is in a
//! [`Store`](store::Store): a SQLite file, or PostgreSQL, which several servers may share.
//!
//! [`model`] has the words of this crate, [`store`] what is kept and what a change is, [`keys`]
//! who may ask, [`config`] what a server is told when it starts. [`Server::start`] starts one.

#![forbid(unsafe_code)]

pub mod config;
pub mod keys;
pub mod model;
pub mod store;

// What is in memory.
mod answer;
mod contexts;
mod diff;
mod environments;
mod evaluations;
mod json_text;
mod live;
mod unleash;
mod world;

// Who may ask, and how often.
mod auth;
mod limits;

// HTTP.
mod app;
mod hints;
mod http;
mod metrics;
mod open_files;
mod refusal;
mod routes;
mod server;

pub use routes::openapi_json;
pub use server::{RunningServer, Server, StartError};
