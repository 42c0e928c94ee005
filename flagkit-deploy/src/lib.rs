//! Releases that move by evidence, as machines without IO.
//!
//! A [`Plan`](plan::Plan) says what a release does. Its machine is told what happens
//! ([`Event`](event::Event)) and answers with orders ([`Wanted`](order::Wanted)) and decisions; a
//! journal keeps all three, and drivers carry the orders out.

#![forbid(unsafe_code)]
#![expect(
    clippy::exhaustive_structs,
    reason = "plans, orders and records are data that hosts and drivers write down field by field"
)]

// Words that everything else uses.
pub mod quantity;
mod refusal;
mod split;
mod time;

// What is planned, ordered and measured.
pub mod calendar;
pub mod order;
pub mod plan;
pub mod policy;
pub mod sample;

// How plans are written.
pub mod config;
pub mod import;
pub mod strategy;

// What happens, and what is kept of it.
pub mod event;
pub mod executor;
pub mod journal;
pub mod judge;
pub mod record;
pub mod replay;

// The machine, and what machines are told of each other.
mod neighbours;
pub mod release;

// What carries orders out.
pub mod driver;
#[cfg(feature = "host")]
pub mod host;

// Where all of it is tried.
#[cfg(feature = "cases")]
pub mod cases;
pub mod simulation;

// The public interface is these modules and:
pub use order::{Fence, OrderId, ReleaseId};
pub use refusal::Refusal;
pub use release::{Next, Release, State, Status};
pub use split::{Split, WHOLE, Weight};
pub use time::{Span, Time};
