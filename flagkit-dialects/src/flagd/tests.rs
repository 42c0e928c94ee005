use flagkit_core::{Context, ErrorCode, Fixed, Snapshot, Timestamp, Value, compile};
use serde_json::json;

use super::*;
use crate::decode::{Decoded, decode, detect};
use crate::dialect::Dialect;
use crate::settings::{FlagdSettings, FractionalVersion, NoDefault};

fn decoded(document: &serde_json::Value, flagd: FlagdSettings) -> Decoded {
    let settings = Settings { flagd, ..Settings::default() };
    decode(Dialect::Flagd, &document.to_string(), &settings).unwrap()
}

fn snapshot_of(document: &serde_json::Value, flagd: FlagdSettings) -> Snapshot {
    compile(decoded(document, flagd).document).snapshot
}

fn world() -> Fixed {
    Fixed::at(Timestamp::from_unix_seconds(1_700_000_000.75).unwrap())
}

/// What a targeting comes to, for a document of three variants with the default `none`.
#[expect(clippy::needless_pass_by_value, reason = "the tables below read better")]
fn variant(
    targeting: serde_json::Value,
    context: serde_json::Value,
) -> Result<Option<String>, ErrorCode> {
    let document = json!({
        "flags": { "flag": {
            "state": "ENABLED",
            "variants": { "a": 1, "b": 2, "true": 3, "none": 4, "null": null, "": 5 },
            "defaultVariant": "none",
            "targeting": targeting,
        } },
        "$evaluators": {
            "first": { "==": [{ "var": "x" }, { "$ref": "second" }] },
            "second": 1,
            "third": { "$ref": "first" },
            "list": [true, { "var": "x" }],
            "nothing": {},
        },
    });
    let snapshot = snapshot_of(&document, FlagdSettings::default());
    let found = snapshot.resolve("flag", &super::context(&context).unwrap(), &world(), &mut ());
    found.map(|found| found.variant().map(str::to_owned))
}

#[expect(clippy::unnecessary_wraps, reason = "it is what `variant` returns")]
fn named(name: &str) -> Result<Option<String>, ErrorCode> {
    Ok(Some(name.to_owned()))
}

#[test]
fn targeting_names_a_variant_or_leaves_it_to_the_default() {
    assert_eq!(variant(json!({ "if": [true, "a"] }), json!({})), named("a"));
    assert_eq!(variant(json!({ "!": [false] }), json!({})), named("true"));
    assert_eq!(variant(json!({ "if": [false, "a"] }), json!({})), named("none"));
    for unknown in [json!({ "if": ["c"] }), json!({ "cat": [] }), json!({ "if": ["null"] })] {
        assert_eq!(variant(unknown, json!({})), Err(ErrorCode::General));
    }
}

#[test]
fn an_unknown_operator_fails_where_it_is_reached() {
    let lazy = json!({ "if": [{ "var": "x" }, { "nope": [] }, "a"] });
    assert_eq!(variant(lazy.clone(), json!({})), named("a"));
    assert_eq!(variant(lazy, json!({ "x": 1 })), Err(ErrorCode::ParseError));
    assert_eq!(variant(json!({ "var.x": [] }), json!({})), Err(ErrorCode::General));
    assert_eq!(variant(json!({ "nope": { "/": [1, 0] } }), json!({})), Err(ErrorCode::General));
}

#[test]
fn references_see_later_evaluators_only() {
    let on = |name: &str| json!({ "if": [{ "$ref": name }, "a", "b"] });
    assert_eq!(variant(on("first"), json!({ "x": 1 })), named("a"));
    assert_eq!(variant(on("first"), json!({ "x": 2 })), named("b"));
    assert_eq!(variant(on("third"), json!({ "x": 1 })), Err(ErrorCode::ParseError));
    assert_eq!(variant(on("nobody"), json!({})), Err(ErrorCode::ParseError));
    // The whole targeting may be one, also one that is no object: then it is broken or not there.
    assert_eq!(variant(json!({ "$ref": "first" }), json!({ "x": 1 })), named("true"));
    assert_eq!(variant(json!({ "$ref": "list" }), json!({})), Err(ErrorCode::ParseError));
    assert_eq!(variant(json!({ "$ref": "nothing" }), json!({})), named("none"));
    // A list stands for the arguments.
    let all = json!({ "if": [{ "and": { "$ref": "list" } }, "a", "b"] });
    assert_eq!(variant(all.clone(), json!({ "x": 0 })), named("b"));
    assert_eq!(variant(all, json!({ "x": 1 })), named("a"));
}

#[test]
fn the_data_has_flag_key_time_and_targeting_key() {
    let is = |path: &str, value: serde_json::Value| json!({ "if": [{ "===": [{ "var": path }, value] }, "a", "b"] });
    let context = json!({ "targetingKey": "u", "$flagd": { "flagKey": "mine" } });
    assert_eq!(variant(is("$flagd.flagKey", json!("flag")), context.clone()), named("a"));
    assert_eq!(variant(is("$flagd.timestamp", json!(1_700_000_000)), context.clone()), named("a"));
    assert_eq!(variant(is("targetingKey", json!("u")), context), named("a"));
    assert_eq!(variant(is("targetingKey", json!(null)), json!({})), named("a"));
}

#[test]
fn integers_and_floats_are_told_apart() {
    let weighted = |weight: serde_json::Value| {
        variant(json!({ "fractional": ["x", ["a", weight]] }), json!({}))
    };
    assert_eq!(weighted(json!(1)), named("a"));
    assert_eq!(weighted(json!(1.0)), named("none"), "a weight is an integer");
    assert_eq!(weighted(json!(true)), named("none"));
    let sum = json!({ "fractional": ["x", ["a", { "+": [1, 1] }]] });
    assert_eq!(variant(sum, json!({})), named("a"));
    let sum = json!({ "fractional": ["x", ["a", { "+": [1, "1"] }]] });
    assert_eq!(variant(sum, json!({})), named("none"));
}

#[expect(clippy::needless_pass_by_value, reason = "the tables below read better")]
fn chosen(version: FractionalVersion, arguments: serde_json::Value, context: &Context) -> String {
    let document = json!({ "flags": { "flag": {
        "state": "ENABLED",
        "variants": { "a": "a", "b": "b", "none": "none" },
        "defaultVariant": "none",
        "targeting": { "fractional": arguments },
    } } });
    let switches = FlagdSettings { fractional: version, ..FlagdSettings::default() };
    let snapshot = snapshot_of(&document, switches);
    let found = snapshot.resolve("flag", context, &world(), &mut ()).unwrap();
    found.variant().unwrap_or_default().to_owned()
}

#[test]
fn versions_of_fractional_hash_different_things() {
    use FractionalVersion::{V1, V2, V3};
    let nobody = Context::anonymous();
    let somebody = Context::new("u");
    let halves = |first: serde_json::Value| json!([first, ["a", 1], ["b", 1]]);
    for version in [V1, V2] {
        assert_eq!(chosen(version, halves(json!("")), &somebody), "none", "nothing is hashed");
        assert_eq!(chosen(version, halves(json!(7)), &somebody), "none", "a number is no pair");
        let dropped = chosen(version, halves(json!(null)), &somebody);
        assert_eq!(dropped, chosen(version, json!([["a", 1], ["b", 1]]), &somebody));
        assert_eq!(dropped, chosen(version, halves(json!("flagu")), &nobody));
    }
    assert_eq!(chosen(V3, halves(json!(null)), &somebody), "none");
    for any in [json!(""), json!(7), json!({ "x": [], "y": 1 }), json!(false)] {
        assert_ne!(chosen(V3, halves(any), &nobody), "none");
    }
    for version in [V1, V2, V3] {
        assert_eq!(chosen(version, json!([["a", 1], ["b", 1]]), &nobody), "none");
        assert_eq!(chosen(version, json!([["a", 1], ["b", 1]]), &Context::new(5)), "none");
        assert_eq!(chosen(version, json!([["a", -1], ["b", 1]]), &somebody), "b");
    }
    // MurmurHash3 of `ceQdGm` is 2³² − 1: as a signed number that is −1, close to 0.
    assert_eq!(chosen(V2, halves(json!("ceQdGm")), &nobody), "b");
    assert_eq!(chosen(V1, halves(json!("ceQdGm")), &nobody), "a");
}

#[test]
fn flags_without_default_answer_the_callers() {
    let document = json!({ "flags": { "flag": {
        "state": "ENABLED", "variants": { "a": 1 }, "defaultVariant": null,
    } } });
    let ask = |no_default| {
        let snapshot =
            snapshot_of(&document, FlagdSettings { no_default, ..FlagdSettings::default() });
        let answer = answer(&snapshot, ("flag", ValueType::Integer), &(), &world());
        (answer.value.cloned(), answer.reason.name(), answer.error)
    };
    assert_eq!(ask(NoDefault::CallersDefault), (None, "DEFAULT", None));
    assert_eq!(ask(NoDefault::FlagNotFound), (None, "ERROR", Some(ErrorCode::FlagNotFound)));
}

#[test]
fn answers_are_of_the_type_that_was_asked_for() {
    let document = json!({ "flags": { "flag": {
        "state": "ENABLED",
        "variants": { "one": 1, "point": 1.0, "null": null },
        "defaultVariant": "null",
        "targeting": { "var": "v" },
        "metadata": { "own": true, "both": 2 },
    } }, "metadata": { "both": 1, "version": "3" } });
    let snapshot = snapshot_of(&document, FlagdSettings::default());
    let ask = |name: Option<&str>, wanted| {
        let context =
            name.map_or_else(Context::anonymous, |name| Context::anonymous().with("v", name));
        let answer = answer(&snapshot, ("flag", wanted), &context, &world());
        answer.error.map_or(Ok(answer.value.cloned()), Err)
    };
    let mismatch = Err(ErrorCode::TypeMismatch);
    assert_eq!(ask(Some("one"), ValueType::Integer), Ok(Some(Value::Integer(1))));
    assert_eq!(ask(Some("one"), ValueType::Float), Ok(Some(Value::Integer(1))));
    assert_eq!(ask(Some("point"), ValueType::Float), Ok(Some(Value::Float(1.0))));
    assert_eq!(ask(Some("point"), ValueType::Integer), mismatch);
    assert_eq!(ask(Some("one"), ValueType::Text), mismatch);
    assert_eq!(ask(Some("null"), ValueType::Object), Err(ErrorCode::General));
    assert_eq!(ask(None, ValueType::Object), mismatch);
    let context = Context::anonymous().with("v", "one");
    let found = answer(&snapshot, ("flag", ValueType::Integer), &context, &world());
    let metadata: Vec<_> = found.metadata.unwrap().iter().map(|(name, _)| name).collect();
    assert_eq!(metadata, ["both", "version", "own"]);
    assert_eq!(found.metadata.unwrap().get("both"), Some(&Value::Integer(2)));
}

#[test]
fn a_broken_flag_answers_for_itself() {
    let document = json!({ "flags": {
        "good": { "state": "DISABLED", "variants": { "a": 1 } },
        "no state": { "variants": { "a": 1 } },
        "odd state": { "state": "on", "variants": { "a": 1 } },
        "no variants": { "state": "ENABLED" },
        "odd targeting": { "state": "ENABLED", "variants": { "a": 1 }, "targeting": [1] },
        "odd default": { "state": "ENABLED", "variants": { "a": 1 }, "defaultVariant": 1 },
        "odd metadata": { "state": "ENABLED", "variants": { "a": 1 }, "metadata": { "x": [] } },
        "no flag": 7,
    } });
    let decoded = decoded(&document, FlagdSettings::default());
    assert_eq!(decoded.diagnostics.len(), 7, "{:#?}", decoded.diagnostics);
    let snapshot = compile(decoded.document).snapshot;
    let broken = snapshot.flags().filter(|flag| flag.fault().is_some()).count();
    assert_eq!(broken, 7);
    assert_eq!(
        answer(&snapshot, ("good", ValueType::Text), &(), &world()).reason.name(),
        "DISABLED"
    );
}

#[test]
fn evaluators_that_repeat_each_other_without_end_are_refused() {
    let count = 10_000;
    let named = |place: usize| {
        let next = json!({ "$ref": format!("e{:05}", place + 1) });
        (format!("e{place:05}"), json!({ "and": [next, next] }))
    };
    let mut evaluators: serde_json::Map<_, _> = (0..count).map(named).collect();
    evaluators.insert(format!("e{count:05}"), json!(true));
    let flag = |place: usize| {
        json!({
            "state": "ENABLED", "variants": { "true": 1 },
            "targeting": { "$ref": format!("e{place:05}") },
        })
    };
    let document = json!({
        "flags": { "long": flag(0), "short": flag(count - 10), "wide": flag(count - 25) },
        "$evaluators": evaluators,
    });
    let snapshot = snapshot_of(&document, FlagdSettings::default());
    let ask = |key| {
        let found = snapshot.resolve(key, &(), &world(), &mut ());
        found.map(|found| found.variant().map(str::to_owned))
    };
    assert_eq!(ask("short"), Ok(Some("true".into())));
    assert_eq!(ask("wide"), Err(ErrorCode::ParseError));
    assert_eq!(ask("long"), Err(ErrorCode::ParseError));
}

#[test]
fn documents_are_recognised_by_state_evaluators_or_schema() {
    let flag = r#"{ "state": "ENABLED", "variants": { "on": true } }"#;
    for (document, dialect) in [
        (format!(r#"{{ "flags": {{ "a": {flag} }} }}"#), Some(Dialect::Flagd)),
        (format!(r#"{{ "flags": [{flag}] }}"#), Some(Dialect::Flagd)),
        (r#"{ "flags": {}, "$evaluators": {} }"#.into(), Some(Dialect::Flagd)),
        (
            format!(r#"{{ "schema": "flagkit/1", "flags": {{ "a": {flag} }} }}"#),
            Some(Dialect::Native),
        ),
        (r#"{ "flags": { "a": { "enabled": true } } }"#.into(), Some(Dialect::Native)),
    ] {
        assert_eq!(detect(&document), dialect, "{document}");
    }
}

#[test]
fn schemas_accept_what_flagd_describes() {
    let rules = [
        json!({ "if": [true] }),
        json!({ "!": true }),
        json!({ "<": [1, 2, 3] }),
        json!({ "*": [{ "fractional": [["a"], [true, 1]] }, { "$ref": "other" }] }),
        json!({ "fractional": [{ "cat": ["x"] }, ["a", { "-": [1] }], [{ "var": "v" }, 0]] }),
        json!({ "sem_ver": [{ "var": "version" }, "^", "1.0.0"] }),
        json!({ "missing_some": [1, ["a", "b"]] }),
        json!({ "var": ["a", null] }),
        json!({ "$comments": "one rule", "!": [true] }),
        json!({ "$schema": "x/targeting.json", "targeting": { "in": ["a", ["a"]] } }),
    ];
    for rule in rules {
        assert!(is_valid(&rule.to_string()), "{rule}");
    }
    for rule in [
        json!({ "nope": [1, 2] }),
        json!({ "==": [1] }),
        json!({ "if": [] }),
        json!({ "ends_with": [{ "var": "id" }, 0] }),
        json!({ "var": "$flagd.other" }),
        json!({ "sem_ver": ["1.0.0", "==", "1.0.0"] }),
        json!({ "sem_ver": ["1", "=", "1.0.0"] }),
        json!({ "fractional": ["text", ["a", 1]] }),
        json!({ "fractional": [["a", -1]] }),
        json!({ "fractional": [["a", 0.5]] }),
        json!({ "fractional": [["a", "1"]] }),
    ] {
        assert!(!is_valid(&rule.to_string()), "{rule}");
    }
}

#[test]
fn schemas_know_flags_and_lists_of_flags() {
    let flag = |variants: serde_json::Value| json!({ "state": "ENABLED", "variants": variants });
    let listed = json!([{ "key": "a", "state": "ENABLED", "variants": { "on": true } }]);
    let document =
        |schema: &str, flags: serde_json::Value| json!({ "$schema": schema, "flags": flags });
    for (document, expected) in [
        (document("flags.json", json!({ "a": flag(json!({ "on": true, "off": false })) })), true),
        (document("flags.json", json!({ "a": flag(json!({ "on": true, "off": "x" })) })), false),
        (document("flags.json", json!({ "a": flag(json!({})) })), false),
        (document("flags.json", json!({ "a": { "state": "ENABLED" } })), false),
        (
            document(
                "flags.json",
                json!({ "a": flag(json!({ "big": 9_007_199_254_740_992_u64 })) }),
            ),
            false,
        ),
        (document("flags.json", listed.clone()), false),
        (document("flagd.json", listed), true),
        (document("flagd.json", json!([flag(json!({ "on": true }))])), false),
        (json!({ "flags": {}, "metadata": { "version": 1 } }), false),
        (json!({ "flags": {}, "metadata": { "other": 1 } }), true),
        (json!({ "flags": {}, "$evaluators": { "e": { "nope": [] } } }), false),
    ] {
        assert_eq!(is_valid(&document.to_string()), expected, "{document}");
    }
}
