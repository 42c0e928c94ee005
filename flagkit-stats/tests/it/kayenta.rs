//! The judge of Kayenta gives the answers that its own test suites expect.

mod options;
mod preparation;
mod properties;
mod reported;
#[cfg(feature = "cases")]
mod rescaled;
mod scorer;
mod shift;
mod statistics;
mod whole;
