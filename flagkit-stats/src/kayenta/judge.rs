//! The whole judge: from a configuration and its metrics to an outcome.

use std::collections::BTreeMap;
use std::fmt;

use super::classify::{Classifier, Demand, Direction, Label, Limits, Samples, Verdict};
use super::effect::EffectSize;
use super::outlier::Detector;
use super::score::{Outcome, Score, Scored, Thresholds, score};
use super::shift::Precision;
use super::statistics::{Summary, summary};
use super::transform::{MissingValues, remove_outliers};

/// What a canary configuration says, as far as the judge reads it.
///
/// The queries are not here: whoever asks a metrics system hands in [`MetricPair`]s.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct CanaryConfig {
    /// `metrics`.
    pub metrics: Vec<MetricConfig>,
    /// `classifier.groupWeights`; meant to sum up to 100.
    pub group_weights: BTreeMap<String, f64>,
    /// `classifier.scoreThresholds`, unless a run brings its own.
    pub thresholds: Thresholds,
}

/// One metric of a configuration: `analysisConfigurations.canary`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MetricConfig {
    /// `name`.
    pub name: String,
    /// `groups`.
    pub groups: Vec<String>,
    /// `direction`; either by default.
    pub direction: Direction,
    /// `nanStrategy`; missing values are removed by default.
    pub missing: MissingValues,
    /// `outlierStrategy` with its `outlierFactor`; outliers are kept by default.
    pub outliers: Option<Detector>,
    /// `critical`.
    pub critical: bool,
    /// `mustHaveData`.
    pub must_have_data: bool,
    /// `effectSize.measure`; the mean ratio by default.
    pub effect: EffectSize,
    /// `effectSize.allowedDecrease` and `allowedIncrease`.
    pub allowed: Limits,
    /// `effectSize.criticalDecrease` and `criticalIncrease`.
    pub critical_limits: Limits,
    /// How exactly intervals are found; the original only knows its own way.
    pub precision: Precision,
}

impl MetricConfig {
    /// A metric with everything as it is by default.
    pub fn new(name: impl Into<String>, groups: Vec<String>) -> Self {
        let Classifier { effect, allowed, critical, .. } = Classifier::default();
        Self {
            name: name.into(),
            groups,
            direction: Direction::Either,
            missing: MissingValues::Remove,
            outliers: None,
            critical: false,
            must_have_data: false,
            effect,
            allowed,
            critical_limits: critical,
            precision: Precision::AsOriginal,
        }
    }

    /// Measures effects in another way; limits that were not named become its neutral value.
    #[must_use]
    pub fn with_effect(mut self, effect: EffectSize) -> Self {
        let neutral = effect.neutral();
        self.allowed = Limits { decrease: neutral, increase: neutral };
        self.critical_limits = self.allowed;
        Self { effect, ..self }
    }

    /// Compares one pair of series.
    pub fn classify(&self, samples: &Samples<'_>) -> MetricResult {
        let clean = |values: &[f64]| {
            let values = self.missing.apply(values);
            match self.outliers {
                Some(detector) => remove_outliers(&values, detector),
                None => values,
            }
        };
        let (control, experiment) = (clean(samples.control), clean(samples.experiment));
        let classifier = Classifier {
            effect: self.effect,
            allowed: self.allowed,
            critical: self.critical_limits,
            precision: self.precision,
            ..Classifier::default()
        };
        let demand = Demand {
            direction: self.direction,
            missing: self.missing,
            critical: self.critical,
            must_have_data: self.must_have_data,
        };
        let samples = Samples { control: &control, experiment: &experiment };
        MetricResult {
            name: self.name.clone(),
            control: summary(&control),
            experiment: summary(&experiment),
            verdict: classifier.classify(&samples, demand),
        }
    }
}

/// The two series of a metric, with NaN where a value is missing.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a name and two series")]
pub struct MetricPair {
    /// The name of the metric in the configuration.
    pub name: String,
    /// The values of the baseline.
    pub control: Vec<f64>,
    /// The values of the canary.
    pub experiment: Vec<f64>,
}

/// The verdict about a metric, and what it was made of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MetricResult {
    /// The name of the metric.
    pub name: String,
    /// The baseline, after missing values and outliers are gone.
    pub control: Summary,
    /// The canary, in the same way.
    pub experiment: Summary,
    /// The verdict.
    pub verdict: Verdict,
}

/// What the judge says about a release.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Judgement {
    /// What the score means.
    pub outcome: Outcome,
    /// The scores.
    pub score: Score,
    /// The metrics, in the order in which they came.
    pub metrics: Vec<MetricResult>,
}

/// Series came for a metric that the configuration does not have, or too long ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgeError {
    message: String,
}

impl fmt::Display for JudgeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for JudgeError {}

/// The most values that a series may have.
pub const MAX_VALUES: usize = 100_000;

impl CanaryConfig {
    /// Judges the metrics with the thresholds of the configuration.
    ///
    /// # Errors
    ///
    /// If a metric is not in the configuration, or has more than [`MAX_VALUES`] values.
    ///
    /// ```
    /// use flagkit_stats::kayenta::{CanaryConfig, MetricConfig, MetricPair, Outcome, Thresholds};
    ///
    /// let config = CanaryConfig {
    ///     metrics: vec![MetricConfig::new("errors", vec!["service".to_owned()])],
    ///     group_weights: [("service".to_owned(), 100.0)].into(),
    ///     thresholds: Thresholds { pass: 95.0, marginal: 75.0 },
    /// };
    /// let pair = MetricPair {
    ///     name: "errors".to_owned(),
    ///     control: vec![1.0, 2.0, 1.5, 2.5, 3.0],
    ///     experiment: vec![20.0, 22.0, 21.0, 25.0, 30.0],
    /// };
    /// let judgement = config.judge(&[pair]).unwrap();
    /// assert_eq!((judgement.outcome, judgement.score.summary), (Outcome::Fail, 0.0));
    /// ```
    pub fn judge(&self, pairs: &[MetricPair]) -> Result<Judgement, JudgeError> {
        let metrics: Vec<MetricResult> =
            pairs.iter().map(|pair| self.classify(pair)).collect::<Result<_, _>>()?;
        let groups = |name: &str| {
            let metric = self.metrics.iter().find(|metric| metric.name == name);
            metric.map(|metric| metric.groups.as_slice()).unwrap_or_default()
        };
        let scored = |metric: &MetricResult| -> (Label, bool, String, String) {
            let verdict = &metric.verdict;
            let reason = format!("`{}`: {}", metric.name, verdict.reason);
            (verdict.label, verdict.critical, reason, metric.name.clone())
        };
        let scored: Vec<_> = metrics.iter().map(scored).collect();
        let scored: Vec<Scored<'_>> = scored
            .iter()
            .map(|(label, critical, reason, name)| Scored {
                label: *label,
                groups: groups(name),
                critical: *critical,
                reason,
            })
            .collect();
        let score = score(&scored, &self.group_weights);
        Ok(Judgement { outcome: self.thresholds.outcome(score.summary), score, metrics })
    }

    fn classify(&self, pair: &MetricPair) -> Result<MetricResult, JudgeError> {
        let Some(metric) = self.metrics.iter().find(|metric| metric.name == pair.name) else {
            let name = &pair.name;
            return Err(JudgeError {
                message: format!("the configuration has no metric `{name}`"),
            });
        };
        let longest = pair.control.len().max(pair.experiment.len());
        if longest > MAX_VALUES {
            let name = &pair.name;
            let message = format!(
                "metric `{name}` has {longest} values, and {MAX_VALUES} are the most that are \
                 judged; ask for longer steps"
            );
            return Err(JudgeError { message });
        }
        Ok(metric.classify(&Samples { control: &pair.control, experiment: &pair.experiment }))
    }
}
