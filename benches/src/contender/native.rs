//! The scenarios in FlagKit's own format, without anybody beside it.
//!
//! Every binary that compares measures these rows, so that numbers of different binaries can be
//! put beside each other.

use flagkit::Dialect;
use serde_json::{Map, Value, json};

use super::flagkit::{Borrowed, Words};
use crate::race::Matchup;
use crate::scenario::shape::{
    COUNTRIES, Flag, Last, PATTERN, PLAN, PREFIX, SENIOR, SHARES, STAFF, Shape, VERSION_BELOW, ids,
};
use crate::scenario::users::User;

/// FlagKit alone.
pub fn matchup() -> Matchup {
    Matchup::new::<NativeWords>("native", "native", |flags| Some(document(flags)))
}

struct NativeWords;

impl Words for NativeWords {
    const DIALECT: Dialect = Dialect::Native;

    type Context<'u> = Borrowed<'u, 6>;

    #[inline]
    fn context(user: &User) -> Self::Context<'_> {
        Borrowed::of(user)
    }
}

fn document(flags: &[Flag]) -> String {
    let flags: Map<String, Value> =
        flags.iter().map(|flag| (flag.name.clone(), definition(flag.shape))).collect();
    json!({ "schema": "flagkit/1", "flags": flags }).to_string()
}

fn definition(shape: Shape) -> Value {
    match shape {
        Shape::On => json!({ "enabled": true, "rollout_percentage": 100 }),
        Shape::Half => json!({ "enabled": true, "rollout_percentage": 50 }),
        Shape::Ids => {
            let ids: Vec<String> = ids().collect();
            json!({ "enabled": true, "targeting_rules": [
                { "id": "ids", "conditions": [condition("user_id", "in", &json!(ids))] },
            ]})
        }
        Shape::FiveRules(last) => json!({
            "enabled": true, "default": "off", "targeting_rules": five_rules(last),
            "variants": { "a": {}, "b": {}, "c": {}, "d": {} },
        }),
    }
}

fn five_rules(last: Last) -> Value {
    let rule = |id: &str, variant: &str, conditions: &[Value]| json!({ "id": id, "variant": variant, "conditions": conditions });
    let device = match last {
        Last::Pattern => condition("device", "regex", &json!([PATTERN])),
        Last::Prefix => condition("device", "starts_with", &json!([PREFIX])),
    };
    let shares: Map<String, Value> =
        SHARES.iter().map(|(name, percent)| ((*name).to_owned(), json!(percent))).collect();
    json!([
        rule("europe", "a", &[
            condition("country", "in", &json!(COUNTRIES)),
            condition("plan", "equals", &json!([PLAN])),
        ]),
        rule("staff", "b", &[condition("email", "ends_with", &json!([STAFF]))]),
        rule("seniors", "c", &[condition("age", "greater_than", &json!([SENIOR]))]),
        rule("new-app", "d", &[condition("version", "semver_greater", &json!([VERSION_BELOW]))]),
        { "id": "phones", "conditions": [device], "rollout": { "variants": shares } },
    ])
}

fn condition(attribute: &str, operator: &str, values: &Value) -> Value {
    json!({ "attribute": attribute, "operator": operator, "values": values })
}
