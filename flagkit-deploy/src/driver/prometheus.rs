//! Prometheus 2.x: metrics of arms in closed windows, by range queries.
//!
//! For events there are two ways, and the query says which:
//!
//! * **A counter**, without `{{window}}`: `http_requests_total{arm="{{arm}}",code=~"5.."}`. The driver
//!   takes the difference between the two ends of each window, for each series of the answer,
//!   and adds them up: whole numbers, each event once, however rarely Prometheus scrapes. A counter
//!   that falls was restarted and counts from 0. A series that appears counts from 0 if others of the
//!   same arm were there before it (a first error), otherwise from its first value.
//! * **An amount per window**, with `{{window}}`: `sum(increase(errors_total[{{window}}]))`. What Prometheus
//!   extrapolates is rounded to whole numbers. `increase` over less than four scrapes can double what
//!   happened, which makes a judge overconfident; a counter cannot.
//!
//! A mean is asked for in three queries of either kind: sums of values, their count as `exposures`, and sums
//! of squares, which bounds of the values can replace by the most that they allow. A counter of
//! sums has to grow, so values below 0 need an amount per window.
//!
//! Readings and histograms are asked for once per window, too: a histogram by its buckets, with a
//! label `le`, as a counter or as an amount.
//!
//! No series, `NaN` and infinity are no samples. An error of Prometheus is a failure of the order, never of
//! the release. [`observe`](crate::driver::Driver::observe) has nothing to look at: a query may be repeated.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::driver::http::{Answer, Call, Http, encoded};
use crate::driver::measure::{Placed, Windows};
use crate::driver::template::{Names, with_environment};
use crate::order::Failure;
use crate::plan::{Measure, Plan, Source};
use crate::sample::{Numbers, Sample};
use crate::time::{Span, Time};

mod answer;
mod histogram;
mod moments;
mod scrapes;
mod series;

use answer::Series;

/// How a Prometheus is asked.
#[derive(Clone, Debug)]
pub struct Prometheus {
    /// Talks HTTP.
    pub http: Http,
    /// Where metrics come from that name no address of their own: `http://127.0.0.1:9090`.
    pub url: String,
    /// Headers of every query, such as `Authorization`. `${NAME}` is taken from the environment.
    pub headers: Vec<(String, String)>,
    /// How long one query may take.
    pub timeout: Duration,
}

/// What a mean is made of.
#[derive(Clone, Copy)]
struct Queries<'p> {
    sums: &'p str,
    counts: &'p str,
    squares: Option<&'p str>,
}

/// Whose numbers are asked for.
#[derive(Clone, Copy)]
struct Asked<'p> {
    url: &'p str,
    names: &'p Names,
    windows: Windows,
}

impl Prometheus {
    /// The Prometheus at this address, without a key, with ten seconds for an answer.
    pub fn new(http: Http, url: impl Into<String>) -> Self {
        Self { http, url: url.into(), headers: Vec::new(), timeout: Duration::from_secs(10) }
    }

    /// The numbers of one metric, of all arms and strata.
    pub(crate) async fn samples(
        &self,
        plan: &Plan,
        (place, metric): Placed<'_>,
        windows: Windows,
    ) -> Result<Vec<Sample>, Failure> {
        let Source::Prometheus { url, query, exposures, squares, with } = &metric.source else {
            return Ok(Vec::new());
        };
        let url = url.as_deref().unwrap_or(&self.url);
        let strata = plan.judging.strata.iter().map(String::as_str);
        let strata: Vec<&str> =
            if plan.judging.strata.is_empty() { vec![""] } else { strata.collect() };
        let mut samples = Vec::new();
        for (arm, of) in (0_u16..).zip(&plan.arms) {
            for (stratum, stratum_name) in (0_u16..).zip(&strata) {
                let names = names(plan, (&of.name, stratum_name), windows.length, with);
                let asked = Asked { url, names: &names, windows };
                let found = match (&metric.measure, exposures) {
                    (Measure::Events, Some(exposures)) => {
                        self.events(asked, query, exposures).await
                    }
                    (Measure::Mean { min, max }, Some(counts)) => {
                        let queries = Queries { sums: query, counts, squares: squares.as_deref() };
                        self.moments(asked, queries, min.zip(*max)).await
                    }
                    (Measure::Events | Measure::Mean { .. }, None) => Err(Failure::permanent(
                        "a query for `exposures` is needed beside the other one",
                    )),
                    (Measure::Reading, _) => self.readings(asked, query).await,
                    _ => self.histograms(asked, query).await,
                };
                let found = found.map_err(|failure| Failure {
                    message: format!("metric `{}` of `{}`: {failure}", metric.name, of.name),
                    ..failure
                })?;
                samples.extend(found.into_iter().map(|(end, numbers)| {
                    let start =
                        Time::from_unix_ms(end.unix_ms().saturating_sub(windows.length.ms()));
                    Sample { metric: place, arm, stratum, start, end, numbers }
                }));
            }
        }
        Ok(samples)
    }

    async fn events(
        &self,
        asked: Asked<'_>,
        events: &str,
        exposures: &str,
    ) -> Result<Vec<(Time, Numbers)>, Failure> {
        let all = self.amounts(asked, exposures, None).await?;
        let some = self.amounts(asked, events, Some(&all.present)).await?;
        let windows = asked.windows.ends().filter_map(|end| {
            // Exposures decide whether there is a sample: a series of errors may never have begun.
            let exposures = whole(*all.sums.get(&end)?);
            let events = whole(some.sums.get(&end).copied().unwrap_or(0.0)).min(exposures);
            Some((end, Numbers::Events { exposures, events }))
        });
        Ok(windows.collect())
    }

    /// Counts, sums and sums of squares, as the moments of each window.
    async fn moments(
        &self,
        asked: Asked<'_>,
        queries: Queries<'_>,
        bounds: Option<(f64, f64)>,
    ) -> Result<Vec<(Time, Numbers)>, Failure> {
        let counts = self.amounts(asked, queries.counts, None).await?;
        let sums = self.amounts(asked, queries.sums, Some(&counts.present)).await?.sums;
        let squares = match queries.squares {
            Some(query) => Some(self.amounts(asked, query, Some(&counts.present)).await?.sums),
            None => None,
        };
        let windows = asked.windows.ends().filter_map(|end| {
            let count = whole(*counts.sums.get(&end)?);
            // Without a sum there is no mean, and with a count it is not 0 for sure.
            let sum = *sums.get(&end)?;
            let squares = match &squares {
                Some(squares) => Some(*squares.get(&end)?),
                None => None,
            };
            Some((end, moments::of((count, sum, squares), bounds)?))
        });
        Ok(windows.collect())
    }

    async fn readings(
        &self,
        asked: Asked<'_>,
        query: &str,
    ) -> Result<Vec<(Time, Numbers)>, Failure> {
        let found = self.ask(asked, query, asked.windows.first).await?;
        if let [_, _, ..] = found.as_slice() {
            let count = found.len();
            return Err(Failure::permanent(format!(
                "the query gives {count} series; put one out of them with `sum` or `max`"
            )));
        }
        let points = found.into_iter().flat_map(|series| series.points);
        Ok(points.map(|(time, value)| (time, Numbers::Reading(value))).collect())
    }

    async fn histograms(
        &self,
        asked: Asked<'_>,
        query: &str,
    ) -> Result<Vec<(Time, Numbers)>, Failure> {
        let first = begin(asked.windows, query);
        let found = self.ask(asked, query, first).await?;
        let found = if is_counter(query) {
            series::increases(found, asked.windows, None).series
        } else {
            found
        };
        histogram::histograms(&found, asked.windows)
    }

    /// The sums over all series in each window, and when there was one.
    async fn amounts(
        &self,
        asked: Asked<'_>,
        query: &str,
        others: Option<&BTreeSet<Time>>,
    ) -> Result<series::Amounts, Failure> {
        let found = self.ask(asked, query, begin(asked.windows, query)).await?;
        if is_counter(query) {
            return Ok(series::increases(found, asked.windows, others));
        }
        Ok(series::sums(found, asked.windows))
    }

    /// What the query gives at the end of each window.
    async fn ask(
        &self,
        asked: Asked<'_>,
        query: &str,
        begin: Time,
    ) -> Result<Vec<Series>, Failure> {
        let query = asked.names.fill_with(query, quoted)?;
        let in_seconds = |ms: u64| format!("{}.{:03}", ms / 1000, ms % 1000);
        let form = [
            ("query", query),
            ("start", in_seconds(begin.unix_ms())),
            ("end", in_seconds(asked.windows.last.unix_ms())),
            ("step", in_seconds(asked.windows.length.ms())),
            ("timeout", format!("{}ms", self.timeout.as_millis())),
        ];
        let answer = self.call(asked.url, "query_range", Some(encoded(&form).into_bytes())).await?;
        answer::read(&answer)
    }

    /// The answer of one of its endpoints, to a form if there is one.
    async fn call(
        &self,
        url: &str,
        endpoint: &str,
        form: Option<Vec<u8>>,
    ) -> Result<Answer, Failure> {
        let url = format!("{}/api/v1/{endpoint}", url.trim_end_matches('/'));
        let mut call = Call::get(url, self.timeout);
        call.body_max = ANSWER_MAX;
        if let Some(form) = form {
            (call.method, call.body) = ("POST", Some(form));
            call = call.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in &self.headers {
            call = call.header(name, with_environment(value)?);
        }
        self.http.ask(call).await
    }
}

fn names(
    plan: &Plan,
    (arm, stratum): (&str, &str),
    window: Span,
    with: &BTreeMap<String, String>,
) -> Names {
    let names = Names::of_arm(plan, arm)
        .with("stratum", stratum)
        .with("environment", &plan.environment)
        .with("window", &format!("{}ms", window.ms()));
    with.iter().fold(names, |names, (name, value)| names.with(name, value))
}

/// A counter is also read where the first window begins.
fn begin(windows: Windows, query: &str) -> Time {
    let Windows { first, length, .. } = windows;
    let before = Time::from_unix_ms(first.unix_ms().saturating_sub(length.ms()));
    if is_counter(query) { before } else { first }
}

/// Whether the query reads a counter instead of an amount per window.
fn is_counter(query: &str) -> bool {
    !query.contains("{{window}}")
}

/// A value inside of the quotes of a query.
fn quoted(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// To the next whole number; nothing below 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded before")]
pub(super) fn whole(amount: f64) -> u64 {
    // 2⁵³: whole numbers above it are not told apart any more.
    amount.round().clamp(0.0, 9_007_199_254_740_992.0) as u64
}

/// The longest answer to a query, in bytes.
const ANSWER_MAX: usize = 16 << 20;

#[cfg(test)]
mod tests;
