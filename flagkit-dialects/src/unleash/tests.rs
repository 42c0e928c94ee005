//! What the SDKs do, on documents made for it.

use flagkit_core::{Fixed, Snapshot, Timestamp, compile};
use serde_json::{Value, json};

use crate::{BrokenPart, Dialect, Settings, UnleashSettings, decode, detect};

use super::{context, is_enabled, variant};

const WORLD: Fixed = Fixed::at(Timestamp::EPOCH);

fn snapshot(document: &Value, unleash: UnleashSettings) -> Snapshot {
    let settings = Settings { unleash, ..Settings::default() };
    compile(decode(Dialect::Unleash, &document.to_string(), &settings).unwrap().document).snapshot
}

/// The answers for some flags of a document, of which others may be made up.
struct World {
    snapshot: Snapshot,
}

impl World {
    fn of(features: &[Value]) -> Self {
        Self::with(features, UnleashSettings::default())
    }

    fn with(features: &[Value], unleash: UnleashSettings) -> Self {
        let document = json!({ "version": 2, "features": features });
        Self { snapshot: snapshot(&document, unleash) }
    }

    fn is_on(&self, flag: &str, asking: &Value) -> bool {
        is_enabled(&self.snapshot, flag, &context(asking).unwrap(), &WORLD)
    }

    fn variant(&self, flag: &str, asking: &Value) -> String {
        variant(&self.snapshot, flag, &context(asking).unwrap(), &WORLD).name.to_owned()
    }
}

/// A feature for whom one constraint holds.
fn constrained(constraint: &Value) -> Value {
    let strategy = json!({ "name": "default", "constraints": [constraint] });
    feature("f", &[strategy])
}

fn feature(name: &str, strategies: &[Value]) -> Value {
    json!({ "name": name, "enabled": true, "strategies": strategies })
}

#[test]
fn documents_are_recognised_in_both_forms() {
    let features = json!({ "version": 2, "features": [feature("f", &[])] });
    let events = json!({ "events": [{ "type": "feature-updated", "eventId": 1 }] });
    assert_eq!(detect(&features.to_string()), Some(Dialect::Unleash));
    assert_eq!(detect(&events.to_string()), Some(Dialect::Unleash));
    assert_eq!(detect(r#"{"features": {}}"#), None);
}

#[test]
fn the_looks_of_an_operand_say_what_is_compared() {
    for (operator, value, x, expected) in [
        ("SEMVER_GT", "5", "9", true),
        ("NUM_GT", "1.2.3", "1.10.0", true),
        ("NUM_GT", "1.2.3", "9", false),
        ("DATE_AFTER", "2022-01-01T00:00:00.000Z", "2022-01-01 00:00:01Z", true),
        ("DATE_AFTER", " 5\t", "5.5", true),
        ("NUM_EQ", "0.3", "0.30000000000000004", true),
        ("NUM_EQ", "1e400", "inf", false),
    ] {
        let constraint = json!({ "contextName": "x", "operator": operator, "value": value });
        let asking = json!({ "properties": { "x": x } });
        let found = World::of(&[constrained(&constraint)]).is_on("f", &asking);
        assert_eq!(found, expected, "{operator} {value} {x}");
    }
}

#[test]
fn what_the_engine_cannot_read_turns_the_whole_feature_off() {
    for constraint in [
        json!({ "contextName": "x", "operator": "UNHEARD_OF", "values": ["a"] }),
        json!({ "contextName": "x", "operator": "NUM_EQ", "value": ".5" }),
        json!({ "contextName": "x", "operator": "NUM_EQ" }),
        json!({ "contextName": "x", "operator": "DATE_AFTER", "value": "2022-01-01T00:00:00.12Z" }),
        json!({ "contextName": "x", "operator": "SEMVER_EQ", "value": "1.2.3.4" }),
        json!({ "contextName": "x", "operator": "STR_CONTAINS", "values": [] }),
        json!({ "contextName": "x", "operator": "IN", "values": ["back\\"] }),
        json!({ "contextName": "a \"quote\"", "operator": "IN", "values": ["a"] }),
    ] {
        let strategy = json!({ "name": "default", "constraints": [constraint] });
        let feature = feature("f", &[strategy, json!({ "name": "default" })]);
        let on =
            |unleash| World::with(std::slice::from_ref(&feature), unleash).is_on("f", &json!({}));
        assert!(!on(UnleashSettings::default()), "{constraint}");
        assert!(on(UnleashSettings::node()), "{constraint}");
    }
}

#[test]
fn constraints_that_hold_for_no_one_leave_other_strategies_alone() {
    let semver =
        json!({ "contextName": "x", "operator": "SEMVER_EQ", "value": "v1", "inverted": true });
    let strategy = json!({ "name": "default", "constraints": [semver] });
    assert!(!World::of(&[feature("f", std::slice::from_ref(&strategy))]).is_on("f", &json!({})));
    let world = World::of(&[feature("f", &[strategy, json!({ "name": "default" })])]);
    assert!(world.is_on("f", &json!({})));
    // A pattern that is none holds for no one, and inverted for everyone.
    let regex =
        json!({ "contextName": "x", "operator": "REGEX", "value": "(?=a)", "inverted": true });
    let asking = json!({ "properties": { "x": "a" } });
    assert!(World::of(&[constrained(&regex)]).is_on("f", &asking));
}

#[test]
fn inverted_constraints_hold_for_those_of_whom_nothing_is_known() {
    for operator in ["IN", "STR_CONTAINS", "IN_CIDR"] {
        let constraint = |inverted: bool| json!({ "contextName": "x", "operator": operator, "values": ["a"], "inverted": inverted });
        assert!(World::of(&[constrained(&constraint(true))]).is_on("f", &json!({})), "{operator}");
        assert!(
            !World::of(&[constrained(&constraint(false))]).is_on("f", &json!({})),
            "{operator}"
        );
    }
}

#[test]
fn case_is_ignored_by_lowering_both_texts_but_never_by_in() {
    let constraint = |operator: &str, value: &str| json!({ "contextName": "x", "operator": operator, "values": [value], "caseInsensitive": true });
    let on = |operator: &str, value: &str, x: &str| {
        let asking = json!({ "properties": { "x": x } });
        World::of(&[constrained(&constraint(operator, value))]).is_on("f", &asking)
    };
    assert!(on("STR_CONTAINS", "STRASSE", "in der Strasse"));
    assert!(!on("STR_ENDS_WITH", "Σ", "ΟΔΟΣ"), "a sigma at the end of a word is another letter");
    assert!(!on("IN", "A", "a"));
}

#[test]
fn rollouts_beyond_a_hundred_are_unreadable_and_odd_ones_hold_for_no_one() {
    let rollout = |rollout: &str| {
        let parameters = json!({ "rollout": rollout, "stickiness": "userId", "groupId": "g" });
        json!({ "name": "flexibleRollout", "parameters": parameters })
    };
    let user = json!({ "userId": "7" });
    for (text, alone, beside_default) in [
        ("100", true, true),
        ("+100", true, true),
        ("101", false, false),
        ("5.5", false, true),
        ("", false, true),
    ] {
        assert_eq!(World::of(&[feature("f", &[rollout(text)])]).is_on("f", &user), alone, "{text}");
        let both = feature("f", &[rollout(text), json!({ "name": "default" })]);
        assert_eq!(World::of(&[both]).is_on("f", &user), beside_default, "{text}");
    }
}

#[test]
fn a_rollout_without_group_hashes_the_asked_flag_even_for_its_parent() {
    let parameters = json!({ "rollout": "50", "stickiness": "userId" });
    let half = json!({ "name": "flexibleRollout", "parameters": parameters });
    let child = json!({
        "name": "child", "enabled": true, "strategies": [], "dependencies": [{ "feature": "parent" }]
    });
    let features = [feature("parent", &[half]), child, feature("like-child", &[])];
    let with_group = |group: &str| {
        let parameters = json!({ "rollout": "50", "stickiness": "userId", "groupId": group });
        feature(group, &[json!({ "name": "flexibleRollout", "parameters": parameters })])
    };
    let ygg = World::of(&features);
    let node = World::with(&features, UnleashSettings::node());
    for user in 0..64 {
        let user = json!({ "userId": user });
        let expected = |group| World::of(&[with_group(group)]).is_on(group, &user);
        assert_eq!(ygg.is_on("parent", &user), expected("parent"));
        assert_eq!(ygg.is_on("child", &user), expected("child"));
        assert_eq!(node.is_on("child", &user), expected("parent"));
    }
}

#[test]
fn a_missing_segment_breaks_the_feature_or_only_its_strategy() {
    let strategy = json!({ "name": "default", "segments": [9] });
    let feature = feature("f", &[strategy, json!({ "name": "default" })]);
    let on = |missing_segment| {
        let unleash = UnleashSettings { missing_segment, ..UnleashSettings::default() };
        World::with(std::slice::from_ref(&feature), unleash).is_on("f", &json!({}))
    };
    assert!(!on(BrokenPart::BreaksFlag));
    assert!(on(BrokenPart::NeverHolds));
}

#[test]
fn a_strategy_without_variants_serves_those_of_the_feature() {
    let own = json!({ "name": "default", "variants": [{ "name": "own", "weight": 1 }],
        "constraints": [{ "contextName": "userId", "operator": "IN", "values": ["1"] }] });
    let mut feature = feature("f", &[own, json!({ "name": "default", "variants": [] })]);
    feature["variants"] = json!([
        { "name": "shared", "weight": 1 },
        { "name": "chosen", "weight": 0, "overrides": [{ "contextName": "userId", "values": ["2"] }] }
    ]);
    let world = World::of(&[feature]);
    assert_eq!(world.variant("f", &json!({ "userId": "1" })), "own");
    assert_eq!(world.variant("f", &json!({ "userId": "2" })), "chosen");
    assert_eq!(world.variant("f", &json!({ "userId": "3" })), "shared");
}

#[test]
fn parents_that_are_off_have_the_variant_that_they_would_have() {
    let parent = |enabled: bool, broken: bool| {
        let unknown = json!([{ "contextName": "x", "operator": "UNHEARD_OF" }]);
        let constraints = if broken { unknown } else { json!([]) };
        let strategy = json!({ "name": "default", "constraints": constraints,
            "variants": [{ "name": "strategy's", "weight": 1 }] });
        json!({ "name": "parent", "enabled": enabled, "strategies": [strategy],
            "variants": [{ "name": "feature's", "weight": 1 }] })
    };
    let child = |listed: &str| {
        json!({ "name": "child", "enabled": true, "strategies": [], "dependencies": [
            { "feature": "parent", "enabled": false, "variants": [listed] }
        ] })
    };
    let on = |parent: Value, listed| World::of(&[parent, child(listed)]).is_on("child", &json!({}));
    assert!(on(parent(false, false), "strategy's"));
    assert!(!on(parent(false, false), "feature's"));
    assert!(!on(parent(true, false), "strategy's"), "the parent is on");
    assert!(on(parent(true, true), "feature's"), "of unreadable strategies nothing is left");
}

#[test]
fn events_apply_in_their_order() {
    let document = json!({ "events": [
        { "type": "hydration", "eventId": 1, "segments": [], "features": [feature("a", &[])] },
        { "type": "segment-updated", "eventId": 2, "segment": { "id": 1, "constraints": [] } },
        { "type": "feature-updated", "eventId": 3,
          "feature": feature("b", &[json!({ "name": "default", "segments": [1] })]) },
        { "type": "feature-removed", "eventId": 4, "featureName": "a", "project": "default" }
    ] });
    let snapshot = snapshot(&document, UnleashSettings::default());
    let on = |flag| is_enabled(&snapshot, flag, &(), &WORLD);
    assert_eq!([on("a"), on("b")], [false, true]);
}

#[test]
fn diagnostics_say_where_what_and_how_to_mend() {
    let constraint = json!({ "contextName": "x", "operator": "NUM_EG", "value": "5" });
    let document = json!({ "version": 2, "features": [constrained(&constraint)] });
    let decoded = decode(Dialect::Unleash, &document.to_string(), &Settings::default()).unwrap();
    assert_eq!(
        decoded.diagnostics[0].to_string(),
        "features[0].strategies[0].constraints[0].operator: there is no operator `NUM_EG`; did \
         you mean `NUM_EQ`?; the flag answers the caller's default with PARSE_ERROR; correct it"
    );
}

#[test]
fn contexts_are_text_through_and_through() {
    let asking = json!({ "userId": 5, "plan": "pro", "seats": 7, "properties": {
        "userId": "hidden", "sessionId": "s", "price": 1e21, "beta": true, "gone": null, "list": [1]
    } });
    let context = context(&asking).unwrap();
    let text = |name: &str| {
        let found = flagkit_core::Attributes::attribute(&context, name);
        found.map(|value| value.to_string())
    };
    assert_eq!(text("userId").as_deref(), Some("\"5\""));
    assert_eq!(text("sessionId").as_deref(), Some("\"s\""));
    assert_eq!(text("price").as_deref(), Some("\"1e+21\""));
    assert_eq!(text("beta").as_deref(), Some("\"true\""));
    assert_eq!(text("plan").as_deref(), Some("\"pro\""));
    assert_eq!([text("seats"), text("gone"), text("list")], [None, None, None]);
}

#[test]
fn the_text_of_an_absent_time_is_an_error_and_not_a_guess() {
    let constraint =
        json!({ "contextName": "currentTime", "operator": "STR_STARTS_WITH", "values": ["2"] });
    let world = World::of(&[constrained(&constraint)]);
    assert!(world.is_on("f", &json!({ "currentTime": "2022" })));
    let found = world.snapshot.resolve("f", &context(&json!({})).unwrap(), &WORLD, &mut ());
    assert_eq!(found.unwrap_err(), flagkit_core::ErrorCode::General);
    let after = json!({ "contextName": "currentTime", "operator": "DATE_AFTER", "value": "1969-01-01T00:00:00Z" });
    assert!(World::of(&[constrained(&after)]).is_on("f", &json!({})));
}
