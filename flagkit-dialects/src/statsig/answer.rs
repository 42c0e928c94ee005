//! Answers in Statsig's own shape.

use std::collections::HashMap;

use flagkit_core::{Ambient, Diagnostic, ErrorCode, Resolution, Snapshot, Value, compile};
use serde_json::{Map, Value as Json, json};

use crate::decode;
use crate::error::DecodeError;
use crate::json::value_to_json;
use crate::node::{Node, Tree, without_mark};
use crate::settings::Settings;

use super::spec::{ALLOCATED, GROUP_NAME, RULE_ID, is_merged, part_key, rules, text};
use super::specs::{Kind, Specs};
use super::{context, lower};

/// A document that is ready to answer for users as the server SDKs do.
///
/// ```
/// use flagkit_core::{Fixed, Timestamp};
/// use flagkit_dialects::statsig::Evaluator;
/// use serde_json::json;
///
/// let document = r#"{ "dynamic_configs": {}, "feature_gates": { "open": {
///     "salt": "s", "enabled": true, "defaultValue": false, "idType": "userID", "rules": [{
///         "id": "everyone", "salt": "", "passPercentage": 100, "conditions": [],
///         "returnValue": true, "idType": "userID"
///     }]
/// } } }"#;
/// let evaluator = Evaluator::read(document)?;
/// let world = Fixed::at(Timestamp::EPOCH);
/// let answer = evaluator.gate("open", &json!({ "userID": "u" }), &world);
/// assert_eq!(answer["value"], true);
/// assert_eq!(answer["ruleID"], "everyone");
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Evaluator {
    snapshot: Snapshot,
    diagnostics: Vec<Diagnostic>,
    keys: HashMap<(Kind, String), String>,
    merged: HashMap<String, Merged>,
}

/// A layer that is put together from what several rules give.
#[derive(Clone, Debug)]
struct Merged {
    parts: Vec<Part>,
    default: Map<String, Json>,
}

/// One of its rules.
#[derive(Clone, Debug)]
struct Part {
    flag: String,
    rule: String,
}

impl Evaluator {
    /// The reason where a rule asks for the browser, the system or the country of a user who
    /// has only a user agent or an IP address: parsers and tables for these are not built in.
    pub const UNAVAILABLE: &'static str = "Unavailable:UserAgentOrCountry";

    /// Reads a document.
    ///
    /// # Errors
    ///
    /// Those of [`decode`](crate::decode()).
    pub fn read(text: &str) -> Result<Self, DecodeError> {
        let text = without_mark(text);
        let mut tree = Tree::default();
        let root = decode::read(text, &mut tree)?;
        let wrong = |wrong| decode::no_document(text, wrong);
        let lowered = lower(&root, &Settings::default()).map_err(wrong)?;
        let specs = Specs::read(&root).map_err(wrong)?;
        let compiled = compile(lowered.document);
        let (mut keys, mut merged) = (HashMap::new(), HashMap::new());
        for kind in Kind::ALL {
            for (name, node) in specs.of(kind) {
                let key = specs.key(kind, name);
                if is_merged(kind, node) {
                    merged.insert((*name).to_owned(), Merged::read(&key, node));
                }
                keys.insert((kind, (*name).to_owned()), key);
            }
        }
        let diagnostics = lowered.diagnostics.into_iter().chain(compiled.diagnostics).collect();
        Ok(Self { snapshot: compiled.snapshot, diagnostics, keys, merged })
    }

    /// What is wrong with the document.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The flags, for those who ask for one at a time.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// `value`, `ruleID` and `reason` of a gate for a user.
    pub fn gate(&self, name: &str, user: &Json, ambient: &dyn Ambient) -> Json {
        self.answer(Kind::Gate, name, user, ambient)
    }

    /// `value`, `ruleID`, `groupName` and `reason` of a dynamic config or an experiment.
    pub fn dynamic_config(&self, name: &str, user: &Json, ambient: &dyn Ambient) -> Json {
        self.answer(Kind::Config, name, user, ambient)
    }

    /// `value`, `ruleID`, `groupName`, `allocatedExperiment` and `reason` of a layer.
    pub fn layer(&self, name: &str, user: &Json, ambient: &dyn Ambient) -> Json {
        match self.merged.get(name) {
            Some(merged) => self.merge(merged, user, ambient),
            None => self.answer(Kind::Layer, name, user, ambient),
        }
    }

    fn answer(&self, kind: Kind, name: &str, user: &Json, ambient: &dyn Ambient) -> Json {
        let nothing = if kind == Kind::Gate { json!(false) } else { json!({}) };
        let Some(key) = self.keys.get(&(kind, name.to_owned())) else {
            return without_rule(&nothing, "Network:Unrecognized");
        };
        match self.snapshot.resolve(key, &context(user), ambient, &mut ()) {
            Ok(found) => json!({
                "value": found.value().map_or(nothing, value_to_json),
                "ruleID": fact(&found, RULE_ID),
                "groupName": fact(&found, GROUP_NAME),
                "allocatedExperiment": fact(&found, ALLOCATED),
                "reason": RECOGNIZED,
            }),
            Err(code) => without_rule(&nothing, reason(code)),
        }
    }

    /// Every rule that applies gives the parameters that none before it gave; one that hands over
    /// to an experiment only if none before it applied.
    fn merge(&self, merged: &Merged, user: &Json, ambient: &dyn Ambient) -> Json {
        let context = context(user);
        let mut values: Map<String, Json> = Map::new();
        let (mut rule, mut group, mut allocated) = ("default", Json::Null, Json::Null);
        let mut is_first = true;
        for part in &merged.parts {
            let found = match self.snapshot.resolve(&part.flag, &context, ambient, &mut ()) {
                Ok(found) => found,
                Err(code) => return without_rule(&json!({}), reason(code)),
            };
            let given = found.value().map(value_to_json);
            let Some(Json::Object(given)) = given else { continue };
            let experiment = fact(&found, ALLOCATED);
            let was_first = std::mem::replace(&mut is_first, false);
            if !experiment.is_null() {
                if !was_first {
                    continue;
                }
                (rule, group, allocated) = (&part.rule, fact(&found, GROUP_NAME), experiment);
            }
            fill(&mut values, given);
        }
        fill(&mut values, merged.default.clone());
        json!({
            "value": values,
            "ruleID": rule,
            "groupName": group,
            "allocatedExperiment": allocated,
            "reason": RECOGNIZED,
        })
    }
}

impl Merged {
    fn read(key: &str, node: &Node<'_>) -> Self {
        let parts = rules(node).iter().enumerate().map(|(place, rule)| Part {
            flag: part_key(key, place),
            rule: text(rule, "id").to_owned(),
        });
        let default = node.entry("defaultValue").map(|node| value_to_json(&node.to_value()));
        let default = match default {
            Some(Json::Object(default)) => default,
            _ => Map::new(),
        };
        Self { parts: parts.collect(), default }
    }
}

/// Adds what is not there yet.
fn fill(values: &mut Map<String, Json>, given: Map<String, Json>) {
    for (name, value) in given {
        values.entry(name).or_insert(value);
    }
}

fn fact(found: &Resolution<'_>, name: &str) -> Json {
    let fact = found.variant_metadata().and_then(|facts| facts.get(name));
    fact.and_then(Value::as_str).map_or(Json::Null, Json::from)
}

fn without_rule(value: &Json, reason: &str) -> Json {
    json!({
        "value": value,
        "ruleID": "",
        "groupName": null,
        "allocatedExperiment": null,
        "reason": reason,
    })
}

/// Specs that ask for each other in a circle are one error, what is unknown or broken another.
/// The last is ours alone: a fact has to be worked out with data that is not here.
fn reason(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidContext => Evaluator::UNAVAILABLE,
        ErrorCode::ParseError => "Error:Statsig Evaluation Depth Exceeded",
        _ => "Network:Unsupported",
    }
}

const RECOGNIZED: &str = "Network:Recognized";
