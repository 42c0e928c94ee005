//! How often Prometheus scrapes what a plan's metrics are made of, beside how often the judge looks.
//!
//! Prometheus reads each target at a moment of its own. Where looks are shorter than that, a window has the numbers
//! of one side or of none, and both together are what the judge compares. Nothing fails then, and nothing is ever found,
//! so it is said when a release begins. Silence is another matter: every answer ends it, an empty one, too.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Prometheus, answer, is_counter, names, quoted};
use crate::driver::http::encoded;
use crate::order::Failure;
use crate::plan::{Measure, Metric, Plan, Source};
use crate::time::Span;

/// A target: job and instance.
type Name = (String, String);

/// The targets of one Prometheus, and how often each is scraped.
type Targets = BTreeMap<Name, Span>;

/// How often the series of a metric are scraped.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pace {
    /// All sides at once, by this target's interval.
    Together(Span),
    /// By themselves, the rarest so often.
    Apart(Span),
    /// Nobody knows which target it is; none is scraped more often than this.
    Unknown(Span),
}

#[derive(Deserialize)]
struct Body {
    data: Scraped,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scraped {
    active_targets: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    labels: BTreeMap<String, String>,
    #[serde(default)]
    scrape_interval: String,
}

impl Prometheus {
    /// What of the scrapes does not go together with the looks of a plan, with the numbers and how to mend it. One
    /// sentence for all metrics that have the same.
    pub(crate) async fn warnings(&self, plan: &Plan) -> Result<Vec<String>, Failure> {
        let mut known: BTreeMap<&str, Targets> = BTreeMap::new();
        let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for metric in &plan.metrics {
            let Source::Prometheus { url, query, exposures, with, .. } = &metric.source else {
                continue;
            };
            let url = url.as_deref().unwrap_or(&self.url);
            if !known.contains_key(url) {
                known.insert(url, self.targets(url).await?);
            }
            let Some(targets) = known.get(url).filter(|targets| !targets.is_empty()) else {
                continue;
            };
            let query = exposures.as_deref().unwrap_or(query);
            let sides = self.sides(plan, (url, query), with).await?;
            let words = pace(targets, &sides)
                .and_then(|pace| words(metric, (query, pace), plan.judging.look));
            if let Some(words) = words {
                found.entry(words).or_default().push(&metric.name);
            }
        }
        let sentence =
            |(words, names): (String, Vec<&str>)| format!("`{}`: {words}", names.join("`, `"));
        Ok(found.into_iter().map(sentence).collect())
    }

    /// The targets of each side's series; none where a side has no series yet, or where they name none.
    async fn sides(
        &self,
        plan: &Plan,
        (url, query): (&str, &str),
        with: &BTreeMap<String, String>,
    ) -> Result<Vec<BTreeSet<Name>>, Failure> {
        let stratum = plan.judging.strata.first().map_or("", String::as_str);
        let mut sides = Vec::with_capacity(plan.arms.len());
        for arm in &plan.arms {
            let names = names(plan, (&arm.name, stratum), plan.judging.look, with);
            let query = names.fill_with(query, quoted)?;
            let form = encoded(&[("query", query)]).into_bytes();
            let series = answer::read(&self.call(url, "query", Some(form)).await?)?;
            let target = |labels: &BTreeMap<String, String>| {
                Some((labels.get("job")?.clone(), labels.get("instance")?.clone()))
            };
            sides.push(series.iter().filter_map(|series| target(&series.labels)).collect());
        }
        Ok(sides)
    }

    async fn targets(&self, url: &str) -> Result<Targets, Failure> {
        let answer = self.call(url, "targets?state=active", None).await?;
        let answer = answer.checked("Prometheus")?;
        let body: Body = serde_json::from_slice(&answer.body)
            .map_err(|error| Failure::permanent(format!("its targets cannot be read: {error}")))?;
        let target = |target: Target| {
            let label = |name: &str| target.labels.get(name).cloned();
            // Before 2.30 it does not say how often.
            Some(((label("job")?, label("instance")?), duration(&target.scrape_interval)?))
        };
        Ok(body.data.active_targets.into_iter().filter_map(target).collect())
    }
}

/// How often these series are scraped.
fn pace(targets: &Targets, sides: &[BTreeSet<Name>]) -> Option<Pace> {
    let all: BTreeSet<&Name> = sides.iter().flatten().collect();
    let intervals = all.iter().filter_map(|name| targets.get(*name));
    let Some(longest) = intervals.max().copied() else {
        return targets.values().min().copied().map(Pace::Unknown);
    };
    let is_everywhere = sides.iter().all(|side| !side.is_empty());
    Some(if all.len() == 1 && is_everywhere {
        Pace::Together(longest)
    } else {
        Pace::Apart(longest)
    })
}

/// What is wrong with that pace for a look, and how to mend it.
fn words(metric: &Metric, (query, pace): (&str, Pace), look: Span) -> Option<String> {
    if !is_counter(query) {
        let (Pace::Together(interval) | Pace::Apart(interval) | Pace::Unknown(interval)) = pace;
        let least = interval.times(SCRAPES);
        return (least > look).then(|| format!(
            "Prometheus scrapes every {interval}, and the judge looks every {look}: `increase` and `rate` over less than \
             {SCRAPES} scrapes give nothing, or up to the double of what happened; set `judging.look` to {least} or \
             more, scrape more often, or read the counter without `{{{{window}}}}`"
        ));
    }
    // A reading is what was read last, however long ago; both sides have one.
    if metric.measure == Measure::Reading {
        return None;
    }
    let interval = match pace {
        Pace::Apart(interval) | Pace::Unknown(interval) => interval,
        // One scrape has both sides; windows between two scrapes are empty on both.
        Pace::Together(_) => return None,
    };
    (interval > look).then(|| format!(
        "Prometheus scrapes every {interval}, and the judge looks every {look}: most windows miss one side or both, so \
         little or nothing will be compared; set `judging.look` to {interval} or more, or scrape more often"
    ))
}

/// A duration as Prometheus writes it: `1m30s`, `500ms`.
fn duration(text: &str) -> Option<Span> {
    let (mut rest, mut ms) = (text, 0_u64);
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit())?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let letters = behind.find(|character: char| character.is_ascii_digit());
        let (unit, behind) = behind.split_at_checked(letters.unwrap_or(behind.len()))?;
        let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
        ms = ms.checked_add(number.parse::<u64>().ok()?.checked_mul(*length)?)?;
        rest = behind;
    }
    (ms > 0).then(|| Span::from_ms(ms))
}

const UNITS: [(&str, u64); 7] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
    ("y", 31_536_000_000),
];

/// The least scrapes in a window from which `increase` is right.
const SCRAPES: u64 = 4;

#[cfg(test)]
mod tests;
