//! What is known by now: evidence for each metric, and what all of it comes to.

use std::fmt::Write as _;

use flagkit_stats::Interval;

use super::rules::{Baseline, MetricRules};
use super::skew::Skewed;
use super::state::{ArmState, MetricState, State};
use super::test::{Finding, Test};
use super::{Evidence, Harm, Rules, Ruling, Verdict};
use crate::plan::{Direction, Measure, Role};
use crate::split::Weight;

impl Rules {
    /// What is known of each metric in each new arm, and last of the division of traffic.
    pub fn evidence(&self, state: &State) -> Vec<Evidence> {
        let mut all: Vec<Evidence> = self.findings(state).map(|found| self.told(&found)).collect();
        all.extend(self.skewed(state).map(|skewed| Evidence {
            metric: None,
            arm: skewed.arm,
            verdict: skewed.verdict(),
            log_e: skewed.log_e,
            bound: skewed.bound,
            observations: self.exposed(state),
            estimates: [None, None],
            interval: None,
            intervals: [None, None],
            why: self.skew_in_words(state, &skewed),
        }));
        all
    }

    /// The verdicts of [`evidence`](Self::evidence), without the intervals and words that take most of
    /// its time.
    pub fn verdicts(&self, state: &State) -> Vec<Verdict> {
        let metrics = self.findings(state).map(|found| found.verdict());
        metrics.chain(self.skewed(state).map(|skewed| skewed.verdict())).collect()
    }

    /// What all metrics together say.
    pub fn ruling(&self, state: &State) -> Ruling {
        let (mut ruling, waiting) = self.gathered(state);
        ruling.why = why(&ruling, waiting.map(|found| self.in_words(&found)));
        ruling
    }

    /// The same without [`why`](Ruling::why), which is empty and takes most of its time.
    pub fn ruling_without_why(&self, state: &State) -> Ruling {
        self.gathered(state).0
    }

    /// The ruling before it has words, and what it waits for.
    fn gathered<'a>(&'a self, state: &'a State) -> (Ruling, Option<Found<'a>>) {
        let mut ruling = Ruling { not_worse: true, ..Ruling::default() };
        let (mut guards, mut better, mut waiting) = (0_u32, false, None);
        for found in self.findings(state) {
            let verdict = found.verdict();
            let rules = found.rules;
            if verdict == Verdict::Worse && rules.role != Role::Shown {
                let what = format!("metric `{}` of `{}`", rules.name, self.arm_name(found.arm));
                let why = self.in_words(&found);
                ruling.harms.push(Harm { role: rules.role, what, why });
            }
            if found.is_guard() {
                guards += 1;
                let is_proved = matches!(verdict, Verdict::NotWorse | Verdict::Better);
                ruling.not_worse &= is_proved;
                better |= verdict == Verdict::Better;
                if !is_proved && waiting.is_none() {
                    waiting = Some(found);
                }
            }
        }
        ruling.harms.sort_by_key(|harm| harm.role != Role::Guard);
        ruling.not_worse &= guards > 0;
        ruling.better = ruling.not_worse && better;
        ruling.exposures = fresh(state);
        ruling.data = ruling.exposures > 0;
        let skewed = self.skewed(state).filter(|skewed| skewed.is_proved);
        ruling.skewed = skewed.map(|skewed| self.skew_in_words(state, &skewed));
        (ruling, waiting)
    }

    /// Each metric in each new arm.
    fn findings<'a>(&'a self, state: &'a State) -> impl Iterator<Item = Found<'a>> {
        let metrics = self.metrics.iter().zip(&state.metrics).zip(0_u16..);
        metrics.flat_map(|((rules, metric), at)| {
            let tests = metric.tests.iter().zip(metric.arms.iter().skip(1)).zip(1_u16..);
            let is_alone = rules.baseline == Baseline::Concurrent
                && rules.measure != Measure::Reading
                && state.traffic.split.of(0) == Weight::NONE;
            tests.map(move |((test, new), arm)| {
                let found = Found::new(rules, metric, (at, arm), (test, new));
                Found { is_alone: is_alone && new.fresh > 0, ..found }
            })
        })
    }

    fn arm_name(&self, arm: u16) -> &str {
        self.arms.get(usize::from(arm)).map_or("", String::as_str)
    }

    fn told(&self, found: &Found<'_>) -> Evidence {
        let ends = |Interval { low, high }: Interval| {
            (low > 0.0 || high.is_finite()).then(|| [low.max(f64::MIN), high.min(f64::MAX)])
        };
        Evidence {
            metric: Some(found.metric),
            arm: found.arm,
            verdict: found.verdict(),
            log_e: found.finding.log_e,
            bound: found.finding.bound,
            observations: [found.new.count, found.control.count],
            estimates: [found.new.estimate(), found.control.estimate()],
            interval: found.test.interval(found.rules).and_then(ends),
            intervals: found.test.values(found.rules).map_or([None, None], |both| both.map(ends)),
            why: self.in_words(found),
        }
    }

    fn in_words(&self, found: &Found<'_>) -> String {
        let arm = self.arm_name(found.arm);
        let mut words = format!("{} of {arm}: {}", found.rules.name, found.reason());
        let values = found.new.estimate().zip(found.control.estimate());
        if let Some((new, control)) = values {
            let _ = write!(
                words,
                " ({} of {} against {} of {})",
                rounded(new),
                found.new.count,
                rounded(control),
                found.control.count
            );
        }
        let ends = |Interval { low, high }: Interval| {
            if high.is_finite() {
                format!("{} to {}", rounded(low), rounded(high))
            } else {
                format!("{} or more", rounded(low))
            }
        };
        if let Some([new, control]) = found.test.values(found.rules) {
            let _ = write!(words, "; it is {}, the control's {}", ends(new), ends(control));
        }
        if let Some(remark) = &found.test.remark(found.rules) {
            let _ = write!(words, "; {remark}");
        }
        if found.is_alone {
            let control = self.arm_name(0);
            let _ =
                write!(words, "; {control} has no traffic, so only limits and triggers are asked");
        }
        words
    }

    fn skewed(&self, state: &State) -> Option<Skewed> {
        let rules = self.skew.as_ref()?;
        Some(state.skew.as_ref()?.found(rules, &state.traffic.split))
    }

    fn skew_in_words(&self, state: &State, skewed: &Skewed) -> String {
        let told = if skewed.is_proved {
            "traffic is not divided as ordered"
        } else {
            "traffic is divided as ordered, as far as is known"
        };
        let [new, control] = self.exposed(state);
        format!(
            "{told}: {new} to the new side, {control} to the control since the beginning ({})",
            skewed.remark
        )
    }

    /// Exposures of the metric that the division of traffic is seen by.
    fn exposed(&self, state: &State) -> [u64; 2] {
        let metric =
            self.skew.as_ref().and_then(|rules| state.metrics.get(usize::from(rules.metric)));
        let Some(metric) = metric else { return [0, 0] };
        let sum =
            |arms: &[ArmState]| arms.iter().fold(0_u64, |sum, arm| sum.saturating_add(arm.count));
        [
            sum(metric.arms.get(1..).unwrap_or_default()),
            sum(metric.arms.get(..1).unwrap_or_default()),
        ]
    }
}

impl Skewed {
    fn verdict(&self) -> Verdict {
        if self.is_proved { Verdict::Worse } else { Verdict::Insufficient }
    }
}

/// One metric in one new arm, with what was found.
struct Found<'a> {
    rules: &'a MetricRules,
    metric: u16,
    arm: u16,
    test: &'a Test,
    new: &'a ArmState,
    control: ArmState,
    finding: Finding,
    /// Whether there is nothing to compare it with at this time.
    is_alone: bool,
}

impl<'a> Found<'a> {
    fn new(
        rules: &'a MetricRules,
        state: &MetricState,
        (metric, arm): (u16, u16),
        (test, new): (&'a Test, &'a ArmState),
    ) -> Self {
        let control = state.arms.first().copied().unwrap_or_default();
        let finding = test.finding(rules);
        Self { rules, metric, arm, test, new, control, finding, is_alone: false }
    }

    /// Whether the release waits for this to be proved: not for readings without a limit, of which
    /// nothing can be.
    fn is_guard(&self) -> bool {
        let is_provable = self.rules.measure != Measure::Reading || self.rules.limit.is_some();
        self.rules.role == Role::Guard && is_provable
    }

    fn has_enough(&self) -> bool {
        self.new.count > 0 && self.new.count >= self.rules.observations_min
    }

    fn verdict(&self) -> Verdict {
        let Finding { worse, not_worse, better, .. } = &self.finding;
        if !self.has_enough() {
            Verdict::Insufficient
        } else if worse.is_some() {
            Verdict::Worse
        } else if self.new.fresh == 0 {
            // What was fine with less traffic is not known to be fine with more.
            Verdict::Insufficient
        } else if *better {
            Verdict::Better
        } else if *not_worse {
            Verdict::NotWorse
        } else {
            Verdict::Insufficient
        }
    }

    /// Why the verdict is what it is.
    fn reason(&self) -> String {
        let few = self.rules.observations_min;
        match self.verdict() {
            Verdict::Worse => self.finding.worse.clone().unwrap_or_default(),
            Verdict::Better => "better than the control".to_owned(),
            Verdict::NotWorse if self.rules.measure == Measure::Reading => {
                "within its limit".to_owned()
            }
            Verdict::NotWorse => format!("not worse than the margin of {}", self.rules.margin),
            Verdict::Insufficient if self.new.count == 0 => "no data".to_owned(),
            Verdict::Insufficient if self.new.count < few => {
                format!("{} of at least {few} observations", self.new.count)
            }
            Verdict::Insufficient if self.new.fresh == 0 => {
                "no data since the split changed".to_owned()
            }
            Verdict::Insufficient if self.control.count == 0 => {
                "no data of the control to compare with".to_owned()
            }
            Verdict::Insufficient => self.nothing_proved(),
        }
    }

    fn nothing_proved(&self) -> String {
        if self.rules.measure == Measure::Reading {
            return "it decides nothing".to_owned();
        }
        if self.rules.levels.harm.is_none() {
            return "nothing is proved; its weight is 0, so harm never is".to_owned();
        }
        let is_frequent = self.rules.measure == Measure::Events
            && self.control.estimate().is_some_and(|rate| rate > FREQUENT);
        let hint = match self.rules.direction {
            Direction::Decrease if is_frequent => {
                "; the test is slow for what happens most of the time: count what fails instead"
            }
            _ => "",
        };
        format!("nothing is proved yet{hint}")
    }
}

/// Observations of the new arms since the split changed, by the metric that has most.
fn fresh(state: &State) -> u64 {
    let of = |metric: &MetricState| {
        let new = metric.arms.iter().skip(1);
        new.fold(0_u64, |sum, arm| sum.saturating_add(arm.fresh))
    };
    state.metrics.iter().map(of).max().unwrap_or_default()
}

fn why(ruling: &Ruling, waiting: Option<String>) -> String {
    if let Some(harm) = ruling.harms.first() {
        return harm.why.clone();
    }
    if let Some(why) = &ruling.skewed {
        return why.clone();
    }
    if ruling.not_worse {
        return "no guarding metric is worse than its margin".to_owned();
    }
    waiting.unwrap_or_else(|| "no metric guards the release".to_owned())
}

/// With four digits, for people.
fn rounded(value: f64) -> String {
    if value == 0.0 || (1e-4..1e7).contains(&value.abs()) {
        let digits = if value.abs() >= 1000.0 {
            0
        } else if value.abs() >= 1.0 {
            3
        } else {
            6
        };
        let text = format!("{value:.digits$}");
        if digits == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
    } else {
        format!("{value:.3e}")
    }
}

/// From here on the test of events is slow.
const FREQUENT: f64 = 0.5;
