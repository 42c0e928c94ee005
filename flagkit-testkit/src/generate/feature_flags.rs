//! Documents of the older shape `feature-flags`, and who asks about them.

use serde_json::{Map, Value, json};

use super::{
    Request, request, set,
    vocabulary::{ROLES, user},
};
use crate::Choices;

const FLAGS: [&str; 5] = ["new_ui", "fast_path", "export", "größe", "beta banner"];

const ENVIRONMENTS: [&str; 3] = ["production", "staging", "dev"];

/// `{feature_flags: {…}}` with one to five flags.
pub fn feature_flags_document(choices: &mut Choices) -> Value {
    let count = 1 + choices.below(FLAGS.len());
    let names = FLAGS.iter().take(count);
    let flags: Map<String, Value> = names.map(|name| ((*name).to_owned(), flag(choices))).collect();
    json!({ "feature_flags": flags })
}

/// That many questions to such a document.
pub fn feature_flags_requests(choices: &mut Choices, count: usize) -> Vec<Request> {
    let names = FLAGS.map(str::to_owned);
    (0..count).map(|_| request(choices, &names, context)).collect()
}

fn flag(choices: &mut Choices) -> Value {
    let mut flag = json!({ "enabled": !choices.chance(12), "description": "generated" });
    if choices.chance(50) {
        let percentages = [json!(0), json!(50), json!(12.5), json!(100), json!(1)];
        set(&mut flag, "percentage", choices.pick(&percentages).clone());
    }
    if choices.chance(50) {
        let mut groups: Vec<String> = choices.some(&ROLES.map(str::to_owned), 2);
        groups.extend((0..3).map(|_| user(choices)));
        set(&mut flag, "user_groups", json!(groups));
    }
    if choices.chance(50) {
        let entries = [
            json!({ "country": "DE" }),
            json!({ "country": ["FR", "US"] }),
            json!({ "level": 3 }),
            json!({ "level": [1, 2.0] }),
            json!({ "beta": true }),
        ];
        set(&mut flag, "targeting", json!({ "user_attributes": choices.some(&entries, 3) }));
    }
    if choices.chance(30) {
        set(&mut flag, "environments", json!(choices.some(&ENVIRONMENTS, 2)));
    }
    if choices.chance(20) {
        set(&mut flag, "metadata", json!({ "owner": "payments" }));
        set(&mut flag, "rollback_conditions", json!(["error_rate > 0.02"]));
    }
    flag
}

fn context(choices: &mut Choices) -> Value {
    let mut context = json!({});
    if choices.chance(95) {
        set(&mut context, "user_id", json!(user(choices)));
    }
    if choices.chance(40) {
        set(&mut context, "groups", json!(choices.some(&ROLES, 3)));
    }
    if choices.chance(30) {
        set(&mut context, "user_groups", json!(choices.pick(&ROLES)));
    }
    if choices.chance(60) {
        set(&mut context, "country", json!(choices.pick(&["DE", "FR", "US", "de"])));
    }
    if choices.chance(60) {
        set(
            &mut context,
            "level",
            choices.pick(&[json!(1), json!(2), json!(3.0), json!("3"), json!(null)]).clone(),
        );
    }
    if choices.chance(40) {
        set(&mut context, "beta", json!(choices.chance(50)));
    }
    if choices.chance(20) {
        set(&mut context, "environment", json!(choices.pick(&ENVIRONMENTS)));
    }
    context
}
