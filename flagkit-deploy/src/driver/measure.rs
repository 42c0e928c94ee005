//! Measuring: one order asks for all metrics of a plan, wherever each of them comes from.
//!
//! If one source fails, the whole order does: the engine asks for the same windows again, and
//! every source answers again with the same windows. So nothing is lost and nothing counts twice.

use std::fmt;

use crate::driver::prometheus::Prometheus;
use crate::driver::push::Collector;
use crate::driver::{Driver, Seen, Work};
use crate::order::{Failure, Order, Outcome, Wanted};
use crate::plan::{Metric, Plan, Source};
use crate::refusal::Refusal;
use crate::sample::Sample;
use crate::time::{Span, Time};

/// Closed windows that samples are wanted of. Their ends are multiples of their length since 1970.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Windows {
    /// The end of the first one.
    pub(crate) first: Time,
    /// The end of the last one.
    pub(crate) last: Time,
    /// How long each is.
    pub(crate) length: Span,
}

impl Windows {
    /// Those that end after one time, and not after another.
    pub(crate) fn between(after: Time, until: Time, length: Span) -> Option<Self> {
        let ms = length.ms().max(1);
        let first = after.unix_ms() / ms * ms + ms;
        let last = until.unix_ms() / ms * ms;
        // Of a long silence only the end is asked for: what can be held of it is bounded.
        let first = first.max(last.saturating_sub(ms.saturating_mul(WINDOWS_MAX - 1)));
        (first <= last).then(|| Self {
            first: Time::from_unix_ms(first),
            last: Time::from_unix_ms(last),
            length: Span::from_ms(ms),
        })
    }

    /// The ends, the earliest first.
    pub(crate) fn ends(self) -> impl Iterator<Item = Time> {
        let count = (self.last - self.first).ms() / self.length.ms().max(1);
        (0..=count).map(move |at| self.first + self.length.times(at))
    }
}

/// A metric and its place in the plan.
pub(crate) type Placed<'p> = (u16, &'p Metric);

/// Reads the metrics of plans from Prometheus and from what was pushed.
#[derive(Clone)]
pub struct Metrics {
    /// Answers metrics with `from: prometheus`; without it they fail, and say so.
    pub prometheus: Option<Prometheus>,
    /// Answers metrics with `from: push`; without it they fail, and say so.
    pub pushed: Option<Collector>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    async fn measure(&self, order: &Order, plan: &Plan) -> Result<Vec<Sample>, Failure> {
        let Wanted::Measure { metrics, after, until } = &order.wanted else {
            return Err(Failure::permanent(
                "metrics are measured, and nothing else is done to them",
            ));
        };
        let Some(windows) = Windows::between(*after, *until, plan.judging.look) else {
            return Ok(Vec::new());
        };
        let mut samples = Vec::new();
        let mut pushed = Vec::new();
        for (place, metric) in (0_u16..).zip(&plan.metrics) {
            if !metrics.contains(&metric.name) {
                continue;
            }
            match &metric.source {
                Source::Push { .. } => pushed.push(place),
                Source::Prometheus { .. } => {
                    let Some(prometheus) = &self.prometheus else {
                        return Err(absent(metric, "Prometheus"));
                    };
                    samples.extend(prometheus.samples(plan, (place, metric), windows).await?);
                }
                Source::Other { driver, .. } => return Err(absent(metric, driver)),
            }
        }
        if let Some(first) = pushed.first() {
            let metric = plan.metrics.get(usize::from(*first));
            let Some(collector) = &self.pushed else {
                return Err(metric.map_or_else(
                    || Failure::permanent("no metric"),
                    |metric| absent(metric, "a receiver of pushed metrics"),
                ));
            };
            samples.extend(collector.samples(plan, &pushed, windows));
        }
        Ok(samples)
    }
}

impl Driver for Metrics {
    fn takes(&self, order: &Order, _plan: &Plan) -> bool {
        matches!(order.wanted, Wanted::Measure { .. })
    }

    fn observe<'a>(&'a self, _order: &'a Order, _plan: &'a Plan) -> Work<'a, Seen> {
        Box::pin(async { Ok(Seen::NotInPlace) })
    }

    fn apply<'a>(&'a self, order: &'a Order, plan: &'a Plan) -> Work<'a, Outcome> {
        Box::pin(async move { Ok(Outcome::Measured(self.measure(order, plan).await?)) })
    }

    /// Records may come before the first question.
    fn begin(&self, plan: &Plan) {
        let is_pushed = |metric: &Metric| matches!(metric.source, Source::Push { .. });
        if let Some(collector) = self.pushed.as_ref().filter(|_| plan.metrics.iter().any(is_pushed))
        {
            // Where there is no room, questions open it again.
            collector.open(plan);
        }
    }

    fn warnings<'a>(&'a self, plan: &'a Plan) -> Work<'a, Vec<String>> {
        Box::pin(async move {
            match &self.prometheus {
                Some(prometheus) => prometheus.warnings(plan).await,
                None => Ok(Vec::new()),
            }
        })
    }

    fn refusals(&self, plan: &Plan) -> Vec<Refusal> {
        let missing = |metric: &Metric| match &metric.source {
            Source::Push { .. } => self.pushed.is_none().then(|| "pushes".to_owned()),
            Source::Prometheus { url, .. } => {
                let known = self.prometheus.as_ref().is_some_and(|own| !own.url.is_empty());
                (url.is_none() && !known).then(|| "Prometheus".to_owned())
            }
            Source::Other { driver, .. } => Some(format!("`{driver}`")),
        };
        let refusal = |(at, metric): (usize, &Metric)| {
            let problem = format!(
                "`{}` comes from {}, which this engine has not",
                metric.name,
                missing(metric)?
            );
            let mend = "push it, or ask a Prometheus that is named";
            Some(Refusal::new(format!("metrics[{at}].source"), problem, mend))
        };
        plan.metrics.iter().enumerate().filter_map(refusal).collect()
    }
}

#[cold]
fn absent(metric: &Metric, source: &str) -> Failure {
    let name = &metric.name;
    Failure::permanent(format!("metric `{name}` comes from {source}, which this engine has not"))
}

/// The most windows of one order: with looks every ten seconds, a bit less than three hours.
const WINDOWS_MAX: u64 = 1000;
