//! The native format as JSON Schema, for editors and validators.
//!
//! Unknown keys are allowed, as they are when a document is read: they are reported as
//! warnings. What a schema cannot say (that a variant exists, that nothing leads back
//! to itself) is checked when a document is read and compiled.

use serde_json::{Value, json};

use crate::native::SCHEMA;

mod bucketing;
mod condition;
mod converted;
mod flag;

/// The JSON Schema (draft 2020-12) of `flagkit/1`.
///
/// ```
/// let schema = flagkit_dialects::schema();
/// assert_eq!(schema["properties"]["schema"]["const"], "flagkit/1");
/// ```
#[must_use = "the schema is all there is"]
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "flagkit-1.schema.json",
        "title": "FlagKit flags",
        "description": "Feature flags in FlagKit's native format, `flagkit/1`. Unknown keys are \
            allowed and reported as warnings.",
        "type": "object",
        "required": ["flags"],
        "additionalProperties": true,
        "properties": {
            "schema": {
                "description": "The format of this document.",
                "const": SCHEMA,
            },
            "environment": {
                "description": "The environment these flags are for, unless the application \
                    names another one. Conditions can read it as the attribute `environment`.",
                "type": ["string", "null"],
                "examples": ["production", "staging"],
            },
            "revision": {
                "description": "Grows with every change of the document.",
                "type": ["integer", "null"],
                "minimum": 0,
            },
            "hash": reference("hash"),
            "bucketing": reference("bucketing"),
            "references": converted::references(),
            "contexts": converted::contexts(),
            "flag_keys": converted::flag_keys(),
            "segments": {
                "description": "Named groups of contexts that conditions refer to with \
                    `in_segment`.",
                "type": ["object", "null"],
                "additionalProperties": reference("segment"),
            },
            "flags": {
                "description": "The flags: a map from keys to flags, or a list of flags that \
                    carry `name`.",
                "oneOf": [
                    { "type": "object", "additionalProperties": reference("flag") },
                    {
                        "type": "array",
                        "items": { "allOf": [reference("flag"), { "required": ["name"] }] },
                    },
                ],
            },
        },
        "$defs": definitions(),
    })
}

fn definitions() -> Value {
    json!({
        "flag": flag::flag(),
        "variant": flag::variant(),
        "dependency": flag::dependency(),
        "rule": flag::rule(),
        "schedule": flag::schedule(),
        "segment": condition::segment(),
        "condition": condition::condition(),
        "match_type": condition::match_type(),
        "hash": {
            "description": "How buckets are hashed: `md5`, or the faster `xxh3`. Changing it \
                moves everybody to another bucket.",
            "enum": ["md5", "xxh3", null],
            "default": "md5",
        },
        "bucketing": bucketing::bucketing(),
        "percentage": {
            "description": "A percentage from 0 to 100; two decimals count.",
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": 100,
        },
        "weight": {
            "description": "The share of this variant, in relation to the other weights.",
            "type": ["number", "null"],
            "minimum": 0,
        },
        "time": {
            "description": "A time: RFC 3339 text, or unix seconds.",
            "type": ["string", "number", "null"],
            "examples": ["2026-12-01T00:00:00Z", 1_796_083_200],
        },
        "when": {
            "description": "A condition in one line: `country in [\"DE\", \"FR\"] and age > 21`.",
            "type": ["string", "null"],
            "examples": ["plan == \"pro\"", "in_segment \"beta-testers\""],
        },
    })
}

/// A reference to a definition.
fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A reference to a definition with a description for this place.
fn described(name: &str, description: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}"), "description": description })
}

/// A text with a description.
fn text(description: &str) -> Value {
    json!({ "description": description, "type": ["string", "null"] })
}

/// A list of texts with a description.
fn texts(description: &str) -> Value {
    json!({
        "description": description,
        "type": ["array", "null"],
        "items": { "type": "string" },
    })
}

/// A boolean with a description and a default.
fn boolean(description: &str, default: bool) -> Value {
    json!({ "description": description, "type": ["boolean", "null"], "default": default })
}

#[cfg(test)]
mod tests;
