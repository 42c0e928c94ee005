//! A small document for each vendor, written to have most of what the vendor's documents have.

use flagkit_dialects::Dialect;

/// A document without mistakes, and a context that its flags are asked for.
pub(super) struct Sample {
    pub(super) dialect: Dialect,
    pub(super) text: &'static str,
    pub(super) context: &'static str,
    /// A document of many small flags: how it begins, a flag with `#` for its number, how it ends.
    pub(super) many: [&'static str; 3],
}

pub(super) const SAMPLES: &[Sample] = &[
    Sample {
        dialect: Dialect::Unleash,
        text: r#"{ "version": 2,
            "segments": [{ "id": 1, "constraints": [
                { "contextName": "plan", "operator": "STR_ENDS_WITH", "values": ["ro", "ee"] }] }],
            "features": [
                { "name": "parent", "enabled": true, "strategies": [{ "name": "default" }] },
                { "name": "child", "enabled": true,
                  "dependencies": [{ "feature": "parent", "enabled": true }],
                  "variants": [{ "name": "old", "weight": 1000, "stickiness": "default",
                    "payload": { "type": "string", "value": "x" },
                    "overrides": [{ "contextName": "userId", "values": ["u-1"] }] }],
                  "strategies": [{ "name": "flexibleRollout", "segments": [1],
                    "parameters": { "rollout": "50", "stickiness": "default", "groupId": "g" },
                    "constraints": [
                        { "contextName": "version", "operator": "SEMVER_GT", "value": "1.0.0" },
                        { "contextName": "plan", "operator": "IN", "values": ["pro"], "inverted": true }],
                    "variants": [{ "name": "a", "weight": 500, "stickiness": "default" },
                                 { "name": "b", "weight": 500, "stickiness": "default" }] }] }] }"#,
        context: r#"{ "userId": "u-42", "properties": { "plan": "pro", "version": "1.2.3" } }"#,
        many: [
            r#"{"version":1,"features":["#,
            r#"{"name":"f-#","enabled":true,"strategies":[{"name":"default"}]}"#,
            "]}",
        ],
    },
    Sample {
        dialect: Dialect::LaunchDarkly,
        text: r#"{
            "flags": {
                "parent": { "key": "parent", "version": 1, "on": true, "variations": [true, false],
                    "offVariation": 1, "fallthrough": { "variation": 0 }, "salt": "p" },
                "child": { "key": "child", "version": 2, "on": true, "variations": ["a", "b"],
                    "offVariation": 0, "salt": "c",
                    "prerequisites": [{ "key": "parent", "variation": 0 }],
                    "targets": [{ "variation": 1, "values": ["u-1"] }],
                    "contextTargets": [{ "contextKind": "org", "variation": 1, "values": ["o-1"] }],
                    "rules": [{ "id": "r", "clauses": [
                        { "attribute": "country", "op": "in", "values": ["DE"], "negate": true },
                        { "attribute": "", "op": "segmentMatch", "values": ["s"] }],
                        "variation": 1 }],
                    "fallthrough": { "rollout": { "kind": "rollout", "contextKind": "user", "variations": [
                        { "variation": 0, "weight": 60000 }, { "variation": 1, "weight": 40000 }] } } } },
            "segments": { "s": { "key": "s", "version": 1, "salt": "s",
                "included": ["u-2"], "excluded": ["u-3"],
                "rules": [{ "clauses": [{ "attribute": "age", "op": "greaterThan", "values": [18] }],
                    "weight": 50000 }] } } }"#,
        context: r#"{ "kind": "user", "key": "u-42", "country": "FR", "age": 37 }"#,
        many: [
            r#"{"flags":{"#,
            r#""f-#":{"key":"f-#","version":1,"on":true,"variations":[true],"fallthrough":{"variation":0},"salt":"s"}"#,
            "}}",
        ],
    },
    Sample {
        dialect: Dialect::Flagsmith,
        text: r#"{ "environment": { "key": "e", "name": "E" },
            "features": { "f": { "key": "1", "name": "f", "enabled": true, "value": "v",
                "variants": [{ "value": "x", "weight": 50, "priority": 1 },
                             { "value": "y", "weight": 50, "priority": 2 }] } },
            "segments": { "s": { "key": "2", "name": "s", "rules": [{ "type": "ALL",
                "conditions": [
                    { "property": "age", "operator": "GREATER_THAN", "value": "21" },
                    { "property": "mail", "operator": "REGEX", "value": ".*@example.com" },
                    { "property": "$.identity.key", "operator": "PERCENTAGE_SPLIT", "value": "50" }],
                "rules": [{ "type": "ANY", "conditions": [
                    { "property": "plan", "operator": "IN", "value": "pro,free" }] }] }],
                "overrides": [{ "key": "3", "name": "f", "enabled": false, "value": "o", "priority": 1 }] } } }"#,
        context: r#"{ "identity": { "identifier": "u-42", "key": "e_u-42",
            "traits": { "age": 42, "mail": "a@example.com", "plan": "pro" } } }"#,
        many: [
            r#"{"environment":{"key":"e","name":"E"},"features":{"#,
            r##""f-#":{"key":"#","name":"f-#","enabled":true,"value":"v"}"##,
            "}}",
        ],
    },
    Sample {
        dialect: Dialect::Statsig,
        text: r#"{ "feature_gates": {
                "gate": { "salt": "g", "enabled": true, "defaultValue": false, "idType": "userID", "rules": [
                    { "id": "r", "salt": "x", "idType": "userID", "passPercentage": 50, "returnValue": true,
                      "conditions": ["plan", "bucket"] }] },
                "asks": { "salt": "a", "enabled": true, "defaultValue": false, "idType": "userID", "rules": [
                    { "id": "r", "salt": "", "idType": "stableID", "passPercentage": 100, "returnValue": true,
                      "conditions": ["passes"] }] } },
            "dynamic_configs": { "config": { "salt": "c", "enabled": true, "defaultValue": { "a": 0 },
                "idType": "userID", "isActive": true, "rules": [
                    { "id": "t", "salt": "", "idType": "userID", "passPercentage": 100, "returnValue": { "a": 1 },
                      "conditions": [], "groupName": "Test" }] } },
            "layer_configs": { "layer": { "salt": "l", "enabled": true, "defaultValue": {}, "idType": "userID",
                "rules": [{ "id": "d", "salt": "", "idType": "userID", "passPercentage": 100, "returnValue": {},
                    "conditions": ["since"], "configDelegate": "config" }] } },
            "condition_map": {
                "plan": { "type": "user_field", "field": "plan", "operator": "any", "targetValue": ["pro", "free"] },
                "since": { "type": "user_field", "field": "since", "operator": "before", "targetValue": 1800000000000 },
                "bucket": { "type": "user_bucket", "idType": "userID", "operator": "lt", "targetValue": 900,
                    "additionalValues": { "salt": "q" } },
                "passes": { "type": "pass_gate", "targetValue": "gate" } },
            "override_rules": { "o": { "id": "o", "salt": "", "idType": "userID", "passPercentage": 10,
                "conditions": ["plan"] } },
            "overrides": { "asks": [{ "new_config_name": "gate", "rules": [{ "rule_name": "o", "start_time": 1 }] }] } }"#,
        context: r#"{ "userID": "u-42", "customIDs": { "stableID": "s" },
            "custom": { "plan": "pro", "since": 1700000000 } }"#,
        many: [
            r#"{"dynamic_configs":{},"feature_gates":{"#,
            r#""f-#":{"salt":"s","enabled":true,"defaultValue":true,"idType":"userID","rules":[]}"#,
            "}}",
        ],
    },
    Sample {
        dialect: Dialect::ConfigCat,
        text: r#"{ "p": { "u": "https://cdn.example.com", "r": 0, "s": "salt" },
            "s": [{ "n": "old", "r": [{ "a": "Age", "c": 13, "d": 60 }] }],
            "f": {
                "parent": { "t": 0, "v": { "b": true }, "i": "p" },
                "child": { "t": 1, "i": "c", "a": "Identifier", "v": { "s": "default" },
                    "r": [{ "c": [
                        { "u": { "a": "Email", "c": 2, "l": ["@example.com"] } },
                        { "s": { "s": 0, "c": 1 } },
                        { "p": { "f": "parent", "c": 0, "v": { "b": true } } }],
                        "s": { "v": { "s": "ruled" }, "i": "r" } }],
                    "p": [{ "p": 40, "v": { "s": "a" }, "i": "a" }, { "p": 60, "v": { "s": "b" }, "i": "b" }] } } }"#,
        context: r#"{ "Identifier": "u-42", "Email": "a@example.com", "Age": 37 }"#,
        many: [r#"{"p":{"s":"s"},"f":{"#, r#""f-#":{"t":0,"v":{"b":true}}"#, "}}"],
    },
    Sample {
        dialect: Dialect::Split,
        text: r#"{
            "ff": { "t": 1, "s": -1, "d": [{ "name": "f", "trafficTypeName": "user", "status": "ACTIVE",
                "killed": false, "defaultTreatment": "off", "changeNumber": 1, "algo": 2,
                "seed": -5, "trafficAllocation": 90, "trafficAllocationSeed": 7,
                "configurations": { "on": "{\"a\":1}" },
                "conditions": [
                    { "conditionType": "WHITELIST", "label": "whitelisted",
                      "matcherGroup": { "combiner": "AND", "matchers": [
                        { "matcherType": "WHITELIST", "negate": false,
                          "whitelistMatcherData": { "whitelist": ["u-1"] } }] },
                      "partitions": [{ "treatment": "on", "size": 100 }] },
                    { "conditionType": "ROLLOUT", "label": "in segment all",
                      "matcherGroup": { "combiner": "AND", "matchers": [
                        { "matcherType": "GREATER_THAN_OR_EQUAL_TO", "negate": false,
                          "keySelector": { "trafficType": "user", "attribute": "age" },
                          "unaryNumericMatcherData": { "dataType": "NUMBER", "value": 18 } },
                        { "matcherType": "ALL_KEYS", "negate": false }] },
                      "partitions": [{ "treatment": "on", "size": 50 }, { "treatment": "off", "size": 50 }] }] }] },
            "rbs": { "t": 1, "s": -1, "d": [{ "name": "r", "status": "ACTIVE", "changeNumber": 1,
                "excluded": { "keys": ["u-9"], "segments": [] },
                "conditions": [{ "matcherGroup": { "combiner": "AND", "matchers": [
                    { "matcherType": "ALL_KEYS", "negate": false }] } }] }] } }"#,
        context: r#"{ "key": "u-42", "attributes": { "age": 37 } }"#,
        many: [
            r#"{"splits":["#,
            r#"{"name":"f-#","status":"ACTIVE","killed":false,"defaultTreatment":"off","seed":1,"algo":2,"conditions":[]}"#,
            "]}",
        ],
    },
    Sample {
        dialect: Dialect::Flagd,
        text: r#"{ "$evaluators": { "staff": { "ends_with": [{ "var": "email" }, "@example.com"] } },
            "flags": { "f": { "state": "ENABLED", "variants": { "on": true, "off": false },
                "defaultVariant": "off", "metadata": { "team": "a" },
                "targeting": { "if": [
                    { "and": [{ "$ref": "staff" }, { ">": [{ "var": "age" }, 18] }] }, "on",
                    { "fractional": [{ "cat": [{ "var": "$flagd.flagKey" }, { "var": "targetingKey" }] },
                        ["on", 30], ["off", 70]] }] } } } }"#,
        context: r#"{ "targetingKey": "u-42", "email": "a@example.com", "age": 37 }"#,
        many: [
            r#"{"flags":{"#,
            r#""f-#":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}"#,
            "}}",
        ],
    },
    Sample {
        dialect: Dialect::Eppo,
        text: r#"{ "createdAt": "2026-01-01T00:00:00Z", "format": "SERVER", "environment": { "name": "Test" },
            "flags": {
                "f": { "key": "f", "enabled": true, "variationType": "STRING", "totalShards": 10000,
                    "variations": { "a": { "key": "a", "value": "A" }, "b": { "key": "b", "value": "B" } },
                    "allocations": [
                        { "key": "first", "startAt": "2026-01-01T00:00:00Z", "doLog": true,
                          "rules": [{ "conditions": [
                            { "attribute": "country", "operator": "ONE_OF", "value": ["DE", "FR"] },
                            { "attribute": "mail", "operator": "MATCHES", "value": "@example\\.com$" },
                            { "attribute": "age", "operator": "GTE", "value": 18 }] }],
                          "splits": [{ "variationKey": "a", "extraLogging": { "x": "y" }, "shards": [
                            { "salt": "s", "ranges": [{ "start": 0, "end": 5000 }] }] }] },
                        { "key": "rest", "splits": [
                            { "variationKey": "a", "shards": [{ "salt": "t", "ranges": [{ "start": 0, "end": 1 }] }] },
                            { "variationKey": "b", "shards": [] }] }] },
                "old": { "subjectShards": 10000, "enabled": true,
                    "typedOverrides": { "0bcbfc2660c78c549b0fbf870e3dc3ea": "treatment" },
                    "rules": [{ "allocationKey": "all", "conditions": [
                        { "attribute": "age", "operator": "GT", "value": 18 }] }],
                    "allocations": { "all": { "percentExposure": 0.5,
                        "statusQuoVariationKey": "v-1", "shippedVariationKey": null,
                        "holdouts": [{ "holdoutKey": "h", "statusQuoShardRange": { "start": 0, "end": 9 },
                            "shippedShardRange": null }],
                        "variations": [{ "name": "control", "value": "control", "typedValue": "control",
                            "variationKey": "v-1", "shardRange": { "start": 0, "end": 10000 } }] } } } } }"#,
        context: r#"{ "subjectKey": "u-42", "attributes": { "country": "DE", "mail": "a@example.com", "age": 37 } }"#,
        many: [
            r#"{"flags":{"#,
            r#""f-#":{"key":"f-#","enabled":true,"variationType":"STRING","totalShards":1,"variations":{},"allocations":[]}"#,
            "}}",
        ],
    },
    Sample {
        dialect: Dialect::GrowthBook,
        text: r#"{
            "savedGroups": { "staff": ["u-1", "u-2"] },
            "features": {
                "parent": { "defaultValue": true },
                "child": { "defaultValue": "off", "rules": [
                    { "id": "forced", "condition": { "$or": [
                        { "country": { "$in": ["DE", "FR"] } },
                        { "id": { "$inGroup": "staff" } },
                        { "age": { "$gte": 18, "$not": { "$gt": 99 } } }] },
                      "parentConditions": [{ "id": "parent", "condition": { "value": true }, "gate": true }],
                      "force": "on", "coverage": 0.5, "hashAttribute": "id", "seed": "s" },
                    { "key": "experiment", "variations": ["a", "b"], "weights": [0.5, 0.5], "coverage": 1,
                      "hashVersion": 2, "meta": [{ "key": "0" }, { "key": "1" }],
                      "namespace": ["n", 0, 0.9],
                      "filters": [{ "seed": "f", "hashVersion": 2, "ranges": [[0, 0.9]], "attribute": "id" }],
                      "ranges": [[0, 0.5], [0.5, 1]] }] } } }"#,
        context: r#"{ "id": "u-42", "country": "DE", "age": 37 }"#,
        many: [r#"{"features":{"#, r#""f-#":{"defaultValue":true}"#, "}}"],
    },
    Sample {
        dialect: Dialect::Flipt,
        text: r#"{ "namespace": { "key": "default" }, "flags": [
            { "key": "v", "name": "v", "enabled": true, "type": "VARIANT_FLAG_TYPE", "rollouts": [],
              "rules": [{ "id": "r", "rank": 1, "segmentOperator": "OR_SEGMENT_OPERATOR",
                "segments": [{ "key": "s", "matchType": "ANY_SEGMENT_MATCH_TYPE", "constraints": [
                    { "id": "c", "type": "STRING_CONSTRAINT_COMPARISON_TYPE", "property": "plan",
                      "operator": "eq", "value": "pro" },
                    { "id": "d", "type": "NUMBER_CONSTRAINT_COMPARISON_TYPE", "property": "age",
                      "operator": "gt", "value": "18" }] }],
                "distributions": [
                    { "variantId": "1", "variantKey": "a", "variantAttachment": "{\"x\":1}", "rollout": 60 },
                    { "variantId": "2", "variantKey": "b", "variantAttachment": "", "rollout": 40 }] }] },
            { "key": "b", "name": "b", "enabled": true, "type": "BOOLEAN_FLAG_TYPE", "rules": [],
              "rollouts": [
                { "type": "SEGMENT_ROLLOUT_TYPE", "rank": 1, "segment": { "value": true,
                    "segmentOperator": "AND_SEGMENT_OPERATOR",
                    "segments": [{ "key": "s", "matchType": "ALL_SEGMENT_MATCH_TYPE", "constraints": [
                        { "id": "c", "type": "BOOLEAN_CONSTRAINT_COMPARISON_TYPE", "property": "staff",
                          "operator": "true", "value": "" }] }] } },
                { "type": "THRESHOLD_ROLLOUT_TYPE", "rank": 2,
                  "threshold": { "percentage": 50, "value": true } }] }] }"#,
        context: r#"{ "entityId": "u-42", "context": { "plan": "pro", "age": "37" } }"#,
        many: [
            r#"{"flags":["#,
            r#"{"key":"f-#","enabled":true,"type":"BOOLEAN_FLAG_TYPE","rules":[],"rollouts":[]}"#,
            "]}",
        ],
    },
    Sample {
        dialect: Dialect::OpenFeature,
        text: r#"{ "greeting": { "variants": { "short": "hi", "long": "good morning" },
            "defaultVariant": "short", "flagMetadata": { "team": "a" },
            "contextEvaluator": "age > 60 && !customer ? 'long' : ''" } }"#,
        context: r#"{ "targetingKey": "u-42", "age": 61, "customer": false }"#,
        many: ["{", r#""f-#":{"variants":{"on":true},"defaultVariant":"on"}"#, "}"],
    },
    Sample {
        dialect: Dialect::GoFeatureFlag,
        text: r#"{ "f": {
            "variations": { "a": "A", "b": "B" }, "version": "1", "trackEvents": false,
            "metadata": { "team": "a" },
            "targeting": [
                { "name": "pros", "query": "plan eq \"pro\" and age gt 18", "percentage": { "a": 40, "b": 60 } },
                { "name": "ramp", "query": "key sw \"u-\"", "progressiveRollout": {
                    "initial": { "variation": "a", "percentage": 0, "date": "2026-01-01T00:00:00Z" },
                    "end": { "variation": "b", "percentage": 100, "date": "2027-01-01T00:00:00Z" } } }],
            "experimentation": { "start": "1969-01-01T00:00:00Z", "end": "2099-01-01T00:00:00Z" },
            "scheduledRollout": [{ "date": "2026-06-01T00:00:00Z",
                "targeting": [{ "name": "pros", "variation": "b" }] }],
            "defaultRule": { "variation": "a" } } }"#,
        context: r#"{ "targetingKey": "u-42", "plan": "pro", "age": 37 }"#,
        many: ["{", r#""f-#":{"variations":{"on":true},"defaultRule":{"variation":"on"}}"#, "}"],
    },
];
