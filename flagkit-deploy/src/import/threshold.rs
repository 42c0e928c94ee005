//! Thresholds in other words: which metric is meant, and which unit.

use flagkit_dialects::Written;
use serde_json::{Map, Value as Json, json};

use super::Fate;
use super::leaves::{Leaf, Leaves};

/// A metric of ours and the unit that older files have for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meant {
    pub(super) metric: &'static str,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Unit {
    /// A ratio, or percent above 1.
    Ratio,
    /// Milliseconds.
    Milliseconds,
    /// Percent.
    Percent,
    /// Neither.
    Plain,
    /// How much less than before is allowed, or the least part of before.
    Loss,
}

/// Which metric a key means.
pub(super) fn meant(key: &str) -> Option<Meant> {
    let key = key.to_lowercase();
    let of = |metric, unit| Some(Meant { metric, unit });
    let has = |word: &str| key.contains(word);
    match () {
        () if has("error") => of("error_rate", Unit::Ratio),
        () if has("p99") => of("p99", Unit::Milliseconds),
        () if has("p95")
            || has("response_time")
            || has("latency")
            || has("load_time")
            || has("load") =>
        {
            of("p95", Unit::Milliseconds)
        }
        () if has("throughput") => of("throughput", Unit::Loss),
        () if has("conversion") => of("conversion_rate", Unit::Loss),
        () if has("revenue") => of("revenue", Unit::Loss),
        () if has("satisfaction") => of("satisfaction", Unit::Plain),
        () if has("complaint") => of("user_complaints", Unit::Plain),
        () if has("cpu") => of("cpu", Unit::Percent),
        () if has("memory") => of("memory", Unit::Percent),
        () if has("disk") => of("disk", Unit::Percent),
        () if has("connection") => of("connections", Unit::Percent),
        () => None,
    }
}

impl Meant {
    /// The value with its unit, and whether it had none.
    pub(super) fn value(self, value: &Written) -> Option<(String, bool)> {
        if let Written::Text(text) = value
            && text.trim().ends_with(['%', 's'])
        {
            return Some((text.trim().trim_start_matches('-').to_owned(), false));
        }
        let number = number(value)?;
        let percent = |number: f64| format!("{}%", rounded(number));
        Some(match self.unit {
            Unit::Ratio if number.abs() <= 1.0 => (percent(number * 100.0), true),
            Unit::Ratio | Unit::Percent => (percent(number), true),
            Unit::Milliseconds => (format!("{}ms", rounded(number)), true),
            Unit::Plain => (rounded(number).to_string(), false),
            // -0.02 and 0.98 both allow a loss of 2 %.
            Unit::Loss if number > 0.5 && number <= 1.0 => (percent((1.0 - number) * 100.0), true),
            Unit::Loss => (percent(number.abs() * 100.0), true),
        })
    }

    fn is_loss(self) -> bool {
        self.unit == Unit::Loss
    }

    /// The least instead of the most.
    fn is_least(self) -> bool {
        self.metric == "satisfaction"
    }
}

/// The number of a value, or of text that is one.
pub(super) fn number(value: &Written) -> Option<f64> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "thresholds are small")]
        Written::Integer(value) => Some(*value as f64),
        Written::Float(value) => Some(*value),
        Written::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// Nine digits: `0.07 * 100` shall not read as 7.000000000000001.
fn rounded(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

/// Metrics and conditions that criteria become.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub(super) metrics: Map<String, Json>,
    pub(super) success: Vec<String>,
    pub(super) triggers: Vec<Json>,
}

impl Watch {
    /// A criterion: a limit of a metric, or how much of it may be lost.
    pub(super) fn criterion(&mut self, leaves: &mut Leaves, leaf: &Leaf) {
        let found = meant(&leaf.key()).and_then(|meant| Some((meant, meant.value(&leaf.value)?)));
        let Some((meant, (value, had_no_unit))) = found else {
            leaves.note(leaf, Fate::Left, "no metric of a release is like it");
            return;
        };
        let metric = self.metrics.entry(meant.metric).or_insert_with(|| json!({}));
        let (to, fate) = if meant.is_loss() && meant.metric == "throughput" {
            let least = 1.0 - value.trim_end_matches('%').parse().unwrap_or(0.0) / 100.0;
            self.success.push(format!("metrics.throughput.ratio >= {}", rounded(least)));
            (
                format!("a loss of at most {value} beside the control at the same time"),
                Fate::Changed,
            )
        } else if meant.is_loss() {
            let margin = if value == "0%" { json!(0) } else { json!(value) };
            if let Json::Object(metric) = metric {
                metric.insert("margin".into(), margin);
            }
            (format!("a guard with a margin of {value}, proved beside the control"), Fate::Changed)
        } else {
            let operator = if meant.is_least() { ">=" } else { "<=" };
            self.success.push(format!("{} {operator} {value}", meant.metric));
            let fate = if had_no_unit { Fate::Changed } else { Fate::Taken };
            (format!("`{} {operator} {value}`", meant.metric), fate)
        };
        leaves.note(leaf, fate, to);
    }

    /// A value that must not be exceeded in three windows of five minutes.
    pub(super) fn trigger(&mut self, leaves: &mut Leaves, leaf: &Leaf, then: &str) {
        let lines: Vec<Option<String>> =
            leaf.items().iter().map(|item| self.line(leaf, item)).collect();
        for line in &lines {
            match line {
                Some(rule) => {
                    self.triggers.push(match then {
                        "roll_back" => json!(rule),
                        _ => json!({ "rule": rule, "then": then, "name": format!("warning: {rule}") }),
                    });
                    leaves.note(
                        leaf,
                        Fate::Changed,
                        format!("trigger `{rule}`, which does `{then}`"),
                    );
                }
                None => leaves.note(leaf, Fate::Left, "no metric of a release is like it"),
            }
        }
    }

    /// `NAME OPERATOR VALUE` as text, or a value under the key that names the metric.
    fn line(&mut self, leaf: &Leaf, item: &Written) -> Option<String> {
        let text = if let Written::Text(text) = item { text.trim() } else { "" };
        let words: Vec<&str> = text.split_whitespace().collect();
        let (meant, operator, value) = match words.as_slice() {
            [name, operator @ (">" | "<" | ">=" | "<="), value] => {
                let value = value
                    .parse()
                    .map_or_else(|_| Written::Text((*value).to_owned()), Written::Float);
                (meant(name)?, *operator, value)
            }
            _ => (meant(&leaf.key())?, ">", item.clone()),
        };
        let (value, _) = meant.value(&value)?;
        self.metrics.entry(meant.metric).or_insert_with(|| json!({}));
        Some(format!("{} {operator} {value}", meant.metric))
    }

    /// Puts what was found into a file.
    pub(super) fn into_file(self, file: &mut Json) {
        let Json::Object(file) = file else { return };
        if !self.metrics.is_empty() {
            file.insert("metrics".into(), Json::Object(self.metrics));
        }
        if !self.triggers.is_empty() {
            file.insert("triggers".into(), Json::Array(self.triggers));
        }
    }
}

/// A length of time: text with its unit, or a number of what the key says.
pub(super) fn span(leaf: &Leaf) -> Option<String> {
    let key = leaf.key();
    match &leaf.value {
        Written::Text(text) => Some(text.trim().replace(" days", "d").replace(" hours", "h")),
        value => {
            let number = number(value)?;
            let unit = match () {
                () if key.contains("day") => "d",
                () if key.contains("hour") => "h",
                () if key.contains("minute") => "m",
                () if key.ends_with("_ms") => "ms",
                () => "s",
            };
            Some(format!("{number}{unit}"))
        }
    }
}

/// A share of the traffic: text with its unit, or percent.
pub(super) fn share(value: &Written) -> Option<String> {
    match value {
        Written::Text(text) if text.trim().ends_with('%') => Some(text.trim().to_owned()),
        other => number(other).map(|percent| format!("{percent}%")),
    }
}
