//! What a plan asks of the judge, checked once.

use flagkit_stats::Alpha;

use super::numbers::{Summary, summary};
use super::skew::{Skew, SkewRules};
use super::state::{ArmState, Dropped, MetricState, State, Traffic};
use super::test::Test;
use super::window::{Entry, OpenWindow, Window};
use crate::plan::{Direction, Does, Measure, Metric, Plan, Role, Source};
use crate::refusal::Refusal;
use crate::sample::Sample;
use crate::split::{Split, Weight};
use crate::time::{Span, Time};

mod check;

/// How a plan's metrics are judged.
///
/// Made of a plan once; a [`State`] of that plan is then all that has to be kept.
///
/// ```
/// # use flagkit_deploy::judge::{Rules, Verdict};
/// # use flagkit_deploy::sample::{Numbers, Sample};
/// # use flagkit_deploy::{Split, Time, Weight, plan::Plan};
/// let plan: Plan = serde_json::from_value(serde_json::json!({
///     "target": "checkout",
///     "strategy": "canary",
///     "arms": [{"name": "stable"}, {"name": "canary"}],
///     "route": "checkout",
///     "base": [1_000_000, 0],
///     "steps": [{"name": "10%", "step": "split", "split": [900_000, 100_000]}],
///     "metrics": [{
///         "name": "error_rate",
///         "measure": {"kind": "events"},
///         "source": {"from": "push", "units": true},
///     }],
/// }))?;
/// let rules = Rules::new(&plan).map_err(|refusals| refusals[0].to_string())?;
/// let mut state = rules.begin(Time::from_unix_ms(0));
///
/// let told = |arm, exposures, events| Sample {
///     metric: 0,
///     arm,
///     stratum: 0,
///     start: Time::from_unix_ms(0),
///     end: Time::from_unix_ms(10_000),
///     numbers: Numbers::Events { exposures, events },
/// };
/// let samples = [told(0, 9_000, 45), told(1, 1_000, 50)];
/// let windows = rules.add(&mut state, &samples, Time::from_unix_ms(10_000));
/// assert_eq!(windows.len(), 1);
/// let evidence = rules.evidence(&state);
/// assert_eq!(evidence[0].verdict, Verdict::Worse);
/// assert!(!rules.ruling(&state).harms.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rules {
    pub(super) metrics: Vec<MetricRules>,
    /// Their names, the control's first.
    pub(super) arms: Vec<String>,
    /// How many strata there are, at least one.
    pub(super) strata: u16,
    pub(super) lag: Span,
    /// How long a window waits for what was there the last time, beyond the lag.
    pub(super) wait: Span,
    pub(super) skew: Option<SkewRules>,
    /// How the traffic lies when a release begins.
    base: Split,
}

/// How one metric is judged.
#[derive(Clone, Debug)]
pub(super) struct MetricRules {
    pub(super) name: String,
    pub(super) measure: Measure,
    pub(super) direction: Direction,
    pub(super) role: Role,
    pub(super) margin: f64,
    pub(super) limit: Option<f64>,
    pub(super) observations_min: u64,
    pub(super) counts: Counts,
    /// The dispersion of counted requests, if it is known.
    pub(super) dispersion: Option<f64>,
    pub(super) baseline: Baseline,
    pub(super) levels: Levels,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Counts {
    /// What the split divides.
    Units,
    /// Requests, which may come in bursts of one client.
    Requests,
}

/// What new arms are compared with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Baseline {
    /// The control in the same window.
    Concurrent,
    /// The control in the time before: the plan never has traffic on both.
    Before,
}

/// The false alarms that are accepted of one metric in one arm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    /// Of harm, for each of its questions; none if the metric has no part of alpha.
    pub(super) harm: Option<Alpha>,
    /// Of "not worse".
    pub(super) not_worse: Option<Alpha>,
    /// Of "better".
    pub(super) better: Option<Alpha>,
}

impl Rules {
    /// The rules of a plan.
    ///
    /// The plan's alpha is divided among the metrics of a role by their weights, equally among the
    /// new arms, and equally among the questions of a metric (up, down, above its limit). By
    /// Boole's inequality the chance that any of them is ever wrongly answered is then at most
    /// alpha, however the metrics depend on one another. Metrics that guard and metrics that
    /// signal have an alpha each: the one bounds rollbacks, the other pauses.
    ///
    /// # Errors
    ///
    /// Everything about metrics, strata and levels that cannot be judged, each with its path in the
    /// plan and how to mend it.
    pub fn new(plan: &Plan) -> Result<Self, Vec<Refusal>> {
        let refusals = check::refusals(plan);
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let metrics: Vec<_> = plan.metrics.iter().map(|metric| rules(plan, metric)).collect();
        let tests = metrics.iter().map(|metric| Test::new(metric).map(drop)).zip(&plan.metrics);
        let unusable = |(test, metric): (Result<_, Refusal>, &Metric)| {
            let refusal = test.err()?;
            let at = plan.metric(&metric.name)?;
            let path = format!("metrics[{at}].{}", refusal.path);
            Some(Refusal::new(path, refusal.problem, refusal.mend))
        };
        let refusals: Vec<_> = tests.filter_map(unusable).collect();
        if !refusals.is_empty() {
            return Err(refusals);
        }
        Ok(Self {
            skew: SkewRules::new(plan, &metrics),
            metrics,
            arms: plan.arms.iter().map(|arm| arm.name.clone()).collect(),
            strata: u16::try_from(plan.judging.strata.len()).unwrap_or(u16::MAX).max(1),
            lag: plan.judging.lag,
            wait: plan.judging.look.times(2).min(WAIT_MAX),
            base: plan.base.clone(),
        })
    }

    /// Nothing seen yet.
    pub fn begin(&self, now: Time) -> State {
        let treated = self.arms.len().saturating_sub(1);
        let metric = |rules: &MetricRules| MetricState {
            closed: Time::default(),
            cadence: Span::ZERO,
            expected: Vec::new(),
            arms: vec![ArmState::default(); self.arms.len()],
            tests: (0..treated).filter_map(|_| Test::new(rules).ok()).collect(),
        };
        State {
            now,
            begun: Time::default(),
            traffic: Traffic::new(&self.base),
            open: Vec::new(),
            metrics: self.metrics.iter().map(metric).collect(),
            skew: self.skew.as_ref().and_then(|rules| Skew::new(rules, self.arms.len())),
            dropped: Dropped::default(),
        }
    }

    /// Takes note of samples, and judges the windows that are closed by now.
    ///
    /// A sample that was told before is replaced while its window is open, and dropped
    /// afterwards. Time never goes back: a smaller `now` counts as the last one. At most
    /// 4,096 windows are open during a call, and 64 after it.
    pub fn add(&self, state: &mut State, samples: &[Sample], now: Time) -> Vec<Window> {
        state.now = state.now.max(now);
        self.collect(state, samples);
        let mut closed = Vec::new();
        while let Some(window) = self.next_closed(state) {
            if window.end > state.begun {
                closed.push(self.judge(state, &window));
            } else {
                self.learn(state, &window);
            }
            Self::expect(state, &window);
        }
        closed
    }

    /// Looks begin now. Windows that end before are not judged: what the control did in them tells how
    /// requests come in bursts, so that evidence need not begin with a sixth of its weight, and what
    /// is compared with if there is never a control beside a new arm.
    pub fn looks_begin(&self, state: &mut State, now: Time) {
        state.begun = now;
    }

    /// How many windows before the first look are worth asking for.
    pub fn windows_before(&self) -> u64 {
        let learns = |metric: &MetricRules| {
            let has_bursts = metric.counts == Counts::Requests && metric.dispersion.is_none();
            matches!(metric.measure, Measure::Events | Measure::Quantile { .. })
                && (has_bursts || metric.baseline == Baseline::Before)
        };
        if self.metrics.iter().any(learns) { WINDOWS_BEFORE } else { 0 }
    }

    /// Learns from a window before the first look.
    fn learn(&self, state: &mut State, window: &OpenWindow) {
        for ((rules, metric), at) in self.metrics.iter().zip(&mut state.metrics).zip(0_u16..) {
            for entry in window.of(at).iter().filter(|entry| entry.arm == 0) {
                metric.tests.iter_mut().for_each(|test| test.learn(rules, &entry.numbers));
            }
        }
    }

    /// An order that changes the split is under way: until [`split_changed`](Self::split_changed),
    /// nobody knows how the traffic lies, and windows of this time are not compared.
    pub fn split_changing(&self, state: &mut State, now: Time) {
        state.now = state.now.max(now);
        state.traffic.unsettle(state.now);
    }

    /// The traffic is divided like this from now on.
    ///
    /// Evidence goes on; what is counted "since the split changed" begins anew. Windows that began
    /// before and end after a change are not compared, since a change of the load would look like
    /// a difference between the arms in them. To tell the split that is known already changes
    /// nothing.
    pub fn split_changed(&self, state: &mut State, split: &Split, now: Time) {
        state.now = state.now.max(now);
        if state.traffic.is_settled(split) {
            return;
        }
        if let Some(skew) = &mut state.skew {
            skew.split_changed(&state.traffic.split);
        }
        let now = state.now;
        state.traffic.settle(split, now);
        for arm in state.metrics.iter_mut().flat_map(|metric| &mut metric.arms) {
            arm.fresh = 0;
        }
    }

    /// Judges one window, metric by metric.
    fn judge(&self, state: &mut State, window: &OpenWindow) -> Window {
        let mut closed = Window { start: window.start, end: window.end, ..Window::default() };
        for (rules, at) in self.metrics.iter().zip(0_u16..) {
            let told = window.of(at);
            let Some(metric) = state.metrics.get_mut(usize::from(at)) else { continue };
            if window.start < metric.closed {
                // It overlaps with a window that was judged: the same requests would count twice.
                let count = u64::try_from(told.len()).unwrap_or(u64::MAX);
                state.dropped.late = state.dropped.late.saturating_add(count);
                continue;
            }
            let arms = self.summaries(rules, told);
            rules.describe(&arms, &mut closed.attributes);
            let when = state.traffic.when(window.start, window.end);
            metric.judge(rules, told, &arms, when);
            if let (Some(skew), Some(of)) = (&mut state.skew, &self.skew)
                && of.metric == at
                && when.is_current
            {
                skew.add(&state.traffic.split, &arms, told);
            }
        }
        closed
    }

    /// What each arm's numbers come to, over all strata.
    fn summaries(&self, rules: &MetricRules, told: &[Entry]) -> Vec<Summary> {
        let arm = |arm: u16| {
            let entries = told.iter().filter(move |entry| entry.arm == arm);
            summary(entries.map(|entry| &entry.numbers), rules.measure, rules.direction)
        };
        (0_u16..).take(self.arms.len()).map(arm).collect()
    }
}

/// The rules of one metric of a plan that was found in order.
fn rules(plan: &Plan, metric: &Metric) -> MetricRules {
    let arms = f64::from(u16::try_from(plan.arms.len().saturating_sub(1)).unwrap_or(1).max(1));
    // Readings have no error control, so they take nothing from those that have.
    let is_alike = |other: &&Metric| other.role == metric.role && other.measure != Measure::Reading;
    let alike = plan.metrics.iter().filter(is_alike);
    let weights: f64 = alike.map(|metric| metric.weight).sum();
    let questions = questions(metric);
    let share = metric.weight / weights / arms / f64::from(questions.max(1));
    let whole = Alpha::new(plan.judging.alpha).ok();
    let has_part = metric.weight > 0.0 && metric.measure != Measure::Reading;
    let harm = whole.filter(|_| has_part).map(|alpha| alpha.part(share));
    let beta = Alpha::new(plan.judging.beta).ok();
    let all = f64::from(u32::try_from(plan.metrics.len()).unwrap_or(u32::MAX).max(1));
    MetricRules {
        name: metric.name.clone(),
        measure: metric.measure,
        direction: metric.direction,
        role: metric.role,
        margin: metric.margin,
        limit: metric.limit,
        observations_min: metric.observations_min,
        dispersion: metric.dispersion,
        counts: counts(&metric.source),
        baseline: baseline(plan),
        levels: Levels {
            harm,
            // A release that is worse in one metric is called "not worse" only if that one errs, so
            // each may have all of beta. "Better" is said if any of them says so.
            not_worse: beta,
            better: beta.map(|beta| beta.part(1.0 / arms / all)),
        },
    }
}

/// How many questions about harm a metric has.
fn questions(metric: &Metric) -> u8 {
    let sides = if metric.direction == Direction::Either { 2 } else { 1 };
    sides + u8::from(metric.limit.is_some())
}

fn counts(source: &Source) -> Counts {
    match source {
        Source::Push { units: true } => Counts::Units,
        _ => Counts::Requests,
    }
}

/// Whether the plan ever has traffic on the control and on a new arm at once. Without a route the
/// traffic follows the instances.
fn baseline(plan: &Plan) -> Baseline {
    let is_divided = |split: &Split| split.of(0) > Weight::NONE && split.treated() > Weight::NONE;
    let mut is_concurrent = plan.route.is_some() && is_divided(&plan.base);
    let mut up: Vec<bool> = plan.arms.iter().map(|arm| arm.replicas > 0).collect();
    if let Some(control) = up.first_mut() {
        *control = true;
    }
    for step in &plan.steps {
        match &step.does {
            Does::Split { split } => is_concurrent |= is_divided(split),
            Does::Scale { arm, replicas } if plan.route.is_none() => {
                if let Some(up) = plan.arm(arm).and_then(|arm| up.get_mut(usize::from(arm))) {
                    *up = *replicas > 0;
                }
                let both = up.first() == Some(&true) && up.iter().skip(1).any(|up| *up);
                is_concurrent |= both;
            }
            _ => {}
        }
    }
    if is_concurrent { Baseline::Concurrent } else { Baseline::Before }
}

/// Ten minutes of looks every ten seconds: the dispersion is then known to some forty per cent.
const WINDOWS_BEFORE: u64 = 60;
/// Nothing waits longer for a sample that may never come.
const WAIT_MAX: Span = Span::from_secs(60);
