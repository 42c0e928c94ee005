//! ConfigCat: a config JSON, version 6.
//!
//! Comparators are the ones for clear text. There are no patterns.

use serde_json::{Value, json};

use crate::scenario::shape::{
    COUNTRIES, Flag, Last, PLAN, PREFIX, SENIOR, SHARES, STAFF, Shape, VERSION, ids,
};

/// The document of these flags; none if one of them is a pattern.
pub fn document(flags: &[Flag]) -> Option<String> {
    let setting = |flag: &Flag| Some((flag.name.clone(), setting(flag.shape)?));
    let settings: Option<serde_json::Map<String, Value>> = flags.iter().map(setting).collect();
    let preferences = json!({ "u": "", "r": 0, "s": "c2FsdA==" });
    Some(json!({ "p": preferences, "s": [], "f": settings? }).to_string())
}

fn setting(shape: Shape) -> Option<Value> {
    let (on, off) = (json!({ "b": true }), json!({ "b": false }));
    Some(match shape {
        Shape::On => json!({ "t": BOOLEAN, "v": on }),
        Shape::Half => json!({ "t": BOOLEAN, "v": off, "p": [
            { "p": 50, "v": on }, { "p": 50, "v": off },
        ]}),
        Shape::FiveRules(Last::Pattern) => return None,
        Shape::FiveRules(Last::Prefix) => {
            json!({ "t": TEXT, "v": { "s": "off" }, "r": rules() })
        }
        Shape::Ids => {
            let is_listed =
                json!({ "a": "Identifier", "c": ONE_OF, "l": ids().collect::<Vec<_>>() });
            json!({ "t": BOOLEAN, "v": off, "r": [
                { "c": [{ "u": is_listed }], "s": { "v": on } },
            ]})
        }
    })
}

fn rules() -> Value {
    let rule = |condition: Value, name: &str| json!({ "c": [{ "u": condition }], "s": { "v": { "s": name }, "i": name } });
    let options: Vec<Value> = SHARES
        .iter()
        .map(|(name, percent)| json!({ "p": percent, "v": { "s": name }, "i": name }))
        .collect();
    json!([
        { "c": [
            { "u": { "a": "Country", "c": ONE_OF, "l": COUNTRIES } },
            { "u": { "a": "plan", "c": EQUALS, "s": PLAN } },
          ], "s": { "v": { "s": "a" }, "i": "a" } },
        rule(json!({ "a": "Email", "c": ENDS_WITH, "l": [STAFF] }), "b"),
        rule(json!({ "a": "age", "c": GREATER, "d": SENIOR }), "c"),
        rule(json!({ "a": "version", "c": VERSION_AT_LEAST, "s": VERSION }), "d"),
        { "c": [{ "u": { "a": "device", "c": STARTS_WITH, "l": [PREFIX] } }], "p": options },
    ])
}

const BOOLEAN: u8 = 0;
const TEXT: u8 = 1;

const ONE_OF: u8 = 0;
const VERSION_AT_LEAST: u8 = 9;
const GREATER: u8 = 14;
const EQUALS: u8 = 28;
const STARTS_WITH: u8 = 30;
const ENDS_WITH: u8 = 32;
