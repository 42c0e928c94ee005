//! Tests of events: against the control, against a limit, or against the time before.

use std::f64::consts::LN_2;

use flagkit_stats::events::{BeforeAfter, Dispersion, LateLimit, Look};
use flagkit_stats::{Alpha, Arms, Error, Evidence, Interval};
use serde::{Deserialize, Serialize};

use super::paired::{Paired, swapped};
use super::{Finding, Pair, Question, proves};
use crate::judge::rules::{Baseline, Counts, MetricRules};
use crate::plan::Direction;
use crate::refusal::Refusal;
use crate::sample::Numbers;

/// The tests of a metric that counts events, in one new arm.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(in crate::judge) struct EventsTest {
    /// Are there more events than on the control?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    more: Option<Side>,
    /// Are there fewer?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fewer: Option<Side>,
    /// How does the rate lie to the limit?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<LateLimit>,
    /// How much events come in bursts, where that is not excluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dispersion: Option<Dispersion>,
}

/// What one direction is compared with.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "two of them at most, and mostly of the large kind")]
enum Side {
    Concurrent(Paired),
    Before {
        /// Exposures and events of the control before the new arm had any.
        control: (u64, u64),
        /// Since it has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<BeforeAfter>,
    },
}

impl EventsTest {
    pub(super) fn new(rules: &MetricRules) -> Result<Self, Refusal> {
        let more = rules.direction != Direction::Decrease;
        let fewer = rules.direction != Direction::Increase;
        // Both directions of a test are asked for "how many times": 10 % fewer on the new arm are
        // 1 / 0.9 times as many on the control.
        let above = 1.0 + rules.margin;
        let below = if more { above } else { 1.0 / (1.0 - rules.margin) };
        let side = |margin: f64| match rules.baseline {
            Baseline::Concurrent => Paired::new(margin).map(Side::Concurrent),
            Baseline::Before => Ok(Side::Before { control: (0, 0), after: None }),
        };
        let refuse = |path: &'static str, mend: &'static str| {
            move |error: Error| Refusal::new(path, error.to_string(), mend)
        };
        let margin = "use a ratio to the control, such as 0.1 for 10 %";
        let bad = match rules.direction {
            Direction::Decrease => LateLimit::below,
            Direction::Increase | Direction::Either => LateLimit::above,
        };
        let limit = "use a share of the exposures, such as 0.01 for 1 %";
        Ok(Self {
            more: more.then(|| side(above)).transpose().map_err(refuse("margin", margin))?,
            fewer: fewer.then(|| side(below)).transpose().map_err(refuse("margin", margin))?,
            limit: rules.limit.map(bad).transpose().map_err(refuse("limit", limit))?,
            dispersion: (rules.counts == Counts::Requests)
                .then(|| Dispersion::new(rules.dispersion)),
        })
    }

    pub(super) fn compare(&mut self, pair: Pair<'_>) {
        let (Some((control, control_hits)), Some((treatment, hits))) =
            (counts(pair.control), counts(pair.treatment))
        else {
            return;
        };
        let exposures = Arms { control, treatment };
        let events = Arms { control: control_hits, treatment: hits };
        let look = Look { exposures, events };
        // What was measured before this window, so that the window cannot choose its own weight.
        let power = self.dispersion.as_ref().map_or(1.0, Dispersion::power);
        if let Some(Side::Concurrent(test)) = &mut self.more {
            test.add(&look, power);
        }
        if let Some(Side::Concurrent(test)) = &mut self.fewer {
            test.add(&swapped(&look), power);
        }
        if let Some(dispersion) = &mut self.dispersion {
            dispersion.add(&look);
        }
    }

    /// A window of the new arm.
    pub(super) fn alone(&mut self, rules: &MetricRules, numbers: &Numbers) {
        let Some((exposures, events)) = counts(numbers).filter(|(exposures, _)| *exposures > 0)
        else {
            return;
        };
        let power = self.dispersion.as_ref().map_or(1.0, Dispersion::power);
        if let Some(test) = &mut self.limit {
            test.add(exposures, events, power);
        }
        let (more, fewer) = drifts(rules);
        let begin: [(_, Begin, _); 2] = [
            (&mut self.more, BeforeAfter::tempered, more),
            (&mut self.fewer, BeforeAfter::fewer, fewer),
        ];
        for (side, begin, drift) in begin {
            if let Some(Side::Before { control, after }) = side {
                if after.is_none() {
                    let harm = rules.levels.harm;
                    *after = harm.and_then(|harm| begin(*control, power, drift, harm).ok());
                }
                if let Some(after) = after {
                    after.add_tempered(exposures, events, power);
                }
            }
        }
    }

    /// A window of the control, while the new arm has none.
    pub(super) fn before(&mut self, numbers: &Numbers) {
        let Some((exposures, events)) = counts(numbers) else { return };
        for side in [&mut self.more, &mut self.fewer] {
            if let Some(Side::Before { control, after: None }) = side {
                control.0 = control.0.saturating_add(exposures);
                control.1 = control.1.saturating_add(events);
            }
        }
    }

    /// A window of the control from before the release.
    pub(super) fn learn(&mut self, numbers: &Numbers) {
        if let (Some(dispersion), Some((exposures, events))) =
            (&mut self.dispersion, counts(numbers))
        {
            dispersion.add_alone(exposures, events);
        }
        self.before(numbers);
    }

    pub(super) fn finding(&self, rules: &MetricRules) -> Finding {
        let bound = rules.levels.harm.map_or(f64::MAX, Alpha::log_bound);
        let sides = [(&self.more, "more"), (&self.fewer, "fewer")];
        let compared = sides.into_iter().filter_map(|(side, what)| {
            let side = side.as_ref()?;
            let says: Box<dyn FnOnce() -> String> = Box::new(|| side.says(rules, what));
            Some(Question { evidence: side.worse()?, bound: side.bound(bound), says })
        });
        let limit = self.limit.as_ref().map(|test| {
            let says: Box<dyn FnOnce() -> String> =
                Box::new(|| format!("the rate is beyond its limit of {}", test.limit()));
            Question { evidence: test.beyond(), bound, says }
        });
        let sides = || [&self.more, &self.fewer].into_iter().flatten();
        Finding {
            not_worse: sides().all(|side| proves(side.not_worse(), rules.levels.not_worse)),
            better: rules.direction != Direction::Either
                && sides().any(|side| proves(side.better(), rules.levels.better)),
            ..Finding::of(compared.chain(limit))
        }
    }

    /// The ratio of the new arm's rate to the control's.
    pub(super) fn ratio(&self, alpha: Alpha) -> Option<Interval> {
        if let Some(Side::Concurrent(test)) = &self.more {
            return Some(test.all.ratio(alpha));
        }
        let Some(Side::Concurrent(test)) = &self.fewer else { return None };
        let Interval { low, high } = test.all.ratio(alpha);
        let low_end = if high.is_finite() { 1.0 / high } else { 0.0 };
        Some(Interval { low: low_end, high: if low > 0.0 { 1.0 / low } else { f64::INFINITY } })
    }

    pub(super) fn remark(&self) -> Option<String> {
        let sides = [&self.more, &self.fewer];
        let mut before = sides.into_iter().flatten().filter_map(|side| match side {
            Side::Before { control, after } => Some((control, after)),
            Side::Concurrent(_) => None,
        });
        if let Some((control, after)) = before.next() {
            let at = match after {
                Some(after) => format!("; the bound is {:.6}", after.limit()),
                None => format!("; {} exposures before are no baseline yet", control.0),
            };
            return Some(format!("compared with the time before{at}"));
        }
        let factor = self.dispersion.as_ref()?.factor();
        Some(format!("counts are requests; evidence is divided by their dispersion, {factor:.2}"))
    }
}

impl Side {
    fn worse(&self) -> Option<Evidence> {
        match self {
            Self::Concurrent(test) => Some(test.late.worse()),
            Self::Before { after, .. } => after.as_ref().map(BeforeAfter::worse),
        }
    }

    /// Half of the false alarms of a comparison with the past are spent on the baseline.
    fn bound(&self, bound: f64) -> f64 {
        match self {
            Self::Concurrent(_) => bound,
            Self::Before { .. } => bound + LN_2,
        }
    }

    fn not_worse(&self) -> Option<Evidence> {
        match self {
            Self::Concurrent(test) => Some(test.all.not_worse()),
            Self::Before { .. } => None,
        }
    }

    fn better(&self) -> Option<Evidence> {
        match self {
            Self::Concurrent(test) => Some(test.all.better()),
            Self::Before { .. } => None,
        }
    }

    fn says(&self, rules: &MetricRules, what: &str) -> String {
        match self {
            Self::Concurrent(_) if rules.margin > 0.0 => {
                format!("{what} events than on the control, beyond the margin of {}", rules.margin)
            }
            Self::Concurrent(_) => format!("{what} events than on the control"),
            Self::Before { .. } => {
                format!("{what} events than in the time before, beyond what the day changes")
            }
        }
    }
}

/// Begins to compare with the time before: exposures and events, their power, the drift, the level.
type Begin = fn((u64, u64), f64, f64, Alpha) -> Result<BeforeAfter, Error>;

/// What the day may change by itself: how many times as many, and how many times as few.
fn drifts(rules: &MetricRules) -> (f64, f64) {
    let above = 1.0 + rules.margin;
    let below = match rules.direction {
        Direction::Decrease => 1.0 / (1.0 - rules.margin),
        Direction::Increase | Direction::Either => above,
    };
    (above.max(DRIFT_MIN), below.max(DRIFT_MIN))
}

fn counts(numbers: &Numbers) -> Option<(u64, u64)> {
    match numbers {
        Numbers::Events { exposures: all, events } | Numbers::Units { units: all, events, .. } => {
            Some((*all, *events))
        }
        _ => None,
    }
}

/// How many times as high a rate may become by itself from one time of the day to the next.
const DRIFT_MIN: f64 = 1.25;
