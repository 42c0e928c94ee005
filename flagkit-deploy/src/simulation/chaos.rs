//! A world in which releases are tried: a proxy, instances, metrics, and everything that goes wrong.
//!
//! It is the real machine, the real executor and the real journal (in memory), with drivers and
//! clocks that are made up. Nothing here reads a clock or draws a number that the seed does not
//! give: the same scenario runs the same way, always, so what is found once is found again.
//!
//! ```
//! use flagkit_deploy::simulation::chaos::{Scenario, run};
//!
//! let scenario = Scenario::random(7);
//! let first = run(&scenario, 2_000).map_err(|broken| broken.to_string())?;
//! let again = run(&scenario, 2_000).map_err(|broken| broken.to_string())?;
//! assert_eq!(first, again);
//! # Ok::<(), String>(())
//! ```

mod fault;
mod invariant;
mod metric;
mod random;
mod runner;
mod scenario;
mod shrink;
mod world;

pub use fault::{Fault, Kind};
pub use invariant::Broken;
pub use random::Random;
pub use runner::{Runner, Summary, run};
pub use scenario::{Offer, Person, Said, Scenario};
pub use shrink::smallest;
pub use world::{Effect, Health, Instances, World};

#[cfg(test)]
mod tests;
