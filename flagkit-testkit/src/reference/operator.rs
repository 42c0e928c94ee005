//! The positive operators: does one attribute meet one value?

use std::{cmp::Ordering, net::IpAddr};

use serde_json::Value;

use super::read::{self, Network};

/// Every operator name of the format, with both aliases.
pub(crate) const OPERATORS: [&str; 30] = [
    "equals",
    "not_equals",
    "in",
    "not_in",
    "contains",
    "not_contains",
    "starts_with",
    "not_starts_with",
    "ends_with",
    "not_ends_with",
    "regex",
    "not_regex",
    "greater_than",
    "less_than",
    "greater_or_equal",
    "less_or_equal",
    "semver_equal",
    "semver_greater",
    "semver_less",
    "semver_matches",
    "before",
    "after",
    "time_between",
    "weekday",
    "in_cidr",
    "in_segment",
    "not_in_segment",
    "exists",
    "not_exists",
    "percentage",
];

/// Whether the attribute meets the value; nothing if either cannot be read.
pub(crate) fn meets(
    operator: &str,
    attribute: &Value,
    value: &Value,
    is_case_insensitive: bool,
) -> Option<bool> {
    let fold = |text: &str| {
        if is_case_insensitive { read::fold(text) } else { text.to_owned() }
    };
    match operator {
        "equals" | "in" => Some(equals(attribute, value, &fold)),
        "contains" => Some(contains(attribute, value, &fold)),
        "starts_with" => Some(fold(attribute.as_str()?).starts_with(&fold(value.as_str()?))),
        "ends_with" => Some(fold(attribute.as_str()?).ends_with(&fold(value.as_str()?))),
        "regex" => {
            let pattern = read::pattern(value.as_str()?, is_case_insensitive)?;
            Some(pattern.find(attribute.as_str()?)?.start() == 0)
        }
        "greater_than" | "less_than" | "greater_or_equal" | "less_or_equal" => {
            let order = read::number(attribute)?.compare(&read::number(value)?)?;
            Some(is_ordered(operator, order))
        }
        "semver_equal" | "semver_greater" | "semver_less" => {
            let order = read::version(attribute)?.cmp_precedence(&read::version(value)?);
            Some(is_ordered(operator, order))
        }
        "semver_matches" => Some(read::requirement(value)?.matches(&read::version(attribute)?)),
        "before" => Some(read::seconds(attribute)? < read::seconds(value)?),
        "after" => Some(read::seconds(attribute)? > read::seconds(value)?),
        "time_between" => {
            Some(is_in_hours(read::seconds(attribute)?, read::hours(value.as_str()?)?))
        }
        "weekday" => {
            Some(read::weekday_of(read::seconds(attribute)?) == read::weekday(value.as_str()?)?)
        }
        "in_cidr" => {
            let address: IpAddr = attribute.as_str()?.parse().ok()?;
            Some(is_in_network(address, &read::network(value.as_str()?)?))
        }
        _ => None,
    }
}

fn is_ordered(operator: &str, order: Ordering) -> bool {
    match operator {
        "greater_than" | "semver_greater" => order.is_gt(),
        "less_than" | "semver_less" => order.is_lt(),
        "greater_or_equal" => order.is_ge(),
        "less_or_equal" => order.is_le(),
        _ => order.is_eq(),
    }
}

fn equals(attribute: &Value, value: &Value, fold: &dyn Fn(&str) -> String) -> bool {
    match attribute {
        Value::Array(items) => items.iter().any(|item| is_same(item, value, fold)),
        other => is_same(other, value, fold),
    }
}

fn contains(attribute: &Value, value: &Value, fold: &dyn Fn(&str) -> String) -> bool {
    match (attribute, value) {
        (Value::Array(items), _) => items.iter().any(|item| is_same(item, value, fold)),
        (Value::String(text), Value::String(part)) => fold(text).contains(&fold(part)),
        _ => false,
    }
}

/// Same type and equal, all the way down.
fn is_same(left: &Value, right: &Value, fold: &dyn Fn(&str) -> String) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => fold(left) == fold(right),
        (Value::Number(_), Value::Number(_)) => {
            let order = read::number(left).zip(read::number(right));
            order.and_then(|(left, right)| left.compare(&right)) == Some(Ordering::Equal)
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| is_same(left, right, fold))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| {
                    right.get(key).is_some_and(|right| is_same(left, right, fold))
                })
        }
        _ => left == right,
    }
}

/// The start belongs to the hours, the end does not; hours that end before they start go over midnight.
fn is_in_hours(seconds: f64, (start, end): (f64, f64)) -> bool {
    let time = seconds.rem_euclid(86_400.0);
    if start <= end { start <= time && time < end } else { start <= time || time < end }
}

fn is_in_network(address: IpAddr, network: &Network) -> bool {
    let is_equal = |left: u128, right: u128, bits: u32| {
        // A shift by all bits is no shift in Rust, hence the check: `/0` holds everyone.
        left.checked_shr(bits - network.prefix).unwrap_or(0)
            == right.checked_shr(bits - network.prefix).unwrap_or(0)
    };
    match (address, network.address) {
        (IpAddr::V4(left), IpAddr::V4(right)) => {
            is_equal(u128::from(left.to_bits()), u128::from(right.to_bits()), 32)
        }
        (IpAddr::V6(left), IpAddr::V6(right)) => is_equal(left.to_bits(), right.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
