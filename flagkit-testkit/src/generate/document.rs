//! Good documents: one to twelve flags that lean on segments and on each other.

use serde_json::{Map, Value, json};

use super::{
    condition::{condition, line},
    flag::{Known, flag},
    set,
    vocabulary::user,
};
use crate::Choices;

const FLAGS: [&str; 12] = [
    "payments-v2",
    "theme",
    "new-checkout",
    "dark-mode",
    "search.v2",
    "beta banner",
    "größe",
    "price-test",
    "onboarding",
    "🚀",
    "a:b",
    "checkout",
];

const SEGMENTS: [&str; 5] = ["beta-testers", "staff", "eu", "big spenders", "größe"];

/// A well-typed document that no check refuses.
pub fn document(choices: &mut Choices) -> Value {
    let segments = segments(choices);
    let names: Vec<String> = segments.keys().cloned().collect();
    let mut document = json!({ "schema": "flagkit/1", "flags": flags(choices, &names) });
    if !segments.is_empty() {
        set(&mut document, "segments", Value::Object(segments));
    }
    if choices.chance(40) {
        set(&mut document, "environment", json!(choices.pick(&["production", "staging"])));
    }
    if choices.chance(30) {
        set(&mut document, "revision", json!(choices.below(1_000)));
    }
    if choices.chance(8) {
        set(&mut document, "hash", json!(choices.pick(&["xxh3", "md5"])));
    }
    document
}

/// Each segment may name those before it, so there are no circles.
fn segments(choices: &mut Choices) -> Map<String, Value> {
    let mut segments = Map::new();
    for name in choices.some(&SEGMENTS, 5) {
        let earlier: Vec<String> = segments.keys().cloned().collect();
        segments.insert(name.to_owned(), segment(choices, name, &earlier));
    }
    segments
}

fn segment(choices: &mut Choices, name: &str, earlier: &[String]) -> Value {
    let mut segment = json!({});
    for key in ["include", "exclude"] {
        if choices.chance(50) {
            let count = choices.below(15);
            set(&mut segment, key, (0..count).map(|_| json!(user(choices))).collect());
        }
    }
    if choices.chance(75) {
        let count = choices.below(4);
        set(&mut segment, "conditions", (0..count).map(|_| condition(choices, earlier)).collect());
    }
    if choices.chance(15) {
        set(&mut segment, "when", json!(line(choices, earlier)));
    }
    if choices.chance(50) {
        set(&mut segment, "match_type", json!(choices.pick(&["any", "all"])));
    }
    if choices.chance(15) {
        set(
            &mut segment,
            "bucket_by",
            json!(choices.pick(&["company_id", "country", "targetingKey"])),
        );
    }
    if choices.chance(10) {
        set(&mut segment, "name", json!(name));
    }
    segment
}

/// Flags depend on earlier ones only; a list tells their names in them, a map need not.
fn flags(choices: &mut Choices, segments: &[String]) -> Value {
    let count = 1 + choices.below(FLAGS.len());
    let mut parents: Vec<(String, Vec<String>)> = Vec::new();
    let mut flags = Vec::new();
    for name in FLAGS.iter().take(count) {
        let (flag, variants) = flag(choices, &Known { segments, parents: &parents });
        parents.push(((*name).to_owned(), variants));
        flags.push(flag);
    }
    let is_list = choices.chance(30);
    for (flag, (name, _)) in flags.iter_mut().zip(&parents) {
        if is_list || choices.chance(20) {
            set(flag, "name", json!(name));
        }
    }
    if is_list {
        return Value::Array(flags);
    }
    Value::Object(parents.into_iter().map(|(name, _)| name).zip(flags).collect())
}
