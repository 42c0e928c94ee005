//! Threshold judges do what release controllers do.

mod failed_checks;
mod measurements;
mod peeking;
