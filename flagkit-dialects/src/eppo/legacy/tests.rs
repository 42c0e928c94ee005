#![expect(clippy::needless_pass_by_value, reason = "tests write JSON where it is used")]

use flagkit_core::{Fixed, Timestamp};
use serde_json::{Value, json};

use super::super::{Flags, context};

/// A flag with the variations `control` (shards 0 to 4999) and `treatment` (the rest).
fn document(changes: Value) -> Value {
    let variation = |name: &str, key: &str, start: u32| {
        json!({
            "name": name, "value": name, "typedValue": name, "variationKey": key,
            "shardRange": { "start": start, "end": start + 5000 },
        })
    };
    let mut allocation = json!({
        "percentExposure": 1, "statusQuoVariationKey": "v-1", "shippedVariationKey": null,
        "holdouts": [],
        "variations": [variation("control", "v-1", 0), variation("treatment", "v-2", 5000)],
    });
    for (name, value) in changes["allocation"].as_object().into_iter().flatten() {
        allocation[name] = value.clone();
    }
    let mut flag = json!({
        "subjectShards": 10000, "enabled": true, "typedOverrides": {},
        "rules": [{ "allocationKey": "all", "conditions": [] }],
        "allocations": { "all": allocation },
    });
    for (name, value) in changes["flag"].as_object().into_iter().flatten() {
        flag[name] = value.clone();
    }
    json!({ "flags": { "f": flag } })
}

fn served(document: &Value, subject: &str, attributes: Value) -> Value {
    let flags = Flags::read(&document.to_string()).unwrap();
    let subject = context(&json!({ "subjectKey": subject, "attributes": attributes })).unwrap();
    let world = Fixed::at(Timestamp::EPOCH);
    let found = flags.snapshot().resolve("f", &subject, &world, &mut ()).unwrap();
    found.value().map_or(Value::Null, crate::value_to_json)
}

// md5("assignment-alice-f") begins with b5bc8ba6, md5("exposure-alice-f") with 504da8d5 and
// md5("holdout-alice") with 14a02177; each modulo 10000:
const ASSIGNED: u32 = 2614;
const EXPOSED: u32 = 6773;
const HELD: u32 = 8647;

#[test]
fn the_shard_of_a_subject_chooses_the_variation() {
    assert_eq!(served(&document(json!({})), "alice", json!({})), "control");
    let moved = |end: u32| {
        let variation = json!({
            "name": "only", "value": "only", "shardRange": { "start": ASSIGNED, "end": end },
        });
        let allocation = json!({ "variations": [variation] });
        served(&document(json!({ "allocation": allocation })), "alice", json!({}))
    };
    assert_eq!(moved(ASSIGNED + 1), "only");
    assert_eq!(moved(ASSIGNED), Value::Null);
}

#[test]
fn a_shard_that_equals_the_exposure_is_inside() {
    let exposed = |shards: f64| {
        let allocation = json!({ "percentExposure": shards / 10_000.0 });
        !served(&document(json!({ "allocation": allocation })), "alice", json!({})).is_null()
    };
    assert!(exposed(f64::from(EXPOSED)));
    assert!(!exposed(f64::from(EXPOSED) - 1.0));
}

#[test]
fn overrides_come_first_even_where_the_flag_is_off() {
    // md5("alice")
    let overrides = json!({ "6384e2b2184bcbf58eccf10ca7a6563c": "given" });
    let flag = json!({ "typedOverrides": overrides, "enabled": false });
    let document = document(json!({ "flag": flag }));
    assert_eq!(served(&document, "alice", json!({})), "given");
    assert_eq!(served(&document, "bob", json!({})), Value::Null);
}

#[test]
fn who_is_held_out_gets_what_was_there_before() {
    let held = |kind: &str| {
        let holdouts = json!([{ "holdoutKey": "h", kind: { "start": HELD, "end": HELD + 1 } }]);
        let allocation = json!({ "holdouts": holdouts, "statusQuoVariationKey": "v-1" });
        served(&document(json!({ "allocation": allocation })), "alice", json!({}))
    };
    assert_eq!(held("statusQuoShardRange"), "control");
    // Nothing is shipped, so nothing is served.
    assert_eq!(held("shippedShardRange"), Value::Null);
}

#[test]
fn texts_compare_without_case_and_the_first_rule_that_holds_decides() {
    let condition = |operator: &str, value: Value| json!({ "attribute": "device", "operator": operator, "value": value });
    let with = |conditions: Value| {
        let rules = json!([{ "allocationKey": "all", "conditions": conditions }]);
        document(json!({ "flag": { "rules": rules } }))
    };
    let holds = |conditions: Value, attributes: Value| {
        !served(&with(conditions), "alice", attributes).is_null()
    };
    let ios = json!({ "device": "IOS" });
    assert!(holds(json!([condition("ONE_OF", json!(["iOS"]))]), ios.clone()));
    assert!(!holds(json!([condition("NOT_ONE_OF", json!(["iOS"]))]), ios.clone()));
    assert!(!holds(json!([condition("NOT_ONE_OF", json!(["iOS"]))]), json!({})));
    assert!(!holds(json!([condition("MATCHES", json!("ios"))]), ios));
    assert!(holds(json!([condition("GT", json!(1))]), json!({ "device": 2 })));
}

#[test]
fn a_rule_of_an_unknown_allocation_breaks_the_flag() {
    let rules = json!([{ "allocationKey": "gone", "conditions": [] }]);
    let flags = Flags::read(&document(json!({ "flag": { "rules": rules } })).to_string()).unwrap();
    assert!(flags.snapshot().flag("f").unwrap().fault().is_some());
}
