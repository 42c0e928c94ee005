//! Means: revenue, ratings, whatever is averaged over units or requests.
//!
//! With bounds the test is exact, without it says nothing before a declared number of observations.
//! Both compare the sides inside of windows, so a mean may move all day.

use flagkit_stats::events::Dispersion;
use flagkit_stats::mean::MeanTest;
use flagkit_stats::moments::Moments;
use flagkit_stats::{Alpha, Arms, Error, Evidence, Interval};
use serde::{Deserialize, Serialize};

use super::{Finding, Pair, Question, proves};
use crate::judge::rules::{Baseline, Counts, MetricRules};
use crate::judge::state::number;
use crate::plan::Direction;
use crate::refusal::Refusal;
use crate::sample::Numbers;

/// The bounds of observations, if there are any.
pub(super) type Bounds = Option<(f64, f64)>;

/// The tests of a mean in one new arm.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(in crate::judge) struct MeansTest {
    /// Beside the control's mean itself.
    plain: MeanTest,
    /// Beside what the margin allows above and below, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    above: Option<MeanTest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below: Option<MeanTest>,
    /// Beside the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<MeanTest>,
    /// How much observations of one client go together, where they are not of units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dispersion: Option<Dispersion>,
}

impl MeansTest {
    pub(super) fn new(rules: &MetricRules, bounds: Bounds) -> Result<Self, Refusal> {
        let test = |tolerance: f64| match bounds {
            Some(bounds) => MeanTest::bounded(bounds, tolerance),
            None => MeanTest::new(tolerance, rules.observations_min),
        };
        let refuse = |path: &'static str, mend: &'static str| {
            move |error: Error| Refusal::new(path, error.to_string(), mend)
        };
        let (path, mend) = match bounds {
            Some(_) => ("measure", "use a `max` above `min`"),
            None => (
                "observations_min",
                "use 1000, or more for values that are mostly 0; or give `min` and `max`",
            ),
        };
        let plain = test(0.0).map_err(refuse(path, mend))?;
        let margin = |is_asked: bool, tolerance: f64| {
            (is_asked && rules.margin > 0.0).then(|| test(tolerance)).transpose().map_err(refuse(
                "margin",
                "use 0, or a ratio to the control's mean below 1 of values that are all above 0",
            ))
        };
        Ok(Self {
            plain,
            above: margin(rules.direction != Direction::Decrease, rules.margin)?,
            below: margin(rules.direction != Direction::Increase, -rules.margin)?,
            limit: rules.limit.map(|_| test(0.0)).transpose().map_err(refuse(path, mend))?,
            dispersion: (rules.counts == Counts::Requests)
                .then(|| Dispersion::new(rules.dispersion)),
        })
    }

    pub(super) fn compare(&mut self, pair: Pair<'_>) {
        let (Some(control), Some(treatment)) = (moments(pair.control), moments(pair.treatment))
        else {
            return;
        };
        let window = Arms { control, treatment };
        let power = self.power();
        self.plain.add(&window, power);
        for test in [&mut self.above, &mut self.below].into_iter().flatten() {
            test.add(&window, power);
        }
        if let Some(dispersion) = &mut self.dispersion
            && control.count > 1
            && treatment.count > 1
        {
            let (here, there) = (number(treatment.count), number(control.count));
            let variance = treatment.variance_of_mean() + control.variance_of_mean();
            let weight = here * (there / (here + there));
            dispersion.add_means(treatment.mean - control.mean, variance, weight);
        }
    }

    /// A window of the new arm.
    pub(super) fn alone(&mut self, rules: &MetricRules, numbers: &Numbers) {
        let power = self.power();
        if let (Some(test), Some(limit), Some(treatment)) =
            (&mut self.limit, rules.limit, moments(numbers))
        {
            // A control that is the limit itself, as if it had been seen for ever.
            let control = Moments { count: 1 << 53, mean: limit, m2: 0.0 };
            test.add(&Arms { control, treatment }, power);
        }
    }

    fn power(&self) -> f64 {
        self.dispersion.as_ref().map_or(1.0, Dispersion::power)
    }

    pub(super) fn finding(&self, rules: &MetricRules) -> Finding {
        let bound = rules.levels.harm.map_or(f64::MAX, Alpha::log_bound);
        let more = rules.direction != Direction::Decrease;
        let fewer = rules.direction != Direction::Increase;
        let above = self.above.as_ref().unwrap_or(&self.plain);
        let below = self.below.as_ref().unwrap_or(&self.plain);
        let limit = self.limit.as_ref().map(|test| match rules.direction {
            Direction::Decrease => test.below(),
            Direction::Increase | Direction::Either => test.above(),
        });
        let question = |evidence: Evidence, says: fn(&MetricRules) -> String| Question {
            evidence,
            bound,
            says: move || says(rules),
        };
        let questions = [
            more.then(|| question(above.above(), |rules| beyond(rules, "above"))),
            fewer.then(|| question(below.below(), |rules| beyond(rules, "below"))),
            limit.map(|evidence| question(evidence, beyond_limit)),
        ];
        let is_proved = |evidence| proves(Some(evidence), rules.levels.not_worse);
        let better = match rules.direction {
            Direction::Increase => Some(self.plain.below()),
            Direction::Decrease => Some(self.plain.above()),
            Direction::Either => None,
        };
        Finding {
            not_worse: (!more || is_proved(above.below())) && (!fewer || is_proved(below.above())),
            better: proves(better, rules.levels.better),
            ..Finding::of(questions.into_iter().flatten())
        }
    }

    /// The new arm's mean less the control's.
    pub(super) fn difference(&self, alpha: Alpha) -> Option<Interval> {
        self.plain.difference(alpha)
    }

    pub(super) fn remark(&self, rules: &MetricRules) -> Option<String> {
        if rules.baseline == Baseline::Before {
            return Some("means are only compared while both sides have traffic".to_owned());
        }
        let factor = self.dispersion.as_ref()?.factor();
        Some(format!(
            "observations are requests; evidence is divided by their dispersion, {factor:.2}"
        ))
    }
}

fn beyond(rules: &MetricRules, where_to: &str) -> String {
    match rules.margin {
        0.0 => format!("the mean is {where_to} the control's"),
        margin => format!("the mean is {where_to} the control's, beyond the margin of {margin}"),
    }
}

fn beyond_limit(rules: &MetricRules) -> String {
    format!("the mean is beyond its limit of {}", rules.limit.unwrap_or_default())
}

fn moments(numbers: &Numbers) -> Option<Moments> {
    match numbers {
        Numbers::Moments { count, mean, squares } => {
            Some(Moments { count: *count, mean: *mean, m2: *squares })
        }
        _ => None,
    }
}
