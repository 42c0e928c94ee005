//! flagd: flags with targeting in `JsonLogic`. There are no patterns.

use serde_json::{Value, json};

use crate::scenario::shape::{
    COUNTRIES, Flag, Last, PLAN, PREFIX, SENIOR, SHARES, STAFF, Shape, VERSION, ids,
};

/// The document of these flags; none if one of them is a pattern.
pub fn document(flags: &[Flag]) -> Option<String> {
    let flag = |flag: &Flag| Some((flag.name.clone(), definition(flag.shape)?));
    let flags: Option<serde_json::Map<String, Value>> = flags.iter().map(flag).collect();
    Some(json!({ "flags": flags? }).to_string())
}

fn definition(shape: Shape) -> Option<Value> {
    let switch = |default: &str, targeting: Value| {
        json!({
            "state": "ENABLED", "variants": { "on": true, "off": false },
            "defaultVariant": default, "targeting": targeting,
        })
    };
    Some(match shape {
        Shape::On => switch("on", json!({})),
        Shape::Half => switch("off", json!({ "fractional": [["on", 50], ["off", 50]] })),
        Shape::FiveRules(Last::Pattern) => return None,
        Shape::FiveRules(Last::Prefix) => json!({
            "state": "ENABLED",
            "variants": { "a": "a", "b": "b", "c": "c", "d": "d", "off": "off" },
            "defaultVariant": "off", "targeting": rules(),
        }),
        Shape::Ids => {
            let is_listed = json!({ "in": [{ "var": "targetingKey" }, ids().collect::<Vec<_>>()] });
            switch("off", json!({ "if": [is_listed, "on", "off"] }))
        }
    })
}

fn rules() -> Value {
    let from_europe = json!({ "and": [
        { "in": [{ "var": "country" }, COUNTRIES] },
        { "==": [{ "var": "plan" }, PLAN] },
    ]});
    json!({ "if": [
        from_europe, "a",
        { "ends_with": [{ "var": "email" }, STAFF] }, "b",
        { ">": [{ "var": "age" }, SENIOR] }, "c",
        { "sem_ver": [{ "var": "version" }, ">=", VERSION] }, "d",
        { "starts_with": [{ "var": "device" }, PREFIX] }, { "fractional": SHARES },
        "off",
    ]})
}
