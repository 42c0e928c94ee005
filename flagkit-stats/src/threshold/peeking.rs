//! A z-test for two proportions at every look, without any correction: a baseline.
//!
//! With 5 % at each look, one in eight to one in four releases without any change is found to be
//! worse within an hour of looks each ten seconds. Who wants to look often takes
//! [`events`](crate::events).

use crate::Arms;
use crate::arms::number;
use crate::special::normal;

/// The one-sided p-value for more events in the treatment than in the control; 1 where a side has
/// no exposures, or nothing differs.
///
/// The deviation is pooled, as it is usual.
///
/// ```
/// use flagkit_stats::Arms;
/// use flagkit_stats::threshold::peeking::p_value;
///
/// // 2 % and 1 % of 10,000: z = 0.01 / sqrt(0.015 · 0.985 · 2 / 10000) = 5.8171.
/// let exposures = Arms { control: 10_000, treatment: 10_000 };
/// let p_value = p_value(exposures, Arms { control: 100, treatment: 200 });
/// assert!((p_value - 2.9903e-9).abs() < 1e-12, "{p_value}");
/// ```
pub fn p_value(exposures: Arms<u64>, events: Arms<u64>) -> f64 {
    let Arms { control, treatment } = exposures.map(number).zip(events.map(number));
    let pooled = (control.1 + treatment.1) / (control.0 + treatment.0);
    let deviation = (pooled * (1.0 - pooled) * (1.0 / control.0 + 1.0 / treatment.0)).sqrt();
    let distance = (treatment.1 / treatment.0 - control.1 / control.0) / deviation;
    if distance.is_finite() { normal::sf(distance) } else { 1.0 }
}
