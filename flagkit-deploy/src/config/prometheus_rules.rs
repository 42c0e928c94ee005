//! Recording rules and alerts of Prometheus for the metrics of a plan.
//!
//! The same numbers that the judge sees, for dashboards and for the people who are on call. Shares
//! are sums divided by sums: a rate of some labels divided by one of others matches no series, and
//! an alert over it never fires.

use serde_json::{Value as Json, json};

use crate::plan::{Arm, Measure, Metric, Plan, Source};

/// The rules as a file of Prometheus; nothing if no metric asks Prometheus.
///
/// Each metric is recorded for each arm as `flagkit:release:METRIC` with the labels `target` and
/// `arm`; a limit becomes an alert that waits two minutes. Text is JSON, which is YAML.
///
/// ```
/// use flagkit_deploy::config::{Overrides, prometheus_rules, read};
///
/// let text = "
/// schema: flagkit-release/1
/// target: shop
/// arms: { old: v1, new: v2 }
/// strategy: canary
/// metrics: { error_rate: { query: 'bad{arm=\"{{arm}}\"}', exposures: 'all{arm=\"{{arm}}\"}' } }
/// ";
/// let plan = read(text, "release.yaml").unwrap().plan(&Overrides::default()).unwrap();
/// let rules = prometheus_rules(&plan).unwrap();
/// assert!(rules.contains(r#"sum(bad{arm=\"new\"}) / sum(all{arm=\"new\"})"#));
/// ```
#[must_use = "the text is all there is"]
pub fn prometheus_rules(plan: &Plan) -> Option<String> {
    let mut rules = Vec::new();
    for metric in &plan.metrics {
        for (at, arm) in plan.arms.iter().enumerate() {
            let Some(expression) = expression(metric, arm) else { continue };
            rules.push(json!({
                "record": record(&metric.name),
                "expr": expression,
                "labels": { "target": plan.target, "arm": arm.name },
            }));
            if let Some(limit) = metric.limit.filter(|_| at > 0) {
                rules.push(alert(plan, metric, arm, limit));
            }
        }
    }
    if rules.is_empty() {
        return None;
    }
    let name = format!("flagkit {}", plan.target);
    let file = json!({ "groups": [{ "name": name, "interval": "30s", "rules": rules }] });
    serde_json::to_string_pretty(&file).ok().map(|text| text + "\n")
}

fn alert(plan: &Plan, metric: &Metric, arm: &Arm, limit: f64) -> Json {
    let series = record(&metric.name);
    let (target, name) = (quoted(&plan.target), quoted(&arm.name));
    let operator = if metric.direction == crate::plan::Direction::Decrease { "<" } else { ">" };
    json!({
        "alert": "FlagkitReleaseLimit",
        "expr": format!("{series}{{target={target}, arm={name}}} {operator} {limit}"),
        "for": "2m",
        "labels": { "severity": "page", "metric": metric.name },
        "annotations": {
            "summary": format!("{}: {} of {} is beyond {limit}", plan.target, metric.name, arm.name),
        },
    })
}

/// What Prometheus computes for an arm; none if it does not know the metric.
fn expression(metric: &Metric, arm: &Arm) -> Option<String> {
    let Source::Prometheus { query, exposures, with, .. } = &metric.source else { return None };
    let fill = |text: &String| {
        let mut text = text.replace("{{arm}}", &arm.name).replace("{{version}}", &arm.version);
        text = text.replace("{{window}}", WINDOW).replace("{{stratum}}", ".*");
        for (name, value) in with {
            text = text.replace(&format!("{{{{{name}}}}}"), value);
        }
        text
    };
    let query = fill(query);
    match (metric.measure, exposures) {
        (Measure::Events | Measure::Mean { .. }, Some(exposures)) => {
            Some(format!("sum({query}) / sum({})", fill(exposures)))
        }
        (Measure::Quantile { quantile }, _) => {
            Some(format!("histogram_quantile({quantile}, sum by (le) ({query}))"))
        }
        _ => Some(query),
    }
}

/// The name of a series: letters, digits and underlines.
fn record(metric: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("flagkit:release:{}", metric.chars().map(plain).collect::<String>())
}

/// Text in the quotes of `PromQL`, which are those of Go and in these characters those of JSON.
fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

/// The window over which recorded numbers are taken.
const WINDOW: &str = "2m";
