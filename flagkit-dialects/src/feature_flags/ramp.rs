//! `scheduled_rollout`: a percentage that grows by the calendar.
//!
//! From `start_date` on, once in every `interval`, the flag's own percentage grows by
//! `increment`, up to 100 and not after `end_date`. A schedule that cannot be read
//! changes no answer: another engine may understand it.

use flagkit_core::{Timestamp, Value};

use crate::fields::Fields;
use crate::node::Node;
use crate::report::Report;
use crate::time;

/// From this time on this percentage counts.
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) percentage: f64,
}

/// The steps of a flag in the order of their times.
pub(crate) fn steps(flag: &Fields<'_, '_>, percentage: f64, report: &mut Report) -> Vec<Step> {
    let Some(node) = flag.node("scheduled_rollout") else {
        return Vec::new();
    };
    let steps = plan(node).and_then(|plan| plan.steps(percentage.max(0.0)));
    steps.unwrap_or_else(|| {
        let problem = "the scheduled rollout cannot be read";
        let consequence = "the flag's own percentage stays";
        let mend = "write `start_date`, `increment` in percent, and `interval` such as `1d`";
        report.warning(&flag.at("scheduled_rollout"), problem, consequence, mend);
        Vec::new()
    })
}

struct Plan {
    start: f64,
    end: f64,
    increment: f64,
    interval: f64,
}

fn plan(node: &Node<'_>) -> Option<Plan> {
    let field = |name| node.entry(name).map_or(Value::Null, Node::to_value);
    let end = field("end_date");
    let end = if end == Value::Null { f64::INFINITY } else { date(&end)? };
    let increment = field("increment").as_float()?;
    Some(Plan {
        start: date(&field("start_date"))?,
        end,
        increment: Some(increment).filter(|increment| *increment > 0.0)?,
        interval: time::interval_seconds(&field("interval"))?,
    })
}

impl Plan {
    fn steps(&self, before: f64) -> Option<Vec<Step>> {
        let (mut steps, mut percentage) = (Vec::new(), before);
        for number in 0..STEPS_MAX {
            let at = self.start + f64::from(number) * self.interval;
            if at > self.end || percentage >= 100.0 {
                return Some(steps);
            }
            percentage = (before + f64::from(number + 1) * self.increment).min(100.0);
            steps.push(Step { at: Timestamp::from_unix_seconds(at)?, percentage });
        }
        None
    }
}

/// Unix seconds of a date, or of a date and time.
fn date(value: &Value) -> Option<f64> {
    let midnight = value.as_str().map(|date| format!("{date}T00:00:00Z"));
    let midnight = midnight.and_then(|text| Timestamp::parse(&text));
    midnight.or_else(|| time::point(value)).map(Timestamp::unix_seconds)
}

/// More steps than any rollout has; they would only cost memory.
const STEPS_MAX: u32 = 10_000;
