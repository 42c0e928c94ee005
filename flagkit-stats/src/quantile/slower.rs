//! Is the treatment slower anywhere? One question about several thresholds at once.

use super::Histogram;
use crate::events::{EventTest, Look};
use crate::evidence::log_mixture;
use crate::{Arms, Error, Evidence};

/// Compares how many values are above each of some thresholds, at any number of looks.
///
/// If the treatment is not stochastically slower, values above a threshold are not more frequent
/// on it, whatever the threshold: an [`EventTest`] for each of them holds at the same time, and the
/// mean of their e-values is one, too, without a correction. Thresholds are chosen beforehand, from
/// an agreement on service levels or from quantiles of the time before; those that few values
/// exceed, 90 % and up, decide fastest.
///
/// ```
/// use flagkit_stats::quantile::{Histogram, Scale, SlowerTest};
/// use flagkit_stats::{Alpha, Arms};
///
/// let scale = Scale::new(0.01, 0.1)?;
/// let mut window = Arms { control: Histogram::new(scale), treatment: Histogram::new(scale) };
/// for number in 0..900_u32 {
///     window.control.add(f64::from(number % 100));
///     window.treatment.add(f64::from(number % 100) * 1.2);
/// }
/// let mut test = SlowerTest::new(&[75.0, 98.0], 1.0)?;
/// test.add(&window);
/// assert!(test.slower().proves(Alpha::new(0.001)?));
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SlowerTest {
    thresholds: Vec<Threshold>,
    evidence: Evidence,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Threshold {
    value: f64,
    above: EventTest,
}

impl SlowerTest {
    /// With 1 to 8 thresholds in the unit of the values, and how many times as many values may be
    /// above each: 1.0 accepts no slowdown at all.
    ///
    /// # Errors
    ///
    /// If there are none or too many, one is not finite and above 0, or the margin is not between
    /// 1 and 10.
    pub fn new(thresholds: &[f64], margin: f64) -> Result<Self, Error> {
        let count = crate::arms::number(u64::try_from(thresholds.len()).unwrap_or(u64::MAX));
        let is_inside = (1..=THRESHOLDS).contains(&thresholds.len());
        Error::unless(is_inside, "the number of thresholds", count, "between 1 and 8")?;
        let threshold = |value: &f64| {
            let is_usable = *value > 0.0 && value.is_finite();
            Error::unless(is_usable, "a threshold", *value, "above 0 and finite")?;
            Ok(Threshold { value: *value, above: EventTest::new(margin)? })
        };
        let thresholds: Result<Vec<Threshold>, Error> = thresholds.iter().map(threshold).collect();
        Ok(Self { thresholds: thresholds?, evidence: Evidence::NONE })
    }

    /// The values of one closed window. A threshold counts from the end of its bin.
    pub fn add(&mut self, window: &Arms<Histogram>) {
        let Arms { control, treatment } = window;
        let exposures = Arms { control: control.count(), treatment: treatment.count() };
        for Threshold { value, above } in &mut self.thresholds {
            // Both sides have to be cut at the same place, which bins of another scale are not.
            if control.scale() == treatment.scale() {
                let events =
                    Arms { control: control.above(*value), treatment: treatment.above(*value) };
                above.add(&Look { exposures, events });
            }
        }
        self.judge();
    }

    /// Evidence against "at no threshold more values are above on the treatment".
    pub fn slower(&self) -> Evidence {
        self.evidence
    }

    fn judge(&mut self) {
        let count = crate::arms::number(u64::try_from(self.thresholds.len()).unwrap_or(u64::MAX));
        let each = self.thresholds.iter();
        let log_e = log_mixture(each.map(|one| (1.0 / count, one.above.worse().log_e)));
        self.evidence.update(log_e);
    }
}

/// Most thresholds of a test.
const THRESHOLDS: usize = 8;
