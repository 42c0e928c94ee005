//! The published JSON Schema is the one that the code says.

use flagkit_dialects::schema;
use serde_json::Value;

const PUBLISHED: &str = include_str!("../../../docs/flagkit-1.schema.json");

#[test]
fn the_published_schema_is_up_to_date() {
    let published: Value = serde_json::from_str(PUBLISHED).unwrap();
    assert!(published == schema(), "run `cargo xtask schema` and commit the result");
}

#[test]
fn every_part_of_the_schema_is_described() {
    fn check(path: &str, part: &Value) {
        let Some(properties) = part.get("properties").and_then(Value::as_object) else { return };
        for (name, property) in properties {
            let path = format!("{path}.{name}");
            let says = ["description", "$ref"].iter().any(|key| property.get(key).is_some());
            assert!(says, "{path} has no description");
            check(&path, property);
        }
    }
    let schema = schema();
    check("", &schema);
    for (name, part) in schema["$defs"].as_object().unwrap() {
        check(name, part);
    }
}
