//! Evaluating a vendor's flags allocates nothing, once a context is there.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use flagkit_core::{Fixed, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, context_from_text, decode};

struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        let _ = BYTES.try_with(|bytes| bytes.set(bytes.get() + layout.size() as u64));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often memory was asked for while this ran, and for how many bytes.
pub(crate) fn effort(work: impl FnOnce()) -> [u64; 2] {
    let before = [COUNT.get(), BYTES.get()];
    work();
    [COUNT.get() - before[0], BYTES.get() - before[1]]
}

/// Evaluates every flag of a document for a context and counts.
///
/// The first round may fill caches of the regular expressions.
fn check(dialect: Dialect, text: &str, context: &str) {
    let decoded = decode(dialect, text, &Settings::default()).unwrap();
    assert!(decoded.diagnostics.is_empty(), "{dialect}: {:?}", decoded.diagnostics);
    let keys: Vec<String> = decoded.document.flags.iter().map(|flag| flag.key.clone()).collect();
    assert!(!keys.is_empty(), "{dialect}: no flags");
    let compiled = compile(decoded.document);
    assert!(compiled.diagnostics.is_empty(), "{dialect}: {:?}", compiled.diagnostics);
    let context = context_from_text(dialect, context).unwrap();
    let world = Fixed::at(Timestamp::EPOCH);
    for key in &keys {
        let ask = || {
            compiled
                .snapshot
                .resolve(key, &context, &world, &mut ())
                .map(|found| found.is_enabled())
        };
        let first = ask();
        let before = COUNT.get();
        let second = ask();
        assert_eq!(COUNT.get() - before, 0, "{dialect}: {key}");
        assert_eq!(first, second, "{dialect}: {key}");
    }
}

#[test]
fn configcat() {
    let text = r#"{ "p": { "s": "salt" },
        "s": [{ "n": "Beta", "r": [{ "a": "Tags", "c": 34, "l": ["a\"b", "c"] }, { "a": "Age", "c": 15, "d": 18 }] }],
        "f": {
            "text": { "t": 1, "a": "Age", "v": { "s": "else" }, "r": [
                { "c": [{ "u": { "a": "Age", "c": 2, "l": ["x"] } }], "s": { "v": { "s": "a" } } },
                { "c": [{ "u": { "a": "Score", "c": 30, "l": ["x"] } }, { "s": { "s": 0, "c": 1 } }], "s": { "v": { "s": "b" } } },
                { "c": [{ "u": { "a": "Email", "c": 22, "l": ["1_00"] } }], "s": { "v": { "s": "c" } } },
                { "c": [{ "u": { "a": "Email", "c": 16, "l": ["00"] } }], "s": { "v": { "s": "d" } } },
                { "c": [{ "u": { "a": "Tags", "c": 26, "l": ["00"] } }], "s": { "v": { "s": "e" } } },
                { "c": [{ "u": { "a": "Version", "c": 8, "s": "2.0.0-beta.12" } }], "s": { "v": { "s": "f" } } },
                { "c": [{ "u": { "a": "Since", "c": 18, "d": 1 } }], "s": { "v": { "s": "g" } } },
                { "c": [{ "s": { "s": 0, "c": 0 } }],
                  "p": [{ "p": 50, "v": { "s": "h" } }, { "p": 50, "v": { "s": "i" } }] }] },
            "needs": { "t": 0, "v": { "b": false }, "r": [
                { "c": [{ "p": { "f": "text", "c": 1, "v": { "s": "else" } } }], "s": { "v": { "b": true } } }] } } }"#;
    let context = r#"{ "Identifier": "u-42", "Email": "ä@example.com", "Age": 42, "Score": 1e-7, "Tags": "[\"a\\\"b\"]",
        "Version": "1.2.3-alpha.beta+build", "Since": { "$date": "2023-04-01T00:00:00Z" } }"#;
    check(Dialect::ConfigCat, text, context);
}

#[test]
fn eppo() {
    let text = r#"{ "flags": { "f": {
        "key": "f", "enabled": true, "variationType": "INTEGER", "totalShards": 10000,
        "variations": { "one": { "key": "one", "value": 1 }, "two": { "key": "two", "value": 2 } },
        "allocations": [
            { "key": "never", "endAt": "1969-01-01T00:00:00Z", "splits": [{ "variationKey": "one", "shards": [] }] },
            { "key": "own salts", "rules": [{ "conditions": [
                { "attribute": "id", "operator": "MATCHES", "value": "^u-" },
                { "attribute": "age", "operator": "ONE_OF", "value": ["37.5"] },
                { "attribute": "version", "operator": "GTE", "value": "1.0.0-long-label.1+build" },
                { "attribute": "gone", "operator": "IS_NULL", "value": true }] }],
              "splits": [
                { "variationKey": "one", "shards": [{ "salt": "s", "ranges": [{ "start": 1, "end": 9 }] }] },
                { "variationKey": "two", "shards": [{ "salt": "t", "ranges": [{ "start": 2, "end": 9 }] }] }] },
            { "key": "rest", "splits": [
                { "variationKey": "one", "shards": [{ "salt": "u", "ranges": [{ "start": 0, "end": 5000 }] }] },
                { "variationKey": "two", "shards": [{ "salt": "u", "ranges": [{ "start": 5000, "end": 10000 }] }] }] }] } } }"#;
    let context = r#"{ "subjectKey": "u-42", "attributes": { "age": 37.5, "version": "2.0.0" } }"#;
    check(Dialect::Eppo, text, context);
}

#[test]
fn unleash() {
    let text = r#"{ "version": 2, "segments": [{ "id": 1, "constraints": [
            { "contextName": "plan", "operator": "STR_ENDS_WITH", "values": ["ro"] }] }],
        "features": [
            { "name": "parent", "enabled": true, "strategies": [{ "name": "default" }] },
            { "name": "child", "enabled": true, "dependencies": [{ "feature": "parent" }],
              "strategies": [{ "name": "flexibleRollout", "segments": [1],
                "parameters": { "rollout": "50", "stickiness": "default", "groupId": "g" },
                "constraints": [{ "contextName": "version", "operator": "SEMVER_GT", "value": "1.0.0" }],
                "variants": [{ "name": "a", "weight": 500 }, { "name": "b", "weight": 500 }] }] }] }"#;
    let context = r#"{ "userId": "u-42", "properties": { "plan": "pro", "version": "1.2.3" } }"#;
    check(Dialect::Unleash, text, context);
}

#[test]
fn flagsmith() {
    let text = r#"{ "environment": { "key": "e", "name": "E" },
        "features": { "f": { "key": "1", "name": "f", "enabled": true, "value": "v",
            "variants": [{ "value": "x", "weight": 50, "priority": 1 }, { "value": "y", "weight": 50, "priority": 2 }] } },
        "segments": { "s": { "key": "2", "name": "s", "rules": [{ "type": "ALL", "conditions": [
            { "property": "age", "operator": "GREATER_THAN", "value": "21" },
            { "property": "mail", "operator": "REGEX", "value": ".*@example.com" },
            { "property": "$.identity.key", "operator": "PERCENTAGE_SPLIT", "value": "50" }] }],
            "overrides": [{ "key": "3", "name": "f", "enabled": false, "value": "o", "priority": 1 }] } } }"#;
    let context = r#"{ "identity": { "identifier": "u-42", "key": "e_u-42",
        "traits": { "age": 42, "mail": "a@example.com" } } }"#;
    check(Dialect::Flagsmith, text, context);
}

#[test]
fn flagd() {
    let text = r#"{ "flags": {
        "rules": { "state": "ENABLED", "variants": { "on": true, "off": false },
            "defaultVariant": "off", "targeting": { "if": [{ "and": [
                { "$ref": "ours" }, { "in": [{ "var": "plan" }, ["pro", "team"]] },
                { "sem_ver": [{ "var": "app.version" }, ">=", "v1.4"] },
                { "some": [{ "var": "roles" }, { "starts_with": [{ "var": "" }, "adm"] }] },
                { "<": [18, { "var": "age" }, 99] }] }, "on", null] } },
        "split": { "state": "ENABLED", "variants": { "a": "x", "b": "y" }, "defaultVariant": "a",
            "targeting": { "fractional": [
                { "cat": [{ "var": "$flagd.flagKey" }, { "var": "targetingKey" }] },
                ["a", 50], ["b", { "-": [100, 50] }]] } },
        "shorthand": { "state": "ENABLED", "variants": { "a": "x", "b": "y" },
            "defaultVariant": "a", "targeting": { "fractional": [["a"], ["b"]] } },
        "fixed": { "state": "ENABLED", "variants": { "a": 1 }, "defaultVariant": "a" } },
        "$evaluators": { "ours": { "ends_with": [{ "var": "mail" }, "@example.com"] } } }"#;
    let context = r#"{ "targetingKey": "u-42", "mail": "a@example.com", "plan": "pro", "age": 42,
        "app": { "version": "1.4.0-rc.1+build" }, "roles": ["guest", "admin"] }"#;
    check(Dialect::Flagd, text, context);
}

#[test]
fn openfeature() {
    let text = r#"{ "greeting": { "variants": { "short": "hi", "long": "good morning" },
        "defaultVariant": "short",
        "contextEvaluator": "!customer && mail == 'a@example.com' && age > 10 ? 'long' : ''" } }"#;
    check(Dialect::OpenFeature, text, r#"{ "mail": "a@example.com", "age": 42 }"#);
}

#[test]
fn launchdarkly() {
    let text = r#"{ "flags": {
            "parent": { "on": true, "variations": [true, false], "fallthrough": { "variation": 0 } },
            "boolean": { "on": true, "variations": [true, false], "offVariation": 1, "salt": "s",
                "prerequisites": [{ "key": "parent", "variation": 0 }],
                "targets": [{ "variation": 0, "values": ["u-1"] }],
                "rules": [
                    { "id": "times", "variation": 1, "clauses": [
                        { "attribute": "created", "op": "before", "values": [1000, "1970-01-01T00:00:00Z"] }] },
                    { "id": "segment", "clauses": [
                        { "attribute": "", "op": "segmentMatch", "values": ["pros"] },
                        { "attribute": "version", "op": "semVerGreaterThan", "values": ["1.9"] },
                        { "attribute": "kind", "op": "matches", "values": ["^or", "x"], "negate": false }],
                      "rollout": { "kind": "experiment", "contextKind": "org", "seed": 61, "variations": [
                        { "variation": 0, "weight": 50000 }, { "variation": 1, "weight": 50000 }] } }],
                "fallthrough": { "variation": 1 } },
            "variant": { "on": true, "variations": ["a", "b"], "salt": "s",
                "fallthrough": { "rollout": { "bucketBy": "age", "variations": [
                    { "variation": 0, "weight": 50000 }, { "variation": 1, "weight": 50000 }] } } } },
        "segments": {
            "pros": { "excluded": ["u-0"], "salt": "s", "rules": [{ "weight": 99999, "clauses": [
                { "attribute": "/plans/main", "contextKind": "org", "op": "startsWith", "values": ["pr"] }] }] },
            "big": { "unbounded": true, "generation": 1 } } }"#;
    let context = r#"{ "kind": "multi", "org": { "key": "o-1", "plans": { "main": "pro" } },
        "user": { "key": "u-42", "created": 5000, "version": "2-rc", "age": 42 } }"#;
    check(Dialect::LaunchDarkly, text, context);
}

#[test]
fn growthbook() {
    let text = r#"{ "savedGroups": { "staff": ["u-1", "u-2", 3] },
        "contextualBandits": { "b": { "contexts": [{ "leafId": 1, "condition": { "plan": "pro" }, "weights": [0.2, 0.8] }] } },
        "features": {
            "parent": { "defaultValue": 0, "rules": [{ "key": "p", "variations": [0, 1], "hashVersion": 2 }] },
            "child": { "defaultValue": false, "rules": [
                { "parentConditions": [{ "id": "parent", "condition": { "value": { "$in": [0, 1] } }, "gate": true }] },
                { "force": true, "condition": { "id": { "$inGroup": "staff" } } },
                { "force": true, "coverage": 0.1, "filters": [{ "seed": "f", "ranges": [[0, 0.5]] }],
                  "condition": { "age": { "$gte": "21" }, "version": { "$vgt": "1.2" }, "agent": { "$regexi": "firefox" },
                    "orders": { "$elemMatch": { "id": { "$gt": 1 } } }, "country": { "$ini": ["de", "AT"] }, "n": "1.5" } },
                { "contextualVariations": [false, true], "contextualBanditRef": "b", "namespace": ["n", 0, 1] }] } } }"#;
    let context = r#"{ "attributes": { "id": "u-42", "plan": "pro", "age": 37, "version": "1.10.0", "agent": "Firefox/130",
        "orders": [{ "id": 1 }, { "id": 2 }], "country": "De", "n": 1.5 } }"#;
    check(Dialect::GrowthBook, text, context);
}

#[test]
fn unleash_in_full() {
    let text = r#"{ "version": 2, "features": [
        { "name": "asked", "enabled": true, "strategies": [
            { "name": "flexibleRollout", "parameters": { "rollout": "1", "stickiness": "plan" } },
            { "name": "userWithId", "parameters": { "userIds": "7, 8" } },
            { "name": "remoteAddress", "parameters": { "IPs": "10.0.0.0/8" } },
            { "name": "default", "constraints": [
                { "contextName": "plan", "operator": "STR_CONTAINS", "values": ["R"], "caseInsensitive": true },
                { "contextName": "age", "operator": "NUM_EQ", "value": "37.5" },
                { "contextName": "currentTime", "operator": "DATE_BEFORE", "value": "2030-01-01T00:00:00Z" }] }],
          "variants": [{ "name": "a", "weight": 1, "stickiness": "plan",
            "overrides": [{ "contextName": "userId", "values": ["9"] }] }] },
        { "name": "child", "enabled": true, "strategies": [], "dependencies": [
            { "feature": "asked", "variants": ["a"] }] },
        { "name": "other", "enabled": true, "strategies": [], "dependencies": [
            { "feature": "asked", "enabled": false, "variants": ["a"] }] }] }"#;
    let context = r#"{ "userId": "u-42", "remoteAddress": "192.168.0.1",
        "properties": { "plan": "Pro", "age": "37.5" } }"#;
    check(Dialect::Unleash, text, context);
}

#[test]
fn flipt() {
    let text = r#"{ "namespace": { "key": "default" }, "flags": [
        { "key": "variants", "enabled": true, "rules": [{ "segmentOperator": "AND_SEGMENT_OPERATOR",
            "segments": [{ "key": "adults", "matchType": "ALL_SEGMENT_MATCH_TYPE", "constraints": [
                { "type": "NUMBER_CONSTRAINT_COMPARISON_TYPE", "property": "age", "operator": "gte", "value": "18" },
                { "type": "STRING_CONSTRAINT_COMPARISON_TYPE", "property": "plan", "operator": "isoneof",
                  "value": "[\"pro\"]" },
                { "type": "DATETIME_CONSTRAINT_COMPARISON_TYPE", "property": "since", "operator": "lt",
                  "value": "2030-01-01T00:00:00Z" }] }],
            "distributions": [{ "variantKey": "a", "rollout": 50 }, { "variantKey": "b", "rollout": 50 }] }] },
        { "key": "boolean", "type": "BOOLEAN_FLAG_TYPE", "enabled": true, "rollouts": [
            { "threshold": { "percentage": 1, "value": true } }] }] }"#;
    let context = r#"{ "entityId": "u-42",
        "context": { "age": "42", "plan": "pro", "since": "2020-01-01T00:00:00Z" } }"#;
    check(Dialect::Flipt, text, context);
}

#[test]
fn every_operator_of_flagsmith() {
    let text = r#"{ "environment": { "key": "env", "name": "Production" },
        "features": {
            "plain": { "key": "1", "name": "plain", "enabled": true, "value": "on" },
            "split": { "key": "2", "name": "split", "enabled": true, "value": "base", "variants": [
                { "value": "a", "weight": 50, "priority": 1 }, { "value": "b", "weight": 25.5, "priority": 2 }] }
        },
        "segments": { "s": { "key": "s", "name": "s", "overrides": [
            { "key": "1", "name": "plain", "enabled": false, "value": 7, "priority": 1 }
        ], "rules": [{ "type": "NONE", "conditions": [
            { "property": "age", "operator": "EQUAL", "value": "18" },
            { "property": "version", "operator": "GREATER_THAN", "value": "2.0.0-rc.1:semver" },
            { "property": "ratio", "operator": "REGEX", "value": "^9\\.\\d+$" },
            { "property": "ratio", "operator": "MODULO", "value": "2|0" },
            { "property": "plan", "operator": "IN", "value": "pro,basic,a,b,c,d,e,f,g,h" },
            { "property": "plan", "operator": "CONTAINS", "value": "premium" },
            { "property": "$.identity.traits.plan", "operator": "IS_NOT_SET" },
            { "property": "$.environment.name", "operator": "NOT_EQUAL", "value": "Production" },
            { "property": "", "operator": "PERCENTAGE_SPLIT", "value": "0.5" },
            { "property": "ratio", "operator": "PERCENTAGE_SPLIT", "value": "0.5" }
        ] }] } } }"#;
    for key in ["", r#""key": "007","#] {
        let context = format!(
            r#"{{ "identity": {{ {key} "identifier": "u-42",
                "traits": {{ "age": "042", "version": "1.2.3-alpha", "ratio": 1.25, "plan": "ü" }} }} }}"#
        );
        check(Dialect::Flagsmith, text, &context);
    }
}

#[test]
fn statsig() {
    let text = r#"{ "feature_gates": {
            "share": { "salt": "s", "enabled": true, "defaultValue": false, "idType": "userID", "rules": [
                { "id": "a", "salt": "x", "idType": "stableID", "passPercentage": 33.3, "returnValue": true,
                  "conditions": ["texts", "number", "version", "time", "same", "bucket", "plain"] },
                { "id": "b", "salt": "x", "idType": "userID", "passPercentage": 50, "returnValue": true,
                  "conditions": ["any"] }] },
            "asks": { "salt": "s", "enabled": true, "defaultValue": false, "idType": "userID", "rules": [
                { "id": "a", "salt": "", "idType": "userID", "passPercentage": 100, "returnValue": true,
                  "conditions": ["gate"] }] }
        },
        "dynamic_configs": { "experiment": { "salt": "e", "enabled": true, "defaultValue": {}, "idType": "userID",
            "rules": [{ "id": "g", "salt": "g", "idType": "userID", "passPercentage": 50, "groupName": "Test",
                "conditions": [], "returnValue": { "a": 1 } }] } },
        "layer_configs": { "layer": { "salt": "l", "enabled": true, "defaultValue": { "a": 0 }, "idType": "userID",
            "rules": [{ "id": "d", "salt": "", "idType": "userID", "passPercentage": 100, "conditions": [],
                "returnValue": {}, "configDelegate": "experiment" }] } },
        "condition_map": {
            "texts": { "type": "user_field", "field": "plan", "operator": "none", "targetValue": ["PRO", "Straße"] },
            "any": { "type": "user_field", "field": "email", "operator": "str_ends_with_any", "targetValue": ["@X.IO"] },
            "number": { "type": "user_field", "field": "level", "operator": "gte", "targetValue": 3 },
            "version": { "type": "user_field", "field": "appVersion", "operator": "version_gt", "targetValue": "1.9" },
            "time": { "type": "user_field", "field": "since", "operator": "before", "targetValue": 1800000000000 },
            "same": { "type": "user_field", "field": "level", "operator": "eq", "targetValue": "7.5" },
            "plain": { "type": "user_field", "field": "plan", "operator": "str_matches", "targetValue": "^b\\w+$" },
            "bucket": { "type": "user_bucket", "idType": "userID", "operator": "lt", "targetValue": 999,
                "additionalValues": { "salt": "q" } },
            "gate": { "type": "pass_gate", "targetValue": "share" }
        } }"#;
    let context = r#"{ "userID": "u-42", "email": "ä@x.io", "appVersion": "1.10.0-beta",
        "customIDs": { "stableID": 7.0 }, "custom": { "plan": "basic", "level": 7.5, "since": "2023-01-01 00:00:00" } }"#;
    check(Dialect::Statsig, text, context);
}

#[test]
fn split() {
    let text = r#"{ "ff": { "t": 1, "d": [
        { "name": "f", "status": "ACTIVE", "killed": false, "defaultTreatment": "off", "seed": 467569525,
          "algo": 2, "trafficAllocation": 90, "trafficAllocationSeed": -1222652054,
          "configurations": { "on": "{\"size\":1}" },
          "conditions": [
            { "conditionType": "WHITELIST", "label": "listed", "matcherGroup": { "combiner": "AND", "matchers": [
                { "matcherType": "WHITELIST", "negate": false, "whitelistMatcherData": { "whitelist": ["a", "b"] } }] },
              "partitions": [{ "treatment": "on", "size": 100 }] },
            { "conditionType": "ROLLOUT", "label": "some", "matcherGroup": { "combiner": "AND", "matchers": [
                { "keySelector": { "trafficType": "user", "attribute": "plan" }, "matcherType": "STARTS_WITH",
                  "negate": true, "whitelistMatcherData": { "whitelist": ["free"] } },
                { "keySelector": { "trafficType": "user", "attribute": "age" },
                  "matcherType": "GREATER_THAN_OR_EQUAL_TO", "negate": false,
                  "unaryNumericMatcherData": { "dataType": "NUMBER", "value": 18 } }] },
              "partitions": [{ "treatment": "on", "size": 50 }, { "treatment": "off", "size": 50 }] }] }] } }"#;
    let context = r#"{ "key": "u-42", "attributes": { "plan": "pro", "age": 42 } }"#;
    check(Dialect::Split, text, context);
}

#[test]
fn go_feature_flag() {
    let text = r#"{ "f": {
        "variations": { "on": true, "off": false },
        "targeting": [
            { "name": "staff", "query": "email ew \"@example.com\" and age gt 21", "variation": "on" },
            { "name": "some", "query": "plan in [\"pro\", \"team\"]", "percentage": { "on": 30, "off": 70 } }],
        "defaultRule": { "percentage": { "on": 50, "off": 50 } } } }"#;
    let context =
        r#"{ "key": "u-42", "custom": { "email": "a@example.org", "age": 42, "plan": "pro" } }"#;
    check(Dialect::GoFeatureFlag, text, context);
}
