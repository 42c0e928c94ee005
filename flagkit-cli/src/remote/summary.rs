//! What a flag does, in a few words, from its native definition.
//!
//! Only what is written is looked at: segments, prerequisites and the clock are for
//! `flagkit explain`.

use serde_json::Value;

use crate::terminal::counted;

/// How much of a flag is on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    /// For nobody, whatever else it says.
    Off,
    /// For some.
    Partly,
    /// For everyone.
    On,
}

impl State {
    /// The word in tables.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Partly => "partly",
            Self::On => "on",
        }
    }
}

/// How much of a flag is on.
pub(crate) fn state(definition: &Value) -> State {
    if is_exact(definition) {
        return State::Partly;
    }
    if definition.get("enabled") != Some(&Value::Bool(true)) {
        return State::Off;
    }
    let is_for_all = percentage(definition) >= 100.0
        && LIMITS.iter().all(|&field| is_empty(definition.get(field)));
    if is_for_all { State::On } else { State::Partly }
}

/// `off`, `on for everyone`, `on for 25 %`, `on by 2 rules, else for 25 %`.
pub(crate) fn sentence(definition: &Value) -> String {
    if is_exact(definition) {
        return "decided by rules in the exact form".to_owned();
    }
    if definition.get("enabled") != Some(&Value::Bool(true)) {
        return "off".to_owned();
    }
    let (rules, overrides) = (count(definition, "targeting_rules"), count(definition, "overrides"));
    let percentage = match percentage(definition) {
        all if all >= 100.0 => "everyone".to_owned(),
        0.0 => "nobody".to_owned(),
        some => format!("{some} %"),
    };
    let mut first = Vec::new();
    if overrides > 0 {
        first.push(counted(overrides, "override"));
    }
    if rules > 0 {
        first.push(counted(rules, "rule"));
    }
    let mut sentence = if first.is_empty() {
        format!("on for {percentage}")
    } else {
        format!("on by {}, else for {percentage}", first.join(" and "))
    };
    for (field, words) in [
        ("dependencies", "where its dependencies are on"),
        ("environments", "in some environments"),
        ("schedule", "by a schedule"),
    ] {
        if !is_empty(definition.get(field)) {
            sentence.push_str(", ");
            sentence.push_str(words);
        }
    }
    sentence
}

fn is_exact(definition: &Value) -> bool {
    definition.get("exact").is_some()
}

fn percentage(definition: &Value) -> f64 {
    definition.get("rollout_percentage").and_then(Value::as_f64).unwrap_or(0.0)
}

fn count(definition: &Value, field: &str) -> usize {
    match definition.get(field) {
        Some(Value::Array(items)) => items.len(),
        Some(Value::Object(entries)) => entries.len(),
        _ => 0,
    }
}

fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(entries)) => entries.is_empty(),
        Some(_) => false,
    }
}

/// Whatever can keep a flag from being on for somebody.
const LIMITS: [&str; 5] =
    ["targeting_rules", "overrides", "dependencies", "environments", "schedule"];

#[cfg(test)]
mod tests;
