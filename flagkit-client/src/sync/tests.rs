//! The machine against a simulated server, network and clock.

mod failing;
mod faults;
mod pair;
mod polling;
mod refusing;
mod server;
mod streaming;
mod vendors;
