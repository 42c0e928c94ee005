use std::collections::HashSet;

use flagkit_core::{Fixed, Snapshot, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, decode, unleash};
use flagkit_testkit::{Choices, generate};
use serde_json::{Map, Value, json};

use super::{Features, context, lower, names_of_users, served};

/// What a native document says to Unleash's SDKs, and the snapshots of both.
fn said(dialect: Dialect, text: &str) -> (Features, Snapshot, Snapshot) {
    let decoded = decode(dialect, text, &Settings::default()).unwrap();
    let features = lower(&decoded.document, names_of_users(dialect));
    let theirs = decode(Dialect::Unleash, &features.document(), &Settings::default()).unwrap();
    assert!(theirs.diagnostics.is_empty(), "{:?}", theirs.diagnostics);
    (features, compile(decoded.document).snapshot, compile(theirs.document).snapshot)
}

/// A context of Unleash that has what a context of the generators has, as text.
fn unleash_context(native: &Value) -> Value {
    let mut properties = Map::new();
    let mut user = None;
    for (name, value) in native.as_object().into_iter().flatten() {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => continue,
        };
        if matches!(name.as_str(), "user_id" | "targetingKey") {
            user = Some(text);
        } else {
            properties.insert(name.clone(), text.into());
        }
    }
    let mut context = json!({ "properties": properties });
    if let Some(user) = user {
        context["userId"] = user.into();
    }
    context
}

/// Compares what both answer: on or off, and the variant with what it carries.
fn compare(
    features: &Features,
    (ours, theirs): (&Snapshot, &Snapshot),
    dialect: Dialect,
    words: &Value,
) {
    let world = Fixed::at(Timestamp::from_unix_milliseconds(generate::NOW * 1_000).unwrap());
    let own = context(dialect, words).unwrap();
    let their = unleash::context(words).unwrap();
    for key in features.by_name.keys() {
        let found = ours.resolve(key, &own, &world, &mut ());
        let found = found.ok().filter(flagkit_core::Resolution::is_enabled);
        let ours = found.map_or_else(
            || json!({ "name": "disabled", "enabled": false, "feature_enabled": false }),
            |found| served(&found),
        );
        let theirs = unleash::variant(theirs, key, &their, &world).to_json();
        assert_eq!(ours, theirs, "{key} for {words}: {}", features.by_name[key]);
    }
}

#[test]
fn what_is_said_is_answered_alike_by_unleash_for_any_context() {
    let (mut flags, mut on) = (0, HashSet::new());
    for seed in 0..600 {
        let mut choices = Choices::from_seed(seed);
        let document = generate::document(&mut choices);
        let (features, ours, theirs) = said(Dialect::Native, &document.to_string());
        flags += features.by_name.len();
        assert_eq!(features.by_name.len() + features.left_out.len(), ours.len());
        for _ in 0..20 {
            let words = unleash_context(&generate::context(&mut choices));
            compare(&features, (&ours, &theirs), Dialect::Native, &words);
        }
        on.extend(features.left_out.into_iter().map(|(_, why)| why));
    }
    assert!(flags > 100, "{flags}");
    assert!(on.len() > 5, "{on:?}");
}

/// Flags made of nothing but what can be said, so that all of them are.
fn sayable(choices: &mut Choices) -> Value {
    let conditions = [
        json!({ "attribute": "country", "operator": "in", "values": ["DE", "FR"] }),
        json!({ "attribute": "country", "operator": "not_in", "values": ["DE"] }),
        json!({ "attribute": "email", "operator": "ends_with", "value": "@shop.example" }),
        json!({ "attribute": "email", "operator": "contains", "value": "a", "negate": true }),
        json!({ "attribute": "user_id", "operator": "starts_with", "value": "u-1" }),
        json!({ "attribute": "version", "operator": "version_greater_than", "value": "1.2.0" }),
        json!({ "operator": "in_segment", "values": ["staff"] }),
        json!({ "operator": "not_in_segment", "values": ["staff"] }),
        json!({ "operator": "percentage", "value": 37, "seed": "group-1" }),
    ];
    let rule = |choices: &mut Choices, place: usize| {
        let mut rule = json!({
            "id": format!("r{place}"),
            "conditions": choices.some(&conditions, 3),
            "match_type": *choices.pick(&["all", "any"]),
        });
        match choices.below(4) {
            0 => rule["enabled"] = json!(false),
            1 => rule["variant"] = json!("big"),
            2 => rule["variant"] = json!("plain"),
            _ => {}
        }
        rule
    };
    let mut flags = Map::new();
    for number in 0..6 {
        let rules: Vec<Value> = (0..choices.below(4)).map(|place| rule(choices, place)).collect();
        let mut flag = json!({
            "enabled": choices.chance(90),
            "targeting_rules": rules,
            "rollout_percentage": *choices.pick(&[0, 40, 100]),
            "variants": { "big": { "value": { "size": 2.0 } }, "plain": {} },
        });
        if choices.chance(30) {
            flag["overrides"] = json!({ "u-7": true, "u-8": false, "u-9": "big" });
        }
        if number > 3 && choices.chance(50) {
            flag["dependencies"] = json!(["f0"]);
        }
        flags.insert(format!("f{number}"), flag);
    }
    json!({
        "schema": "flagkit/1",
        "bucketing": { "hash": "murmur3", "buckets": 100, "first": 1 },
        "segments": { "staff": { "include": ["u-3", "u-4"], "exclude": ["u-4"] } },
        "flags": flags,
    })
}

fn any_context(choices: &mut Choices) -> Value {
    let mut context = json!({ "properties": {} });
    if choices.chance(85) {
        context["userId"] = json!(format!("u-{}", choices.below(40)));
    }
    let texts: [(&str, &[&str]); 4] = [
        ("country", &["DE", "FR", "US", "de", ""]),
        ("email", &["a@shop.example", "b@other.example", "@shop.example"]),
        ("version", &["1.2.0", "1.10.0", "2.0.0-rc.1", "v1.3", "nonsense"]),
        ("user_id", &["u-3", "u-1"]),
    ];
    for (name, values) in texts {
        if choices.chance(60) {
            context["properties"][name] = json!(*choices.pick(values));
        }
    }
    context
}

#[test]
fn rules_segments_dependencies_overrides_and_percentages_are_said_exactly() {
    let (mut all, mut some) = (0, 0);
    for seed in 0..400 {
        let mut choices = Choices::from_seed(seed);
        let (features, ours, theirs) = said(Dialect::Native, &sayable(&mut choices).to_string());
        all += ours.len();
        some += features.by_name.len();
        for (key, why) in &features.left_out {
            assert!(!why.contains("would not read"), "{key}: {}", ours.flags().count());
        }
        for _ in 0..30 {
            let words = any_context(&mut choices);
            compare(&features, (&ours, &theirs), Dialect::Native, &words);
        }
    }
    assert!(some * 3 > all, "only {some} of {all} are said");
}

#[test]
fn what_cannot_be_said_is_left_out_with_the_reason() {
    let flag = |flag: Value| json!({ "schema": "flagkit/1", "flags": { "f": flag } });
    let cases = [
        (json!({ "enabled": true, "rollout_percentage": 50 }), "not hashed as Unleash does it"),
        (
            json!({ "enabled": true, "targeting_rules": [{ "when": "age > 21" }] }),
            "compared in a way",
        ),
        (
            json!({ "enabled": true, "environments": ["production"], "rollout_percentage": 100 }),
            "environment",
        ),
        (
            json!({ "enabled": true, "targeting_rules": [{ "when": "country == \" DE\"" }] }),
            "do not agree on the text",
        ),
        (
            json!({ "enabled": true, "variants": { "a": { "weight": 1 }, "b": { "weight": 1 } }, "rollout_percentage": 100 }),
            "a bucket chooses",
        ),
    ];
    for (json, wanted) in cases {
        let (features, ..) = said(Dialect::Native, &flag(json.clone()).to_string());
        let [(_, why)] = features.left_out.as_slice() else { panic!("{json} is said") };
        assert!(why.contains(wanted), "{json}: {why}");
    }
}

#[test]
fn converted_flags_of_unleash_are_said_as_they_were() {
    let text = r#"{"version":2,"segments":[{"id":7,"constraints":[{"contextName":"plan","operator":"IN","values":["pro"]}]}],"features":[
        {"name":"off","enabled":false,"strategies":[{"name":"default"}]},
        {"name":"on","enabled":true,"strategies":[]},
        {"name":"some","enabled":true,"strategies":[
            {"name":"flexibleRollout","parameters":{"rollout":"30","stickiness":"default","groupId":"g"},"segments":[7]},
            {"name":"userWithId","parameters":{"userIds":"u-1,u-2"}},
            {"name":"default","constraints":[{"contextName":"user_id","operator":"IN","values":["x"]}]}]},
        {"name":"child","enabled":true,"strategies":[{"name":"default"}],"dependencies":[{"feature":"some"}]}
    ]}"#;
    let (features, ours, theirs) = said(Dialect::Unleash, text);
    assert_eq!(features.left_out, []);
    let mut choices = Choices::from_seed(1);
    for number in 0..200 {
        let mut words = any_context(&mut choices);
        words["properties"]["plan"] = json!(["pro", "free"][number % 2]);
        if number % 5 == 0 {
            words["properties"]["user_id"] = json!("x");
        }
        compare(&features, (&ours, &theirs), Dialect::Unleash, &words);
    }
}

#[test]
fn an_environment_in_a_context_of_unleash_is_an_attribute() {
    let words = json!({ "userId": "u", "properties": { "user_id": "other", "plan": "pro" } });
    let native = context(Dialect::Native, &words).unwrap();
    assert_eq!(
        native,
        unleash::context(&json!({ "userId": "u", "properties": { "plan": "pro" } })).unwrap()
    );
    let kept = context(Dialect::Unleash, &words).unwrap();
    assert_eq!(kept, unleash::context(&words).unwrap());
    assert!(context(Dialect::Native, &json!([1])).is_err());
}
