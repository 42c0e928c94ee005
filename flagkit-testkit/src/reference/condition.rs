//! Conditions: written as an object or as a line of text, alone or in a list.

use serde_json::Value;

use super::{
    Scene,
    attribute::attribute,
    bucket::{Bucketing, id_text},
    operator, read, segment,
    text::{self, Expression},
};

/// What each of the conditions of a rule or segment says; its own `when` comes last.
pub(crate) fn results(scene: &Scene<'_>, owner: &Value, bucketing: &Bucketing) -> Vec<bool> {
    let conditions = read::conditions(owner);
    let holds = |(index, condition): (usize, &Value)| {
        let own = bucketing.salted(format!("{}:{index}", bucketing.salt));
        match read::condition_text(condition) {
            Some(line) => text_holds(scene, line, &own),
            None => holds(scene, condition, &own),
        }
    };
    conditions.iter().enumerate().map(holds).collect()
}

fn text_holds(scene: &Scene<'_>, line: &str, bucketing: &Bucketing) -> bool {
    text::parse(line).is_ok_and(|expression| expression_holds(scene, &expression, bucketing))
}

fn expression_holds(scene: &Scene<'_>, expression: &Expression, bucketing: &Bucketing) -> bool {
    let holds = |inner: &Expression| expression_holds(scene, inner, bucketing);
    match expression {
        Expression::All(inner) => inner.iter().all(holds),
        Expression::Any(inner) => inner.iter().any(holds),
        Expression::Not(inner) => !holds(inner),
        Expression::Condition(condition) => self::holds(scene, condition, bucketing),
    }
}

/// `bucketing` carries the salt `<salt>:<condition index>`.
fn holds(scene: &Scene<'_>, condition: &Value, bucketing: &Bucketing) -> bool {
    let operator = condition["operator"].as_str().unwrap_or_default();
    let positive = operator.strip_prefix("not_").unwrap_or(operator);
    let is_met = meets(scene, condition, positive, bucketing);
    let holds = if positive == operator { is_met } else { !is_met };
    if condition["negate"] == true { !holds } else { holds }
}

fn meets(scene: &Scene<'_>, condition: &Value, operator: &str, bucketing: &Bucketing) -> bool {
    let values = read::values(condition).unwrap_or_default();
    if operator == "in_segment" {
        return values.iter().filter_map(Value::as_str).any(|name| segment::holds(scene, name));
    }
    let name = match condition["attribute"].as_str() {
        Some(name) => name,
        None if operator == "percentage" => &bucketing.bucket_by,
        None => "now",
    };
    let Some(attribute) = attribute(scene, name) else {
        return false;
    };
    let is_case_insensitive = condition["case_insensitive"] == true;
    match operator {
        "exists" => true,
        "percentage" => {
            let salt = condition["seed"].as_str().unwrap_or(&bucketing.salt).to_owned();
            let percentage = values.first().and_then(Value::as_f64).unwrap_or(0.0);
            bucketing.salted(salt).is_inside(&id_text(&attribute), percentage)
        }
        _ => values.iter().any(|value| {
            operator::meets(operator, &attribute, value, is_case_insensitive).unwrap_or(false)
        }),
    }
}

#[cfg(test)]
mod tests;
