//! The schema of conditions and segments.

use serde_json::{Value, json};

use super::{boolean, described, reference, text};
use crate::comparison::{Named, OPERATORS};

pub(super) fn segment() -> Value {
    let ids = |description: &str| {
        json!({
            "description": description,
            "type": ["array", "null"],
            "items": { "type": ["string", "number", "boolean"] },
        })
    };
    json!({
        "description": "A named group of contexts.",
        "type": "object",
        "additionalProperties": true,
        "properties": {
            "name": text("The name of the segment; must agree with its key."),
            "description": text("Who is in the segment."),
            "include": ids("Ids that are in the segment."),
            "exclude": ids("Ids that are not in the segment, whatever else is said."),
            "match_type": reference("match_type"),
            "conditions": {
                "description": "Who else is in the segment; without any, nobody else.",
                "type": ["array", "null"],
                "items": reference("condition"),
            },
            "when": described("when", "One more condition, in one line."),
            "exact": {
                "description": "The whole segment as a condition of the common document, for \
                    segments that were converted from elsewhere.",
                "type": ["object", "string"],
            },
            "bucket_by": {
                "description": "The attribute that holds the id.",
                "type": ["string", "null"],
                "default": "user_id",
            },
        },
    })
}

pub(super) fn match_type() -> Value {
    json!({
        "description": "Whether all conditions must hold, or any one of them.",
        "enum": ["all", "any", null],
        "default": "all",
    })
}

pub(super) fn condition() -> Value {
    json!({
        "description": "An attribute, an operator and values; or one line of text.",
        "oneOf": [
            described("when", "A condition in one line."),
            {
                "type": "object",
                "required": ["when"],
                "additionalProperties": true,
                "properties": {
                    "when": reference("when"),
                    "description": text("What the condition is for."),
                },
            },
            comparison(),
        ],
    })
}

fn comparison() -> Value {
    let names = OPERATORS.iter().map(|operator| json!(operator.name));
    let choices = OPERATORS.iter().map(choice);
    json!({
        "type": "object",
        "required": ["operator"],
        "additionalProperties": true,
        "properties": {
            "attribute": text("The attribute that is compared; a dot walks into objects. A \
                missing attribute meets nothing: only negative operators hold."),
            "operator": {
                "description": "How the attribute is compared.",
                "enum": names.collect::<Value>(),
                // Editors show the descriptions of single choices.
                "anyOf": choices.collect::<Value>(),
            },
            "values": {
                "description": "What it is compared with; one of them is enough. For negative \
                    operators, none of them may meet.",
            },
            "value": { "description": "Another name of `values`." },
            "negate": boolean("Turns the result round.", false),
            "case_insensitive": boolean("Whether upper and lower case are the same.", false),
            "seed": text("For `percentage`: the whole salt, in place of the flag's and the \
                condition's place."),
            "description": text("What the condition is for."),
        },
    })
}

fn choice(operator: &Named) -> Value {
    json!({ "const": operator.name, "description": operator.about })
}
