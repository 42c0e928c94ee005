//! The judge of Kayenta gives the answers that its own test suites expect.

mod classifier;
mod preparation;
mod properties;
mod reported;
mod rescaled;
mod scorer;
mod shift;
mod statistics;
mod whole;
