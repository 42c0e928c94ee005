//! GrowthBook: features with rules.
//!
//! There are no operators for parts of texts, so the second and the last rule are patterns in both
//! scenarios of five rules. A list of 10,000 ids is a saved group.

use serde_json::{Value, json};

use crate::scenario::shape::{COUNTRIES, Flag, Last, PATTERN, PLAN, SENIOR, Shape, VERSION, ids};

/// What GrowthBook's API serves for these flags.
pub fn document(flags: &[Flag]) -> String {
    let features: serde_json::Map<String, Value> =
        flags.iter().map(|flag| (flag.name.clone(), feature(flag.shape))).collect();
    let has_ids = flags.iter().any(|flag| flag.shape == Shape::Ids);
    let groups = if has_ids { json!({ "ids": ids().collect::<Vec<String>>() }) } else { json!({}) };
    json!({ "status": 200, "features": features, "savedGroups": groups }).to_string()
}

fn feature(shape: Shape) -> Value {
    match shape {
        Shape::On => json!({ "defaultValue": true }),
        // Between two buckets, for SDKs disagree about the one that equals the coverage.
        Shape::Half => json!({ "defaultValue": false, "rules": [
            { "force": true, "coverage": 0.49995, "hashAttribute": "id", "hashVersion": 2 },
        ]}),
        Shape::FiveRules(last) => json!({ "defaultValue": "off", "rules": rules(last) }),
        Shape::Ids => json!({ "defaultValue": false, "rules": [
            { "condition": { "id": { "$inGroup": "ids" } }, "force": true },
        ]}),
    }
}

fn rules(last: Last) -> Value {
    let pattern = match last {
        Last::Pattern => PATTERN,
        Last::Prefix => "^iphone",
    };
    json!([
        { "condition": { "country": { "$in": COUNTRIES }, "plan": PLAN }, "force": "a" },
        { "condition": { "email": { "$regex": "@example\\.com$" } }, "force": "b" },
        { "condition": { "age": { "$gt": SENIOR } }, "force": "c" },
        { "condition": { "version": { "$vgte": VERSION } }, "force": "d" },
        { "condition": { "device": { "$regex": pattern } }, "variations": ["a", "b", "c"],
          "weights": [0.5, 0.3, 0.2], "coverage": 1, "hashAttribute": "id", "hashVersion": 2 },
    ])
}
