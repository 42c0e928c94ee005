//! The rollout: what is served to those whom no rule matched.

use flagkit_core::Reason;
use flagkit_core::document::{Condition, Order, Rule, Serve};

use super::schedule::Step;
use super::shared::Shared;
use super::variant::{OFF, ON};
use crate::fields::Fields;
use crate::report::Report;
use crate::time::now;

/// Adds one rule for each step of the ramp, the latest first, and one for the time before.
pub(super) fn rules(
    fields: &Fields<'_, '_>,
    ramp: &[Step],
    shared: &Shared<'_>,
    rules: &mut Vec<Rule>,
    report: &mut Report,
) {
    let before = fields.percentage("rollout_percentage", report).unwrap_or(0.0);
    let is_rolled_out = before > 0.0 || ramp.iter().any(|step| step.percentage > 0.0);
    let inside = if is_rolled_out { inside(fields, shared, report) } else { Serve::Variant(OFF) };
    let outside = || Serve::Variant(OFF);
    let rule = |when, percentage: f64| Rule {
        id: None,
        label: None,
        when,
        serve: match percentage {
            nobody if nobody <= 0.0 => outside(),
            some => shared.salted.within(some, inside.clone(), outside()),
        },
        reason: reason(percentage, shared),
    };
    let steps = ramp.iter().rev();
    let steps = steps.map(|step| rule(now(Order::GreaterOrEqual, step.at), step.percentage));
    rules.extend(steps);
    rules.push(rule(Condition::Always, before));
}

/// What those inside the percentage get.
fn inside(fields: &Fields<'_, '_>, shared: &Shared<'_>, report: &mut Report) -> Serve {
    let weights = shared.variants.weights();
    let are_weightless = weights.iter().all(|(_, weight)| *weight <= 0.0);
    if !weights.is_empty() && are_weightless {
        let problem = "no variant has a weight";
        let consequence = "the rollout serves `true` and no variant";
        let mend = "give the variants weights, such as `{ weight: 50 }`";
        report.warning(&fields.at("variants"), problem, consequence, mend);
    }
    shared.salted.pick(&weights, Serve::Variant(ON))
}

/// The same for everybody only if nothing is hashed to get there.
fn reason(percentage: f64, shared: &Shared<'_>) -> Reason {
    if percentage >= 100.0 && shared.variants.is_empty() { Reason::Static } else { Reason::Split }
}
