//! Hostile documents: good ones in which a few things have gone wrong.

use serde_json::{Value, json};

use super::{document, set};
use crate::{Choices, reference};

type Mutation = fn(&mut Choices, &mut Value);

/// A document with one to five mutations: some break a flag, some the whole, some nothing.
pub fn hostile_document(choices: &mut Choices) -> Value {
    let mut document = document(choices);
    for _ in 0..=choices.below(5) {
        let mutation = choices.pick(&MUTATIONS);
        mutation(choices, &mut document);
        if !document.is_object() {
            break;
        }
    }
    document
}

const MUTATIONS: [Mutation; 13] = [
    wrong_type,
    wrong_type,
    bad_condition,
    bad_condition,
    bad_line,
    bad_number,
    bad_reference,
    dependency_circle,
    segment_circle,
    repeated_name,
    odd_text,
    deep_nesting,
    bad_top,
];

/// A value of a type that the key does not take.
fn wrong(choices: &mut Choices, key: &str) -> Value {
    let texts = ["bucket_by", "salt", "name", "hash"];
    if texts.contains(&key) {
        choices
            .pick(&[json!(-7), json!(1e300), json!(["x"]), json!(true), json!({ "a": 1 })])
            .clone()
    } else {
        choices.pick(&[json!("nonsense"), json!([1]), json!([[]])]).clone()
    }
}

fn wrong_type(choices: &mut Choices, document: &mut Value) {
    let keys = [
        "enabled",
        "environments",
        "variants",
        "dependencies",
        "targeting_rules",
        "rollout_percentage",
        "bucket_by",
        "salt",
        "schedule",
        "overrides",
        "name",
        "hash",
    ];
    let key = *choices.pick(&keys);
    let value = wrong(choices, key);
    change_flag(choices, document, |flag| set(flag, key, value));
}

fn bad_condition(choices: &mut Choices, document: &mut Value) {
    let conditions = [
        json!({ "attribute": "country", "operator": "is_kind_of", "values": ["DE"] }),
        json!({ "attribute": "country", "operator": "EQUALS", "values": ["DE"] }),
        json!({ "attribute": "country", "values": ["DE"] }),
        json!({ "operator": "equals", "values": ["DE"] }),
        json!({ "attribute": "age", "operator": "greater_than", "values": ["many"] }),
        json!({ "attribute": "age", "operator": "less_than", "values": [true] }),
        json!({ "attribute": "email", "operator": "regex", "values": ["("] }),
        json!({ "attribute": "email", "operator": "regex", "values": ["a(?=b)"] }),
        json!({ "attribute": "email", "operator": "starts_with", "values": ["a", 1] }),
        json!({ "attribute": "app_version", "operator": "semver_equal", "values": ["1.2"] }),
        json!({ "attribute": "app_version", "operator": "semver_matches", "values": [">>1"] }),
        json!({ "attribute": "now", "operator": "before", "values": ["tomorrow"] }),
        json!({ "operator": "time_between", "values": ["25:00-26:00"] }),
        json!({ "operator": "weekday", "values": ["someday"] }),
        json!({ "attribute": "ip", "operator": "in_cidr", "values": ["10.0.0.0/33"] }),
        json!({ "attribute": "ip", "operator": "in_cidr", "values": ["::/129"] }),
        json!({ "operator": "percentage", "values": [101] }),
        json!({ "operator": "percentage", "values": [10, 20] }),
        json!({ "operator": "in_segment", "values": ["no-such-segment"] }),
        json!(42),
        // And one that is fine, for all its Unicode.
        json!({ "attribute": "größe.🚀", "operator": "exists" }),
    ];
    let rule = json!({ "id": "hostile", "conditions": [choices.pick(&conditions)] });
    add_rule(choices, document, rule);
}

fn bad_line(choices: &mut Choices, document: &mut Value) {
    let deep = format!("{}beta == true{}", "(".repeat(200), ")".repeat(200));
    let lines = [
        "",
        "country ==",
        "country = \"DE\"",
        "country in [\"DE\"",
        "country equals \"DE\" plan",
        "and",
        "country == \"DE\" and",
        "percentage percentage 50",
        "user_id percentage 50",
        "country == 'DE",
        "age > \"many\"",
        "email matches \"(\"",
        "((beta == true)",
        "in_segment \"no-such-segment\"",
        "age > 1e999",
        "beta == TRUE",
        "not",
        &deep,
        "`größe` == \"\\ud83d\\ude80\" or not exists exists",
        "a == \"\\ud83d\"",
    ];
    let line = *choices.pick(&lines);
    let rule = json!({ "id": "hostile", "when": line });
    add_rule(choices, document, rule);
}

fn bad_number(choices: &mut Choices, document: &mut Value) {
    let number = choices
        .pick(&[json!(-1), json!(100.01), json!(1e300), json!(u64::MAX), json!(-0.001)])
        .clone();
    let which = choices.below(5);
    change_flag(choices, document, |flag| match which {
        0 => set(flag, "rollout_percentage", number),
        1 => set(flag, "variants", json!([{ "name": "control", "weight": number }])),
        2 => set(flag, "targeting_rules", json!([{ "rollout": { "percentage": number } }])),
        3 => set(flag, "schedule", json!({ "ramp": [{ "at": 0, "percentage": number }] })),
        _ => set(flag, "schedule", json!({ "starts_at": 200, "ends_at": 100 })),
    });
}

fn bad_reference(choices: &mut Choices, document: &mut Value) {
    let which = choices.below(6);
    change_flag(choices, document, |flag| match which {
        0 => set(flag, "dependencies", json!(["no-such-parent"])),
        1 => set(
            flag,
            "dependencies",
            json!([{ "flag": "payments-v2", "variants": ["no-such-variant"] }]),
        ),
        2 => set(flag, "overrides", json!({ "u-1": "no-such-variant" })),
        3 => set(flag, "targeting_rules", json!([{ "variant": "no-such-variant" }])),
        4 => {
            let rollout = json!({ "variants": { "no-such-variant": 1 } });
            set(flag, "targeting_rules", json!([{ "rollout": rollout }]));
        }
        _ => set(flag, "dependencies", json!([{ "variants": ["dark"] }])),
    });
}

fn dependency_circle(choices: &mut Choices, document: &mut Value) {
    let names = reference::flag_names(document);
    let Some(first) = names.first() else {
        return;
    };
    let length = 1 + choices.below(names.len().min(3));
    let circle: Vec<&String> = names.iter().take(length).collect();
    for (name, next) in circle.iter().zip(circle.iter().skip(1).chain([&first])) {
        if let Some(flag) = flag_named(document, name) {
            set(flag, "dependencies", json!([next]));
        }
    }
}

fn segment_circle(choices: &mut Choices, document: &mut Value) {
    let on = |name: &str| json!({ "conditions": [{ "operator": "in_segment", "values": [name] }] });
    if document.get("segments").is_none() {
        set(document, "segments", json!({}));
    }
    if let Some(segments) = document.get_mut("segments") {
        set(segments, "circle-a", on("circle-b"));
        set(segments, "circle-b", json!({ "when": "not in_segment 'circle-a'" }));
        set(segments, "towards-circle", on("circle-a"));
        set(segments, "broken", json!({ "match_type": "most" }));
    }
    let name = *choices.pick(&["circle-a", "towards-circle", "broken"]);
    add_rule(
        choices,
        document,
        json!({ "conditions": [{ "operator": "not_in_segment", "value": name }] }),
    );
}

fn repeated_name(choices: &mut Choices, document: &mut Value) {
    if let Some(flags) = document["flags"].as_array_mut() {
        let again = choices.pick(flags).clone();
        flags.push(again);
        return;
    }
    change_flag(choices, document, |flag| {
        set(flag, "name", json!("somebody-else"));
    });
}

/// Nothing is wrong with these, however they look.
fn odd_text(choices: &mut Choices, document: &mut Value) {
    let texts = ["e\u{301}", "\u{0}", "\u{202e}abc", "\u{10ffff}", "a\nb", "x:variant:y", "`'\"\\"];
    let text = *choices.pick(&texts);
    let which = choices.below(4);
    change_flag(choices, document, |flag| match which {
        0 => set(flag, "salt", json!(text)),
        1 => set(flag, "bucket_by", json!(text)),
        2 => set(flag, "overrides", json!({ text: true })),
        _ => {
            let condition =
                json!({ "attribute": "city", "operator": "contains", "values": [text] });
            set(flag, "targeting_rules", json!([{ "id": text, "conditions": [condition] }]));
        }
    });
}

/// Well within the limit of 64 or far beyond it, as metadata.
fn deep_nesting(choices: &mut Choices, document: &mut Value) {
    let levels = *choices.pick(&[20, 30, 40, 200]);
    let nested = (0..levels).fold(json!(1), |inner, _| json!([inner]));
    change_flag(choices, document, |flag| set(flag, "metadata", nested));
}

fn bad_top(choices: &mut Choices, document: &mut Value) {
    match choices.below(12) {
        0 => set(document, "schema", json!("flagkit/99")),
        1 => set(document, "flags", json!("none")),
        2 => set(document, "segments", json!([1])),
        3 => set(document, "hash", json!("crc32")),
        4 => *document = json!(["flags"]),
        // Most of the time only something is there that nobody knows.
        _ => set(document, "x-unknown", json!({ "kept": [true] })),
    }
}

fn add_rule(choices: &mut Choices, document: &mut Value, rule: Value) {
    change_flag(choices, document, |flag| match flag["targeting_rules"].as_array_mut() {
        Some(rules) => rules.push(rule),
        None => set(flag, "targeting_rules", json!([rule])),
    });
}

fn change_flag(choices: &mut Choices, document: &mut Value, change: impl FnOnce(&mut Value)) {
    let names = reference::flag_names(document);
    if names.is_empty() {
        return;
    }
    let name = choices.pick(&names);
    if let Some(flag) = flag_named(document, name) {
        change(flag);
    }
}

fn flag_named<'a>(document: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    let flag = match document.get_mut("flags")? {
        Value::Object(flags) => flags.get_mut(name),
        Value::Array(flags) => flags.iter_mut().find(|flag| flag["name"] == name),
        _ => None,
    };
    flag.filter(|flag| flag.is_object())
}
