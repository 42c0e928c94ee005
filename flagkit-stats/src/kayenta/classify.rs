//! One metric: is the experiment higher or lower than the control, by enough to matter?

use super::effect::EffectSize;
use super::shift::{Precision, Shift, standardised};
use super::statistics::{as_float, mean};
use super::transform::MissingValues;
use crate::special::normal;

/// The two sides of a metric, one value for each step of time, without missing values.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "there are two sides")]
pub struct Samples<'a> {
    /// The baseline.
    pub control: &'a [f64],
    /// The canary.
    pub experiment: &'a [f64],
}

/// Which difference is a failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the original has these three")]
pub enum Direction {
    /// Only a rise, as of errors.
    Increase,
    /// Only a fall, as of throughput.
    Decrease,
    /// Both.
    #[default]
    Either,
}

impl Direction {
    /// The direction of a configuration; words that are not known mean [`Either`](Self::Either).
    pub fn from_name(name: &str) -> Self {
        match name {
            "increase" => Self::Increase,
            "decrease" => Self::Decrease,
            _ => Self::Either,
        }
    }
}

/// What is asked of a metric, apart from how it is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Demand {
    /// Which difference is a failure.
    pub direction: Direction,
    /// What missing values become, which also decides what having none means.
    pub missing: MissingValues,
    /// Whether its failure fails everything.
    pub critical: bool,
    /// Whether having no data is a failure of this metric, unless it is critical.
    pub must_have_data: bool,
}

/// Two thresholds for the size of an effect.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a rise and a fall")]
pub struct Limits {
    /// At or below it, a fall counts.
    pub decrease: f64,
    /// At or above it, a rise counts.
    pub increase: f64,
}

/// How a metric is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Classifier {
    /// The part of the estimated shift by which the interval has to stay away from zero.
    pub tolerance: f64,
    /// The confidence of the interval, between 0 and 1.
    pub confidence: f64,
    /// How the size of an effect is measured.
    pub effect: EffectSize,
    /// From which size on a difference is a failure.
    pub allowed: Limits,
    /// From which size on the failure of a critical metric is a critical failure.
    pub critical: Limits,
    /// How exactly the interval is found.
    pub precision: Precision,
}

impl Default for Classifier {
    /// What the judge has hard-coded: a confidence of 0.98, a tolerance of 0.25, any size.
    fn default() -> Self {
        let any = Limits { decrease: 1.0, increase: 1.0 };
        Self {
            tolerance: 0.25,
            confidence: 0.98,
            effect: EffectSize::MeanRatio,
            allowed: any,
            critical: any,
            precision: Precision::AsOriginal,
        }
    }
}

/// What a metric was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the original has these six")]
pub enum Label {
    /// No difference that counts.
    Pass,
    /// The experiment is higher.
    High,
    /// The experiment is lower.
    Low,
    /// A side has no data, and the metric does not count.
    NoData,
    /// A side has no data, and that is a failure of this metric.
    NoDataFails,
    /// It could not be compared.
    Error,
}

impl Label {
    /// The word of the original: `Pass`, `High`, `Low`, `Nodata`, `NodataFailMetric`, `Error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "Pass",
            Self::High => "High",
            Self::Low => "Low",
            Self::NoData => "Nodata",
            Self::NoDataFails => "NodataFailMetric",
            Self::Error => "Error",
        }
    }

    /// The label with that word.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Pass, Self::High, Self::Low, Self::NoData, Self::NoDataFails, Self::Error];
        all.into_iter().find(|label| label.name() == name)
    }
}

/// The verdict about a metric.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// What it was found to be.
    pub label: Label,
    /// Why, for people; empty if there is nothing to say.
    pub reason: String,
    /// The size of the effect; NaN if it has none.
    pub deviation: f64,
    /// Whether this fails everything.
    pub critical: bool,
    /// The shift, where it was looked at.
    pub shift: Option<Shift>,
}

impl Classifier {
    /// Compares the two sides.
    ///
    /// Where both are constant, the original adds random noise of 1e-5 of each value, because
    /// its statistic cannot be computed otherwise. Here the noise is always the quantiles of
    /// that distribution in their order: the same question has the same answer.
    ///
    /// ```
    /// use flagkit_stats::kayenta::classify::{Classifier, Demand, Label, Samples};
    ///
    /// let control = [1.0, 2.2, 1.1, 2.5, 3.0];
    /// let samples = Samples { control: &control, experiment: &[20.0, 22.0, 21.0, 25.0, 30.0] };
    /// let verdict = Classifier::default().classify(&samples, Demand::default());
    /// assert_eq!(verdict.label, Label::High);
    /// ```
    pub fn classify(&self, samples: &Samples<'_>, demand: Demand) -> Verdict {
        let neutral = self.effect.neutral();
        if samples.control.is_empty() || samples.experiment.is_empty() {
            return without_data(demand, neutral);
        }
        let sorted = (sorted(samples.control), sorted(samples.experiment));
        if sorted.0 == sorted.1 {
            return verdict(Label::Pass, "both sides have the same values", neutral);
        }
        let constant = |values: &[f64]| values.first() == values.last();
        let noisy = (constant(&sorted.0) && constant(&sorted.1)).then_some(&sorted);
        if noisy.is_some_and(|(control, experiment)| control.first() == experiment.first()) {
            return verdict(Label::Pass, "all values are the same", neutral);
        }
        let noisy = noisy.filter(|_| self.precision == Precision::AsOriginal);
        let spread = noisy.map(|(control, experiment)| (spread(control), spread(experiment)));
        match &spread {
            Some((control, experiment)) => self.compare(&Samples { control, experiment }, demand),
            None => self.compare(samples, demand),
        }
    }

    /// Compares two sides that can be ranked.
    fn compare(&self, samples: &Samples<'_>, demand: Demand) -> Verdict {
        let Some(shift) = self.precision.shift(samples, self.confidence) else {
            let reason = "it cannot be ranked: all values are tied, or one is not finite";
            return verdict(Label::Error, reason, self.effect.neutral());
        };
        let deviation = self.effect.of(samples);
        let bound = self.tolerance * shift.estimate.abs();
        let (higher, lower) = self.significant(samples, &shift, bound);
        let rises = demand.direction != Direction::Decrease && higher;
        let falls = demand.direction != Direction::Increase && lower;
        // An effect without a size, as that of a mean of zero, is as large as any.
        let above = |limit: f64| deviation >= limit || deviation.is_nan();
        let below = |limit: f64| deviation <= limit || deviation.is_nan();
        let (label, critical) = if rises && above(self.allowed.increase) {
            (Label::High, above(self.critical.increase))
        } else if falls && below(self.allowed.decrease) {
            (Label::Low, below(self.critical.decrease))
        } else {
            (Label::Pass, false)
        };
        let critical = demand.critical && critical;
        let reason = reason(label, critical);
        Verdict { critical, shift: Some(shift), ..verdict(label, reason, deviation) }
    }

    /// Whether the interval lies above the bound, and whether it lies below its negative.
    ///
    /// Where most values of both sides are equal, the estimate is zero and so is an end of the
    /// interval. What the original says then depends on noise of its solver. The exact answer
    /// is that of the test: whether a shift of zero is outside of the interval.
    fn significant(&self, samples: &Samples<'_>, shift: &Shift, bound: f64) -> (bool, bool) {
        let (higher, lower) = (shift.low > bound, shift.high < -bound);
        if self.precision == Precision::AsOriginal || bound != 0.0 {
            return (higher, lower);
        }
        let statistic = standardised(samples, 0.0, 0.0);
        let quantile = normal::ppf((1.0 - self.confidence) / 2.0);
        (higher || statistic > -quantile, lower || statistic < quantile)
    }
}

/// The classifier that only compares means; the original has it as a baseline.
pub fn classify_by_mean(samples: &Samples<'_>, demand: Demand) -> Verdict {
    if samples.control.is_empty() || samples.experiment.is_empty() {
        return without_data(demand, 1.0);
    }
    let (control, experiment) = (mean(samples.control), mean(samples.experiment));
    let label = if demand.direction != Direction::Decrease && experiment > control {
        Label::High
    } else if demand.direction != Direction::Increase && experiment < control {
        Label::Low
    } else {
        return verdict(Label::Pass, "", 1.0);
    };
    let critical = demand.critical;
    Verdict { critical, ..verdict(label, reason(label, critical), experiment / control) }
}

/// The verdict about a side without values.
fn without_data(demand: Demand, neutral: f64) -> Verdict {
    if demand.missing == MissingValues::Replace {
        return verdict(Label::Pass, "no data, which counts as zero", neutral);
    }
    let required = demand.must_have_data && !demand.critical;
    let label = if required { Label::NoDataFails } else { Label::NoData };
    let critical = demand.critical;
    Verdict { critical, ..verdict(label, "a side has no data", neutral) }
}

fn verdict(label: Label, reason: &str, deviation: f64) -> Verdict {
    Verdict { label, reason: reason.to_owned(), deviation, critical: false, shift: None }
}

fn reason(label: Label, critical: bool) -> &'static str {
    match (label, critical) {
        (Label::High, false) => "the experiment is higher than the control",
        (Label::High, true) => "the experiment is higher than the control (critical)",
        (Label::Low, false) => "the experiment is lower than the control",
        (Label::Low, true) => "the experiment is lower than the control (critical)",
        _ => "",
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Equal values with a little distance between them.
fn spread(values: &[f64]) -> Vec<f64> {
    let count = as_float(values.len());
    let noise = |index: usize| normal::ppf((as_float(index) + 0.5) / count);
    let each = values.iter().zip(0..);
    each.map(|(value, index)| value + value.abs() * NOISE * noise(index)).collect()
}

/// The standard deviation of the noise, as a part of the value.
const NOISE: f64 = 1e-5;
