//! Conditions: written as an object, or as a line of text.

use flagkit_core::document::Condition;
use flagkit_core::{Case, Value};

use crate::bounds::Salted;
use crate::comparison::{BadValue, Comparison, Kind, Named, OPERATORS, named};
use crate::condition as line;
use crate::fields::Fields;
use crate::lookup::{Subject, WhenMissing};
use crate::node::{Node, shortened};
use crate::path::Path;
use crate::report::Report;
use crate::settings::Settings;

/// The flag or segment whose conditions are read.
pub(super) struct Owner<'a> {
    pub(super) salted: &'a Salted<'a>,
    pub(super) bucket_by: &'a str,
    pub(super) environment: Option<&'a str>,
}

/// The conditions of a rule or segment joined by its `match_type`, its `when` at their end.
pub(super) fn all_of(fields: &Fields<'_, '_>, owner: &Owner<'_>, report: &mut Report) -> Condition {
    let is_any = match_type(fields, report);
    let mut conditions = list(fields, owner, report);
    if is_any && conditions.is_empty() {
        let consequence = "it never holds";
        let mend = "add conditions, or remove `match_type`";
        report.warning(&fields.at("match_type"), "there is no condition", consequence, mend);
    }
    match conditions.pop() {
        Some(only) if conditions.is_empty() => only,
        None if !is_any => Condition::Always,
        last => {
            conditions.extend(last);
            if is_any { Condition::Any(conditions) } else { Condition::All(conditions) }
        }
    }
}

/// The conditions of a rule or segment, its `when` at their end.
pub(super) fn list(
    fields: &Fields<'_, '_>,
    owner: &Owner<'_>,
    report: &mut Report,
) -> Vec<Condition> {
    let path = fields.at("conditions");
    let nodes = fields.list("conditions", report);
    let text = fields.text("when", report);
    let mut conditions = Vec::with_capacity(nodes.len() + usize::from(text.is_some()));
    let read = nodes
        .iter()
        .enumerate()
        .filter_map(|(place, node)| condition(place, node, &path.index(place), (owner, report)));
    conditions.extend(read);
    conditions.extend(text.and_then(|text| parse(text, &fields.at("when"), owner, report)));
    conditions
}

/// Whether one condition is enough.
pub(super) fn match_type(fields: &Fields<'_, '_>, report: &mut Report) -> bool {
    match fields.text("match_type", report) {
        None | Some("all") => false,
        Some("any") => true,
        Some(other) => {
            let problem = format!("there is no match type `{other}`");
            report.error_about(&fields.at("match_type"), problem, "write `all` or `any`", other);
            false
        }
    }
}

/// One condition in any of its forms.
fn condition(
    place: usize,
    node: &Node<'_>,
    path: &Path<'_>,
    (owner, report): (&Owner<'_>, &mut Report),
) -> Option<Condition> {
    if let Node::Text(text) = node {
        return parse(text, path, owner, report);
    }
    let fields = Fields::read(node, path, CONDITION_KEYS, report)?;
    if fields.node("when").is_some() {
        return when(&fields, owner, report);
    }
    let operator = operator(&fields, report);
    let negate = fields.boolean("negate", report).unwrap_or(false);
    let is_insensitive = fields.boolean("case_insensitive", report).unwrap_or(false);
    let case = if is_insensitive { Case::Insensitive } else { Case::Sensitive };
    let seed = fields.text("seed", report);
    let operator = operator?;
    let attribute = attribute(&fields, operator, report);
    let (values, are_listed) = values(&fields, operator, report)?;
    if operator.kind == Kind::Percentage {
        let salt = seed.map_or_else(|| format!("{}:{place}", owner.salted.salt), str::to_owned);
        let condition = in_bucket(percentage(&values, &fields, report)?, salt, attribute, owner);
        return Some(if negate { condition.negated() } else { condition });
    }
    let comparison = Comparison { attribute, operator, negate, case, values };
    let lowered = comparison.lower(owner.environment);
    lowered.map_err(|bad| unreadable(bad, are_listed, &fields, report)).ok()
}

/// A text in an object that holds nothing else.
fn when(fields: &Fields<'_, '_>, owner: &Owner<'_>, report: &mut Report) -> Option<Condition> {
    let others = CONDITION_KEYS.iter().filter(|key| **key != "when" && **key != "description");
    for key in others.filter(|key| fields.node(key).is_some()) {
        let problem = format!("`{key}` cannot stand beside `when`");
        report.error(&fields.at(key), problem, "say it in the text, or in another condition");
    }
    let text = fields.text("when", report)?;
    parse(text, &fields.at("when"), owner, report)
}

/// A percentage of those who have the attribute.
fn in_bucket(
    percentage: f64,
    salt: String,
    attribute: Option<&str>,
    owner: &Owner<'_>,
) -> Condition {
    let subject = Subject {
        attribute: attribute.unwrap_or(owner.bucket_by),
        environment: owner.environment,
        when_missing: WhenMissing::Nothing,
    };
    let salted = Salted { scheme: owner.salted.scheme.clone(), salt: salt.into(), subject };
    Condition::from(salted.bucket(percentage))
}

/// Reports every value that the operator cannot read.
fn unreadable(bad: Vec<BadValue>, are_listed: bool, fields: &Fields<'_, '_>, report: &mut Report) {
    let path = fields.at(values_key(fields));
    for bad in bad {
        let at = if are_listed { path.index(bad.place) } else { path };
        report.error(&at, bad.problem, bad.mend);
    }
}

/// A line of the condition language.
fn parse(text: &str, path: &Path<'_>, owner: &Owner<'_>, report: &mut Report) -> Option<Condition> {
    let settings =
        Settings { environment: owner.environment.map(str::to_owned), ..Settings::default() };
    let error = match line::parse(text, &settings) {
        Ok(condition) => return Some(condition),
        Err(error) => error,
    };
    let (message, column) = (error.message(), error.column());
    let problem = format!("column {column} of `{}`: {message}", shortened(text));
    report.error(path, problem, "correct the text");
    report.mark_offset(column.saturating_sub(1));
    None
}

fn operator(fields: &Fields<'_, '_>, report: &mut Report) -> Option<&'static Named> {
    let Some(name) = fields.text("operator", report) else {
        if fields.node("operator").is_none() {
            let problem = "a condition needs `operator`";
            report.error(fields.path(), problem, "add it, such as `operator: equals`");
        }
        return None;
    };
    let operator = named(name);
    if operator.is_none() {
        let hint = report.did_you_mean(name, OPERATORS.iter().map(|operator| operator.name));
        let problem = format!("there is no operator `{name}`{hint}");
        let mend = "name an operator of the format, such as `equals`";
        report.error_about(&fields.at("operator"), problem, mend, name);
    }
    operator
}

fn attribute<'n>(
    fields: &Fields<'n, '_>,
    operator: &Named,
    report: &mut Report,
) -> Option<&'n str> {
    let is_absent = fields.node("attribute").is_none();
    if is_absent && operator.kind.needs_attribute() {
        let problem = format!("`{}` needs `attribute`", operator.name);
        report.error(fields.path(), problem, "say which attribute is compared");
    }
    if !is_absent && operator.kind == Kind::InSegment {
        let problem = format!("`{}` takes no attribute", operator.name);
        report.warning(&fields.at("attribute"), problem, "it changes nothing", "remove it");
    }
    fields.text("attribute", report)
}

/// The values, and whether they were written as a list.
fn values(
    fields: &Fields<'_, '_>,
    operator: &Named,
    report: &mut Report,
) -> Option<(Vec<Value>, bool)> {
    let node = fields.node_or_null(values_key(fields));
    if !operator.kind.takes_values() {
        if node.is_some() {
            let problem = format!("`{}` takes no values", operator.name);
            let path = fields.at(values_key(fields));
            report.warning(&path, problem, "they change nothing", "remove them");
        }
        return Some((Vec::new(), false));
    }
    match node {
        Some(Node::List(items)) => Some((items.iter().map(Node::to_value).collect(), true)),
        Some(single) => Some((vec![single.to_value()], false)),
        None => {
            let problem = format!("`{}` needs `values`", operator.name);
            report.error(fields.path(), problem, "add `values`, a list");
            None
        }
    }
}

fn values_key(fields: &Fields<'_, '_>) -> &'static str {
    if fields.node_or_null("values").is_some() { "values" } else { "value" }
}

/// The one value of a percentage.
fn percentage(values: &[Value], fields: &Fields<'_, '_>, report: &mut Report) -> Option<f64> {
    let percentage = match values {
        [single] => single.as_float().filter(|number| (0.0..=100.0).contains(number)),
        _ => None,
    };
    if percentage.is_none() {
        let problem = "`percentage` needs one number from 0 to 100";
        report.error(&fields.at(values_key(fields)), problem, "write it, such as `values: [25]`");
    }
    percentage
}

const CONDITION_KEYS: &[&str] = &[
    "attribute",
    "operator",
    "values",
    "value",
    "case_insensitive",
    "negate",
    "seed",
    "when",
    "description",
];
