//! What of a plan cannot be judged, and how to mend it.

use std::collections::BTreeSet;

use crate::plan::{Does, Judging, Measure, Metric, Plan, Role, Source, Step};
use crate::refusal::Refusal;
use crate::split::Weight;

/// Everything about metrics and judging that is wrong. Arms and times are the release's to check.
pub(super) fn refusals(plan: &Plan) -> Vec<Refusal> {
    let mut found = Vec::new();
    let mut refuse = |path: &str, problem: String, mend: &str| {
        found.push(Refusal::new(path, problem, mend));
    };
    if plan.metrics.len() > METRICS_MAX {
        let problem = format!("there are {} metrics", plan.metrics.len());
        refuse("metrics", problem, "use at most 64");
    }
    judging(&plan.judging, &mut refuse);
    let is_switched = is_switched(plan);
    let mut names = BTreeSet::new();
    for (at, metric) in plan.metrics.iter().enumerate() {
        let mut refuse_here = |path: &str, problem: String, mend: &str| {
            refuse(&format!("metrics[{at}].{path}"), problem, mend);
        };
        if !names.insert(metric.name.as_str()) {
            let problem = format!("there is another metric `{}`", metric.name);
            refuse_here("name", problem, "give each metric a name of its own");
        }
        self::metric(metric, &mut refuse_here);
        strata(metric, &plan.judging.strata, &mut refuse_here);
        if is_switched && !is_askable(metric, plan) {
            let problem = "the old side never has traffic beside the new one, and a quantile or a mean has no \
                           comparison with the time before";
            let mend = "keep a share on the old side for a while, give it a `limit`, name it in a \
                        trigger, or give it the role `shown`";
            refuse_here("measure", problem.to_owned(), mend);
        }
    }
    weights(plan, &mut refuse);
    found
}

/// Whether the new side gets traffic, and never beside the old one.
fn is_switched(plan: &Plan) -> bool {
    let takes =
        |step: &Step| matches!(&step.does, Does::Split { split } if split.treated() > Weight::NONE);
    super::baseline(plan) == super::Baseline::Before && plan.steps.iter().any(takes)
}

/// Whether anything can ever be said of it where there is no control at the same time.
fn is_askable(metric: &Metric, plan: &Plan) -> bool {
    let has_past = matches!(metric.measure, Measure::Events | Measure::Reading);
    let asks = |rule: &str| {
        let is_end = |symbol: char| !(symbol.is_ascii_alphanumeric() || "_-".contains(symbol));
        rule.split(is_end).any(|word| word == metric.name)
    };
    has_past
        || metric.limit.is_some()
        || metric.role == Role::Shown
        || plan.triggers.iter().any(|trigger| asks(&trigger.rule))
}

type Refuse<'a> = dyn FnMut(&str, String, &str) + 'a;

fn judging(judging: &Judging, refuse: &mut Refuse<'_>) {
    let levels = [
        ("judging.alpha", judging.alpha),
        ("judging.beta", judging.beta),
        ("judging.srm_alpha", judging.srm_alpha),
    ];
    for (path, level) in levels {
        if !(level > 0.0 && level < 0.5) {
            let problem = format!("it is {level}, and has to be above 0 and below 0.5");
            refuse(path, problem, "use 0.001 for one false alarm in a thousand releases");
        }
    }
    let strata = &judging.strata;
    if strata.len() > STRATA_MAX {
        let problem = format!("there are {} strata", strata.len());
        refuse("judging.strata", problem, "use at most 64");
    }
    let unique: BTreeSet<&String> = strata.iter().collect();
    if unique.len() < strata.len() || strata.iter().any(String::is_empty) {
        let problem = "a name is empty or there twice".to_owned();
        refuse("judging.strata", problem, "give each stratum a name of its own");
    }
}

fn metric(metric: &Metric, refuse: &mut Refuse<'_>) {
    if !is_name(&metric.name) {
        let problem = format!("conditions cannot ask for `{}`", metric.name);
        refuse("name", problem, "use letters, digits, `_` and `-`, a letter first, at most 100");
    }
    if !(metric.margin >= 0.0 && metric.margin <= 9.0) {
        let problem = format!("the margin is {}", metric.margin);
        refuse("margin", problem, "use a ratio to the control of 0 to 9, such as 0.1 for 10 %");
    }
    if !(metric.weight >= 0.0 && metric.weight <= 1e9) {
        let problem = format!("the weight is {}", metric.weight);
        refuse("weight", problem, "use 0 to 1000000000; 1 is as much as the others");
    }
    if metric.dispersion.is_some_and(|known| !(1.0..=1000.0).contains(&known)) {
        let problem = "the dispersion is not from 1 to 1000".to_owned();
        refuse(
            "dispersion",
            problem,
            "use 1 where each request stands for itself, or leave it out",
        );
    }
    if metric.limit.is_some_and(|limit| !limit.is_finite()) {
        refuse("limit", "the limit is no number".to_owned(), "use a number in the metric's unit");
    }
    match metric.measure {
        Measure::Quantile { quantile } if !(quantile > 0.0 && quantile < 1.0) => {
            let problem = format!("there is no quantile {quantile}");
            refuse("measure.quantile", problem, "use a number above 0 and below 1, such as 0.95");
        }
        Measure::Mean { min, max } => {
            bounds(min, max, refuse);
            means(metric, min.is_some(), refuse);
        }
        _ => {}
    }
}

/// A test of means needs counts, sums and, unless there are bounds, sums of squares.
fn means(metric: &Metric, is_bounded: bool, refuse: &mut Refuse<'_>) {
    if metric.limit.is_some() && !is_limit_inside(metric) {
        let problem = "no observation can be beyond the limit".to_owned();
        refuse("limit", problem, "use a number between `min` and `max`");
    }
    let Source::Prometheus { exposures, squares, .. } = &metric.source else { return };
    if exposures.is_none() {
        let problem = "a mean needs to know of how many observations it is one".to_owned();
        refuse("source.exposures", problem, "give a query that counts the observations");
    }
    if squares.is_none() && !is_bounded {
        let problem = "without bounds, nothing is known of how much observations vary".to_owned();
        let mend = "give a query for their sum of squares, or `min` and `max`";
        refuse("source.squares", problem, mend);
    }
}

fn is_limit_inside(metric: &Metric) -> bool {
    let Measure::Mean { min: Some(min), max: Some(max) } = metric.measure else { return true };
    metric.limit.is_none_or(|limit| (min..=max).contains(&limit))
}

fn bounds(min: Option<f64>, max: Option<f64>, refuse: &mut Refuse<'_>) {
    match (min, max) {
        (None, None) => {}
        (Some(min), Some(max)) if min < max && (max - min).is_finite() => {}
        (Some(min), Some(max)) => {
            let problem = format!("nothing is between {min} and {max}");
            refuse("measure", problem, "use a `max` above `min`, or neither");
        }
        _ => {
            let problem = "one of its two bounds is missing".to_owned();
            refuse("measure", problem, "give both `min` and `max`, or neither");
        }
    }
}

/// Whether conditions can write it behind `metrics.`, without quotes.
fn is_name(name: &str) -> bool {
    let is_first = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let is_rest = |rest: char| rest.is_ascii_alphanumeric() || rest == '_' || rest == '-';
    is_first && name.len() <= 100 && name.chars().all(is_rest)
}

/// A query that is asked for each stratum needs some.
fn strata(metric: &Metric, strata: &[String], refuse: &mut Refuse<'_>) {
    let Source::Prometheus { query, exposures, squares, with, .. } = &metric.source else { return };
    let texts = [Some(query), exposures.as_ref(), squares.as_ref()]
        .into_iter()
        .flatten()
        .chain(with.values());
    let asks = texts.into_iter().any(|text| text.contains("{{stratum}}"));
    if asks && strata.is_empty() {
        let problem = "it asks for `{{stratum}}`, and there are no strata".to_owned();
        refuse("source.query", problem, "name them in `judging.strata`, or leave it out");
    }
}

/// If nothing has a part of alpha, nothing can ever be proved.
fn weights(plan: &Plan, refuse: &mut Refuse<'_>) {
    for role in [Role::Guard, Role::Signal] {
        let is_one = |metric: &&Metric| metric.role == role && metric.measure != Measure::Reading;
        let mut alike = plan.metrics.iter().filter(is_one).peekable();
        if alike.peek().is_some() && alike.all(|metric| metric.weight == 0.0) {
            let role = if role == Role::Guard { "guard" } else { "signal" };
            let problem = format!("the weights of all metrics that {role} are 0");
            refuse("metrics", problem, "give one of them a weight above 0, or the role `shown`");
        }
    }
}

const METRICS_MAX: usize = 64;
const STRATA_MAX: usize = 64;

#[cfg(test)]
mod tests;
