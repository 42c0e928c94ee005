//! Conditions with every operator, as objects and as lines of text.

use serde_json::{Value, json};

use super::{
    set,
    vocabulary::{
        BOOLEANS, HOURS, LISTS, NETWORKS, NUMBERS, PATTERNS, REQUIREMENTS, ROLES, TEXTS, VERSIONS,
        WEEKDAYS, number, numeric_text, text_of, time,
    },
};
use crate::Choices;

const OPERATORS: [&str; 30] = [
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

/// One comparison, before it is decided how it is written.
struct Comparison {
    attribute: String,
    operator: &'static str,
    values: Vec<Value>,
}

/// A condition in any form; `segments` are those it may name.
pub(crate) fn condition(choices: &mut Choices, segments: &[String]) -> Value {
    match choices.below(10) {
        0 => json!(line(choices, segments)),
        1 | 2 => json!({ "when": line(choices, segments) }),
        _ => object(choices, segments),
    }
}

fn object(choices: &mut Choices, segments: &[String]) -> Value {
    let comparison = comparison(choices, segments);
    let operator = comparison.operator;
    let mut condition = json!({ "operator": operator });
    let is_default = matches!(operator, "in_segment" | "not_in_segment")
        || (matches!(operator, "percentage" | "time_between" | "weekday") && choices.chance(50));
    if !is_default {
        set(&mut condition, "attribute", json!(comparison.attribute));
    }
    match comparison.values.as_slice() {
        [] if matches!(operator, "exists" | "not_exists") => {}
        [value] if !value.is_array() && choices.chance(30) => {
            let key = *choices.pick(&["value", "values"]);
            set(&mut condition, key, value.clone());
        }
        values => set(&mut condition, "values", json!(values)),
    }
    if operator == "percentage" && choices.chance(40) {
        set(&mut condition, "seed", json!(choices.pick(&["shared", "new-checkout", ""])));
    }
    if choices.chance(15) {
        set(&mut condition, "negate", json!(choices.chance(80)));
    }
    if choices.chance(25) {
        set(&mut condition, "case_insensitive", json!(choices.chance(80)));
    }
    condition
}

fn comparison(choices: &mut Choices, segments: &[String]) -> Comparison {
    let mut operator = *choices.pick(&OPERATORS);
    if segments.is_empty() && operator.ends_with("segment") {
        operator = "exists";
    }
    let attribute = attribute(choices, operator);
    let count = match operator {
        "exists" | "not_exists" => 0,
        "percentage" => 1,
        _ if choices.chance(3) => 0,
        _ => 1 + choices.below(3),
    };
    let values = (0..count).map(|_| value(choices, operator, &attribute, segments)).collect();
    Comparison { attribute, operator, values }
}

fn attribute(choices: &mut Choices, operator: &str) -> String {
    let texts: Vec<&str> = TEXTS.iter().map(|(name, _)| *name).collect();
    let names = match operator {
        "equals" | "not_equals" | "in" | "not_in" | "exists" | "not_exists" => [
            &texts[..],
            &NUMBERS,
            &BOOLEANS,
            &LISTS,
            &["environment", "targetingKey", "device", "now"],
        ]
        .concat(),
        "contains" | "not_contains" => [&texts[..], &LISTS].concat(),
        "greater_than" | "less_than" | "greater_or_equal" | "less_or_equal" => NUMBERS.to_vec(),
        "semver_equal" | "semver_greater" | "semver_less" | "semver_matches" => vec!["app_version"],
        "before" | "after" | "time_between" | "weekday" => vec!["signup_at", "last_seen", "now"],
        "in_cidr" => vec!["ip"],
        "percentage" => vec!["user_id", "company_id", "targetingKey", "country"],
        _ => texts,
    };
    (*choices.pick(&names)).to_owned()
}

/// A value the operator can read and the attribute may have.
fn value(choices: &mut Choices, operator: &str, attribute: &str, segments: &[String]) -> Value {
    match operator {
        "equals" | "not_equals" | "in" | "not_in" => equal_value(choices, attribute),
        "contains" | "not_contains" if LISTS.contains(&attribute) => json!(choices.pick(&ROLES)),
        "contains" | "not_contains" if choices.chance(5) => number(choices),
        "starts_with" | "not_starts_with" | "ends_with" | "not_ends_with" | "contains"
        | "not_contains" => part_of_text(choices, attribute),
        "regex" | "not_regex" => json!(choices.pick(&PATTERNS)),
        "semver_equal" | "semver_greater" | "semver_less" => json!(choices.pick(&VERSIONS)),
        "semver_matches" => json!(choices.pick(&REQUIREMENTS)),
        "before" | "after" => time(choices),
        "time_between" => json!(choices.pick(&HOURS)),
        "weekday" => json!(choices.pick(&WEEKDAYS)),
        "in_cidr" => json!(choices.pick(&NETWORKS)),
        "in_segment" | "not_in_segment" => json!(choices.pick(segments)),
        "percentage" => {
            choices.pick(&[json!(50), json!(12.34), json!(0), json!(100), json!(75.5)]).clone()
        }
        _ if choices.chance(10) => numeric_text(choices),
        _ => number(choices),
    }
}

fn equal_value(choices: &mut Choices, attribute: &str) -> Value {
    match attribute {
        _ if choices.chance(6) => {
            let odd =
                [json!(null), json!([1, "a"]), json!({ "os": "ios" }), json!("42"), json!(true)];
            choices.pick(&odd).clone()
        }
        "beta" | "verified" => json!(choices.chance(50)),
        "environment" => json!(choices.pick(&["production", "staging", "dev"])),
        "targetingKey" => text_of(choices, "user_id"),
        "age" | "score" | "cart.total" | "logins" => number(choices),
        "now" => json!(super::NOW),
        name => text_of(choices, name),
    }
}

/// The first or last characters of a text, cut between characters.
fn part_of_text(choices: &mut Choices, attribute: &str) -> Value {
    let text = text_of(choices, attribute);
    let chars: Vec<char> = text.as_str().unwrap_or_default().chars().collect();
    let count = choices.below(chars.len() + 1);
    if choices.chance(50) {
        json!(chars.iter().take(count).collect::<String>())
    } else {
        json!(chars.iter().skip(chars.len() - count).collect::<String>())
    }
}

/// One line of the condition language, at most three levels deep.
pub(crate) fn line(choices: &mut Choices, segments: &[String]) -> String {
    expression(choices, segments, 2)
}

fn expression(choices: &mut Choices, segments: &[String], depth: usize) -> String {
    if depth == 0 {
        return comparison_text(choices, segments);
    }
    let part = |choices: &mut Choices| expression(choices, segments, depth - 1);
    match choices.below(8) {
        0 | 1 => format!("{} and {}", part(choices), part(choices)),
        2 => format!("{} or {}", part(choices), part(choices)),
        3 => format!("not {}", part(choices)),
        4 => format!("({} or {}) and {}", part(choices), part(choices), part(choices)),
        5 => format!("not ( {} )", part(choices)),
        _ => comparison_text(choices, segments),
    }
}

fn comparison_text(choices: &mut Choices, segments: &[String]) -> String {
    let mut comparison = comparison(choices, segments);
    if comparison.operator == "percentage" {
        // A line knows no such operator, and `exists` fits any attribute.
        comparison.operator = "exists";
    }
    let values = values_text(choices, &comparison.values);
    let name = match comparison.attribute.as_str() {
        name if choices.chance(10) => format!("`{name}`"),
        name => name.to_owned(),
    };
    match comparison.operator {
        operator @ ("exists" | "not_exists") => format!("{name} {operator}"),
        operator @ ("in_segment" | "not_in_segment") => format!("{operator} {values}"),
        operator => format!("{name}{}{values}", symbol(choices, operator)),
    }
}

fn symbol(choices: &mut Choices, operator: &str) -> String {
    let short = match operator {
        "equals" | "in" => choices.pick(&["==", " == ", " in "]),
        "not_equals" | "not_in" => choices.pick(&["!=", " != ", " not in ", "  not  in "]),
        "greater_than" => " > ",
        "less_than" => "<",
        "greater_or_equal" => " >= ",
        "less_or_equal" => " <= ",
        "regex" => " matches ",
        _ => "",
    };
    if short.is_empty() || choices.chance(25) { format!(" {operator} ") } else { short.to_owned() }
}

fn values_text(choices: &mut Choices, values: &[Value]) -> String {
    let texts: Vec<String> = values.iter().map(|value| value_text(choices, value)).collect();
    match values {
        [value] if !value.is_array() && !value.is_object() && choices.chance(60) => texts.concat(),
        _ => format!("[{}]", texts.join(", ")),
    }
}

/// JSON, now and then in single quotes or with a unit; the language has no maps.
fn value_text(choices: &mut Choices, value: &Value) -> String {
    match value {
        Value::Object(_) => "\"a map\"".to_owned(),
        Value::String(text) if choices.chance(30) => {
            let inner = value.to_string().replace("\\\"", "\"").replace('\'', "\\'");
            format!("'{}'", inner.get(1..inner.len() - 1).unwrap_or(text))
        }
        Value::Number(number) if choices.chance(10) => with_unit(choices, number),
        other => other.to_string(),
    }
}

/// The number in another unit, or another number with a unit.
fn with_unit(choices: &mut Choices, number: &serde_json::Number) -> String {
    match number.as_i64() {
        Some(whole) if whole % 60 == 0 => format!("{}m", whole / 60),
        Some(whole) if whole.unsigned_abs() < 1_000_000 => match choices.below(4) {
            0 => format!("{whole}s"),
            1 => format!("{whole}000ms"),
            2 => format!("{whole}00%"),
            _ => format!("{whole}000000ppm"),
        },
        _ => format!("{number}%"),
    }
}
