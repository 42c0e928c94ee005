//! Native documents and contexts for the workloads W1 to W5, and for deltas.
//!
//! * W1: on for everyone.
//! * W2: 50 % by user id, over 1,000 users.
//! * W3: five ordered rules, of which the last matches (a pattern), then a 50/30/20
//!   split; W3s the same with a prefix in place of the pattern.
//! * W4: one rule with 10,000 ids, hit and miss alternating.
//! * W5: 10,000 flags, a third each of W1, W2 and W3s, a random flag and user each time.

use flagkit::Context;
use serde_json::{Value, json};

/// The document of W1 to W4.
pub fn document() -> String {
    json!({ "schema": "flagkit/1", "flags": flags() }).to_string()
}

/// One flag of [`document`], alone: no other key is in the way of its own.
pub fn document_of(flag: &str) -> String {
    let flags = flags();
    json!({ "schema": "flagkit/1", "flags": { flag: flags.get(flag) } }).to_string()
}

/// A flag behind a prerequisite, for the members of a segment.
pub fn document_with_references() -> String {
    json!({
        "schema": "flagkit/1",
        "segments": { "testers": {
            "include": ["user-1", "user-2"],
            "conditions": [{ "attribute": "plan", "operator": "equals", "values": ["free"] }],
        }},
        "flags": {
            "payments": { "enabled": true, "rollout_percentage": 100 },
            "checkout": { "enabled": true, "dependencies": ["payments"], "targeting_rules": [
                { "id": "testers", "conditions": [{ "operator": "in_segment", "values": ["testers"] }] },
            ]},
        },
    })
    .to_string()
}

fn flags() -> Value {
    let ids: Vec<String> = (0..10_000).map(|number| format!("user-{}", number * 2)).collect();
    json!({
        "w1": { "enabled": true, "rollout_percentage": 100 },
        "w2": { "enabled": true, "rollout_percentage": 50 },
        "w2-xxh3": { "enabled": true, "rollout_percentage": 50, "hash": "xxh3" },
        "w3": five_rules(&json!({ "attribute": "device", "operator": "regex", "values": ["iphone1[0-9]"] })),
        "w3s": five_rules(&json!({ "attribute": "device", "operator": "starts_with", "values": ["iphone"] })),
        "w4": { "enabled": true, "targeting_rules": [
            { "id": "ids", "conditions": [{ "attribute": "user_id", "operator": "in", "values": ids }] }
        ]},
    })
}

/// The document of W5: this many flags.
pub fn many_flags(count: usize) -> String {
    let prefix = json!({ "attribute": "device", "operator": "starts_with", "values": ["iphone"] });
    let flag = |number: usize| match number % 3 {
        0 => json!({ "enabled": true, "rollout_percentage": 100 }),
        1 => json!({ "enabled": true, "rollout_percentage": 50 }),
        _ => five_rules(&prefix),
    };
    let flags: serde_json::Map<String, Value> =
        (0..count).map(|number| (flag_name(number), flag(number))).collect();
    json!({ "schema": "flagkit/1", "flags": flags }).to_string()
}

/// A document with one flag of [`many_flags`], which has changed since.
pub fn changed_flag(number: usize) -> String {
    let flag = json!({ "enabled": true, "rollout_percentage": 7 });
    json!({ "schema": "flagkit/1", "flags": { flag_name(number): flag } }).to_string()
}

/// Flags that say little, in few words: a million of them stay below the limit of a document.
pub fn short_flags(numbers: std::ops::Range<usize>) -> String {
    let flags: Vec<String> = numbers
        .map(|number| {
            let percentage = if number % 2 == 0 { 50 } else { 100 };
            let name = short_name(number);
            format!(r#""{name}":{{"enabled":true,"rollout_percentage":{percentage}}}"#)
        })
        .collect();
    format!(r#"{{"schema":"flagkit/1","flags":{{{}}}}}"#, flags.join(","))
}

/// The key of a flag of [`short_flags`].
pub fn short_name(number: usize) -> String {
    format!("f{number}")
}

/// The key of a flag of [`many_flags`].
pub fn flag_name(number: usize) -> String {
    format!("flag-{number:06}")
}

/// The key of a user.
pub fn user_name(number: usize) -> String {
    format!("user-{number}")
}

/// A user whom only the last of the five rules matches.
pub fn user(number: usize) -> Context {
    Context::new(user_name(number))
        .with("country", "US")
        .with("plan", "free")
        .with("email", "someone@elsewhere.org")
        .with("age", 37)
        .with("version", "4.2.1")
        .with("device", "iphone15")
}

fn five_rules(last: &Value) -> Value {
    let countries = ["DE", "FR", "IT", "ES", "NL", "BE", "AT", "PT", "SE", "DK"];
    json!({
        "enabled": true,
        "variants": {
            "a": { "weight": 50 }, "b": { "weight": 30 }, "c": { "weight": 20 },
        },
        "targeting_rules": [
            { "id": "europe", "variant": "a", "conditions": [
                { "attribute": "country", "operator": "in", "values": countries },
                { "attribute": "plan", "operator": "equals", "values": ["pro"] },
            ]},
            { "id": "staff", "variant": "a", "conditions": [
                { "attribute": "email", "operator": "ends_with", "values": ["@example.com"] },
            ]},
            { "id": "seniors", "variant": "b", "conditions": [
                { "attribute": "age", "operator": "greater_than", "values": [60] },
            ]},
            { "id": "new-app", "variant": "b", "conditions": [
                { "attribute": "version", "operator": "semver_greater", "values": ["4.99.99"] },
            ]},
            { "id": "phones", "conditions": [last], "rollout": {
                "percentage": 100, "variants": { "a": 50, "b": 30, "c": 20 },
            }},
        ],
    })
}
