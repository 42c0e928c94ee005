//! One condition: a known operator, an attribute, and values the operator can read.

use serde_json::Value;

use super::{
    super::{
        operator::OPERATORS,
        read,
        text::{self, Expression},
    },
    Check, ensure, object, optional_boolean, optional_text, percentage,
};

/// Checks a condition in any of its forms.
pub(crate) fn check(condition: &Value) -> Check {
    if let Some(line) = condition.as_str() {
        return expression(&text::parse(line)?);
    }
    object(condition, "condition")?;
    if condition["when"].is_null() {
        return plain(condition);
    }
    optional_text(condition, "when")?;
    let others = ["attribute", "operator", "value", "values", "negate", "case_insensitive", "seed"];
    ensure(others.iter().all(|key| condition[key].is_null()), || "when: not alone".to_owned())?;
    expression(&text::parse(condition["when"].as_str().unwrap_or_default())?)
}

fn expression(expression: &Expression) -> Check {
    match expression {
        Expression::All(inner) | Expression::Any(inner) => {
            inner.iter().try_for_each(self::expression)
        }
        Expression::Not(inner) => self::expression(inner),
        Expression::Condition(condition) => plain(condition),
    }
}

fn plain(condition: &Value) -> Check {
    let operator = condition["operator"].as_str().unwrap_or_default();
    ensure(OPERATORS.contains(&operator), || {
        format!("operator: {} is unknown", condition["operator"])
    })?;
    optional_text(condition, "attribute")?;
    let is_optional = ["in_segment", "not_in_segment", "time_between", "weekday", "percentage"];
    let is_named = !condition["attribute"].is_null() || is_optional.contains(&operator);
    ensure(is_named, || format!("`{operator}` without `attribute`"))?;
    optional_boolean(condition, "negate")?;
    optional_boolean(condition, "case_insensitive")?;
    optional_text(condition, "seed")?;
    values(condition, operator)
}

fn values(condition: &Value, operator: &str) -> Check {
    if matches!(operator, "exists" | "not_exists") {
        return Ok(());
    }
    let values = read::values(condition).ok_or("no `values`")?;
    if operator == "percentage" {
        ensure(values.len() == 1, || "percentage: not one value".to_owned())?;
    }
    let unreadable = values.iter().find(|value| !is_readable(operator, value));
    unreadable.map_or(Ok(()), |value| Err(format!("{value} is unreadable for `{operator}`")))
}

fn is_readable(operator: &str, value: &Value) -> bool {
    let text = value.as_str();
    match operator {
        "equals" | "not_equals" | "in" | "not_in" | "contains" | "not_contains" => true,
        "regex" | "not_regex" => text.is_some_and(|text| read::pattern(text, false).is_some()),
        "greater_than" | "less_than" | "greater_or_equal" | "less_or_equal" => {
            read::number(value).is_some()
        }
        "semver_equal" | "semver_greater" | "semver_less" => read::version(value).is_some(),
        "semver_matches" => read::requirement(value).is_some(),
        "before" | "after" => read::seconds(value).is_some(),
        "time_between" => text.is_some_and(|text| read::hours(text).is_some()),
        "weekday" => text.is_some_and(|text| read::weekday(text).is_some()),
        "in_cidr" => text.is_some_and(|text| read::network(text).is_some()),
        "percentage" => !value.is_null() && percentage(value).is_ok(),
        // What remains takes text: starts_with, ends_with, in_segment and their negatives.
        _ => text.is_some(),
    }
}
