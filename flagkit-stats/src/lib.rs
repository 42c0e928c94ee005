//! Statistics for judging releases.
//!
//! Everything here is a pure function of numbers, or a value that numbers are added
//! to. Nothing reads a clock, draws a random number or does IO.
//!
//! Two kinds of tests are here. The sequential ones ([`events`], [`quantile`], [`bounded`],
//! [`mean`], [`srm`], [`multiplicity`]) may be looked at any time; the classical ones ([`welch`],
//! [`ranks`], [`kolmogorov`], [`variance`], [`proportion`], [`contingency`], [`trend`]) once. Which
//! one for what is on the page `docs/statistics.md`.

#![forbid(unsafe_code)]

pub mod bounded;
#[cfg(feature = "cases")]
pub mod cases;
pub mod closed_form;
pub mod contingency;
pub mod cuped;
pub mod effect;
pub mod events;
pub mod growthbook;
pub mod kayenta;
pub mod kolmogorov;
pub mod mean;
pub mod moments;
pub mod multiplicity;
pub mod power;
pub mod proportion;
pub mod quantile;
pub mod ranks;
pub mod special;
pub mod srm;
pub mod strata;
pub mod summary;
pub mod threshold;
pub mod trend;
pub mod variance;
pub mod welch;

mod alpha;
mod arms;
mod confidence;
mod count;
mod error;
mod evidence;
mod sorted;
mod tilt;

pub use alpha::Alpha;
pub use arms::Arms;
pub use confidence::{Alternative, Confidence};
pub use error::Error;
pub use evidence::{Evidence, Interval};
pub use sorted::Sorted;

/// The programs on the page about statistics.
#[cfg(doctest)]
#[doc = include_str!("../../docs/statistics.md")]
struct Page;
