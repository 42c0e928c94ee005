//! LaunchDarkly: flags with targets and rules.
//!
//! There is no "version at least", so rules say "greater than 4.99.99", which is the same for all
//! users. Ids are individual targets.

use serde_json::{Map, Value, json};

use crate::scenario::shape::{
    COUNTRIES, Flag, Last, PATTERN, PLAN, PREFIX, SENIOR, SHARES, STAFF, Shape, VERSION_BELOW, ids,
};

/// The document of these flags.
pub fn document(flags: &[Flag]) -> String {
    let flags: Map<String, Value> =
        flags.iter().map(|flag| (flag.name.clone(), written(flag))).collect();
    json!({ "flags": flags, "segments": {} }).to_string()
}

fn written(flag: &Flag) -> Value {
    let everyone = |variation: usize| json!({ "variation": variation });
    let none: Vec<Value> = Vec::new();
    let (targets, rules, fallthrough, off, variations) = match flag.shape {
        Shape::On => (none.clone(), none, everyone(0), 1, json!([true, false])),
        Shape::Half => (
            none.clone(),
            none,
            json!({ "rollout": rollout(&[("true", 50), ("false", 50)]) }),
            1,
            json!([true, false]),
        ),
        Shape::Ids => {
            let targets = json!({ "values": ids().collect::<Vec<String>>(), "variation": 0 });
            (vec![targets], none, everyone(1), 1, json!([true, false]))
        }
        Shape::FiveRules(last) => {
            (none, five_rules(last), everyone(4), 4, json!(["a", "b", "c", "d", "off"]))
        }
    };
    json!({
        "key": flag.name, "version": 7, "on": true, "salt": format!("salt-of-{}", flag.name),
        "prerequisites": [], "targets": targets, "contextTargets": [], "rules": rules,
        "fallthrough": fallthrough, "offVariation": off, "variations": variations,
        "clientSide": false, "trackEvents": false, "trackEventsFallthrough": false,
    })
}

fn five_rules(last: Last) -> Vec<Value> {
    let device = match last {
        Last::Pattern => clause("device", "matches", &json!([PATTERN])),
        Last::Prefix => clause("device", "startsWith", &json!([PREFIX])),
    };
    let rule = |place: usize, clauses: &[Value]| json!({ "id": format!("rule-{place}"), "variation": place, "clauses": clauses, "trackEvents": false });
    vec![
        rule(
            0,
            &[clause("country", "in", &json!(COUNTRIES)), clause("plan", "in", &json!([PLAN]))],
        ),
        rule(1, &[clause("email", "endsWith", &json!([STAFF]))]),
        rule(2, &[clause("age", "greaterThan", &json!([SENIOR]))]),
        rule(3, &[clause("version", "semVerGreaterThan", &json!([VERSION_BELOW]))]),
        json!({
            "id": "rule-4", "clauses": [device], "trackEvents": false,
            "rollout": rollout(&SHARES),
        }),
    ]
}

fn clause(attribute: &str, operator: &str, values: &Value) -> Value {
    json!({
        "contextKind": "user", "attribute": attribute, "op": operator, "values": values,
        "negate": false,
    })
}

fn rollout(shares: &[(&str, u32)]) -> Value {
    let variation = |(place, (_, percent)): (usize, &(&str, u32))| json!({ "variation": place, "weight": percent * 1_000 });
    let variations: Vec<Value> = shares.iter().enumerate().map(variation).collect();
    json!({ "contextKind": "user", "bucketBy": "key", "variations": variations })
}
