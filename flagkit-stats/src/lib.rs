//! Statistics for judging releases.
//!
//! Everything here is a pure function of numbers, or a value that numbers are added
//! to. Nothing reads a clock, draws a random number or does IO.

#![forbid(unsafe_code)]

pub mod special;
