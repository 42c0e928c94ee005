//! Documents as a whole: types, client-side values, and what is wrong in them.

use super::*;

#[test]
fn typed_calls_refuse_other_types_and_cut_numbers() {
    let document = json!({ "flags": { "flag": {
        "on": true, "variations": [-2.9, null], "fallthrough": { "variation": 0 },
        "rules": [{ "variation": 1, "clauses": [{ "attribute": "key", "op": "in", "values": ["null"] }] }],
    } } });
    let snapshot = compiled(&document);
    let ask = |value_type, key: &str| {
        let question = Question {
            flag: "flag",
            context: &user(key),
            value_type,
            default: &json!(7),
            big_segments: None,
        };
        let answer = answer(&snapshot, &question, &WORLD);
        (answer.value, answer.reason.get("errorKind").is_some())
    };
    assert_eq!(ask(ValueType::Integer, "u"), (json!(-2), false));
    assert_eq!(ask(ValueType::Double, "u"), (json!(-2.9), false));
    assert_eq!(ask(ValueType::String, "u"), (json!(7), true));
    assert_eq!(ask(ValueType::Boolean, "u"), (json!(7), true));
    assert_eq!(ask(ValueType::Any, "null"), (json!(null), false));
}

#[test]
fn client_side_values_pass_through() {
    let reason = json!({ "kind": "RULE_MATCH", "ruleIndex": 1, "ruleId": "id" });
    for (value, expected) in [(json!("x"), json!("x")), (json!(null), json!("default"))] {
        let document =
            json!({ "flag": { "value": value, "variation": 3, "version": 9, "reason": reason } });
        let answer = ask_with(&document, &user("u"), None);
        assert_eq!((answer.value, answer.variation_index), (expected, Some(3)));
        assert_eq!(answer.reason, reason);
    }
    assert_eq!(ask(&json!({ "other": { "value": 1 } }), &user("u")).1, "FLAG_NOT_FOUND");
}

#[test]
fn broken_flags_answer_for_themselves_and_say_where() {
    let text = json!({ "flags": {
        "flag": { "on": true, "variations": [1], "fallthrough": { "variation": 0 } },
        "gone": { "deleted": true, "version": 3 },
        "broken": { "on": "yes", "rules": [{ "clauses": [{ "values": [] }] }] },
        "list": [],
    }, "segments": { "odd": { "included": "u" } } });
    let decoded = decode(Dialect::LaunchDarkly, &text.to_string(), &Settings::default()).unwrap();
    let errors = decoded.diagnostics.iter().filter(|found| found.is_error());
    let paths: Vec<&str> = errors.map(|error| &*error.path).collect();
    assert_eq!(
        paths,
        [
            "segments.odd.included",
            "flags.broken.rules[0].clauses[0]",
            "flags.broken.on",
            "flags.list"
        ]
    );
    let snapshot = compile(decoded.document).snapshot;
    for (key, expected) in [
        ("flag", Ok(Some("0"))),
        ("gone", Err(ErrorCode::FlagNotFound)),
        ("broken", Err(ErrorCode::ParseError)),
        ("list", Err(ErrorCode::ParseError)),
    ] {
        let found = snapshot.resolve(key, &Context::new("u"), &WORLD, &mut ());
        assert_eq!(found.map(|found| found.variant()), expected, "{key}");
    }
    for wrong in ["[]", r#"{"flags": []}"#, r#"{"flags": {}, "segments": 1}"#] {
        assert!(decode(Dialect::LaunchDarkly, wrong, &Settings::default()).is_err(), "{wrong}");
    }
}

#[test]
fn server_side_documents_are_recognised_and_read_from_streams() {
    let document = flag(&json!({}));
    assert_eq!(detect(&document.to_string()), Some(Dialect::LaunchDarkly));
    let streamed = json!({ "path": "/", "data": document });
    assert_eq!(detect(&streamed.to_string()), Some(Dialect::LaunchDarkly));
    assert_eq!(ask(&streamed, &user("u")).0, Some(1));
}

/// Every part of a document, one after the other, replaced by something that is not meant there.
#[test]
fn odd_parts_of_a_document_never_stop_its_evaluation() {
    let document = json!({ "flags": { "flag": {
        "key": "flag", "on": true, "variations": [true, false], "offVariation": 1, "salt": "s",
        "prerequisites": [{ "key": "other", "variation": 0 }],
        "targets": [{ "variation": 0, "values": ["x"] }],
        "contextTargets": [{ "contextKind": "org", "variation": 0, "values": ["x"] }],
        "rules": [{ "id": "r", "clauses": [
            { "contextKind": "user", "attribute": "/a/b", "op": "in", "values": [1], "negate": true },
            { "attribute": "", "op": "segmentMatch", "values": ["s"] }],
            "rollout": { "kind": "experiment", "seed": 1, "variations": [
                { "variation": 0, "weight": 100_000, "untracked": true }] } }],
        "fallthrough": { "rollout": { "contextKind": "org", "bucketBy": "/a", "variations": [
            { "variation": 1, "weight": 1 }] } },
    }, "other": { "on": true, "variations": [1], "fallthrough": { "variation": 0 } } },
    "segments": { "s": { "included": ["x"], "excludedContexts": [{ "contextKind": "org", "values": ["x"] }],
        "rules": [{ "clauses": [], "weight": 5, "bucketBy": "/a", "rolloutContextKind": "org" }],
        "unbounded": true, "generation": 1, "unboundedContextKind": "org" } } });
    let mut places = Vec::new();
    collect(&document, String::new(), &mut places);
    assert!(places.len() > 60, "{places:?}");
    for place in &places {
        for odd in [
            json!(null),
            json!(true),
            json!(-1),
            json!(1.5),
            json!("x"),
            json!([[]]),
            json!({ "x": 1 }),
        ] {
            let mut broken = document.clone();
            *broken.pointer_mut(place).unwrap() = odd.clone();
            let Ok(decoded) =
                decode(Dialect::LaunchDarkly, &broken.to_string(), &Settings::default())
            else {
                assert!(place.split('/').count() <= 2, "{place} {odd}");
                continue;
            };
            let snapshot = compile(decoded.document).snapshot;
            for context in [user("x"), json!({ "kind": "org", "key": "x", "a": "x" })] {
                let default = &json!(null);
                let value_type = ValueType::Any;
                let question = Question {
                    flag: "flag",
                    context: &context,
                    value_type,
                    default,
                    big_segments: None,
                };
                let answer = answer(&snapshot, &question, &WORLD);
                assert!(answer.reason["kind"].is_string(), "{place} {odd}");
            }
        }
    }
}

fn collect(json: &Json, place: String, places: &mut Vec<String>) {
    match json {
        Json::Object(entries) => {
            entries.iter().for_each(|(name, inner)| {
                collect(inner, format!("{place}/{}", name.replace('/', "~1")), places);
            });
        }
        Json::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, inner)| collect(inner, format!("{place}/{index}"), places));
        }
        _ => {}
    }
    if !place.is_empty() {
        places.push(place);
    }
}
