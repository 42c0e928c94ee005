//! The public promises of the statistics.

#![expect(
    clippy::cast_precision_loss,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it cannot go on"
)]

mod allocation;
mod chance;
mod classical;
mod close;
mod coverage;
#[cfg(feature = "cases")]
mod delivery_cases;
mod false_alarms;
mod growthbook;
mod hostile;
mod invariance;
mod kayenta;
mod order;
#[cfg(feature = "cases")]
mod published;
#[cfg(feature = "serde")]
mod saved;
mod threshold;
#[cfg(feature = "cases")]
mod units;
