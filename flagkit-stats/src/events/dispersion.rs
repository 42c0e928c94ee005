//! How much more events scatter than independent ones would.

use super::Look;
use crate::arms::number;

/// Measures the dispersion of counts, from windows in which both sides ran the same version: a time
/// before the release, split by the same hash.
///
/// Where only requests can be counted, a client that retries five times counts five times, and
/// events are not independent. Divided by this factor, counts vary as independent ones do, and
/// [`EventTest::with_dispersion`](super::EventTest::with_dispersion) does so. This is the second
/// best: counting each unit's first failure needs no factor and decides faster.
///
/// ```
/// use flagkit_stats::Arms;
/// use flagkit_stats::events::{Dispersion, Look};
///
/// let mut dispersion = Dispersion::default();
/// for number in 0..200 {
///     // Ten failures of one client at a time, on either side.
///     let treatment = if number % 2 == 0 { 10 } else { 0 };
///     dispersion.add(&Look {
///         exposures: Arms { control: 500, treatment: 500 },
///         events: Arms { control: 10 - treatment, treatment },
///     });
/// }
/// assert!((10.0..12.5).contains(&dispersion.factor().unwrap()));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Dispersion {
    looks: u64,
    squares: f64,
    expected: f64,
}

impl Dispersion {
    /// One more window. Windows without events, or with exposures on one side only, say nothing.
    pub fn add(&mut self, look: &Look) {
        let (exposures, events) = (look.exposures.map(number), look.events.map(number));
        let total = events.control + events.treatment;
        if exposures.control > 0.0 && exposures.treatment > 0.0 && total > 0.0 {
            let share = exposures.treatment / (exposures.treatment + exposures.control);
            let from_expected = events.treatment - total * share;
            self.looks = self.looks.saturating_add(1);
            self.squares += from_expected * from_expected;
            self.expected += total * share * (1.0 - share);
        }
    }

    /// The windows of others.
    pub fn merge(&mut self, other: &Self) {
        self.looks = self.looks.saturating_add(other.looks);
        self.squares += other.squares;
        self.expected += other.expected;
    }

    /// The variance of the events on the treatment through that of independent ones, at least 1,
    /// with twice its own standard error on top; none before 30 windows.
    pub fn factor(&self) -> Option<f64> {
        let is_enough = self.looks >= 30 && self.expected > 0.0;
        // A mean of squares of nearly normal numbers has a relative error of √(2/n).
        let caution = 1.0 + 2.0 * (2.0 / number(self.looks)).sqrt();
        is_enough.then(|| (self.squares / self.expected * caution).clamp(1.0, LARGEST))
    }
}

/// The largest factor that a test takes.
pub(super) const LARGEST: f64 = 1e6;
