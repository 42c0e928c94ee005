//! What is asked of one metric in one new arm, and what was found so far.

use flagkit_stats::{Alpha, Evidence, Interval};
use serde::{Deserialize, Serialize};

use super::numbers::Summary;
use super::rules::MetricRules;
use super::state::{MetricState, When};
use super::window::Entry;
use crate::plan::Measure;
use crate::refusal::Refusal;
use crate::sample::Numbers;

mod events;
mod mean;
mod paired;
mod quantile;
mod ranks;
mod reading;

use events::EventsTest;
use mean::MeansTest;
use quantile::QuantileTest;
use reading::ReadingTest;

/// The tests of one metric in one new arm.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Test {
    Events(Box<EventsTest>),
    Quantile(Box<QuantileTest>),
    Mean(Box<MeansTest>),
    Reading(ReadingTest),
}

/// The same window of the same stratum on both sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'a> {
    pub(super) control: &'a Numbers,
    pub(super) treatment: &'a Numbers,
}

/// What the tests of one metric in one arm say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Finding {
    /// Of the question about harm that is nearest to its answer.
    pub(super) log_e: f64,
    /// Where that is answered.
    pub(super) bound: f64,
    /// Why it is harm, if it is proved.
    pub(super) worse: Option<String>,
    pub(super) not_worse: bool,
    pub(super) better: bool,
}

impl Test {
    /// Nothing seen.
    pub(super) fn new(rules: &MetricRules) -> Result<Self, Refusal> {
        Ok(match rules.measure {
            Measure::Events => Self::Events(Box::new(EventsTest::new(rules)?)),
            Measure::Quantile { quantile } => {
                Self::Quantile(Box::new(QuantileTest::new(rules, quantile)?))
            }
            Measure::Mean { min, max } => {
                Self::Mean(Box::new(MeansTest::new(rules, min.zip(max))?))
            }
            Measure::Reading => Self::Reading(ReadingTest::default()),
        })
    }

    /// The same window on both sides, in which the split did not change.
    fn compare(&mut self, rules: &MetricRules, pair: Pair<'_>) {
        match self {
            Self::Events(test) => test.compare(pair),
            Self::Quantile(test) => test.compare(rules, pair),
            Self::Mean(test) => test.compare(pair),
            Self::Reading(_) => {}
        }
    }

    /// A window of the new arm, whatever the control did.
    fn alone(&mut self, rules: &MetricRules, numbers: &Numbers) {
        match self {
            Self::Events(test) => test.alone(rules, numbers),
            Self::Quantile(test) => test.alone(rules, numbers),
            Self::Mean(test) => test.alone(rules, numbers),
            Self::Reading(test) => test.add(rules, numbers),
        }
    }

    /// A window of the control alone.
    fn before(&mut self, rules: &MetricRules, numbers: &Numbers) {
        match self {
            Self::Events(test) => test.before(numbers),
            Self::Quantile(test) => test.before(rules, numbers),
            Self::Mean(_) | Self::Reading(_) => {}
        }
    }

    /// A window of the control from before the release.
    pub(super) fn learn(&mut self, rules: &MetricRules, numbers: &Numbers) {
        match self {
            Self::Events(test) => test.learn(numbers),
            Self::Quantile(test) => test.learn(rules, numbers),
            Self::Mean(_) | Self::Reading(_) => {}
        }
    }

    /// What has to be said about what was found.
    pub(super) fn remark(&self, rules: &MetricRules) -> Option<String> {
        match self {
            Self::Events(test) => test.remark(),
            Self::Quantile(test) => test.remark(),
            Self::Mean(test) => test.remark(rules),
            Self::Reading(_) => Some(ReadingTest::remark(rules)),
        }
    }

    pub(super) fn finding(&self, rules: &MetricRules) -> Finding {
        match self {
            Self::Events(test) => test.finding(rules),
            Self::Quantile(test) => test.finding(rules),
            Self::Mean(test) => test.finding(rules),
            Self::Reading(test) => test.finding(rules),
        }
    }
}

impl Test {
    /// For the ratio to the control, or for the difference of means, at the level of harm. Takes some
    /// microseconds.
    pub(super) fn interval(&self, rules: &MetricRules) -> Option<Interval> {
        match self {
            Self::Events(test) => test.ratio(rules.levels.harm?),
            Self::Mean(test) => test.difference(rules.levels.harm?),
            Self::Quantile(test) => match rules.measure {
                Measure::Quantile { quantile } => test.ratio(quantile, rules.levels.harm?),
                _ => None,
            },
            Self::Reading(_) => None,
        }
    }

    /// Where the values themselves are, that of the new arm and of the control, at the level of harm for
    /// both together. Takes some microseconds.
    pub(super) fn values(&self, rules: &MetricRules) -> Option<[Interval; 2]> {
        match (self, rules.measure) {
            (Self::Quantile(test), Measure::Quantile { quantile }) => {
                test.values(quantile, rules.levels.harm?)
            }
            _ => None,
        }
    }
}

impl MetricState {
    /// Judges what one window told of the metric.
    pub(super) fn judge(
        &mut self,
        rules: &MetricRules,
        told: &[Entry],
        arms: &[Summary],
        when: When,
    ) {
        for (test, arm) in self.tests.iter_mut().zip(1_u16..) {
            let mut is_paired = false;
            for entry in told.iter().filter(|entry| entry.arm == arm) {
                let is_other = |other: &&Entry| other.arm == 0 && other.stratum == entry.stratum;
                let control = told.iter().find(is_other);
                if let Some(control) = control.filter(|_| when.is_steady) {
                    is_paired = true;
                    let (control, treatment) = (&control.numbers, &entry.numbers);
                    test.compare(rules, Pair { control, treatment });
                }
                test.alone(rules, &entry.numbers);
            }
            if !is_paired {
                told.iter()
                    .filter(|entry| entry.arm == 0)
                    .for_each(|entry| test.before(rules, &entry.numbers));
            }
        }
        let has_control = arms.first().is_some_and(|control| control.count > 0);
        let has_new = arms.iter().skip(1).any(|arm| arm.count > 0);
        for (at, (state, arm)) in self.arms.iter_mut().zip(arms).enumerate() {
            state.add(arm.count, arm.value);
            let has_other = if at == 0 { has_new } else { has_control };
            if arm.count > 0 && !has_other {
                state.unpaired = state.unpaired.saturating_add(1);
            }
            if when.is_current {
                state.fresh = state.fresh.saturating_add(arm.count);
            }
        }
    }
}

/// A question about harm: its evidence, where it is answered, and what is then said.
struct Question<S> {
    evidence: Evidence,
    bound: f64,
    says: S,
}

impl Finding {
    /// Of several questions about harm the one that is nearest to its answer, or the one that is
    /// farthest beyond.
    fn of<S: FnOnce() -> String>(questions: impl IntoIterator<Item = Question<S>>) -> Self {
        let beyond = |question: &Question<S>| question.evidence.highest - question.bound;
        let nearest = questions.into_iter().max_by(|one, two| beyond(one).total_cmp(&beyond(two)));
        let Some(Question { evidence, bound, says }) = nearest else {
            return Self { bound: f64::MAX, ..Self::default() };
        };
        let is_proved = evidence.highest >= bound;
        // What was proved at some look stays proved, so the highest is what decided.
        let log_e = if is_proved { evidence.highest } else { evidence.log_e };
        Self { log_e, bound, worse: is_proved.then(says), ..Self::default() }
    }
}

/// Whether something is proved; nothing is without a level.
fn proves(evidence: Option<Evidence>, alpha: Option<Alpha>) -> bool {
    evidence.zip(alpha).is_some_and(|(evidence, alpha)| evidence.proves(alpha))
}
