use flagkit_core::{Fixed, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::eppo::context;

/// Flags that serve the bandit `b`, a bandit without model, and no bandit.
fn flags() -> Flags {
    let flag = |key: &str, value: &str| {
        json!({
            "key": key, "enabled": true, "variationType": "STRING", "totalShards": 10000,
            "variations": { "v": { "key": "v", "value": value } },
            "allocations": [{ "key": "all", "splits": [{ "variationKey": "v", "shards": [] }] }],
        })
    };
    let bandit = |flag: &str, key: &str| json!([{ "key": key, "flagKey": flag, "variationKey": "v", "variationValue": key }]);
    let document = json!({
        "flags": { "f": flag("f", "b"), "gone": flag("gone", "c"), "plain": flag("plain", "x") },
        "bandits": { "b": bandit("f", "b"), "c": bandit("gone", "c") },
    });
    Flags::read(&document.to_string()).unwrap()
}

fn models(gamma: f64, floor: f64) -> Models {
    let coefficients = json!({
        "good": {
            "actionKey": "good", "intercept": 1.0,
            "actionNumericCoefficients":
                [{ "attributeKey": "price", "coefficient": 2.0, "missingValueCoefficient": -9.0 }],
            "actionCategoricalCoefficients": [],
            "subjectNumericCoefficients": [],
            "subjectCategoricalCoefficients": [{
                "attributeKey": "tier", "valueCoefficients": { "1": 3.0 }, "missingValueCoefficient": 0.5,
            }],
        },
    });
    let text = json!({ "bandits": { "b": { "modelData": {
        "gamma": gamma, "defaultActionScore": 0.0, "actionProbabilityFloor": floor,
        "coefficients": coefficients,
    } } } });
    Models::read(&text.to_string()).unwrap()
}

fn chosen(flag: &str, actions: &Value, models: &Models) -> Value {
    let told = json!({ "subjectKey": "alice", "attributes": {} });
    let question = BanditQuestion {
        flag,
        subject: "alice",
        attributes: &told["attributes"],
        actions: &Actions::from_json(actions),
    };
    let world = Fixed::at(Timestamp::EPOCH);
    flags().choose(question, models, &context(&told).unwrap(), &world)
}

fn code(answer: &Value) -> &str {
    answer["evaluationDetails"]["banditEvaluationCode"].as_str().unwrap()
}

#[test]
fn codes_say_what_kept_a_bandit_from_choosing() {
    let actions = json!([{ "actionKey": "good" }]);
    let models = models(1.0, 0.0);
    let answer = chosen("f", &actions, &models);
    assert_eq!((code(&answer), &answer["action"]), ("MATCH", &json!("good")));
    assert_eq!(code(&chosen("f", &json!([]), &models)), "NO_ACTIONS_SUPPLIED_FOR_BANDIT");
    assert_eq!(code(&chosen("gone", &actions, &models)), "UNEXPECTED_CONFIGURATION_ERROR");
    // The model is looked for first.
    assert_eq!(code(&chosen("gone", &json!([]), &models)), "UNEXPECTED_CONFIGURATION_ERROR");
    assert_eq!(code(&chosen("plain", &actions, &models)), "NON_BANDIT_VARIATION");
    let unknown = chosen("nothing", &actions, &models);
    assert_eq!((code(&unknown), unknown.get("variation")), ("NON_BANDIT_VARIATION", None));
}

#[test]
fn the_best_action_gets_what_the_others_leave() {
    // With this gamma whoever is not the best has a weight of about a billionth.
    let models = models(1e9, 0.0);
    let actions = |price: Value| {
        json!([
            { "actionKey": "good", "numericAttributes": { "price": price } },
            { "actionKey": "unknown" },
        ])
    };
    assert_eq!(chosen("f", &actions(json!(2)), &models)["action"], "good");
    // 1 − 2 · 9 is worse than the default score of an unknown action; so is 1 − 9.
    assert_eq!(chosen("f", &actions(json!(-9)), &models)["action"], "unknown");
    assert_eq!(chosen("f", &actions(json!("2")), &models)["action"], "unknown");
}

#[test]
fn of_equal_actions_the_first_by_key_is_the_best() {
    let models = models(1e9, 0.0);
    let even = json!([{ "actionKey": "b" }, { "actionKey": "a" }]);
    // Both weigh one half: 1 / (2 + 10⁹ · 0). The shard of the question decides.
    let action = chosen("f", &even, &models)["action"].as_str().unwrap().to_owned();
    let reversed = json!([{ "actionKey": "a" }, { "actionKey": "b" }]);
    assert_eq!(chosen("f", &reversed, &models)["action"], json!(action));
}

#[test]
fn categories_may_be_numbers_and_broken_models_are_refused() {
    let told = json!({ "categoricalAttributes": { "tier": 1, "no": null, "yes": true } });
    let sorted = SortedAttributes::of(Some(&told));
    assert_eq!(
        (sorted.text("tier"), sorted.text("no"), sorted.text("yes")),
        (Some("1"), None, Some("true"))
    );
    assert!(Models::read(r#"{ "bandits": { "b": { "modelData": { "gamma": 1 } } } }"#).is_err());
    assert!(Models::read("[]").is_err());
    assert!(Flags::read(r#"{ "flags": {}, "bandits": { "b": [{}] } }"#).is_err());
}
