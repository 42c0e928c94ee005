use flagkit_core::{Context, Fixed, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, decode};
use proptest::prelude::*;

use super::*;
use crate::split::{WHOLE, Weight};

const DOCUMENT: &str = r#"{ "schema": "flagkit/1",  "flags": {
    "other": { "enabled": true, "variants": {"z":{"weight":1.0},"a":{"weight":3}}, "rollout_percentage": 50 },
    "shop": {
        "enabled": true, "variants": { "stable": {}, "canary": {}, "next": {} },
        "targeting_rules": [
            { "id": "staff", "when": "staff == true", "variant": "canary" },
            { "id": "part", "when": "part == true", "rollout": { "variants": {"stable":1,"canary":1} } },
            {"id":"release"}
        ],
        "rollout_percentage": 0
    } } }"#;

fn split(ppm: &[u32]) -> Split {
    Split::new(ppm.iter().map(|&ppm| Weight::from_ppm(ppm).unwrap()).collect()).unwrap()
}

fn patched(text: &str, flag: &str, ppm: &[u32]) -> Result<Patched, Failure> {
    let arms: Vec<String> =
        ["stable", "canary", "next"].iter().take(ppm.len()).map(|&name| name.to_owned()).collect();
    Patch { flag, rule: "release", arms: &arms, split: &split(ppm) }.document(text)
}

fn changed(text: &str, ppm: &[u32]) -> String {
    match patched(text, "shop", ppm).unwrap() {
        Patched::Changed(text) => text,
        Patched::Same => text.to_owned(),
    }
}

/// The variant for a user, with an attribute that is true.
fn served(text: &str, user: &str, attribute: &str) -> String {
    let decoded = decode(Dialect::Native, text, &Settings::default()).unwrap();
    assert!(decoded.diagnostics.is_empty(), "{:?}", decoded.diagnostics);
    let snapshot = compile(decoded.document).snapshot;
    let world = Fixed::at(Timestamp::parse("2026-11-21T00:00:00Z").unwrap());
    let context = Context::new(user).with(attribute, true);
    snapshot.resolve("shop", &context, &world, &mut ()).unwrap().variant().unwrap().to_owned()
}

#[test]
fn b5_one_rule_changes_and_every_other_byte_stays() {
    let half = changed(DOCUMENT, &[500_000, 500_000]);
    let rollout = r#"{"rollout":{"variants":{"canary":500000,"stable":500000}},"id":"release"}"#;
    assert_eq!(half, DOCUMENT.replace(r#"{"id":"release"}"#, rollout));
    let tenth = changed(&half, &[900_000, 100_000]);
    assert_eq!(
        tenth,
        half.replace(
            r#"{"canary":500000,"stable":500000}"#,
            r#"{"canary":100000,"stable":900000}"#
        )
    );
    assert_eq!(patched(&tenth, "shop", &[900_000, 100_000]).unwrap(), Patched::Same);
}

#[test]
fn b2_what_is_published_does_not_expire() {
    let text = changed(DOCUMENT, &[0, 1_000_000]);
    for name in ["ttl", "expire", "ends_at", "schedule"] {
        assert!(!text.contains(name), "{text}");
    }
}

#[test]
fn b3_targeting_comes_before_the_percentage() {
    let text = changed(DOCUMENT, &[1_000_000, 0]);
    assert_eq!(
        (served(&text, "u-1", "staff"), served(&text, "u-1", "nobody")),
        ("canary".into(), "stable".into())
    );
}

#[test]
fn b4_another_flag_exposes_other_users() {
    let text = changed(DOCUMENT, &[900_000, 100_000]);
    let renamed = text
        .replace("\"shop\"", "\"x\"")
        .replace("\"other\"", "\"shop\"")
        .replace("\"x\"", "\"cart\"");
    let cart = renamed.replace("\"shop\"", "\"y\"").replace("\"cart\"", "\"shop\"");
    assert_eq!(
        served(&cart, "u-1", "n"),
        served(&text, "u-1", "n"),
        "the same key has the same users"
    );
    // Salted with the key: under another one the exposed tenth is another one.
    let other = text.replace(
        "\"enabled\": true, \"variants\": { \"stable\"",
        "\"enabled\": true, \"salt\": \"cart\", \"variants\": { \"stable\"",
    );
    let exposed = |text: &str| -> Vec<usize> {
        (0..200).filter(|user| served(text, &format!("u-{user}"), "n") == "canary").collect()
    };
    let (one, another) = (exposed(&text), exposed(&other));
    assert!(one.len() > 5 && another.len() > 5);
    assert!(
        one.iter().filter(|user| another.contains(user)).count() * 2 < one.len(),
        "{one:?} {another:?}"
    );
}

#[test]
fn weights_are_rounded_to_buckets_and_exact_where_there_are_a_million() {
    assert!(changed(DOCUMENT, &[999_999, 1]).contains(r#"{"canary":100,"stable":999900}"#));
    let exact = DOCUMENT.replace(
        "\"rollout_percentage\": 0",
        "\"bucketing\": {\"hash\":\"md5\",\"buckets\":1000000}",
    );
    assert!(changed(&exact, &[999_999, 1]).contains(r#"{"canary":1,"stable":999999}"#));
    assert!(
        changed(DOCUMENT, &[500_000, 200_000, 300_000])
            .contains(r#"{"canary":200000,"stable":500000,"next":300000}"#)
    );
}

#[test]
fn what_cannot_be_patched_says_why() {
    let refused = |text: &str, flag| patched(text, flag, &[1_000_000, 0]).unwrap_err().message;
    assert!(refused("schema: flagkit/1", "shop").contains("flagkit convert"));
    assert!(refused(DOCUMENT, "cart").contains("`cart` is not in the document"));
    assert!(refused(DOCUMENT, "other").contains("has no variant `stable`"));
    assert!(
        refused(&DOCUMENT.replace("\"release\"", "\"old\""), "shop")
            .contains("has no rule `release`")
    );
    let fixed =
        DOCUMENT.replace("{\"id\":\"release\"}", "{\"id\":\"release\",\"variant\":\"stable\"}");
    assert!(refused(&fixed, "shop").contains("fixed `variant`"));
    let part = DOCUMENT
        .replace("{\"id\":\"release\"}", "{\"id\":\"release\",\"rollout\":{\"percentage\":5}}");
    assert!(refused(&part, "shop").contains("rollout.percentage"));
}

/// The sides are written here as they were when this test was: whoever has one keeps it, in every
/// process and on every version.
#[test]
fn b7_a_user_has_the_same_side_in_every_process() {
    let text = changed(DOCUMENT, &[700_000, 300_000]);
    let sides: String = (0..24)
        .map(|user| served(&text, &format!("u-{user}"), "n"))
        .map(|side| if side == "canary" { 'c' } else { '.' })
        .collect();
    assert_eq!(sides, "..ccc.......cc..........");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn a_user_changes_sides_only_by_the_ramp(
        steps in prop::collection::vec((0_u32..=400_000, 0_u32..=400_000), 2..5),
        user in "[a-z0-9-]{1,20}",
    ) {
        let mut steps = steps;
        // A ramp: both weights only grow.
        for at in 1..steps.len() {
            steps[at] = (steps[at].0.max(steps[at - 1].0), steps[at].1.max(steps[at - 1].1));
        }
        let mut text = DOCUMENT.to_owned();
        let mut side = "stable".to_owned();
        for (canary, next) in steps {
            text = changed(&text, &[WHOLE - canary - next, canary, next]);
            let now = served(&text, &user, "n");
            prop_assert!(now == side || side == "stable", "from {} to {}", side, now);
            side = now;
        }
    }
}
