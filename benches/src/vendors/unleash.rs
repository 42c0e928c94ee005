//! Unleash: features with strategies.
//!
//! Rules are strategies with a constraint, of which any may hold; each has variants of its own.

use serde_json::{Value, json};

use crate::scenario::shape::{
    COUNTRIES, Flag, Last, PATTERN, PLAN, PREFIX, SENIOR, SHARES, STAFF, Shape, VERSION, ids,
};

/// How a strategy for everyone is written.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "whoever compares takes both")]
pub enum Rollout {
    /// As Unleash's interface does.
    Flexible,
    /// As the oldest strategy that there is.
    Plain,
}

/// The document of these flags.
pub fn document(flags: &[Flag], rollout: Rollout) -> String {
    let features: Vec<Value> = flags.iter().map(|flag| feature(flag, rollout)).collect();
    json!({ "version": 2, "features": features, "segments": [] }).to_string()
}

fn feature(flag: &Flag, rollout: Rollout) -> Value {
    let everyone = || strategy(&flag.name, rollout);
    let strategies = match flag.shape {
        Shape::On => vec![everyone()],
        Shape::Half => vec![percentage(&flag.name, 50)],
        Shape::Ids => vec![with(
            everyone(),
            &[
                json!({ "contextName": "userId", "operator": "IN", "values": ids().collect::<Vec<_>>() }),
            ],
            &[],
        )],
        Shape::FiveRules(last) => five_rules(last, &everyone),
    };
    json!({
        "name": flag.name, "type": "release", "enabled": true, "project": "default",
        "stale": false, "impressionData": false, "strategies": strategies, "variants": [],
    })
}

fn five_rules(last: Last, everyone: &dyn Fn() -> Value) -> Vec<Value> {
    let only = |name: &str| [variant(name, 100)];
    let device = match last {
        Last::Pattern => json!({ "contextName": "device", "operator": "REGEX", "value": PATTERN }),
        Last::Prefix => {
            json!({ "contextName": "device", "operator": "STR_STARTS_WITH", "values": [PREFIX] })
        }
    };
    vec![
        with(
            everyone(),
            &[
                json!({ "contextName": "country", "operator": "IN", "values": COUNTRIES }),
                json!({ "contextName": "plan", "operator": "IN", "values": [PLAN] }),
            ],
            &only("a"),
        ),
        with(
            everyone(),
            &[json!({ "contextName": "email", "operator": "STR_ENDS_WITH", "values": [STAFF] })],
            &only("b"),
        ),
        with(
            everyone(),
            &[json!({ "contextName": "age", "operator": "NUM_GT", "value": SENIOR.to_string() })],
            &only("c"),
        ),
        with(
            everyone(),
            &[json!({ "contextName": "version", "operator": "SEMVER_GTE", "value": VERSION })],
            &only("d"),
        ),
        with(everyone(), &[device], &SHARES.map(|(name, percent)| variant(name, percent))),
    ]
}

fn strategy(name: &str, rollout: Rollout) -> Value {
    match rollout {
        Rollout::Flexible => percentage(name, 100),
        Rollout::Plain => json!({ "name": "default", "parameters": {}, "constraints": [] }),
    }
}

fn percentage(name: &str, percent: u32) -> Value {
    let parameters = json!({
        "groupId": name, "rollout": percent.to_string(), "stickiness": "userId",
    });
    json!({ "name": "flexibleRollout", "parameters": parameters, "constraints": [] })
}

fn with(mut strategy: Value, constraints: &[Value], variants: &[Value]) -> Value {
    if let Some(fields) = strategy.as_object_mut() {
        fields.insert("constraints".to_owned(), constraints.into());
        fields.insert("variants".to_owned(), variants.into());
    }
    strategy
}

fn variant(name: &str, percent: u32) -> Value {
    json!({ "name": name, "weight": percent * 10, "weightType": "fix", "stickiness": "userId" })
}
