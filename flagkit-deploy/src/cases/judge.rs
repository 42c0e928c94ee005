//! Cases of the judge of releases: windows of a metric, and the verdict that they come to.
//!
//! Each case is asked again where the answer must not depend on how it is asked: in other units, by another
//! clock, in another order, with the sides in each other's place. The fields are on the page docs/cases.md.

use flagkit_stats::cases::{Checks, Field, Problem, Shape};
use serde_json::{Value, json};

use self::windows::{Pair, windows};
use crate::judge::{Evidence, Rules, Verdict};
use crate::plan::{Direction, Measure, Plan};
use crate::quantity::{Quantity as _, Ratio};
use crate::sample::Sample;
use crate::time::Time;

mod windows;

/// The shapes, in the order in which they are tried.
pub(super) const SHAPES: &[Shape] = &[Shape::new(
    ("release judge", "metric, windows, verdict; judging, parts, interval, log_e"),
    |case| case.has(&["metric", "windows", "verdict"]),
    check,
)];

fn check(place: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let case = Case::read(place)?;
    let once = case.answer(place, &Asked::default())?;
    let wanted = verdict(&place.at("verdict"))?;
    let path = place.at("verdict").path().to_owned();
    checks.words((&path, name(wanted)), name(once.verdict));
    let part = place.at("rel_tol").or(1e-6)?;
    checks.close(&place.at("log_e"), once.log_e, part)?;
    let ends = once.interval.unwrap_or([f64::NAN; 2]);
    for (at, end) in ends.into_iter().enumerate() {
        checks.close(&place.at("interval").item(at), end, part)?;
    }
    for (how, asked) in case.again(place)? {
        let again = case.answer(place, &asked)?;
        let path = format!("{path} ({how})");
        checks.words((&path, name(once.verdict)), name(again.verdict));
        if let (Measure::Mean { .. }, Some(ends), Some(others)) =
            (case.measure, once.interval, again.interval)
            && asked.factor != 1.0
        {
            let [low, high] = ends;
            for (end, other) in ends.into_iter().zip(others) {
                let path = format!("{path}, interval");
                checks.number((&path, end), other / asked.factor, 1e-6 * (high - low));
            }
        }
    }
    Ok(())
}

/// One metric and its windows, one behind the other.
struct Case {
    metric: Value,
    measure: Measure,
    is_symmetric: bool,
    judging: Value,
    windows: Vec<Pair>,
}

/// How it is asked.
#[derive(Clone, Copy, Debug)]
struct Asked {
    /// Every value is so many times as large.
    factor: f64,
    /// Everything happens so many seconds later.
    later_s: u64,
    /// The control is the new arm, and the other way round.
    is_swapped: bool,
    /// What came last comes first, while all windows are open.
    is_reversed: bool,
    /// Each window comes as so many.
    parts: u64,
}

impl Default for Asked {
    fn default() -> Self {
        Self { factor: 1.0, later_s: 0, is_swapped: false, is_reversed: false, parts: 1 }
    }
}

impl Case {
    fn read(place: &Field<'_>) -> Result<Self, Problem> {
        let field = place.at("metric");
        let mut metric = field.value().clone();
        let Some(fields) = metric.as_object_mut() else {
            return Err(field.problem("is no object; write a metric as plans have it"));
        };
        fields.entry("name").or_insert_with(|| "metric".into());
        fields.entry("source").or_insert_with(|| json!({"from": "push", "units": true}));
        for name in ["margin", "limit"] {
            if let Some(value) = fields.get_mut(name)
                && value.is_string()
            {
                let ratio = Ratio::read(value);
                let Ratio(ratio) =
                    ratio.map_err(|error| field.at(name).problem(error.to_string()))?;
                *value = ratio.into();
            }
        }
        let judging = place.at("judging").value().clone();
        let judging = if judging.is_null() { json!({}) } else { judging };
        let read = plan(&metric, &judging).map_err(|error| field.problem(error.to_string()))?;
        let Some(found) = read.metrics.first() else { return Err(field.problem("is no metric")) };
        // Only where any change is worse, and both sides count the same, do they have one question.
        let is_symmetric = found.direction == Direction::Either
            && found.limit.is_none()
            && found.observations_min == 0
            && (found.measure == Measure::Events || found.margin == 0.0)
            && matches!(found.measure, Measure::Events | Measure::Mean { .. });
        let measure = found.measure;
        let windows = windows(&place.at("windows"), measure)?;
        Ok(Self { metric, measure, is_symmetric, judging, windows })
    }

    /// Every other way to ask, in words.
    fn again(&self, place: &Field<'_>) -> Result<Vec<(String, Asked)>, Problem> {
        let once = Asked::default();
        let mut ways = vec![
            ("by another clock".to_owned(), Asked { later_s: LATER_S, ..once }),
            ("in the opposite order".to_owned(), Asked { is_reversed: true, ..once }),
        ];
        if self.measure != Measure::Events {
            let factors = FACTORS.into_iter().map(|factor| self.factor(factor));
            ways.extend(
                factors.map(|factor| (format!("times {factor:e}"), Asked { factor, ..once })),
            );
        }
        if self.is_symmetric {
            ways.push(("with the sides swapped".to_owned(), Asked { is_swapped: true, ..once }));
        }
        let parts = place.at("parts");
        if !parts.is_absent() {
            let count = parts.count()?;
            if !(2..=PARTS_MAX).contains(&count) {
                return Err(parts.problem(format!("is {count}; write 2 to {PARTS_MAX}")));
            }
            if !self.windows.iter().all(|pair| pair.divides(count)) {
                let what = format!("{count} does not divide every count; mend it, or leave it out");
                return Err(parts.problem(what));
            }
            ways.push((format!("in {count} parts"), Asked { parts: count, ..once }));
        }
        Ok(ways)
    }

    /// The nearest factor that moves bins onto bins, where there are bins.
    fn factor(&self, factor: f64) -> f64 {
        let base = self.windows.iter().find_map(Pair::base);
        base.map_or(factor, |base| (base.ln() * (factor.ln() / base.ln()).round()).exp())
    }

    fn answer(&self, place: &Field<'_>, asked: &Asked) -> Result<Evidence, Problem> {
        let metric = self.scaled(asked.factor);
        let field = place.at("metric");
        let plan =
            plan(&metric, &self.judging).map_err(|error| field.problem(error.to_string()))?;
        let rules = Rules::new(&plan).map_err(|refusals| {
            let words: Vec<String> = refusals.iter().map(ToString::to_string).collect();
            field.problem(words.join("; "))
        })?;
        let begin = Time::from_unix_ms((BEGIN_S + asked.later_s) * 1000);
        let mut state = rules.begin(begin);
        let mut end = begin;
        for pair in &self.windows {
            let mut told = Vec::new();
            for _ in 0..asked.parts {
                let (start, length) = (end, WINDOW_MS / asked.parts);
                end = Time::from_unix_ms(start.unix_ms() + length);
                for (arm, numbers) in pair.told(asked) {
                    told.push(Sample { metric: 0, arm, stratum: 0, start, end, numbers });
                }
            }
            if asked.is_reversed {
                told.reverse();
            }
            for sample in told {
                rules.add(&mut state, &[sample], begin);
            }
            // The clock of the engine comes to the end when all of it has been told.
            rules.add(&mut state, &[], end);
        }
        let late = Time::from_unix_ms(end.unix_ms() + 3_600_000);
        rules.add(&mut state, &[], late);
        let found = rules.evidence(&state).into_iter().find(|found| found.metric == Some(0));
        found.ok_or_else(|| field.problem("nothing is known of it"))
    }

    /// The metric with everything that has its unit so many times as large.
    fn scaled(&self, factor: f64) -> Value {
        let mut metric = self.metric.clone();
        if factor == 1.0 {
            return metric;
        }
        let scale = |value: Option<&mut Value>| {
            if let Some(value) = value
                && let Some(number) = value.as_f64()
            {
                *value = (number * factor).into();
            }
        };
        scale(metric.get_mut("limit"));
        for bound in ["min", "max"] {
            scale(metric.get_mut("measure").and_then(|measure| measure.get_mut(bound)));
        }
        metric
    }
}

/// A plan with one metric, two arms and a part of the traffic on the new one.
fn plan(metric: &Value, judging: &Value) -> serde_json::Result<Plan> {
    serde_json::from_value(json!({
        "target": "case",
        "strategy": "canary",
        "arms": [{"name": "control"}, {"name": "treatment"}],
        "route": "case",
        "base": [900_000, 100_000],
        "steps": [],
        "metrics": [metric],
        "judging": judging,
    }))
}

fn verdict(field: &Field<'_>) -> Result<Verdict, Problem> {
    let word = field.text()?;
    let all = [Verdict::Insufficient, Verdict::Worse, Verdict::NotWorse, Verdict::Better];
    let found = all.into_iter().find(|verdict| name(*verdict) == word);
    found.ok_or_else(|| field.unknown(word, &all.map(name)))
}

fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Insufficient => "insufficient",
        Verdict::Worse => "worse",
        Verdict::NotWorse => "not_worse",
        Verdict::Better => "better",
    }
}

/// The length of a window.
const WINDOW_MS: u64 = 60_000;
/// When the first window begins.
const BEGIN_S: u64 = 1_000_000;
/// About thirty years, and no whole number of windows.
const LATER_S: u64 = 1_000_000_007;
/// Nanoseconds for seconds, seconds for milliseconds, per cent, and the other way round.
const FACTORS: [f64; 6] = [1e-9, 1e-3, 0.01, 60.0, 1e6, 1e12];
/// Parts of a window are at least 600 ms.
const PARTS_MAX: u64 = 100;

#[cfg(test)]
mod tests;
