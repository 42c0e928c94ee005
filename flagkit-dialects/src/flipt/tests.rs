//! What the engine does, on documents made for it.

use flagkit_core::{Fixed, Snapshot, Timestamp, compile};
use serde_json::{Value, json};

use crate::{Dialect, Settings, decode, detect};

use super::{NotEvaluated, boolean, context, variant};

const WORLD: Fixed = Fixed::at(Timestamp::EPOCH);

fn document(flag: &Value) -> String {
    json!({ "namespace": { "key": "default" }, "flags": [flag] }).to_string()
}

fn snapshot(flag: &Value) -> Snapshot {
    compile(decode(Dialect::Flipt, &document(flag), &Settings::default()).unwrap().document)
        .snapshot
}

fn constraint(kind: &str, operator: &str, value: &str) -> Value {
    let kind = format!("{kind}_CONSTRAINT_COMPARISON_TYPE");
    json!({ "type": kind, "property": "x", "operator": operator, "value": value })
}

fn segment(key: &str, match_type: &str, constraints: &[Value]) -> Value {
    let match_type = format!("{match_type}_SEGMENT_MATCH_TYPE");
    json!({ "key": key, "matchType": match_type, "constraints": constraints })
}

fn rollout_flag(operator: &str, segments: &[Value]) -> Value {
    let operator = format!("{operator}_SEGMENT_OPERATOR");
    let segment = json!({ "value": true, "segmentOperator": operator, "segments": segments });
    json!({ "key": "f", "type": "BOOLEAN_FLAG_TYPE", "enabled": false,
        "rollouts": [{ "segment": segment }] })
}

fn asking(x: &str) -> flagkit_core::Context {
    context(&json!({ "entityId": "u-7", "context": { "x": x } })).unwrap()
}

/// Whether the constraint holds for this property.
fn holds(constraint: &Value, x: &str) -> bool {
    let flag = rollout_flag("OR", &[segment("one", "ALL", std::slice::from_ref(constraint))]);
    boolean(&snapshot(&flag), "f", &asking(x), &WORLD).unwrap().enabled
}

#[test]
fn snapshots_of_namespaces_are_recognised() {
    let flag = json!({ "key": "f", "enabled": true });
    assert_eq!(detect(&document(&flag)), Some(Dialect::Flipt));
}

#[test]
fn numbers_are_integers_of_32_bits_and_nothing_else_holds() {
    for (operator, value, x, expected) in [
        ("eq", "5", "+5", true),
        ("neq", "5", "6", true),
        ("neq", "5", "5.0", false),
        ("neq", "5", "2147483648", false),
        ("isnotoneof", "[1, 2]", "3", true),
        ("isnotoneof", "[1, 2.5]", "3", false),
        ("isnotoneof", "[1, 2]", "three", false),
        ("notpresent", "", "", true),
        ("gt", "five", "6", false),
    ] {
        let found = holds(&constraint("NUMBER", operator, value), x);
        assert_eq!(found, expected, "{operator} {value} {x}");
    }
}

#[test]
fn empty_text_meets_no_operator_but_the_one_for_it() {
    assert!(holds(&constraint("STRING", "empty", ""), ""));
    for operator in ["eq", "neq", "prefix", "contains", "notcontains", "isoneof", "isnotoneof"] {
        assert!(!holds(&constraint("STRING", operator, ""), ""), "{operator}");
    }
}

#[test]
fn lists_of_text_with_escapes_are_not_read() {
    assert!(holds(&constraint("STRING", "isoneof", r#"["größe"]"#), "größe"));
    assert!(!holds(&constraint("STRING", "isoneof", r#"["gr\u00f6\u00dfe"]"#), "größe"));
    assert!(holds(&constraint("STRING", "isnotoneof", "not json"), "größe"));
}

#[test]
fn times_lose_their_fractions() {
    let is = |operator, x| holds(&constraint("DATETIME", operator, "2022-01-29T13:00:00.9Z"), x);
    assert!(is("eq", "2022-01-29 14:00:00.1+01:00"));
    assert!(!is("lt", "2022-01-29T13:00:00Z"));
    assert!(is("gt", "2022-01-29T13:00:01Z"));
    assert!(!is("neq", "2022-01-29"), "what cannot be read does not hold");
    let leap = constraint("DATETIME", "eq", "1999-12-31T23:59:59Z");
    assert!(holds(&leap, "1999-12-31T23:59:60Z"));
}

#[test]
fn constraints_of_unknown_types_end_their_segment() {
    let known = constraint("STRING", "eq", "a");
    let unknown = constraint("ODD", "eq", "a");
    let is_in = |match_type, constraints: &[Value]| {
        let flag = rollout_flag("OR", &[segment("one", match_type, constraints)]);
        boolean(&snapshot(&flag), "f", &asking("a"), &WORLD).unwrap().enabled
    };
    assert!(is_in("ANY", &[known.clone(), unknown.clone()]));
    assert!(!is_in("ANY", &[unknown.clone(), known.clone()]));
    assert!(!is_in("ALL", &[known, unknown]));
    assert!(is_in("ANY", &[]) && is_in("ALL", &[]));
}

#[test]
fn answers_name_all_segments_that_hold() {
    let a = constraint("STRING", "eq", "a");
    let flag = rollout_flag(
        "OR",
        &[
            segment("two", "ALL", std::slice::from_ref(&a)),
            segment("three", "ALL", &[constraint("STRING", "eq", "b")]),
            segment("one", "ALL", &[a]),
        ],
    );
    let snapshot = snapshot(&flag);
    let found = boolean(&snapshot, "f", &asking("a"), &WORLD).unwrap();
    assert_eq!(found.segment_keys, ["one", "two"]);
    let found = boolean(&snapshot, "f", &asking("c"), &WORLD).unwrap();
    assert_eq!((found.reason, found.segment_keys), ("DEFAULT_EVALUATION_REASON", vec![]));
}

#[test]
fn a_boolean_flag_is_disabled_only_if_there_was_nothing_to_ask() {
    let flag = json!({ "key": "f", "type": "BOOLEAN_FLAG_TYPE", "enabled": false });
    let snapshot = snapshot(&flag);
    let found = boolean(&snapshot, "f", &asking(""), &WORLD).unwrap();
    assert_eq!(found.reason, "FLAG_DISABLED_EVALUATION_REASON");
}

#[test]
fn shares_are_brought_to_a_hundred_and_rounded_to_a_thousandth() {
    let share = |key: &str, rollout: f64| json!({ "variantKey": key, "rollout": rollout });
    let rule = json!({ "segments": [segment("all", "ALL", &[])],
        "distributions": [share("none", 0.0), share("red", 10.0), share("green", 10.0)] });
    let flag = json!({ "key": "f", "enabled": true, "rules": [rule] });
    let snapshot = snapshot(&flag);
    for entity in 0..64 {
        let context = context(&json!({ "entityId": entity.to_string() })).unwrap();
        let found = variant(&snapshot, "f", &context, &WORLD).unwrap();
        // CRC-32 as in zip, over the flag's key and the entity.
        let bucket = crc32(format!("f{entity}").as_bytes()) % 1_000;
        let expected = if bucket < 500 { "red" } else { "green" };
        assert_eq!((found.variant_key, found.is_match), (Some(expected), true), "{entity}");
    }
}

/// The textbook's bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[test]
fn a_rule_without_shares_serves_the_default_variant_as_a_match() {
    let rule = json!({ "segments": [segment("all", "ANY", &[])], "distributions": [] });
    let default = json!({ "key": "fallback", "attachment": "{}" });
    let flag = json!({ "key": "f", "enabled": true, "rules": [rule], "defaultVariant": default });
    let snapshot = snapshot(&flag);
    let found = variant(&snapshot, "f", &asking(""), &WORLD).unwrap();
    assert_eq!(
        (found.is_match, found.variant_key, found.variant_attachment),
        (true, Some("fallback"), Some("{}"))
    );
    assert_eq!(found.segment_keys, ["all"]);
}

#[test]
fn flags_of_the_other_kind_do_not_answer() {
    let snapshot = snapshot(&json!({ "key": "f", "enabled": true }));
    let found = boolean(&snapshot, "f", &asking(""), &WORLD);
    assert_eq!(found, Err(NotEvaluated::WrongKind));
    let found = variant(&snapshot, "g", &asking(""), &WORLD);
    assert_eq!(found, Err(NotEvaluated::NotFound));
}

#[test]
fn diagnostics_say_where_what_and_how_to_mend() {
    let flag = json!({ "key": "f", "enabled": true, "rules": [
        { "segments": [], "distributions": [{ "variantKey": "a", "rollout": "50" }] }
    ] });
    let decoded = decode(Dialect::Flipt, &document(&flag), &Settings::default()).unwrap();
    assert_eq!(
        decoded.diagnostics[0].to_string(),
        "flags[0].rules[0].distributions[0]: `rollout` must be there, and a number; the flag \
         answers the caller's default with PARSE_ERROR; write a number without quotes"
    );
}
