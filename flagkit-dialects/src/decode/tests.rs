use flagkit_core::Severity;

use super::*;

fn error(text: &str) -> String {
    decode(Dialect::Native, text, &Settings::default()).unwrap_err().to_string()
}

#[test]
fn what_is_no_document_says_where() {
    for &(text, expected) in NO_DOCUMENTS {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn bytes_must_be_utf_8() {
    let decode = |bytes: &[u8]| decode_bytes(Dialect::Native, bytes, &Settings::default());
    assert!(decode(b"\xef\xbb\xbf{\"flags\": {}}").is_ok());
    assert_eq!(
        decode(b"flags:\n  \xc3\xa4: \xff").unwrap_err().to_string(),
        "line 2, column 6: the document is not UTF-8"
    );
    let long = vec![b' '; TEXT_BYTES_MAX + 1];
    assert_eq!(
        decode(&long).unwrap_err().to_string(),
        "the document has 67108865 bytes; at most 67108864 are allowed"
    );
}

#[test]
fn the_same_document_is_read_from_json_and_yaml() {
    let json = r#"{"schema": "flagkit/1", "flags": {"a": {"enabled": true, "salt": "x"}}}"#;
    let yaml = "schema: flagkit/1\nflags:\n  a:\n    enabled: true\n    salt: x\n";
    let read = |text| {
        let decoded = decode(Dialect::Native, text, &Settings::default()).unwrap();
        assert!(decoded.diagnostics.is_empty());
        format!("{:?}", decoded.document)
    };
    assert_eq!(read(json), read(yaml));
}

#[test]
fn a_dialect_is_known_by_its_keys() {
    for (text, expected) in [
        ("schema: flagkit/1\nflags: {}", Some(Dialect::Native)),
        ("flags: { a: { enabled: true } }", Some(Dialect::Native)),
        ("flags: [{ name: a, enabled: true }]", Some(Dialect::Native)),
        ("flags: [{ name: a, status: enabled }]", Some(Dialect::RolloutRules)),
        ("flags: { a: { rollout_rules: [] } }", Some(Dialect::RolloutRules)),
        ("name: a\nstatus: disabled", Some(Dialect::RolloutRules)),
        ("a: { status: disabled }", Some(Dialect::RolloutRules)),
        ("feature_flags: {}", Some(Dialect::FeatureFlags)),
        ("other: {}", None),
        ("[1]", None),
        ("{\"flags\": ", None),
        ("", None),
    ] {
        assert_eq!(detect(text), expected, "{text}");
    }
}

#[test]
fn a_million_flags_and_a_million_ids_are_fine() {
    let flags: Vec<String> = (0..1_000_000).map(|number| format!("\"f{number}\":{{}}")).collect();
    let ids: Vec<String> = (0..1_000_000).map(|number| format!("\"u{number}\"")).collect();
    let (flags, ids) = (flags.join(","), ids.join(","));
    let text = format!(
        "{{\"schema\":\"flagkit/1\",\"flags\":{{{flags}}},\"segments\":{{\"s\":{{\"include\":[{ids}]}}}}}}"
    );
    let decoded = decode(Dialect::Native, &text, &Settings::default()).unwrap();
    assert_eq!(decoded.document.flags.len(), 1_000_000);
    assert!(decoded.diagnostics.is_empty());
}

#[test]
fn no_cut_of_a_document_panics_and_every_place_is_in_the_text() {
    let text = "schema: flagkit/1
segments: { s: { include: [u-1], conditions: [ 'plan == \"pro\"' ] } }
flags:
  a:
    enabled: true
    variants: { x: { weight: 1, value: { k: [1] } } }
    dependencies: [b, { flag: b, variants: [y] }]
    schedule: { starts_at: 2026-12-01T00:00:00Z, ramp: [{ at: 0, percentage: 5 }] }
    overrides: { u-1: x, u-2: false }
    targeting_rules:
      - { id: r, when: 'in_segment \"s\"', rollout: { percentage: 5, variants: { x: 1 } } }
  b: {}
";
    let lines = text.lines().count() + 1;
    for end in 0..text.len() {
        let cut = &text[..end];
        for dialect in Dialect::ALL {
            let Ok(mut decoded) = decode(dialect, cut, &Settings::default()) else {
                continue;
            };
            for place in crate::place(cut, &mut decoded.diagnostics) {
                assert!(place.unwrap().line <= lines, "{cut}");
            }
        }
    }
}

#[test]
fn any_tree_is_a_document_or_an_error_but_never_a_panic() {
    // Every value of a sound document is replaced by every kind of value.
    let sound: serde_json::Value = serde_json::json!({
        "schema": "flagkit/1", "environment": "e", "revision": 1, "hash": "md5",
        "segments": { "s": { "include": ["a"], "exclude": ["b"], "match_type": "any", "when": "a == 1",
            "conditions": [{ "attribute": "a", "operator": "in", "values": [1] }] } },
        "flags": { "a": { "name": "a", "enabled": true, "environments": ["e"], "default": 1,
            "variants": { "x": { "weight": 1, "value": 2 } }, "dependencies": ["b", { "flag": "b", "variants": ["y"] }],
            "targeting_rules": [{ "id": "r", "match_type": "all", "conditions": [
                { "attribute": "a", "operator": "percentage", "values": [5], "seed": "s", "negate": true,
                  "case_insensitive": true }, { "when": "a == 1" }], "enabled": true, "variant": "x",
                "rollout": { "percentage": 5, "variants": { "x": 1 } } }],
            "rollout_percentage": 5, "bucket_by": "u", "salt": "s",
            "schedule": { "starts_at": 1, "ends_at": 2, "ramp": [{ "at": 1, "percentage": 2 }] },
            "overrides": { "u": "x" }, "tags": ["t"], "metadata": {}, "created_at": 1 },
            "b": { "variants": { "y": {} } } },
    });
    let mut pointers = Vec::new();
    collect(&sound, String::new(), &mut pointers);
    for pointer in &pointers {
        for replacement in [
            serde_json::json!(null),
            serde_json::json!(true),
            serde_json::json!(-1),
            serde_json::json!(1e300),
            serde_json::json!(""),
            serde_json::json!([[]]),
            serde_json::json!({ "": {} }),
            serde_json::json!([null, "x", 1]),
        ] {
            let mut changed = sound.clone();
            *changed.pointer_mut(pointer).unwrap() = replacement;
            let text = changed.to_string();
            let Ok(mut decoded) = decode(Dialect::Native, &text, &Settings::default()) else {
                continue;
            };
            assert!(crate::place(&text, &mut decoded.diagnostics).iter().all(Option::is_some));
            let compiled = flagkit_core::compile(decoded.document);
            let is_error =
                |found: &Diagnostic| found.severity == Severity::Error && found.path.is_empty();
            assert!(!compiled.diagnostics.iter().any(is_error), "{pointer}");
        }
    }
    assert!(pointers.len() > 60);
}

fn collect(value: &serde_json::Value, pointer: String, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(entries) => {
            for (key, inner) in entries {
                collect(inner, format!("{pointer}/{}", key.replace('/', "~1")), found);
            }
        }
        serde_json::Value::Array(items) => {
            for (place, inner) in items.iter().enumerate() {
                collect(inner, format!("{pointer}/{place}"), found);
            }
        }
        _ => {}
    }
    found.push(pointer);
}

const NO_DOCUMENTS: &[(&str, &str)] = &[
    ("", "the document is empty"),
    (" \n\t", "the document is empty"),
    ("# nothing\n", "the document is empty"),
    ("hello", "line 1, column 1: the document is text, not a map with the key `flags`"),
    ("[]", "line 1, column 1: the document is a list, not a map with the key `flags`"),
    ("{}", "line 1, column 1: the document has no `flags`"),
    ("schema: flagkit/1\nflags:\n", "line 1, column 1: the document has no `flags`"),
    ("flags: 7\n", "line 1, column 8: `flags` must be a map or a list, not a number"),
    ("flags: {}\nsegments: []\n", "line 2, column 1: `segments` must be a map, not a list"),
    (
        "{\"flags\": {},\n \"schema\": \"flagkit/2\"}",
        "line 2, column 12: the text `flagkit/2` is no known schema; this is `flagkit/1`",
    ),
    ("flags: {}\nschema: 1\n", "line 2, column 9: `1` is no known schema; this is `flagkit/1`"),
    ("flags: {}\nenvironment: 7\n", "line 2, column 14: `environment` must be text, not a number"),
    (
        "flags: {}\nrevision: -1\n",
        "line 2, column 11: `revision` must be a whole number from 0, not `-1`",
    ),
    (
        "flags: {}\nrevision: 1.5\n",
        "line 2, column 11: `revision` must be a whole number from 0, not `1.5`",
    ),
    (
        "flags: {}\nhash: sha1\n",
        "line 2, column 7: there is no hash `sha1`; write `md5` or `xxh3`; the others stand in \
         a `bucketing` record",
    ),
    (
        "{\"flags\": {},\n\"flags\": {}}",
        "line 2, column 1: the key `flags` is there twice; remove one of them",
    ),
    ("{\"flags\": {\"a\": {}},\n \"x\" 1}", "line 2, column 6: this is no JSON: expected `:`"),
    (
        "{\"flags\": {\"a\": {}",
        "line 1, column 18: the document ends too early: eof while parsing an object",
    ),
];

#[test]
fn places_lie_inside_the_text_however_its_lines_end() {
    // Readers of YAML count a lone carriage return as the end of a line, and one line more
    // at the end of the text.
    for text in ["\r-", "? 0 ", "a: [\r\r1", "flags: {a: {enabled: \r7}}", "- \n\r\n x: y"] {
        let Err(error) = decode(Dialect::Native, text, &Settings::default()) else { continue };
        let lines = text.split('\n').count();
        assert!(error.position().is_none_or(|at| at.line <= lines), "{text:?}: {error}");
    }
}
