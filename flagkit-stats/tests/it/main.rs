//! The public promises of the statistics.

#![expect(
    clippy::cast_precision_loss,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it cannot go on"
)]

mod allocation;
mod chance;
mod classical;
mod closed_forms;
mod counts;
mod coverage;
mod delivery_cases;
mod distributions;
mod false_alarms;
mod growthbook;
mod hostile;
mod kayenta;
mod order;
#[cfg(feature = "serde")]
mod saved;
mod threshold;
mod two_samples;
mod units;
