use super::*;

/// Every definition that is referred to must be there.
fn check_references(schema: &Value, root: &Value) {
    match schema {
        Value::Object(entries) => {
            if let Some(target) = entries.get("$ref").and_then(Value::as_str) {
                let pointer = target.trim_start_matches('#');
                assert!(root.pointer(pointer).is_some(), "{target}");
            }
            entries.values().for_each(|inner| check_references(inner, root));
        }
        Value::Array(items) => items.iter().for_each(|inner| check_references(inner, root)),
        _ => {}
    }
}

/// Every key must say what it is for.
fn check_descriptions(schema: &Value, path: &str, root: &Value) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (key, property) in properties {
            let target = property.get("$ref").and_then(Value::as_str).unwrap_or_default();
            let target =
                root.pointer(target.trim_start_matches('#')).filter(|_| !target.is_empty());
            let is_described = property.get("description").is_some()
                || property.get("const").is_some()
                || target.is_some_and(|target| target.get("description").is_some());
            assert!(is_described, "{path}.{key}");
        }
    }
    match schema {
        Value::Object(entries) => entries
            .iter()
            .for_each(|(key, inner)| check_descriptions(inner, &format!("{path}.{key}"), root)),
        Value::Array(items) => {
            for inner in items {
                check_descriptions(inner, path, root);
            }
        }
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_key_is_described() {
    let schema = schema();
    check_references(&schema, &schema);
    check_descriptions(&schema, "", &schema);
}

#[test]
fn all_operators_are_listed() {
    let schema = schema();
    let names = &schema["$defs"]["condition"]["oneOf"][2]["properties"]["operator"]["enum"];
    assert_eq!(names.as_array().unwrap().len(), 30);
    assert!(names.as_array().unwrap().contains(&json!("semver_matches")));
}
