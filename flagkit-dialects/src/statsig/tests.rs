use flagkit_core::{Fixed, Timestamp};
use serde_json::{Value, json};

use super::Evaluator;

fn world() -> Fixed {
    Fixed::at(Timestamp::parse("2026-06-01T12:00:00Z").unwrap())
}

/// A document with these tables; gates and configs are given as their rules.
fn document(gates: &Value, configs: &Value, layers: &Value, conditions: &Value) -> Value {
    let spec = |kind: &str, name: &str, rules: &Value| {
        let is_layer = kind == "layer";
        let default = if kind == "gate" { json!(false) } else { json!({ "from": "default" }) };
        json!({
            "salt": name, "enabled": true, "defaultValue": default, "idType": "userID", "rules": rules,
            "useNewLayerEval": is_layer && name.starts_with("merged"),
        })
    };
    let table = |kind: &str, specs: &Value| -> Value {
        let specs = specs.as_object().unwrap().iter();
        specs.map(|(name, rules)| (name.clone(), spec(kind, name, rules))).collect()
    };
    json!({
        "feature_gates": table("gate", gates),
        "dynamic_configs": table("config", configs),
        "layer_configs": table("layer", layers),
        "condition_map": conditions,
    })
}

fn rule(id: &str, conditions: &[&str], value: &Value) -> Value {
    json!({
        "id": id, "salt": id, "idType": "userID", "passPercentage": 100,
        "conditions": conditions, "returnValue": value,
    })
}

fn read(document: &Value) -> Evaluator {
    Evaluator::read(&document.to_string()).unwrap()
}

/// Whether a gate with this condition alone lets a user through whose field `f` is this.
fn passes(condition: &Value, field: &Value) -> bool {
    let conditions = json!({ "c": condition });
    let gates = json!({ "g": [rule("r", &["c"], &json!(true))] });
    let document = document(&gates, &json!({}), &json!({}), &conditions);
    let user = json!({ "userID": "u", "custom": { "f": field } });
    read(&document).gate("g", &user, &world())["value"] == true
}

#[test]
fn operators_read_values_as_the_sdk_does() {
    for (operator, target, field, expected) in [
        ("gt", json!(1), json!("2e0"), true),
        ("gt", json!(1), json!(" 2"), false),
        ("gt", json!("1"), json!(true), false),
        ("version_gt", json!("1.9"), json!("1.10-beta"), true),
        ("version_neq", json!("1.2"), json!("1.x"), false),
        ("version_eq", json!("1"), json!(1.0), true),
        ("any", json!(["2"]), json!(2.0), true),
        ("any", json!([2.0]), json!(2.0), false),
        ("any", json!(["PRO"]), json!("pro"), true),
        ("any", json!({ "a": 1, "B": 1 }), json!("B"), false),
        ("none", json!(["x"]), json!(null), true),
        ("any_case_sensitive", json!(["A", "a"]), json!("A"), false),
        ("str_contains_any", json!(["b"]), json!(["a", "b"]), true),
        ("str_matches", json!("(?=p)pro"), json!("a pro"), true),
        ("str_matches", json!("("), json!("("), false),
        ("before", json!(1_700_000_000_000_i64), json!(1_699_999_999), true),
        ("after", json!(0), json!("2023-01-01 00:00:00"), true),
        ("on", json!("2023-11-14T00:00:00Z"), json!(1_699_999_999), true),
        ("eq", json!(1), json!("1.0"), true),
        ("eq", json!(true), json!("true"), false),
        ("eq", json!(["1"]), json!([1]), true),
        ("neq", json!(["1"]), json!("[1]"), true),
        ("array_contains_all", json!(["a", 2]), json!(["a", 2, 3]), true),
        ("array_contains_none", json!(["a"]), json!("b"), false),
        ("not_array_contains_all", json!(["x"]), json!(["a"]), true),
    ] {
        let condition = json!({
            "type": "user_field", "field": "f", "operator": operator, "targetValue": target,
            "idType": "userID",
        });
        assert_eq!(passes(&condition, &field), expected, "{condition} {field}");
    }
}

#[test]
fn a_rule_that_fails_its_percentage_still_decides() {
    let mut closed = rule("closed", &[], &json!(true));
    closed["passPercentage"] = json!(0);
    let gates = json!({ "g": [closed, rule("open", &[], &json!(true))] });
    let answer = read(&document(&gates, &json!({}), &json!({}), &json!({})));
    let answer = answer.gate("g", &json!({ "userID": "u" }), &world());
    assert_eq!((&answer["value"], &answer["ruleID"]), (&json!(false), &json!("closed")));
}

#[test]
fn what_is_unknown_ends_the_evaluation_even_behind_a_condition_that_fails() {
    let conditions = json!({
        "never": { "type": "user_field", "field": "f", "operator": "any", "targetValue": [] },
        "odd": { "type": "user_field", "field": "f", "operator": "odd", "targetValue": [] },
        "asks": { "type": "fail_gate", "targetValue": "odd" },
    });
    let gates = json!({
        "odd": [rule("r", &["odd"], &json!(true))],
        "asks": [rule("r", &["never", "asks"], &json!(true))],
        "before": [rule("first", &[], &json!(true)), rule("r", &["odd"], &json!(true))],
    });
    let evaluator = read(&document(&gates, &json!({}), &json!({}), &conditions));
    let reason = |gate| evaluator.gate(gate, &json!({}), &world())["reason"].clone();
    assert_eq!(reason("odd"), "Network:Unsupported");
    assert_eq!(reason("asks"), "Network:Unsupported");
    assert_eq!(reason("before"), "Network:Recognized");
    assert_eq!(reason("nowhere"), "Network:Unrecognized");
}

#[test]
fn circles_are_errors_only_where_an_evaluation_goes_round() {
    let conditions = json!({
        "a": { "type": "pass_gate", "targetValue": "a" },
        "b": { "type": "pass_gate", "targetValue": "b" },
        "pro": { "type": "user_field", "field": "f", "operator": "any", "targetValue": ["pro"] },
    });
    let gates = json!({
        "a": [rule("pro", &["pro"], &json!(true)), rule("r", &["b"], &json!(true))],
        "b": [rule("r", &["a"], &json!(true))],
    });
    let evaluator = read(&document(&gates, &json!({}), &json!({}), &conditions));
    let pro = json!({ "custom": { "f": "pro" } });
    assert_eq!(evaluator.gate("b", &pro, &world())["value"], true);
    let reason = &evaluator.gate("b", &json!({}), &world())["reason"];
    assert_eq!(reason, "Error:Statsig Evaluation Depth Exceeded");
}

#[test]
fn a_layer_answers_what_its_experiment_answers() {
    let mut delegating = rule("layer-rule", &[], &json!({}));
    delegating["configDelegate"] = json!("experiment");
    let mut group = rule("group-rule", &[], &json!({ "a": 1 }));
    group["groupName"] = json!("Test");
    let configs = json!({ "experiment": [group] });
    let layers = json!({ "layer": [delegating.clone()], "merged": [delegating] });
    let evaluator = read(&document(&json!({}), &configs, &layers, &json!({})));
    let old = evaluator.layer("layer", &json!({}), &world());
    assert_eq!(old["value"], json!({ "a": 1 }));
    assert_eq!(old["ruleID"], "group-rule");
    assert_eq!(old["allocatedExperiment"], "experiment");
    let merged = evaluator.layer("merged", &json!({}), &world());
    assert_eq!(merged["value"], json!({ "a": 1, "from": "default" }));
    assert_eq!(merged["ruleID"], "layer-rule");
    assert_eq!(merged["groupName"], "Test");
}

#[test]
fn only_the_first_rule_of_a_merged_layer_may_hand_over() {
    let mut delegating = rule("second", &[], &json!({}));
    delegating["configDelegate"] = json!("experiment");
    let configs = json!({ "experiment": [rule("r", &[], &json!({ "a": 1 }))] });
    let layers = json!({ "merged": [rule("first", &[], &json!({ "b": 2 })), delegating] });
    let evaluator = read(&document(&json!({}), &configs, &layers, &json!({})));
    let answer = evaluator.layer("merged", &json!({}), &world());
    assert_eq!(answer["value"], json!({ "b": 2, "from": "default" }));
    assert_eq!(answer["ruleID"], "default");
    assert_eq!(answer["allocatedExperiment"], Value::Null);
}

#[test]
fn a_mapping_stands_in_from_its_time_on() {
    let configs = json!({
        "old": [rule("old-rule", &[], &json!({}))], "new": [rule("new-rule", &[], &json!({}))],
    });
    let mut document = document(&json!({}), &configs, &json!({}), &json!({}));
    document["override_rules"] = json!({ "o": rule("o", &[], &json!({})) });
    let mut answer = |start: i64| {
        let rules = [json!({ "rule_name": "o", "start_time": start })];
        document["overrides"] = json!({ "old": [{ "new_config_name": "new", "rules": rules }] });
        read(&document).dynamic_config("old", &json!({}), &world())["ruleID"].clone()
    };
    assert_eq!(answer(0), "new-rule");
    assert_eq!(answer(4_102_444_800_000), "old-rule");
}

#[test]
fn fields_are_looked_for_where_the_sdk_looks() {
    let is_x = |field: &str, user: &Value| {
        let conditions = json!({
            "c": { "type": "user_field", "field": field, "operator": "eq", "targetValue": "x" }
        });
        let gates = json!({ "g": [rule("r", &["c"], &json!(true))] });
        let document = document(&gates, &json!({}), &json!({}), &conditions);
        read(&document).gate("g", user, &world())["value"] == true
    };
    assert!(is_x("EMAIL", &json!({ "email": "x", "custom": { "email": "y" } })));
    assert!(is_x("email", &json!({ "email": "", "custom": { "email": "x" } })));
    assert!(is_x("Plan", &json!({ "custom": { "plan": "x" } })));
    assert!(!is_x("plan", &json!({ "custom": { "Plan": "x" } })));
    assert!(!is_x(
        "plan",
        &json!({ "custom": { "plan": "y" }, "privateAttributes": { "plan": "x" } })
    ));
    assert!(is_x("user_id", &json!({ "userID": "x" })));
    assert!(is_x("plan", &json!({ "plan": "x" })), "a context of other origin");
}

#[test]
fn lists_of_ids_may_stand_in_the_document() {
    // printf 'u-1' | openssl dgst -sha256 -binary | base64 | cut -c1-8
    let conditions = json!({
        "in": { "type": "unit_id", "idType": "userID", "operator": "in_segment_list", "targetValue": "l" }
    });
    let gates = json!({ "g": [rule("r", &["in"], &json!(true))] });
    let mut document = document(&gates, &json!({}), &json!({}), &conditions);
    let is_in = |document: &Value, id: &str| {
        read(document).gate("g", &json!({ "userID": id }), &world())["value"] == true
    };
    assert!(!is_in(&document, "u-1"));
    document["id_lists"] = json!({ "l": ["okp/VfJ4"] });
    assert!(is_in(&document, "u-1"));
    assert!(!is_in(&document, "u-2"));
}

#[test]
fn what_needs_a_user_agent_parser_is_said_to_be_unavailable() {
    let conditions = json!({
        "ios": { "type": "ua_based", "field": "os_name", "operator": "any", "targetValue": ["ios"] }
    });
    let gates = json!({ "g": [rule("r", &["ios"], &json!(true))] });
    let evaluator = read(&document(&gates, &json!({}), &json!({}), &conditions));
    let answer = |user: &Value| evaluator.gate("g", user, &world());
    assert_eq!(answer(&json!({ "custom": { "os_name": "iOS" } }))["value"], true);
    assert_eq!(answer(&json!({}))["value"], false);
    assert_eq!(answer(&json!({ "userAgent": "Mozilla/5.0" }))["reason"], Evaluator::UNAVAILABLE);
}

#[test]
fn names_that_two_tables_share_are_told_apart() {
    let rules = json!([rule("r", &[], &json!({ "a": 1 }))]);
    let document = document(&json!({ "x": rules }), &json!({ "x": rules }), &json!({}), &json!({}));
    let evaluator = read(&document);
    assert!(evaluator.snapshot().flag("gate:x").is_some());
    assert!(evaluator.snapshot().flag("x").is_none());
    assert_eq!(evaluator.gate("x", &json!({}), &world())["value"], true);
    assert_eq!(evaluator.dynamic_config("x", &json!({}), &world())["value"], json!({ "a": 1 }));
}

#[test]
fn broken_documents_are_refused_and_broken_specs_answer_for_themselves() {
    for document in [json!([]), json!({}), json!({ "feature_gates": [] })] {
        assert!(Evaluator::read(&document.to_string()).is_err(), "{document}");
    }
    let gates = json!({ "good": [rule("r", &[], &json!(true))], "bad": [{ "id": 1 }] });
    let evaluator = read(&document(&gates, &json!({}), &json!({}), &json!({})));
    assert_eq!(evaluator.gate("good", &json!({}), &world())["value"], true);
    assert_eq!(evaluator.gate("bad", &json!({}), &world())["reason"], "Network:Unsupported");
    assert_eq!(evaluator.diagnostics().len(), 1);
}
