//! The schema of a flag and its parts.

use serde_json::{Value, json};

use super::{boolean, described, reference, text, texts};

pub(super) fn flag() -> Value {
    json!({
        "description": "One flag.",
        "type": "object",
        "additionalProperties": true,
        "properties": {
            "name": text("The key of the flag; needed in a list of flags, must agree with the \
                key in a map."),
            "description": text("What the flag is for."),
            "enabled": boolean("The kill switch: without it the flag is off for everybody.", false),
            "environments": texts("Where the flag may be on; elsewhere it answers as if disabled."),
            "default": {
                "description": "The value that is served when the flag is off, or the context is \
                    not in the rollout.",
                "default": false,
            },
            "variants": variants(),
            "dependencies": {
                "description": "Flags that must be on first; else this one serves its default.",
                "type": ["array", "null"],
                "items": reference("dependency"),
            },
            "targeting_rules": {
                "description": "Rules in order; the first one whose conditions hold decides.",
                "type": ["array", "null"],
                "items": reference("rule"),
            },
            "rollout_percentage": described("percentage", "How many of those whom no rule \
                matched get the flag; two decimals count."),
            "bucket_by": {
                "description": "The attribute that is bucketed and overridden.",
                "type": ["string", "null"],
                "default": "user_id",
            },
            "salt": text("What is hashed before the id; by default the flag's key. Flags with \
                the same salt reach the same users first."),
            "hash": reference("hash"),
            "bucketing": reference("bucketing"),
            "schedule": reference("schedule"),
            "overrides": {
                "description": "What single ids get, whatever the rules say: the name of a \
                    variant, or true or false.",
                "type": ["object", "null"],
                "additionalProperties": { "type": ["string", "boolean"] },
            },
            "tags": texts("Words for finding flags."),
            "metadata": {
                "description": "Anything; handed to the application with every evaluation's \
                    details.",
                "type": ["object", "null"],
            },
            "exact": exact(),
            "created_at": described("time", "When the flag was made."),
            "updated_at": described("time", "When the flag was last changed."),
        },
    })
}

fn exact() -> Value {
    json!({
        "description": "The whole flag as the common document holds it, for flags that \
            were converted from elsewhere: `variants` and `rules`. No other key that \
            decides anything may stand beside it. See docs/flag-files.md.",
        "type": "object",
        "required": ["variants", "rules"],
        "properties": {
            "variants": {
                "description": "What the flag can serve; rules name variants by their places.",
                "type": "array",
                "items": { "type": "object", "required": ["value", "enabled"] },
            },
            "rules": {
                "description": "The rules in order; the first whose `when` holds decides. A split \
                    carries its own `bucketing`.",
                "type": "array",
                "items": { "type": "object", "required": ["when", "serve", "reason"] },
            },
            "version": {
                "description": "Grows with every change of the flag.",
                "type": "integer",
                "minimum": 0,
            },
            "metadata": {
                "description": "Handed to the application with every evaluation's details.",
                "type": "object",
            },
        },
        "additionalProperties": false,
    })
}

fn variants() -> Value {
    json!({
        "description": "Named values, in order: a map from names to variants, or a list \
            of variants that carry `name`.",
        "oneOf": [
            { "type": "null" },
            { "type": "object", "additionalProperties": reference("variant") },
            {
                "type": "array",
                "items": { "allOf": [reference("variant"), { "required": ["name"] }] },
            },
        ],
    })
}

pub(super) fn variant() -> Value {
    json!({
        "description": "A named value.",
        "type": ["object", "null"],
        "additionalProperties": true,
        "properties": {
            "name": text("Its name, in a list of variants."),
            "description": text("What the variant is."),
            "weight": reference("weight"),
            "value": { "description": "What it serves, any JSON; by default its name." },
        },
    })
}

pub(super) fn dependency() -> Value {
    json!({
        "description": "The key of a flag that must be on, or that with its variants that will \
            do.",
        "oneOf": [
            { "type": "string" },
            {
                "type": "object",
                "required": ["flag"],
                "additionalProperties": true,
                "properties": {
                    "flag": { "description": "The key of the other flag.", "type": "string" },
                    "variants": texts("The variants of it that will do; by default any."),
                },
            },
        ],
    })
}

pub(super) fn rule() -> Value {
    json!({
        "description": "Who it is for, and what they get.",
        "type": "object",
        "additionalProperties": true,
        "properties": {
            "id": text("Its name in explanations, and in the salt of its rollout; by default its \
                place, from 0."),
            "description": text("What the rule is for."),
            "match_type": reference("match_type"),
            "conditions": {
                "description": "Who it is for; without any, everybody.",
                "type": ["array", "null"],
                "items": reference("condition"),
            },
            "when": described("when", "One more condition, in one line."),
            "enabled": boolean("Whether the rule switches on; false switches the flag off for \
                whom it matches.", true),
            "variant": text("The variant to serve."),
            "rollout": {
                "description": "A rollout of the rule's own, for those whom it matches.",
                "type": ["object", "null"],
                "additionalProperties": true,
                "properties": {
                    "percentage": described("percentage", "How many of them get the flag; by \
                        default all."),
                    "variants": {
                        "description": "Variants and their weights.",
                        "type": ["object", "null"],
                        "additionalProperties": reference("weight"),
                    },
                },
            },
        },
    })
}

pub(super) fn schedule() -> Value {
    json!({
        "description": "When the flag may be on.",
        "type": ["object", "null"],
        "additionalProperties": true,
        "properties": {
            "starts_at": described("time", "Before this time the flag answers as if disabled."),
            "ends_at": described("time", "From this time on the flag answers as if disabled."),
            "ramp": {
                "description": "Steps of the rollout percentage; the last one that has begun \
                    counts, before the first one `rollout_percentage`.",
                "type": ["array", "null"],
                "items": {
                    "type": "object",
                    "required": ["at", "percentage"],
                    "additionalProperties": true,
                    "properties": {
                        "at": described("time", "When the step begins."),
                        "percentage": reference("percentage"),
                    },
                },
            },
        },
    })
}
