//! Documents of the older shape `rollout-rules`, and who asks about them.

use serde_json::{Map, Value, json};

use super::{NOW, Request, request, set, vocabulary::user};
use crate::Choices;

const FLAGS: [&str; 5] = ["new-dashboard", "ai-search", "dark-mode", "größe", "beta banner"];

const REGIONS: [&str; 4] = ["us", "eu", "apac", "US"];

const TYPES: [&str; 4] = ["regular", "premium", "admin", "Premium"];

const GROUPS: [&str; 4] = ["alpha", "beta", "control", "größe"];

/// One flag, a list of them, or either a list or a map under `flags`.
pub fn rollout_rules_document(choices: &mut Choices) -> Value {
    let count = 1 + choices.below(FLAGS.len());
    let flags: Vec<Value> = FLAGS.iter().take(count).map(|name| flag(choices, name)).collect();
    match (choices.below(4), flags.as_slice()) {
        (0, _) => json!({ "flags": flags }),
        (1, _) => Value::Array(flags),
        (2, [flag, ..]) => flag.clone(),
        _ => {
            let entries: Map<String, Value> =
                FLAGS.iter().map(|name| (*name).to_owned()).zip(flags).collect();
            json!({ "flags": entries })
        }
    }
}

/// That many questions to such a document.
pub fn rollout_rules_requests(choices: &mut Choices, count: usize) -> Vec<Request> {
    let names = FLAGS.map(str::to_owned);
    (0..count).map(|_| request(choices, &names, context)).collect()
}

fn flag(choices: &mut Choices, name: &str) -> Value {
    let status =
        *choices.pick(&["conditional", "conditional", "conditional", "enabled", "disabled"]);
    let count = choices.below(4);
    let rules: Vec<Value> = (0..count).map(|_| rule(choices)).collect();
    json!({
        "name": name,
        "description": "generated",
        "status": status,
        "default_value": choices.chance(30),
        "rollout_rules": rules,
        "created_at": NOW,
        "updated_at": NOW,
    })
}

fn rule(choices: &mut Choices) -> Value {
    let (strategy, parameters) = match choices.below(6) {
        0 => {
            let percentages =
                [json!(50), json!(0), json!(100), json!(12.5), json!(-1), json!(120), json!(1)];
            ("percentage", json!({ "percentage": choices.pick(&percentages) }))
        }
        1 => {
            let count = choices.below(12);
            let users: Vec<String> = (0..count).map(|_| user(choices)).collect();
            ("user_list", json!({ "users": users }))
        }
        2 => ("user_attribute", attribute(choices)),
        3 => ("geographic", json!({ "regions": choices.some(&REGIONS, 2) })),
        4 => ("time_based", times(choices)),
        _ => ("percentage", json!({ "percentage": choices.below(101) })),
    };
    let mut rule = json!({ "strategy": strategy, "parameters": parameters });
    if choices.chance(60) {
        set(&mut rule, "enabled", json!(choices.chance(85)));
    }
    rule
}

fn attribute(choices: &mut Choices) -> Value {
    match choices.below(4) {
        0 => json!({ "attribute": "user_type", "values": choices.some(&TYPES, 2) }),
        1 => json!({ "attribute": "experiment_group", "values": choices.some(&GROUPS, 2) }),
        2 => json!({ "attribute": "department", "values": ["sales", "legal"] }),
        _ => json!({ "attribute": "level", "values": [1, 2.0, "3"] }),
    }
}

fn times(choices: &mut Choices) -> Value {
    let mut times = json!({});
    let start = NOW + choices.between(-30, 30) * 86_400;
    if choices.chance(75) {
        set(&mut times, "start_time", json!(start));
    }
    if choices.chance(75) {
        set(&mut times, "end_time", json!(start + choices.between(0, 40) * 86_400));
    }
    times
}

fn context(choices: &mut Choices) -> Value {
    if choices.chance(4) {
        return Value::Null;
    }
    let mut context = json!({});
    if choices.chance(95) {
        set(&mut context, "user_id", json!(user(choices)));
    }
    if choices.chance(60) {
        set(&mut context, "user_type", json!(choices.pick(&TYPES)));
    }
    if choices.chance(60) {
        set(&mut context, "geographic_region", json!(choices.pick(&REGIONS)));
    }
    if choices.chance(60) {
        set(&mut context, "experiment_groups", json!(choices.some(&GROUPS, 3)));
    }
    if choices.chance(60) {
        let levels = [json!(1), json!(2), json!(3), json!("3"), json!(null), json!(["3"])];
        let department = *choices.pick(&["sales", "legal", "Sales", "it"]);
        set(
            &mut context,
            "custom_attributes",
            json!({ "department": department, "level": choices.pick(&levels) }),
        );
    }
    context
}
