//! Releases that move by evidence, as machines without IO.

#![forbid(unsafe_code)]
