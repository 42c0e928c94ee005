//! Statsig: gates for switches, experiments for variants.

use serde_json::{Map, Value, json};

use crate::scenario::shape::{
    COUNTRIES, Flag, Last, PATTERN, PLAN, PREFIX, SENIOR, STAFF, Shape, VERSION, ids,
};

/// The field of an experiment's values that has the name of the variant.
pub const PARAMETER: &str = "variant";

/// Gates for switches, experiments for variants.
pub fn document(flags: &[Flag]) -> String {
    let mut specs = Specs::default();
    for flag in flags {
        specs.add(flag);
    }
    let document = json!({
        "feature_gates": specs.gates, "dynamic_configs": specs.configs, "layer_configs": {},
        "condition_map": specs.conditions, "experiment_to_layer": {}, "has_updates": true,
        "time": 1_700_000_000_000_u64,
    });
    document.to_string()
}

/// Specs that are being written; they share their conditions.
#[derive(Default)]
struct Specs {
    gates: Map<String, Value>,
    configs: Map<String, Value>,
    conditions: Map<String, Value>,
}

impl Specs {
    fn add(&mut self, flag: &Flag) {
        let gate = match flag.shape {
            Shape::On => rule("on", 100, &json!(true), &[self.everyone()]),
            Shape::Half => rule("half", 50, &json!(true), &[self.everyone()]),
            Shape::Ids => {
                let ids: Vec<String> = ids().collect();
                let condition = json!({
                    "type": "unit_id", "operator": "any", "targetValue": ids, "field": null,
                });
                rule("ids", 100, &json!(true), &[self.condition("ids", condition)])
            }
            Shape::FiveRules(last) => {
                let spec = self.experiment(&flag.name, last);
                self.configs.insert(flag.name.clone(), spec);
                return;
            }
        };
        let spec = json!({
            "type": "feature_gate", "entity": "feature_gate", "salt": flag.name, "enabled": true,
            "defaultValue": false, "rules": [gate], "idType": "userID", "version": 1,
        });
        self.gates.insert(flag.name.clone(), spec);
    }

    /// Four rules, and three groups for the shares of the fifth.
    fn experiment(&mut self, name: &str, last: Last) -> Value {
        let country = self.field("country", "any", &json!(COUNTRIES));
        let plan = self.field("plan", "any", &json!([PLAN]));
        let email = self.field("email", "str_ends_with_any", &json!([STAFF]));
        let age = self.field("age", "gt", &json!(SENIOR));
        let version = self.field("version", "version_gte", &json!(VERSION));
        let device = match last {
            Last::Pattern => self.field("device", "str_matches", &json!(PATTERN)),
            Last::Prefix => self.field("device", "str_starts_with_any", &json!([PREFIX])),
        };
        let half = self.bucket_below(500, name);
        let most = self.bucket_below(800, name);
        let value = |variant: &str| json!({ PARAMETER: variant });
        let rules = [
            rule("europe", 100, &value("a"), &[country, plan]),
            rule("staff", 100, &value("b"), &[email]),
            rule("seniors", 100, &value("c"), &[age]),
            rule("new-app", 100, &value("d"), &[version]),
            group("phones-a", &value("a"), &[device.clone(), half]),
            group("phones-b", &value("b"), &[device.clone(), most]),
            group("phones-c", &value("c"), &[device]),
        ];
        json!({
            "type": "dynamic_config", "entity": "experiment", "salt": name, "enabled": true,
            "defaultValue": value("off"), "rules": rules, "idType": "userID", "version": 1,
            "isActive": true, "hasSharedParams": false,
        })
    }

    fn everyone(&mut self) -> String {
        let condition =
            json!({ "type": "public", "operator": null, "targetValue": null, "field": null });
        self.condition("everyone", condition)
    }

    fn field(&mut self, field: &str, operator: &str, target: &Value) -> String {
        let condition = json!({
            "type": "user_field", "operator": operator, "targetValue": target, "field": field,
        });
        self.condition(field, condition)
    }

    fn bucket_below(&mut self, bound: u32, salt: &str) -> String {
        let condition = json!({
            "type": "user_bucket", "operator": "lt", "targetValue": bound, "field": null,
            "additionalValues": { "salt": salt },
        });
        self.condition(&format!("{salt} below {bound}"), condition)
    }

    fn condition(&mut self, name: &str, mut condition: Value) -> String {
        if let Some(fields) = condition.as_object_mut() {
            fields.insert("idType".to_owned(), json!("userID"));
        }
        self.conditions.entry(name).or_insert(condition);
        name.to_owned()
    }
}

fn rule(id: &str, percentage: u32, value: &Value, conditions: &[String]) -> Value {
    json!({
        "name": id, "id": id, "salt": id, "passPercentage": percentage, "conditions": conditions,
        "returnValue": value, "idType": "userID",
    })
}

fn group(id: &str, value: &Value, conditions: &[String]) -> Value {
    let mut rule = rule(id, 100, value, conditions);
    if let Some(fields) = rule.as_object_mut() {
        fields.insert("groupName".to_owned(), json!(id));
        fields.insert("isExperimentGroup".to_owned(), json!(true));
    }
    rule
}
