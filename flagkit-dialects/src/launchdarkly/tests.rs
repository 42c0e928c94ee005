//! Buckets of the key `hashKey` with the salt `saltyA`, as LaunchDarkly's SDKs publish them in
//! their tests: userKeyA 0.42157587, userKeyB 0.6708485, userKeyC 0.10343106.

use flagkit_core::{Context, ErrorCode, Fixed, Reason, Snapshot, Timestamp, compile};
use serde_json::{Value as Json, json};

use super::*;
use crate::{BucketFloat, Dialect, LaunchDarklySettings, decode, detect};

mod documents;
mod outcomes;

const WORLD: Fixed = Fixed::at(Timestamp::EPOCH);

fn compiled(document: &Json) -> Snapshot {
    let decoded = decode(Dialect::LaunchDarkly, &document.to_string(), &Settings::default());
    compile(decoded.unwrap().document).snapshot
}

fn ask_with(document: &Json, context: &Json, big_segments: Option<&BigSegments>) -> Answer {
    let default = &json!("default");
    let value_type = ValueType::Any;
    let question = Question { flag: "flag", context, value_type, default, big_segments };
    answer(&compiled(document), &question, &WORLD)
}

/// The place of the variation, or nothing, and the kind of the reason or error.
fn ask(document: &Json, context: &Json) -> (Option<i64>, String) {
    let answer = ask_with(document, context, None);
    let reason = answer.reason.get("errorKind").or(answer.reason.get("kind")).cloned();
    (answer.variation_index, reason.unwrap().as_str().unwrap().to_owned())
}

/// A flag with three variations that is on, and this over it.
fn flag(parts: &Json) -> Json {
    let mut flag = json!({
        "key": "hashKey", "salt": "saltyA", "on": true, "variations": ["a", "b", "c"],
        "offVariation": 2, "fallthrough": { "variation": 1 },
    });
    for (name, value) in parts.as_object().unwrap() {
        flag[name] = value.clone();
    }
    json!({ "flags": { "flag": flag } })
}

/// A flag that serves the first variation where a clause holds.
fn clause(clause: &Json) -> Json {
    flag(&json!({ "rules": [{ "id": "r", "variation": 0, "clauses": [clause] }] }))
}

fn holds(of: &Json, context: &Json) -> bool {
    match ask(&clause(of), context) {
        (Some(0), reason) if reason == "RULE_MATCH" => true,
        (Some(1), reason) if reason == "FALLTHROUGH" => false,
        other => panic!("{other:?} for {of}"),
    }
}

fn user(key: &str) -> Json {
    json!({ "kind": "user", "key": key })
}

#[test]
fn an_absent_attribute_passes_no_clause_and_an_odd_one_fails_it() {
    let starts =
        |negate| json!({ "attribute": "a", "op": "startsWith", "values": ["x"], "negate": negate });
    for (value, plain, negated) in [
        (json!("xy"), true, false),
        (json!("y"), false, true),
        (json!(1), false, true),
        (json!(["y", 1, "xy"]), true, false),
        (json!([["xy"], null]), false, true),
        (json!([]), false, true),
        (json!(null), false, false),
    ] {
        let context = json!({ "kind": "user", "key": "u", "a": value });
        assert_eq!(holds(&starts(false), &context), plain, "{value}");
        assert_eq!(holds(&starts(true), &context), negated, "{value}");
    }
    assert!(!holds(&starts(true), &user("u")));
}

#[test]
fn patterns_that_are_none_and_unknown_operators_match_nothing() {
    let context = json!({ "kind": "user", "key": "u", "a": "xyz" });
    for (op, values, plain) in [
        ("matches", json!(["("]), false),
        ("matches", json!(["(", "y"]), true),
        ("matches", json!(["(", 1, "^y"]), false),
        ("somethingNew", json!(["xyz"]), false),
        ("in", json!([]), false),
    ] {
        for negate in [false, true] {
            let of = json!({ "attribute": "a", "op": op, "values": values, "negate": negate });
            assert_eq!(holds(&of, &context), plain != negate, "{of}");
        }
    }
}

#[test]
fn an_empty_list_is_there_and_matches_nothing() {
    let context = json!({ "kind": "user", "key": "u", "a": [] });
    for values in [json!([]), json!(["x"]), json!(["x", "y"])] {
        let of = json!({ "attribute": "a", "op": "matches", "values": values, "negate": true });
        assert!(holds(&of, &context), "{values}");
        assert!(!holds(&of, &user("u")), "{values}");
    }
}

#[test]
fn values_that_an_operator_cannot_read_do_not_spoil_the_others() {
    let context = json!({ "kind": "user", "key": "u", "n": 5, "v": "2.1", "t": 1000.9 });
    for (of, expected) in [
        (json!({ "attribute": "n", "op": "lessThan", "values": ["9", true, 6] }), true),
        (json!({ "attribute": "v", "op": "semVerEqual", "values": ["x", "2.1.0"] }), true),
        (json!({ "attribute": "t", "op": "after", "values": ["soon", 999] }), true),
        // The fraction of milliseconds does not count.
        (json!({ "attribute": "t", "op": "after", "values": [1000] }), false),
        (json!({ "attribute": "t", "op": "before", "values": ["1970-01-01T00:00:01.001Z"] }), true),
        (json!({ "attribute": "n", "op": "in", "values": ["5", [5]] }), false),
        (json!({ "attribute": "n", "op": "in", "values": [5.0] }), true),
    ] {
        assert_eq!(holds(&of, &context), expected, "{of}");
    }
}

#[test]
fn references_are_pointers_only_beside_a_kind() {
    let context = json!({
        "kind": "user", "key": "u", "a/b": "x", "/c": "x", "~": "x", "o": { "p/q": "x", "l": ["x"] },
    });
    let both = |attribute: &str| {
        let plain = json!({ "attribute": attribute, "op": "in", "values": ["x"] });
        let with_kind = json!({
            "attribute": attribute, "contextKind": "user", "op": "in", "values": ["x"],
        });
        (ask(&clause(&plain), &context).1, ask(&clause(&with_kind), &context).1)
    };
    for (attribute, plain, with_kind) in [
        ("a/b", "RULE_MATCH", "RULE_MATCH"),
        ("/a~1b", "FALLTHROUGH", "RULE_MATCH"),
        ("/c", "RULE_MATCH", "FALLTHROUGH"),
        ("/~1c", "FALLTHROUGH", "RULE_MATCH"),
        ("~", "RULE_MATCH", "RULE_MATCH"),
        ("/~0", "FALLTHROUGH", "RULE_MATCH"),
        ("/o/p~1q", "FALLTHROUGH", "RULE_MATCH"),
        ("/o/l/0", "FALLTHROUGH", "FALLTHROUGH"),
        ("/kind/user", "FALLTHROUGH", "FALLTHROUGH"),
        ("_meta", "FALLTHROUGH", "FALLTHROUGH"),
        ("", "MALFORMED_FLAG", "MALFORMED_FLAG"),
        ("/", "FALLTHROUGH", "MALFORMED_FLAG"),
        ("/o//p", "FALLTHROUGH", "MALFORMED_FLAG"),
        ("/o/", "FALLTHROUGH", "MALFORMED_FLAG"),
        ("/~2", "FALLTHROUGH", "MALFORMED_FLAG"),
        ("/o~", "FALLTHROUGH", "MALFORMED_FLAG"),
    ] {
        assert_eq!(both(attribute), (plain.to_owned(), with_kind.to_owned()), "{attribute}");
    }
}

#[test]
fn a_context_of_one_kind_says_nothing_about_another() {
    let org = json!({ "kind": "org", "key": "o", "plan": "pro" });
    let multi =
        json!({ "kind": "multi", "org": { "key": "o", "plan": "pro" }, "user": { "key": "u" } });
    let plan = |kind: &str| json!({ "attribute": "plan", "contextKind": kind, "op": "in", "values": ["pro"] });
    assert!(holds(&plan("org"), &org) && holds(&plan("org"), &multi));
    assert!(!holds(&plan("user"), &org) && !holds(&plan("user"), &multi));
    let anonymous = |kind: &str| json!({ "attribute": "anonymous", "contextKind": kind, "op": "in", "values": [false] });
    assert!(holds(&anonymous("org"), &org) && !holds(&anonymous("user"), &org));
    let kinds = |values: Json, negate| json!({ "attribute": "kind", "op": "in", "values": values, "negate": negate });
    assert!(holds(&kinds(json!(["org"]), false), &multi));
    assert!(!holds(&kinds(json!(["org"]), true), &multi));
    assert!(holds(&kinds(json!(["user"]), true), &org));
}

#[test]
fn flagkits_own_contexts_are_users() {
    let document = flag(&json!({ "rules": [
        { "id": "kind", "variation": 0, "clauses": [
            { "attribute": "kind", "op": "in", "values": ["user"] },
            { "attribute": "plan", "op": "in", "values": ["pro"] },
            { "attribute": "anonymous", "op": "in", "values": [false] },
            { "attribute": "key", "op": "in", "values": ["u-1"] }] },
    ] }));
    let snapshot = compiled(&document);
    let pro = Context::new("u-1").with("plan", "pro");
    let found = snapshot.resolve("flag", &pro, &WORLD, &mut ()).unwrap();
    assert_eq!(
        (found.variant(), found.rule(), found.label()),
        (Some("0"), Some("kind"), Some("RULE_MATCH 0"))
    );
    let found = snapshot.resolve("flag", &Context::new("u-1"), &WORLD, &mut ()).unwrap();
    assert_eq!((found.variant(), found.reason()), (Some("1"), Reason::Default));
}

#[test]
fn invalid_contexts_are_refused_and_old_users_are_read() {
    for bad in [
        json!(null),
        json!({}),
        json!({ "key": 1 }),
        json!({ "kind": "user" }),
        json!({ "kind": "user", "key": "" }),
        json!({ "kind": null, "key": "u" }),
        json!({ "kind": "kind", "key": "u" }),
        json!({ "kind": "a b", "key": "u" }),
        json!({ "kind": "multi" }),
        json!({ "kind": "multi", "user": "u" }),
        json!({ "kind": "multi", "multi": { "key": "u" } }),
        json!({ "kind": "user", "key": "u", "anonymous": null }),
        json!({ "kind": "user", "key": "u", "name": 1 }),
        json!({ "kind": "user", "key": "u", "_meta": 1 }),
        json!({ "key": "u", "email": 1 }),
        json!({ "key": "u", "custom": [] }),
    ] {
        assert!(context(&bad).is_err(), "{bad}");
        assert_eq!(ask(&flag(&json!({})), &bad), (None, "USER_NOT_SPECIFIED".to_owned()));
    }
    let old = json!({
        "key": "", "email": "a@b", "anonymous": null, "ignored": 1,
        "custom": { "plan": "pro", "key": "hidden", "kind": "org", "anonymous": true },
    });
    let found = context(&old).unwrap();
    let same = context(&json!({ "key": "", "email": "a@b", "custom": { "plan": "pro" } })).unwrap();
    assert_eq!(found, same);
}

#[test]
fn keys_of_several_kinds_are_joined_for_the_hash() {
    let multi = json!({ "kind": "multi", "user": { "key": "u:%" }, "org": { "key": "o" } });
    let kinds = context::Kinds::read(&multi).unwrap();
    assert_eq!(kinds.qualified_key(), "org:o:user:u%3A%25");
    assert_eq!(context::Kinds::read(&user("u:%")).unwrap().qualified_key(), "u:%");
}
