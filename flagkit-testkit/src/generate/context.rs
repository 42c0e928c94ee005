//! Contexts: users the documents speak about, and some they do not expect.

use serde_json::{Map, Value, json};

use super::vocabulary::{
    ADDRESSES, BOOLEANS, LISTS, NUMBERS, ROLES, TEXTS, VERSIONS, number, numeric_text, text_of,
    time, user,
};
use crate::Choices;

/// A context with attributes of the vocabulary: most fit, some are missing or odd.
pub fn context(choices: &mut Choices) -> Value {
    if choices.chance(1) {
        return choices.pick(&[json!(null), json!({})]).clone();
    }
    let mut attributes = Map::new();
    identity(choices, &mut attributes);
    for (name, _) in TEXTS.iter().filter(|(name, _)| *name != "user_id") {
        add(choices, &mut attributes, name, |choices| text_of(choices, name));
    }
    for name in NUMBERS {
        add(choices, &mut attributes, name, number);
    }
    for name in BOOLEANS {
        add(choices, &mut attributes, name, |choices| json!(choices.chance(50)));
    }
    for name in LISTS {
        add(choices, &mut attributes, name, |choices| json!(choices.some(&ROLES, 3)));
    }
    for name in ["signup_at", "last_seen"] {
        add(choices, &mut attributes, name, time);
    }
    add(choices, &mut attributes, "app_version", |choices| json!(choices.pick(&VERSIONS)));
    add(choices, &mut attributes, "ip", |choices| json!(choices.pick(&ADDRESSES)));
    world(choices, &mut attributes);
    Value::Object(attributes)
}

fn identity(choices: &mut Choices, attributes: &mut Map<String, Value>) {
    let id = match choices.below(20) {
        0 => json!(42),
        1 => json!(42.0),
        2 => json!(true),
        3 => choices
            .pick(&[json!(["a", 1]), json!({ "a": [1, null] }), json!(""), json!("ü-🚀")])
            .clone(),
        _ => json!(user(choices)),
    };
    match choices.below(20) {
        0 => {}
        1 => drop(attributes.insert("user_id".to_owned(), Value::Null)),
        2 | 3 => drop(attributes.insert("targetingKey".to_owned(), id)),
        4 => attributes
            .extend([("user_id".to_owned(), Value::Null), ("targetingKey".to_owned(), id)]),
        5 => attributes.extend([
            ("user_id".to_owned(), id),
            ("targetingKey".to_owned(), json!(user(choices))),
        ]),
        _ => drop(attributes.insert("user_id".to_owned(), id)),
    }
    if choices.chance(70) {
        attributes.insert("company_id".to_owned(), json!(format!("c-{}", choices.below(9))));
    }
}

/// Only now and then does a context itself say when and where.
fn world(choices: &mut Choices, attributes: &mut Map<String, Value>) {
    if choices.chance(25) {
        let environment = *choices.pick(&["production", "staging", "dev"]);
        attributes.insert("environment".to_owned(), json!(environment));
    }
    if choices.chance(5) {
        let now = time(choices);
        attributes.insert("now".to_owned(), now);
    }
}

fn add(
    choices: &mut Choices,
    attributes: &mut Map<String, Value>,
    name: &str,
    value: impl FnOnce(&mut Choices) -> Value,
) {
    if choices.chance(20) {
        return;
    }
    let value = if choices.chance(12) { odd(choices) } else { value(choices) };
    match name.split_once('.') {
        Some((outer, inner)) if choices.chance(75) => {
            let entry = attributes.entry(outer.to_owned()).or_insert_with(|| json!({}));
            if let Some(entry) = entry.as_object_mut() {
                entry.insert(inner.to_owned(), value);
            }
        }
        _ => drop(attributes.insert(name.to_owned(), value)),
    }
}

/// A value of a type the documents do not expect. No huge times: calendars end somewhere.
fn odd(choices: &mut Choices) -> Value {
    match choices.below(10) {
        0 => json!(null),
        1 => json!([]),
        2 => json!(["DE", "pro", 42, null, "admin"]),
        3 => json!({ "os": "ios", "inner": { "deep": [1] } }),
        4 => json!(choices.chance(50)),
        5 => json!(""),
        6 => json!("e\u{301}\u{0}\u{202e}\u{10ffff}"),
        7 => json!(choices.between(-5, 5)),
        8 => json!([["DE"], { "a": 1.0 }]),
        _ => numeric_text(choices),
    }
}
