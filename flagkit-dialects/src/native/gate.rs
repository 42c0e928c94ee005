//! Gates: what switches a flag off for everybody, here or now.

use flagkit_core::document::{
    Condition, Lookup, Operator, Order, Readings, Rule, Serve, Test, TextReading, Unreadable,
};
use flagkit_core::{Case, Reason};

use super::schedule::{self, Step};
use super::shared::Shared;
use super::variant::OFF;
use crate::fields::Fields;
use crate::lookup;
use crate::report::Report;
use crate::time::now;

/// The rules that switch off, and the steps of the ramp.
pub(super) fn rules(
    fields: &Fields<'_, '_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> (Vec<Rule>, Vec<Step>) {
    let is_enabled = fields.boolean("enabled", report).unwrap_or(false);
    let switch = (!is_enabled).then_some(Condition::Always);
    let elsewhere = elsewhere(fields, shared, report);
    let schedule = schedule::read(fields, report);
    let before = schedule.starts_at.map(|start| now(Order::Less, start));
    let after = schedule.ends_at.map(|end| now(Order::GreaterOrEqual, end));
    let rules = [switch, elsewhere, before, after].into_iter().flatten().map(disabled).collect();
    (rules, schedule.ramp)
}

fn disabled(when: Condition) -> Rule {
    Rule { id: None, label: None, when, serve: Serve::Variant(OFF), reason: Reason::Disabled }
}

/// Holds outside of the flag's environments.
fn elsewhere(
    fields: &Fields<'_, '_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> Option<Condition> {
    fields.node("environments")?;
    let listed = fields.texts("environments", report);
    if let Some(environment) = shared.environment() {
        return (!listed.contains(&environment)).then_some(Condition::Always);
    }
    Some(Condition::Test(Test {
        lookup: Lookup::Name(lookup::ENVIRONMENT.to_owned()),
        operator: Operator::TextOneOf(listed.into_iter().map(str::to_owned).collect()),
        case: Case::Sensitive,
        reads: Readings { text: TextReading::Json, ..Readings::STRICT },
        negate: true,
        when_missing: true,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    }))
}
