//! One flag: any of its words, all of the right type.

use serde_json::{Map, Value, json};

use super::{
    NOW,
    condition::{condition, line},
    set,
    vocabulary::{time_on, user},
};
use crate::Choices;

const VARIANTS: [&str; 5] = ["treatment", "control", "dark", "light", "größe"];

/// What a new flag may refer to.
pub(crate) struct Known<'a> {
    pub(crate) segments: &'a [String],
    /// Flags that are already written, each with its variants.
    pub(crate) parents: &'a [(String, Vec<String>)],
}

/// A flag without its name, and the names of its variants.
pub(crate) fn flag(choices: &mut Choices, known: &Known<'_>) -> (Value, Vec<String>) {
    let mut flag = json!({ "enabled": !choices.chance(8) });
    let names =
        if choices.chance(60) { choices.some(&VARIANTS.map(str::to_owned), 4) } else { Vec::new() };
    if !names.is_empty() || choices.chance(5) {
        set(&mut flag, "variants", variants(choices, &names));
    }
    if choices.chance(50) {
        set(&mut flag, "default", value(choices));
    }
    if !known.parents.is_empty() && choices.chance(25) {
        set(&mut flag, "dependencies", dependencies(choices, known.parents));
    }
    if choices.chance(70) {
        let count = 1 + choices.below(4);
        set(
            &mut flag,
            "targeting_rules",
            (0..count).map(|_| rule(choices, known.segments, &names)).collect(),
        );
    }
    if choices.chance(80) {
        set(&mut flag, "rollout_percentage", percentage(choices));
    }
    if choices.chance(20) {
        set(&mut flag, "overrides", overrides(choices, &names));
    }
    place_and_time(choices, &mut flag);
    bucketing(choices, &mut flag);
    description(choices, &mut flag);
    (flag, names)
}

fn variants(choices: &mut Choices, names: &[String]) -> Value {
    let is_list = choices.chance(30);
    let all_zero = choices.chance(5);
    let mut entries: Vec<Value> = Vec::new();
    for name in names {
        let mut variant = json!({ "name": name });
        if choices.chance(90) {
            let weights = [json!(50), json!(1), json!(33.3), json!(0), json!(0.1), json!(10_000)];
            set(
                &mut variant,
                "weight",
                if all_zero { json!(0) } else { choices.pick(&weights).clone() },
            );
        }
        if choices.chance(60) {
            set(&mut variant, "value", value(choices));
        }
        entries.push(variant);
    }
    if is_list {
        return Value::Array(entries);
    }
    let unnamed = entries.into_iter().map(|mut entry| {
        if let Some(entry) = entry.as_object_mut() {
            entry.remove("name");
        }
        entry
    });
    Value::Object(names.iter().cloned().zip(unnamed).collect())
}

fn value(choices: &mut Choices) -> Value {
    let values = [
        json!(false),
        json!(true),
        json!("old"),
        json!(""),
        json!(42),
        json!(-1.5),
        json!(null),
        json!({ "colour": "#fff", "sizes": [1, 2.5] }),
        json!(["a", null]),
        json!("größe 🚀"),
    ];
    choices.pick(&values).clone()
}

fn percentage(choices: &mut Choices) -> Value {
    let usual = [
        json!(100),
        json!(50),
        json!(25.5),
        json!(0),
        json!(12.34),
        json!(99.99),
        json!(0.01),
        json!(100.0),
    ];
    if choices.chance(40) { json!(choices.below(101)) } else { choices.pick(&usual).clone() }
}

fn dependencies(choices: &mut Choices, parents: &[(String, Vec<String>)]) -> Value {
    let mut entries = Vec::new();
    for _ in 0..=choices.below(2) {
        let (flag, variants) = choices.pick(parents);
        entries.push(if choices.chance(40) {
            json!({ "flag": flag, "variants": choices.some(variants, 2) })
        } else if choices.chance(20) {
            json!({ "flag": flag })
        } else {
            json!(flag)
        });
    }
    Value::Array(entries)
}

fn rule(choices: &mut Choices, segments: &[String], variants: &[String]) -> Value {
    let mut rule = json!({});
    if choices.chance(80) {
        set(
            &mut rule,
            "id",
            json!(choices.pick(&["eu-pro", "beta", "staff", "0", "1", "night owls"])),
        );
    }
    let count = choices.below(4);
    if count > 0 || choices.chance(30) {
        set(&mut rule, "conditions", (0..count).map(|_| condition(choices, segments)).collect());
    }
    if (count == 0 && choices.chance(85)) || choices.chance(15) {
        set(&mut rule, "when", json!(line(choices, segments)));
    }
    if choices.chance(40) {
        set(&mut rule, "match_type", json!(choices.pick(&["all", "any"])));
    }
    if choices.chance(15) {
        set(&mut rule, "enabled", json!(choices.chance(40)));
    }
    if !variants.is_empty() && choices.chance(40) {
        set(&mut rule, "variant", json!(choices.pick(variants)));
    }
    if choices.chance(45) {
        set(&mut rule, "rollout", rollout(choices, variants));
    }
    rule
}

fn rollout(choices: &mut Choices, variants: &[String]) -> Value {
    let mut rollout = json!({});
    if choices.chance(75) {
        set(&mut rollout, "percentage", percentage(choices));
    }
    if choices.chance(60) {
        let chosen = choices.some(variants, 3);
        let weights: Map<String, Value> =
            chosen.into_iter().map(|name| (name, json!(choices.below(5)))).collect();
        set(&mut rollout, "variants", Value::Object(weights));
    }
    rollout
}

fn overrides(choices: &mut Choices, variants: &[String]) -> Value {
    let mut overrides = Map::new();
    for _ in 0..=choices.below(12) {
        let id = if choices.chance(10) {
            (*choices.pick(&["anonymous", "42", "42.0", "true", "c-1", "DE", "[\"a\",1]"]))
                .to_owned()
        } else {
            user(choices)
        };
        let answer = if variants.is_empty() || choices.chance(40) {
            json!(choices.chance(50))
        } else {
            json!(choices.pick(variants))
        };
        overrides.insert(id, answer);
    }
    Value::Object(overrides)
}

fn place_and_time(choices: &mut Choices, flag: &mut Value) {
    if choices.chance(15) {
        set(flag, "environments", json!(choices.some(&["production", "staging", "dev"], 3)));
    }
    if choices.chance(25) {
        set(flag, "schedule", schedule(choices));
    }
}

fn schedule(choices: &mut Choices) -> Value {
    let mut schedule = json!({});
    let day = |days: i64| NOW + days * 86_400;
    let start = choices.between(-40, 10);
    if choices.chance(60) {
        set(&mut schedule, "starts_at", time_on(choices, day(start)));
    }
    if choices.chance(40) {
        let length = choices.between(0, 60);
        set(&mut schedule, "ends_at", time_on(choices, day(start + length)));
    }
    if choices.chance(60) {
        let mut steps = Vec::new();
        for _ in 0..choices.below(5) {
            let at = choices.between(-40, 40);
            let at = time_on(choices, day(at));
            steps.push(json!({ "at": at, "percentage": percentage(choices) }));
        }
        set(&mut schedule, "ramp", Value::Array(steps));
    }
    schedule
}

fn bucketing(choices: &mut Choices, flag: &mut Value) {
    if choices.chance(15) {
        set(
            flag,
            "bucket_by",
            json!(choices.pick(&[
                "company_id",
                "targetingKey",
                "user_id",
                "device.os",
                "age",
                "roles"
            ])),
        );
    }
    if choices.chance(15) {
        set(flag, "salt", json!(choices.pick(&["shared", "", "a:b", "größe"])));
    }
    if choices.chance(12) {
        set(flag, "hash", json!(choices.pick(&["xxh3", "md5"])));
    }
}

/// What no answer depends on.
fn description(choices: &mut Choices, flag: &mut Value) {
    if choices.chance(20) {
        set(flag, "description", json!("New streamlined checkout"));
        set(flag, "tags", json!(["checkout", "größe"]));
        set(flag, "metadata", json!({ "owner": "payments", "tickets": [1, 2] }));
        set(flag, "created_at", json!("2026-11-01T09:00:00Z"));
        set(flag, "updated_at", json!("2026-11-02T09:00:00+01:00"));
    }
}
