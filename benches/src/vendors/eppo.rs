//! Eppo: flags with allocations.
//!
//! There are no operators for the ends of texts, so W3s and the second rule are patterns. Assignments are not logged
//! (`doLog`).

use serde_json::{Map, Value, json};

use crate::scenario::shape::{
    COUNTRIES, Flag, Last, PATTERN, PLAN, PREFIX, SENIOR, SHARES, STAFF, Shape, VERSION, ids,
};

/// The document of these flags.
pub fn document(flags: &[Flag]) -> String {
    let flags: Map<String, Value> =
        flags.iter().map(|flag| (flag.name.clone(), written(flag))).collect();
    let document = json!({
        "createdAt": "2026-01-01T00:00:00.000Z", "format": "SERVER",
        "environment": { "name": "Production" }, "flags": flags, "bandits": {},
    });
    document.to_string()
}

fn written(flag: &Flag) -> Value {
    let name = flag.name.as_str();
    let on = |shards: &[Value]| split("on", shards);
    let (kind, variations, allocations) = match flag.shape {
        Shape::On => ("BOOLEAN", switch(), vec![allocation("all", &[], &[on(&[])])]),
        Shape::Half => {
            let half = shard(name, 0, 50);
            ("BOOLEAN", switch(), vec![allocation("half", &[], &[on(&[half])])])
        }
        Shape::Ids => {
            let ids = condition("id", "ONE_OF", &json!(ids().collect::<Vec<String>>()));
            ("BOOLEAN", switch(), vec![allocation("ids", &[ids], &[on(&[])])])
        }
        Shape::FiveRules(last) => ("STRING", variants(), five_rules(name, last)),
    };
    json!({
        "key": name, "enabled": true, "variationType": kind, "variations": variations,
        "totalShards": 10_000, "allocations": allocations,
    })
}

fn switch() -> Value {
    json!({ "on": { "key": "on", "value": true }, "off": { "key": "off", "value": false } })
}

fn variants() -> Value {
    let variant = |name: &str| (name.to_owned(), json!({ "key": name, "value": name }));
    Value::Object(["a", "b", "c", "d"].map(variant).into_iter().collect())
}

fn five_rules(flag: &str, last: Last) -> Vec<Value> {
    let device = match last {
        Last::Pattern => PATTERN.to_owned(),
        Last::Prefix => format!("^{PREFIX}"),
    };
    let staff = format!("{}$", STAFF.replace('.', "\\."));
    let only = |key: &str, name: &str, conditions: &[Value]| {
        allocation(key, conditions, &[split(name, &[])])
    };
    let mut end = 0;
    let shares = SHARES.map(|(name, percent)| {
        let begin = end;
        end += percent;
        split(name, &[shard(flag, begin, end)])
    });
    vec![
        only(
            "europe",
            "a",
            &[
                condition("country", "ONE_OF", &json!(COUNTRIES)),
                condition("plan", "ONE_OF", &json!([PLAN])),
            ],
        ),
        only("staff", "b", &[condition("email", "MATCHES", &json!(staff))]),
        only("seniors", "c", &[condition("age", "GT", &json!(SENIOR))]),
        only("new-app", "d", &[condition("version", "GTE", &json!(VERSION))]),
        allocation("phones", &[condition("device", "MATCHES", &json!(device))], &shares),
    ]
}

fn allocation(key: &str, conditions: &[Value], splits: &[Value]) -> Value {
    let rules =
        if conditions.is_empty() { json!([]) } else { json!([{ "conditions": conditions }]) };
    json!({ "key": key, "rules": rules, "splits": splits, "doLog": false })
}

fn condition(attribute: &str, operator: &str, value: &Value) -> Value {
    json!({ "attribute": attribute, "operator": operator, "value": value })
}

fn split(variation: &str, shards: &[Value]) -> Value {
    json!({ "variationKey": variation, "shards": shards })
}

fn shard(flag: &str, begin: u32, end: u32) -> Value {
    let range = json!({ "start": begin * 100, "end": end * 100 });
    json!({ "salt": format!("{flag}-split"), "ranges": [range] })
}
