//! The examples, the published schema and the page of keys are what the code says.

use std::path::Path;

use flagkit_deploy::Time;
use flagkit_deploy::config::{Overrides, documentation, read, schema};
use flagkit_deploy::event::Actor;
use flagkit_deploy::plan::Plan;
use flagkit_deploy::release::Release;
use serde_json::Value;

const SCHEMA: &str = include_str!("../../../docs/flagkit-release-1.schema.json");
const KEYS: &str = include_str!("../../../docs/release-keys.md");

/// The plan of a file, accepted by the machine.
#[track_caller]
#[expect(clippy::panic, reason = "a test stops where it cannot go on")]
pub(crate) fn runs(text: &str) -> Plan {
    let configuration = read(text, "release.yaml").unwrap_or_else(|errors| {
        let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", errors.join("\n"))
    });
    let plan = configuration
        .plan(&Overrides::default())
        .unwrap_or_else(|refusals| panic!("{refusals:#?}"));
    let release = Release::new("r1".into(), plan.clone(), Actor::default(), Time::default());
    if let Err(refusals) = release {
        panic!("{refusals:#?}");
    }
    plan
}

/// The files of `examples/releases` with their names.
fn examples() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/releases");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let named = |path: &std::path::PathBuf| {
        (
            path.file_stem().unwrap().to_string_lossy().into_owned(),
            std::fs::read_to_string(path).unwrap(),
        )
    };
    files.iter().map(named).collect()
}

#[test]
fn every_example_can_run() {
    let names: Vec<_> = examples()
        .into_iter()
        .map(|(name, text)| {
            let plan = runs(&text);
            assert_eq!(plan.strategy.replace('_', "-"), name);
            assert!(!plan.steps.is_empty());
            name
        })
        .collect();
    assert_eq!(names, ["ab-test", "blue-green", "canary", "flag-ramp", "rolling"]);
}

#[test]
fn the_published_schema_is_up_to_date() {
    let published: Value = serde_json::from_str(SCHEMA).unwrap();
    assert!(published == schema(), "run `cargo xtask schema` and commit the result");
}

#[test]
fn the_page_of_keys_is_up_to_date() {
    assert!(KEYS.ends_with(&documentation()), "run `cargo xtask schema` and commit the result");
}

#[test]
fn the_schema_takes_the_examples_and_refuses_what_the_reader_refuses() {
    let schema = schema();
    for (name, text) in examples() {
        let value = json_of(&flagkit_dialects::written(&text, 10_000).unwrap());
        assert_eq!(mismatch(&schema, &schema, &value), None, "{name}");
    }
    for wrong in [
        r#"{"schema":"flagkit-release/1","target":"t","arms":{"a":"1"}}"#,
        r#"{"schema":"flagkit-release/2","target":"t","arms":{"a":"1"},"strategy":"canary"}"#,
        r#"{"schema":"flagkit-release/1","target":"t","arms":{"a":"1"},"strategy":"canry"}"#,
        r#"{"schema":"flagkit-release/1","target":"t","arms":{"a":{"versoin":"1"}},"strategy":"canary"}"#,
        r#"{"schema":"flagkit-release/1","target":"t","arms":{"a":"1"},"strategy":{"canary":{"stages":[10]}}}"#,
    ] {
        assert!(read(wrong, "wrong.json").is_err(), "{wrong}");
        assert!(
            mismatch(&schema, &schema, &serde_json::from_str(wrong).unwrap()).is_some(),
            "{wrong}"
        );
    }
}

fn json_of(node: &flagkit_dialects::Written) -> Value {
    use flagkit_dialects::Written;
    match node {
        Written::Null => Value::Null,
        Written::Boolean(value) => (*value).into(),
        Written::Integer(value) => (*value).into(),
        Written::Float(value) => (*value).into(),
        Written::Text(text) => text.as_str().into(),
        Written::List(items) => items.iter().map(json_of).collect(),
        Written::Map(entries) => Value::Object(
            entries.iter().map(|(key, value)| (key.clone(), json_of(value))).collect(),
        ),
    }
}

/// Why a value does not meet a schema, in the few words of JSON Schema that ours uses; patterns and
/// lengths aside.
fn mismatch(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        return mismatch(root, root.pointer(pointer).unwrap(), value);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let reasons: Vec<_> = any.iter().map(|one| mismatch(root, one, value)).collect();
        if reasons.iter().all(Option::is_some) {
            return Some(format!("{reasons:?}"));
        }
    }
    if schema.get("const").is_some_and(|only| only != value) {
        return Some(format!("{value} is not {}", schema["const"]));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return Some(format!("{value} is none of {}", schema["enum"]));
    }
    if !has_type(&schema["type"], value) {
        return Some(format!("{value} is no {}", schema["type"]));
    }
    if let Some(number) = value.as_f64() {
        let outside = schema["minimum"].as_f64().is_some_and(|least| number < least)
            || schema["maximum"].as_f64().is_some_and(|most| number > most);
        if outside {
            return Some(format!("{value} is outside"));
        }
    }
    let items = value.as_array().filter(|_| schema.get("items").is_some()).into_iter().flatten();
    let mut inside = items.map(|item| mismatch(root, &schema["items"], item));
    if let Some(Some(reason)) = inside.find(Option::is_some) {
        return Some(reason);
    }
    entries(root, schema, value)
}

fn entries(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    let map = value.as_object()?;
    let required = schema["required"].as_array().into_iter().flatten();
    if let Some(missing) = required.filter_map(Value::as_str).find(|key| !map.contains_key(*key)) {
        return Some(format!("`{missing}` is missing"));
    }
    for (key, value) in map {
        let reason = match (schema["properties"].get(key), &schema["additionalProperties"]) {
            (Some(property), _) => mismatch(root, property, value),
            (None, Value::Bool(false)) => Some(format!("`{key}` is unknown")),
            (None, other) => mismatch(root, other, value),
        };
        if reason.is_some() {
            return reason;
        }
    }
    None
}

fn has_type(wanted: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => value.is_null(),
    };
    match wanted {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}
