//! Flagsmith: an evaluation context without identity.
//!
//! Five rules are five segments that override the feature, in the order of their priority. There
//! are no operators for ends and beginnings of texts: both are found anywhere, and an e-mail address
//! must not go on behind what it ends with.

use md5::{Digest, Md5};
use serde_json::{Map, Value, json};

use crate::scenario::shape::{
    COUNTRIES, Flag, Last, PATTERN, PLAN, PREFIX, SENIOR, SHARES, STAFF, Shape, VERSION, ids,
};
use crate::scenario::users;

/// An evaluation context without identity.
pub fn document(flags: &[Flag]) -> String {
    let users = if flags.len() == 1 { 20_000 } else { 1_000 };
    let mut environment =
        Environment { keys: Keys::of(users), features: Map::new(), segments: Map::new() };
    for flag in flags {
        environment.add(flag);
    }
    let Environment { features, segments, .. } = environment;
    let environment = json!({ "key": ENVIRONMENT, "name": ENVIRONMENT });
    let document =
        json!({ "environment": environment, "features": features, "segments": segments });
    document.to_string()
}

/// A document that is being written.
struct Environment {
    keys: Keys,
    features: Map<String, Value>,
    segments: Map<String, Value>,
}

impl Environment {
    fn add(&mut self, flag: &Flag) {
        let value = match flag.shape {
            Shape::On => json!(true),
            Shape::Half | Shape::Ids => json!(false),
            Shape::FiveRules(_) => json!("off"),
        };
        let is_split = matches!(flag.shape, Shape::FiveRules(_));
        let key = if is_split { self.keys.undisputed() } else { self.keys.next() };
        let feature = json!({
            "key": key, "name": flag.name, "value": value,
            "enabled": matches!(flag.shape, Shape::On | Shape::FiveRules(_)),
        });
        let on = || with(&feature, &[("enabled", json!(true)), ("value", json!(true))]);
        match flag.shape {
            Shape::On => {}
            Shape::Half => {
                let key = self.keys.undisputed();
                let half = condition("$.identity.key", "PERCENTAGE_SPLIT", &json!("50"));
                self.segment(key, &[half], &on());
            }
            Shape::Ids => {
                let ids: Vec<String> = ids().collect();
                let key = self.keys.next();
                self.segment(key, &[condition("$.identity.identifier", "IN", &json!(ids))], &on());
            }
            Shape::FiveRules(last) => self.five_rules(&feature, last),
        }
        self.features.insert(flag.name.clone(), feature);
    }

    fn five_rules(&mut self, feature: &Value, last: Last) {
        let serving = |priority: u32, name: &str| {
            with(feature, &[("priority", json!(priority)), ("value", json!(name))])
        };
        let text = |property: &str, operator: &str, value: &str| {
            condition(property, operator, &json!(value))
        };
        let device = match last {
            Last::Pattern => text("device", "REGEX", PATTERN),
            Last::Prefix => text("device", "CONTAINS", PREFIX),
        };
        let version = format!("{VERSION}:semver");
        let variants: Vec<Value> = (1..)
            .zip(SHARES)
            .map(|(priority, (name, percent))| {
                json!({ "value": name, "weight": percent, "priority": priority })
            })
            .collect();
        let split = with(&serving(5, "off"), &[("variants", json!(variants))]);
        let segments = [
            (
                vec![text("country", "IN", &COUNTRIES.join(",")), text("plan", "EQUAL", PLAN)],
                serving(1, "a"),
            ),
            (
                vec![
                    text("email", "CONTAINS", STAFF),
                    text("email", "NOT_CONTAINS", &format!("{STAFF}.")),
                ],
                serving(2, "b"),
            ),
            (vec![text("age", "GREATER_THAN", &SENIOR.to_string())], serving(3, "c")),
            (vec![text("version", "GREATER_THAN_INCLUSIVE", &version)], serving(4, "d")),
            (vec![device], split),
        ];
        for (conditions, overriding) in segments {
            let key = self.keys.next();
            self.segment(key, &conditions, &overriding);
        }
    }

    /// A segment of those for whom all conditions hold, and what it makes of a feature.
    fn segment(&mut self, key: String, conditions: &[Value], overriding: &Value) {
        let segment = json!({
            "key": key, "name": format!("segment {key}"), "overrides": [overriding],
            "rules": [{ "type": "ALL", "conditions": conditions, "rules": [] }],
        });
        self.segments.insert(key, segment);
    }
}

fn condition(property: &str, operator: &str, value: &Value) -> Value {
    json!({ "property": property, "operator": operator, "value": value })
}

fn with(feature: &Value, fields: &[(&str, Value)]) -> Value {
    let mut feature = feature.clone();
    if let Some(object) = feature.as_object_mut() {
        object.extend(fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    }
    feature
}

/// Keys of features and segments.
struct Keys {
    identities: Vec<String>,
    last: u32,
}

impl Keys {
    fn of(users: usize) -> Self {
        let identities = (0..users).map(|user| identity_key(&users::id(user)));
        Self { identities: identities.collect(), last: 0 }
    }

    fn next(&mut self) -> String {
        self.last += 1;
        self.last.to_string()
    }

    /// A key with which nobody gets a bucket that engines disagree about.
    fn undisputed(&mut self) -> String {
        loop {
            let key = self.next();
            if !self.identities.iter().any(|identity| is_disputed(&key, identity)) {
                return key;
            }
        }
    }
}

/// Exactly 100 % is hashed again by Flagsmith's engine in Python, and so by FlagKit, but not by
/// the one in Rust; exactly 50 % is the first variant's in Rust only.
fn is_disputed(key: &str, identity: &str) -> bool {
    let digest = Md5::new().chain_update(key).chain_update(",").chain_update(identity).finalize();
    let number = digest.first_chunk().map_or(0, |first| u128::from_be_bytes(*first));
    matches!(number % 9_999, 4_999 | 9_998)
}

/// The key of an identity, by which it gets its buckets.
pub fn identity_key(id: &str) -> String {
    format!("{ENVIRONMENT}_{id}")
}

const ENVIRONMENT: &str = "bench";
