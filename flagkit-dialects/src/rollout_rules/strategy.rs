//! The strategies of rules: each becomes one condition.

use flagkit_core::document::{Condition, Lookup, Order, Rule};
use flagkit_core::{Reason, Timestamp, Value};

use crate::fields::Fields;
use crate::lookup;
use crate::node::Node;
use crate::older::{self, ON};
use crate::path::Path;
use crate::report::Report;
use crate::time::now;

/// One rule, if it is enabled and readable.
pub(super) fn rule(node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Option<Rule> {
    let fields = Fields::read(node, path, RULE_KEYS, report)?;
    let is_enabled = fields.boolean("enabled", report).unwrap_or(true);
    let strategy = strategy(&fields, report)?;
    let parameters = fields.node("parameters").unwrap_or(&Node::Map(&[]));
    let parameters_path = fields.at("parameters");
    let known = strategy.parameters();
    let parameters = Fields::read(parameters, &parameters_path, known, report)?;
    let when = condition(strategy, &parameters, report)?;
    let is_split = strategy == Strategy::Percentage;
    let reason = if is_split { Reason::Split } else { Reason::TargetingMatch };
    is_enabled.then(|| older::rule(when, ON, reason))
}

/// How a rule selects users.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Strategy {
    Percentage,
    UserList,
    UserAttribute,
    Geographic,
    TimeBased,
}

impl Strategy {
    const NAMES: [(&str, Self); 5] = [
        ("percentage", Self::Percentage),
        ("user_list", Self::UserList),
        ("user_attribute", Self::UserAttribute),
        ("geographic", Self::Geographic),
        ("time_based", Self::TimeBased),
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, strategy)| *strategy)
    }

    fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Percentage => &["percentage"],
            Self::UserList => &["users"],
            Self::UserAttribute => &["attribute", "values"],
            Self::Geographic => &["regions"],
            Self::TimeBased => &["start_time", "end_time"],
        }
    }
}

fn strategy(fields: &Fields<'_, '_>, report: &mut Report) -> Option<Strategy> {
    let Some(name) = fields.text("strategy", report) else {
        if fields.node("strategy").is_none() {
            report.error(fields.path(), "a rule needs `strategy`", "add it");
        }
        return None;
    };
    let strategy = Strategy::named(name);
    if strategy.is_none() {
        let hint = report.did_you_mean(name, Strategy::NAMES.map(|(name, _)| name));
        let problem = format!("there is no strategy `{name}`{hint}");
        let mend = "name one of the five strategies";
        report.error_about(&fields.at("strategy"), problem, mend, name);
    }
    strategy
}

fn condition(
    strategy: Strategy,
    parameters: &Fields<'_, '_>,
    report: &mut Report,
) -> Option<Condition> {
    let mut values = |name| parameters.list(name, report).iter().map(Node::to_value).collect();
    match strategy {
        Strategy::Percentage => {
            let percentage = number("percentage", parameters, report).unwrap_or(0.0);
            Some(inside(percentage))
        }
        Strategy::UserList => {
            let user = lookup::attribute(lookup::USER_ID, None);
            Some(older::is_one_of(user, values("users")))
        }
        Strategy::Geographic => {
            Some(older::is_one_of(or_else("geographic_region", "us"), values("regions")))
        }
        Strategy::UserAttribute => {
            let values = values("values");
            let name = parameters.text("attribute", report);
            if name.is_none() && parameters.node("attribute").is_none() {
                report.error(parameters.path(), "the strategy needs `attribute`", "add it");
            }
            Some(older::is_one_of(attribute(name?), values))
        }
        Strategy::TimeBased => {
            let start = time("start_time", parameters, report);
            let end = time("end_time", parameters, report);
            let start = start.map(|start| now(Order::GreaterOrEqual, start));
            let end = end.map(|end| now(Order::LessOrEqual, end));
            Some(Condition::All(start.into_iter().chain(end).collect()))
        }
    }
}

/// Buckets run from 1 to 100, both inside.
fn inside(percentage: f64) -> Condition {
    if percentage >= 100.0 {
        return Condition::Always;
    }
    if percentage <= 0.0 {
        return Condition::Any(Vec::new());
    }
    Condition::from(older::bucket(None, 1, percentage.floor() + 1.0))
}

/// The attribute that a rule of the strategy `user_attribute` names.
fn attribute(name: &str) -> Lookup {
    match name {
        "user_type" => or_else("user_type", "regular"),
        "experiment_group" => Lookup::Name(EXPERIMENT_GROUPS.to_owned()),
        custom => Lookup::Path(vec![CUSTOM_ATTRIBUTES.to_owned(), custom.to_owned()]),
    }
}

fn or_else(name: &str, default: &str) -> Lookup {
    Lookup::FirstOf(vec![Lookup::Name(name.to_owned()), Lookup::Constant(Value::from(default))])
}

/// Holds where there is any of the attributes that this shape knows.
pub(super) fn has_context() -> Condition {
    let mut known = vec![lookup::attribute(lookup::USER_ID, None)];
    known.extend(CONTEXT.map(|name| Lookup::Name(name.to_owned())));
    Condition::Test(older::exists(Lookup::FirstOf(known)))
}

fn number(name: &'static str, fields: &Fields<'_, '_>, report: &mut Report) -> Option<f64> {
    let node = fields.node(name)?;
    let number = node.as_float();
    if number.is_none() {
        fields.mismatch(name, "a number", "write a number without quotes", report);
    }
    number
}

/// Unix seconds.
fn time(name: &'static str, fields: &Fields<'_, '_>, report: &mut Report) -> Option<Timestamp> {
    let seconds = number(name, fields, report)?;
    let time = Timestamp::from_unix_seconds(seconds);
    if time.is_none() {
        let problem = format!("`{seconds}` is no time");
        report.error(&fields.at(name), problem, "write unix seconds");
    }
    time
}

pub(crate) const EXPERIMENT_GROUPS: &str = "experiment_groups";
pub(crate) const CUSTOM_ATTRIBUTES: &str = "custom_attributes";
const CONTEXT: [&str; 4] = ["user_type", "geographic_region", EXPERIMENT_GROUPS, CUSTOM_ATTRIBUTES];
const RULE_KEYS: &[&str] = &["strategy", "parameters", "enabled", "name", "description"];
