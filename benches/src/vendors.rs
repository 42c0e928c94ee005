//! Documents of many flags in the words of the vendors: a third each on for everyone, on for
//! 50 % by user id, and five ordered rules with a split behind the last (W1, W2 and W3s).

use flagkit_dialects::Dialect;
use serde_json::{Map, Value, json};

/// The vendors that have a document here.
pub const VENDORS: [Dialect; 8] = [
    Dialect::GrowthBook,
    Dialect::ConfigCat,
    Dialect::Flagsmith,
    Dialect::LaunchDarkly,
    Dialect::Flagd,
    Dialect::Statsig,
    Dialect::Eppo,
    Dialect::Unleash,
];

/// A vendor's document of this many flags; none for those that are not among [`VENDORS`].
pub fn document(vendor: Dialect, count: usize) -> Option<String> {
    let document = match vendor {
        Dialect::GrowthBook => growthbook(count),
        Dialect::ConfigCat => configcat(count),
        Dialect::Flagsmith => flagsmith(count),
        Dialect::LaunchDarkly => launchdarkly(count),
        Dialect::Flagd => flagd(count),
        Dialect::Statsig => statsig(count),
        Dialect::Eppo => eppo(count),
        Dialect::Unleash => unleash(count),
        _ => return None,
    };
    Some(document.to_string())
}

/// The key of a flag of a vendor's document.
pub fn flag_name(number: usize) -> String {
    format!("flag-{number:06}")
}

/// What each flag is: the same three in turn.
fn flags(count: usize, of: impl Fn(usize, &str, usize) -> Value) -> Map<String, Value> {
    let named = (0..count).map(|number| (flag_name(number), number));
    named.map(|(name, number)| (name.clone(), of(number % 3, &name, number))).collect()
}

const COUNTRIES: [&str; 10] = ["DE", "FR", "IT", "ES", "NL", "BE", "AT", "PT", "SE", "DK"];

fn unleash(count: usize) -> Value {
    let test = |name: &str, operator: &str, values: Value, value: Value| {
        json!({ "contextName": name, "operator": operator, "values": values, "value": value,
            "inverted": false, "caseInsensitive": false })
    };
    let feature = |kind: usize, name: &str, _: usize| {
        let variants = |weights: &[(&str, u32)]| -> Value {
            weights
                .iter()
                .map(|(key, weight)| {
                    json!({ "name": key, "weight": weight, "stickiness": "userId",
                        "weightType": "variable", "payload": { "type": "string", "value": key } })
                })
                .collect()
        };
        let strategy = |rollout: u32, constraints: Value, variants: Value| {
            json!({ "name": "flexibleRollout", "constraints": constraints, "variants": variants,
                "parameters": { "rollout": rollout.to_string(), "stickiness": "userId", "groupId": name } })
        };
        let (none, null) = (json!([]), Value::Null);
        let a = variants(&[("a", 1000)]);
        let b = variants(&[("b", 1000)]);
        let strategies = match kind {
            0 => json!([strategy(100, none.clone(), none)]),
            1 => json!([strategy(50, none.clone(), none)]),
            _ => json!([
                strategy(
                    100,
                    json!([
                        test("country", "IN", json!(COUNTRIES), null.clone()),
                        test("plan", "IN", json!(["pro"]), null.clone())
                    ]),
                    a.clone()
                ),
                strategy(
                    100,
                    json!([test("email", "STR_ENDS_WITH", json!(["@example.com"]), null.clone())]),
                    a
                ),
                strategy(100, json!([test("age", "NUM_GT", none.clone(), json!("60"))]), b.clone()),
                strategy(100, json!([test("version", "SEMVER_GT", none, json!("4.99.99"))]), b),
                strategy(
                    100,
                    json!([test("device", "STR_STARTS_WITH", json!(["iphone"]), null)]),
                    variants(&[("a", 500), ("b", 300), ("c", 200)])
                ),
            ]),
        };
        json!({ "name": name, "type": "release", "enabled": true, "stale": false,
            "impressionData": false, "project": "default", "description": "", "variants": [],
            "strategies": strategies })
    };
    let features: Vec<Value> = flags(count, feature).into_iter().map(|(_, flag)| flag).collect();
    json!({ "version": 2, "segments": [], "features": features })
}

fn launchdarkly(count: usize) -> Value {
    let flag = |kind: usize, name: &str, number: usize| {
        let rules = if kind == 2 { launchdarkly_rules(number) } else { json!([]) };
        let (variations, fallthrough) = match kind {
            0 => (json!([true, false]), json!({ "variation": 0 })),
            1 => {
                (json!([true, false]), json!({ "rollout": launchdarkly_split(&[50_000, 50_000]) }))
            }
            _ => (json!(["a", "b", "c", "off"]), json!({ "variation": 3 })),
        };
        json!({ "key": name, "on": true, "prerequisites": [], "targets": [], "contextTargets": [],
            "rules": rules, "fallthrough": fallthrough, "offVariation": 1,
            "variations": variations, "salt": format!("{number:032x}"), "version": 7,
            "deleted": false, "trackEvents": false, "trackEventsFallthrough": false,
            "debugEventsUntilDate": null, "clientSide": false,
            "clientSideAvailability": { "usingMobileKey": false, "usingEnvironmentId": false } })
    };
    json!({ "flags": flags(count, flag), "segments": {} })
}

fn launchdarkly_rules(number: usize) -> Value {
    let clause = |attribute: &str, operator: &str, values: Value| {
        json!({ "attribute": attribute, "op": operator, "values": values, "negate": false,
            "contextKind": "user" })
    };
    let rule = |place: u32, clauses: Value, serve: (&str, Value)| {
        let mut rule = json!({ "id": format!("{number:08}-0000-4000-8000-{place:012}"),
            "clauses": clauses, "trackEvents": false });
        rule.as_object_mut().map(|rule| rule.insert(serve.0.to_owned(), serve.1));
        rule
    };
    let variation = |place: u32| ("variation", json!(place));
    json!([
        rule(
            1,
            json!([
                clause("country", "in", json!(COUNTRIES)),
                clause("plan", "in", json!(["pro"]))
            ]),
            variation(0)
        ),
        rule(2, json!([clause("email", "endsWith", json!(["@example.com"]))]), variation(0)),
        rule(3, json!([clause("age", "greaterThan", json!([60]))]), variation(1)),
        rule(4, json!([clause("version", "semVerGreaterThan", json!(["4.99.99"]))]), variation(1)),
        rule(
            5,
            json!([clause("device", "startsWith", json!(["iphone"]))]),
            ("rollout", launchdarkly_split(&[50_000, 30_000, 20_000]))
        ),
    ])
}

fn launchdarkly_split(weights: &[u32]) -> Value {
    let variations: Vec<Value> = weights
        .iter()
        .zip(0..)
        .map(|(weight, place)| json!({ "variation": place, "weight": weight }))
        .collect();
    json!({ "contextKind": "user", "bucketBy": "key", "variations": variations })
}

fn eppo(count: usize) -> Value {
    let flag = |kind: usize, name: &str, _: usize| {
        let allocations = eppo_allocations(kind, name);
        let (type_, variations) = match kind {
            2 => (
                "STRING",
                json!({ "a": { "key": "a", "value": "a" }, "b": { "key": "b", "value": "b" },
                    "c": { "key": "c", "value": "c" } }),
            ),
            _ => (
                "BOOLEAN",
                json!({ "on": { "key": "on", "value": true }, "off": { "key": "off", "value": false } }),
            ),
        };
        json!({ "key": name, "enabled": true, "variationType": type_, "variations": variations,
            "allocations": allocations, "totalShards": 10000 })
    };
    json!({ "createdAt": "2026-11-01T00:00:00.000Z", "format": "SERVER",
        "environment": { "name": "Production" }, "flags": flags(count, flag) })
}

fn eppo_allocations(kind: usize, name: &str) -> Value {
    let split = |key: &str, ranges: &[(u32, u32)]| {
        let ranges: Vec<Value> =
            ranges.iter().map(|(from, to)| json!({ "start": from, "end": to })).collect();
        let shards = if ranges.is_empty() {
            json!([])
        } else {
            json!([{ "salt": format!("{name}-split"), "ranges": ranges }])
        };
        json!({ "variationKey": key, "shards": shards })
    };
    let test = |attribute: &str, operator: &str, value: Value| json!({ "attribute": attribute, "operator": operator, "value": value });
    let allocation = |key: &str, conditions: Value, splits: Value| json!({ "key": key, "rules": [{ "conditions": conditions }], "splits": splits, "doLog": false });
    match kind {
        0 => {
            json!([{ "key": "all", "rules": [], "splits": [split("on", &[])], "doLog": false }])
        }
        1 => {
            json!([{ "key": "half", "rules": [], "splits": [split("on", &[(0, 5000)])], "doLog": false }])
        }
        _ => json!([
            allocation(
                "europe",
                json!([
                    test("country", "ONE_OF", json!(COUNTRIES)),
                    test("plan", "ONE_OF", json!(["pro"]))
                ]),
                json!([split("a", &[])])
            ),
            allocation(
                "staff",
                json!([test("email", "MATCHES", json!("@example\\.com$"))]),
                json!([split("a", &[])])
            ),
            allocation("seniors", json!([test("age", "GT", json!(60))]), json!([split("b", &[])])),
            allocation(
                "new-app",
                json!([test("version", "GTE", json!("5.0.0"))]),
                json!([split("b", &[])])
            ),
            allocation(
                "phones",
                json!([test("device", "MATCHES", json!("^iphone"))]),
                json!([
                    split("a", &[(0, 5000)]),
                    split("b", &[(5000, 8000)]),
                    split("c", &[(8000, 10000)])
                ])
            ),
        ]),
    }
}

fn configcat(count: usize) -> Value {
    let flag = |kind: usize, _: &str, number: usize| {
        let user = |attribute: &str, comparator: u32, key: &str, value: Value| {
            let mut user = json!({ "a": attribute, "c": comparator });
            user.as_object_mut().map(|user| user.insert(key.to_owned(), value));
            json!({ "u": user })
        };
        let id = |place: u32| format!("{number:06x}{place:02x}");
        let served = |value: &str, place: u32| json!({ "v": { "s": value }, "i": id(place) });
        let options = |shares: &[(Value, u32)]| -> Value {
            let options = shares.iter().zip(10..);
            options
                .map(|((value, share), place)| json!({ "p": share, "v": value, "i": id(place) }))
                .collect()
        };
        match kind {
            0 => json!({ "t": 0, "v": { "b": true }, "i": id(0) }),
            1 => json!({ "t": 0, "v": { "b": false }, "i": id(0),
                "p": options(&[(json!({ "b": true }), 50), (json!({ "b": false }), 50)]) }),
            _ => json!({ "t": 1, "v": { "s": "off" }, "i": id(0), "r": [
                { "c": [user("Country", 0, "l", json!(COUNTRIES)), user("plan", 0, "l", json!(["pro"]))], "s": served("a", 1) },
                { "c": [user("Email", 32, "l", json!(["@example.com"]))], "s": served("a", 2) },
                { "c": [user("age", 14, "d", json!(60))], "s": served("b", 3) },
                { "c": [user("version", 9, "s", json!("5.0.0"))], "s": served("b", 4) },
                { "c": [user("device", 30, "l", json!(["iphone"]))], "p": options(&[
                    (json!({ "s": "a" }), 50), (json!({ "s": "b" }), 30), (json!({ "s": "c" }), 20)]) },
            ] }),
        }
    };
    json!({ "p": { "u": "https://cdn-global.configcat.com", "r": 0, "s": "c2FsdC1vZi10aGUtZG9jdW1lbnQ=" },
        "f": flags(count, flag) })
}

fn growthbook(count: usize) -> Value {
    let flag = |kind: usize, name: &str, _: usize| match kind {
        0 => json!({ "defaultValue": true }),
        1 => json!({ "defaultValue": false, "rules": [
            { "force": true, "coverage": 0.5, "hashAttribute": "id" }
        ] }),
        _ => json!({ "defaultValue": "off", "rules": [
            { "condition": { "country": { "$in": COUNTRIES }, "plan": "pro" }, "force": "a" },
            { "condition": { "email": { "$regex": "@example\\.com$" } }, "force": "a" },
            { "condition": { "age": { "$gt": 60 } }, "force": "b" },
            { "condition": { "version": { "$vgte": "5.0.0" } }, "force": "b" },
            { "condition": { "device": { "$regex": "^iphone" } }, "key": name,
                "hashAttribute": "id", "hashVersion": 2, "seed": name, "coverage": 1,
                "variations": ["a", "b", "c"], "weights": [0.5, 0.3, 0.2],
                "meta": [{ "key": "a" }, { "key": "b" }, { "key": "c" }] },
        ] }),
    };
    json!({ "status": 200, "features": flags(count, flag), "dateUpdated": "2026-11-01T00:00:00.000Z" })
}

fn flagd(count: usize) -> Value {
    let var = |name: &str| json!({ "var": name });
    let last = json!({ "fractional": [
        { "cat": [var("$flagd.flagKey"), var("targetingKey")] }, ["a", 50], ["b", 30], ["c", 20]
    ] });
    let targeting = json!({ "if": [
        { "and": [{ "in": [var("country"), COUNTRIES] }, { "==": [var("plan"), "pro"] }] }, "a",
        { "ends_with": [var("email"), "@example.com"] }, "a",
        { ">": [var("age"), 60] }, "b",
        { "sem_ver": [var("version"), ">=", "5.0.0"] }, "b",
        { "starts_with": [var("device"), "iphone"] }, last,
        "off",
    ] });
    let flag = |kind: usize, _: &str, _: usize| match kind {
        0 => {
            json!({ "state": "ENABLED", "variants": { "on": true, "off": false }, "defaultVariant": "on" })
        }
        1 => json!({ "state": "ENABLED", "variants": { "on": true, "off": false },
            "defaultVariant": "off", "targeting": { "fractional": [["on", 50], ["off", 50]] } }),
        _ => {
            json!({ "state": "ENABLED", "variants": { "a": "a", "b": "b", "c": "c", "off": "off" },
            "defaultVariant": "off", "targeting": targeting })
        }
    };
    json!({ "$schema": "https://flagd.dev/schema/v0/flags.json", "flags": flags(count, flag) })
}

fn flagsmith(count: usize) -> Value {
    let feature = |kind: usize, name: &str, number: usize| {
        let mut feature = json!({ "key": number.to_string(), "name": name, "enabled": true,
            "value": null, "metadata": { "id": number } });
        if kind == 2
            && let Some(feature) = feature.as_object_mut()
        {
            feature.insert("value".to_owned(), json!("off"));
        }
        feature
    };
    let mut segments = Map::new();
    for number in (0..count).filter(|number| number % 3 != 0) {
        let (name, key) = (flag_name(number), number.to_string());
        let mut add = |place: usize, conditions: Value, value: Value, variants: Value| {
            let id = (number * 10 + place).to_string();
            let segment = json!({ "key": id, "name": format!("{name}-{place}"), "rules": [
                { "type": "ALL", "conditions": [], "rules": [
                    { "type": "ALL", "conditions": conditions, "rules": [] }
                ] }
            ], "overrides": [{ "key": key, "name": name, "enabled": true, "value": value,
                "priority": place, "variants": variants, "metadata": { "id": number } }],
                "metadata": { "id": number * 10 + place, "source": "API" } });
            segments.insert(id, segment);
        };
        let test = |property: &str, operator: &str, value: &str| json!({ "property": property, "operator": operator, "value": value });
        if number % 3 == 1 {
            let half = json!([test("$.identity.identifier", "PERCENTAGE_SPLIT", "50")]);
            add(1, half, Value::Null, json!([]));
            continue;
        }
        let europe =
            json!([test("country", "IN", &COUNTRIES.join(",")), test("plan", "EQUAL", "pro")]);
        add(1, europe, json!("a"), json!([]));
        add(2, json!([test("email", "CONTAINS", "@example.com")]), json!("a"), json!([]));
        add(3, json!([test("age", "GREATER_THAN", "60")]), json!("b"), json!([]));
        let app = json!([test("version", "GREATER_THAN_INCLUSIVE", "5.0.0:semver")]);
        add(4, app, json!("b"), json!([]));
        let variants = json!([
            { "key": "b", "value": "b", "weight": 30, "priority": 1 },
            { "key": "c", "value": "c", "weight": 20, "priority": 2 }
        ]);
        add(5, json!([test("device", "CONTAINS", "iphone")]), json!("a"), variants);
    }
    json!({ "environment": { "key": "n9fbf9h3v4fFgH3U3ngWhb", "name": "Production" },
        "features": flags(count, feature), "segments": segments })
}

fn statsig(count: usize) -> Value {
    let mut conditions = statsig_conditions();
    let mut buckets = Map::new();
    let spec = |kind: &str, name: &str, default: Value, rules: Value| {
        json!({ "type": kind, "salt": format!("{name}-salt"), "enabled": true,
            "defaultValue": default, "rules": rules, "idType": "userID", "entity": kind, "version": 3 })
    };
    let rule = |name: &str, place: usize, percentage: f64, conditions: Value, value: Value| {
        let id = format!("{name}-{place}");
        json!({ "name": id, "groupName": format!("group {place}"), "passPercentage": percentage,
            "conditions": conditions, "returnValue": value, "id": id, "salt": id, "idType": "userID" })
    };
    let (mut gates, mut configs) = (Map::new(), Map::new());
    for number in 0..count {
        let name = flag_name(number);
        let value = |text: &str| json!({ "value": text });
        match number % 3 {
            2 => {
                let mut group = |share: u32| {
                    let id = format!("{number}{share}");
                    buckets.insert(
                        id.clone(),
                        json!({ "type": "user_bucket",
                        "targetValue": share, "operator": "lt", "field": null,
                        "additionalValues": { "salt": name }, "idType": "userID" }),
                    );
                    id
                };
                let rules = json!([
                    rule(&name, 1, 100.0, json!(["1", "2"]), value("a")),
                    rule(&name, 2, 100.0, json!(["3"]), value("a")),
                    rule(&name, 3, 100.0, json!(["4"]), value("b")),
                    rule(&name, 4, 100.0, json!(["5"]), value("b")),
                    rule(&name, 5, 100.0, json!(["6", group(500)]), value("a")),
                    rule(&name, 6, 100.0, json!(["6", group(800)]), value("b")),
                    rule(&name, 7, 100.0, json!(["6", group(1000)]), value("c")),
                ]);
                configs.insert(name.clone(), spec("dynamic_config", &name, json!({}), rules));
            }
            kind => {
                let share = if kind == 0 { 100.0 } else { 50.0 };
                let rules = json!([rule(&name, 1, share, json!(["7"]), json!(true))]);
                gates.insert(name.clone(), spec("feature_gate", &name, json!(false), rules));
            }
        }
    }
    conditions.extend(buckets);
    json!({ "feature_gates": gates, "dynamic_configs": configs, "layer_configs": {},
        "condition_map": conditions, "has_updates": true, "time": 1_760_000_000_000_i64,
        "response_format": "dcs-v2" })
}

fn statsig_conditions() -> Map<String, Value> {
    let mut conditions = Map::new();
    let mut condition = |id: &str, field: &str, operator: &str, target: Value| {
        let condition = json!({ "type": "user_field", "targetValue": target, "operator": operator,
            "field": field, "additionalValues": {}, "idType": "userID" });
        conditions.insert(id.to_owned(), condition);
    };
    condition("1", "country", "any", json!(COUNTRIES));
    condition("2", "plan", "any", json!(["pro"]));
    condition("3", "email", "str_ends_with_any", json!(["@example.com"]));
    condition("4", "age", "gt", json!(60));
    condition("5", "version", "version_gte", json!("5.0.0"));
    condition("6", "device", "str_starts_with_any", json!(["iphone"]));
    conditions.insert(
        "7".to_owned(),
        json!({ "type": "public", "targetValue": null,
        "operator": null, "field": null, "additionalValues": {}, "idType": "userID" }),
    );
    conditions
}
