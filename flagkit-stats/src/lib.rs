//! Statistics for judging releases.
//!
//! Everything here is a pure function of numbers, or a value that numbers are added
//! to. Nothing reads a clock, draws a random number or does IO.

#![forbid(unsafe_code)]

pub mod bounded;
pub mod closed_form;
pub mod events;
pub mod growthbook;
pub mod kayenta;
pub mod mean;
pub mod multiplicity;
pub mod quantile;
pub mod special;
pub mod srm;

mod alpha;
mod arms;
mod evidence;
mod tilt;

pub use alpha::{Alpha, OutOfRange};
pub use arms::Arms;
pub use evidence::{Evidence, Interval};
