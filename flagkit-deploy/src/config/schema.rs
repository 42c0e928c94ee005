//! The file as JSON Schema and as tables, from the same shapes that it is read by.

use std::fmt::Write as _;

use flagkit_dialects::{Written, written};
use serde_json::{Map, Value as Json, json};

use super::shape::{Key, Kind, Shape, Without};
use super::tables::{FILE, FORMAT};
use crate::time::Span;

/// The JSON Schema (draft 2020-12) of `flagkit-release/1`.
///
/// ```
/// let schema = flagkit_deploy::config::schema();
/// assert_eq!(schema["properties"]["schema"]["const"], "flagkit-release/1");
/// ```
#[must_use = "the schema is all there is"]
pub fn schema() -> Json {
    let mut shapes = Vec::new();
    collect(&FILE, &mut shapes);
    let mut definitions = Map::new();
    for shape in shapes.iter().skip(1) {
        definitions.insert(shape.name.to_owned(), object(shape));
    }
    let mut root = object(&FILE);
    if let Json::Object(root) = &mut root {
        let about = [
            ("$schema", "https://json-schema.org/draft/2020-12/schema"),
            ("$id", "flagkit-release-1.schema.json"),
            ("title", "A FlagKit release"),
        ];
        root.extend(about.map(|(key, value)| (key.to_owned(), json!(value))));
        root.insert("$defs".to_owned(), Json::Object(definitions));
    }
    if let Some(first) = root.pointer_mut("/properties/schema") {
        *first = json!({ "const": FORMAT, "description": "The format of this file." });
    }
    root
}

/// All keys as tables in Markdown: one for each map, in the order in which they appear.
///
/// ```
/// assert!(flagkit_deploy::config::documentation().contains("| `stages` |"));
/// ```
#[must_use = "the text is all there is"]
pub fn documentation() -> String {
    let mut shapes = Vec::new();
    collect(&FILE, &mut shapes);
    let mut text = String::new();
    for shape in shapes {
        // Writing into a String cannot fail.
        let _ = write!(text, "### `{}`\n\n{}\n\n", shape.name, shape.words);
        text.push_str("| key | value | without it | meaning |\n|---|---|---|---|\n");
        for key in shape.keys {
            let without = match key.without {
                Without::Refused => "refused".to_owned(),
                Without::Nothing => String::new(),
                Without::Is(default) => format!("`{default}`"),
            };
            let (kind, words) = (describe(&key.kind), key.words.replace('|', "\\|"));
            let _ = writeln!(text, "| `{}` | {kind} | {without} | {words} |", key.name);
        }
        text.push('\n');
    }
    text
}

/// The shapes in the order in which they appear, each once.
fn collect(shape: &'static Shape, shapes: &mut Vec<&'static Shape>) {
    if shapes.iter().any(|known| known.name == shape.name) {
        return;
    }
    shapes.push(shape);
    for key in shape.keys {
        if let Some(inner) = inside(&key.kind) {
            collect(inner, shapes);
        }
    }
}

/// The shape that a kind holds.
fn inside(kind: &Kind) -> Option<&'static Shape> {
    match kind {
        Kind::Map(shape) | Kind::Short(_, shape) => Some(shape),
        Kind::List(inner, _) | Kind::Named(inner) | Kind::Ordered(inner) => inside(inner),
        _ => None,
    }
}

fn object(shape: &Shape) -> Json {
    let properties = shape.keys.iter().map(|key| (key.name.to_owned(), property(key)));
    let required = shape.keys.iter().filter(|key| key.without == Without::Refused);
    let required: Vec<_> = required.map(|key| key.name).collect();
    json!({
        "type": ["object", "null"],
        "description": shape.words,
        "additionalProperties": false,
        "required": required,
        "properties": properties.collect::<Map<_, _>>(),
    })
}

fn property(key: &Key) -> Json {
    let mut property = json!({ "description": key.words });
    if let (Json::Object(property), Json::Object(kind)) = (&mut property, of(&key.kind)) {
        property.extend(kind);
        if let Without::Is(default) = key.without {
            property
                .insert("default".to_owned(), written(default, 100).map_or(Json::Null, json_of));
        }
    }
    property
}

fn of(kind: &Kind) -> Json {
    let units = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    match kind {
        Kind::Text | Kind::Name(_) => {
            json!({ "type": "string", "minLength": 1, "maxLength": 1000 })
        }
        Kind::Words => json!({ "type": "string", "minLength": 1, "maxLength": 65536 }),
        Kind::Rule => json!({ "type": "string", "minLength": 1 }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Count { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Number { max } => json!({ "type": "number", "minimum": 0, "maximum": max }),
        Kind::Ratio { .. } | Kind::Weight => json!({ "anyOf": [
            units(RATIO), { "type": "number", "minimum": 0, "maximum": 1 } ] }),
        Kind::Span { .. } => json!({ "anyOf": [units(SPAN), { "const": 0 }] }),
        Kind::Limit => json!({ "type": ["number", "string"] }),
        Kind::Amount => json!({ "anyOf": [
            units(RATIO), { "type": "integer", "minimum": 0, "maximum": 100_000 } ] }),
        Kind::Choice(words) => json!({ "enum": words }),
        Kind::Texts => json!({
            "type": ["object", "null"], "additionalProperties": { "type": "string" } }),
        Kind::Map(shape) => reference(shape),
        Kind::Short("", shape) => {
            let names: Vec<_> = shape.keys.iter().map(|key| key.name).collect();
            json!({ "anyOf": [reference(shape), { "enum": names }] })
        }
        Kind::Short(key, shape) => {
            let short = shape.keys.iter().find(|known| known.name == *key);
            json!({ "anyOf": [reference(shape), short.map(|key| of(&key.kind))] })
        }
        Kind::List(inner, most) => {
            let list = json!({ "type": "array", "maxItems": most, "items": of(inner) });
            json!({ "anyOf": [list, of(inner)] })
        }
        Kind::Named(inner) | Kind::Ordered(inner) => json!({
            "type": ["object", "null"], "maxProperties": 1000, "additionalProperties": of(inner) }),
    }
}

fn reference(shape: &Shape) -> Json {
    json!({ "$ref": format!("#/$defs/{}", shape.name) })
}

fn json_of(node: Written) -> Json {
    match node {
        Written::Null => Json::Null,
        Written::Boolean(value) => json!(value),
        Written::Integer(value) => json!(value),
        Written::Float(value) => json!(value),
        Written::Text(text) => json!(text),
        Written::List(items) => items.into_iter().map(json_of).collect(),
        Written::Map(entries) => {
            Json::Object(entries.into_iter().map(|(key, value)| (key, json_of(value))).collect())
        }
    }
}

/// The kind in the words of a table.
fn describe(kind: &Kind) -> String {
    match kind {
        Kind::Text => "text".into(),
        Kind::Words => "long text".into(),
        Kind::Name(section) => format!("a name in [`{section}`](#release)"),
        Kind::Boolean => "`true`, `false`".into(),
        Kind::Count { min, max } => format!("{min} to {max}"),
        Kind::Number { max } => format!("a number, 0 to {max}"),
        Kind::Ratio { max } => format!("a ratio, 0% to {}%", max * 100.0),
        Kind::Weight => "a share, 0% to 100%".into(),
        Kind::Span { max_ms } => format!("a time, at most {}", Span::from_ms(*max_ms)),
        Kind::Limit => "a number, ratio or time".into(),
        Kind::Amount => "a number or a share".into(),
        Kind::Rule => "a [condition](conditions.md)".into(),
        Kind::Choice(words) => {
            words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
        }
        Kind::List(inner, most) => format!("a list of at most {most}: {}", describe(inner)),
        Kind::Texts => "names and texts".into(),
        Kind::Map(shape) => format!("[{0}](#{0})", shape.name),
        Kind::Short("", shape) => format!("[{0}](#{0}), or the name of one", shape.name),
        Kind::Short(key, shape) => format!("[{0}](#{0}), or only its `{key}`", shape.name),
        Kind::Named(inner) | Kind::Ordered(inner) => {
            format!("names, each with {}", describe(inner))
        }
    }
}

const RATIO: &str = "^[0-9.]+ *(%|ppm)?$";
const SPAN: &str = "^(0|([0-9.]+(ms|s|m|h|d) *)+)$";
