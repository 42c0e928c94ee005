//! An environment that holds a document of Unleash: each of the vendor's public documents in
//! turn, so that every one of them but the first is a change to follow.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::answers::{Evaluator, absent};
use super::judge::{self, Language};
use super::modes::Protocol;
use super::server::Environment;
use super::sheet::{Asked, News, Sheet};
use crate::conformance;
use crate::failure::{Failure, Outcome};

/// A document and what is asked about it.
pub(super) struct State {
    path: PathBuf,
    cases: Vec<Value>,
    /// What Unleash says, in its own shape.
    vendors: Vec<Value>,
    /// What the core answers.
    core: Vec<Value>,
    /// What it answers to the same about the document before.
    core_before: Vec<Value>,
    /// Flags that are not native ones exactly, which our own client does not get.
    left_out: BTreeSet<String>,
}

/// The documents that have cases, in their order; none where the public cases are absent.
pub(super) fn states(evaluator: &Evaluator<'_>) -> Result<Vec<State>, Failure> {
    let root = conformance::folder().join("unleash");
    let Ok(text) = fs::read_to_string(root.join("cases.jsonl")) else {
        return Ok(Vec::new());
    };
    let mut by_document: BTreeMap<PathBuf, Vec<Value>> = BTreeMap::new();
    for line in text.lines() {
        let case: Value = serde_json::from_str(line)
            .map_err(|error| Failure::new(format!("no JSON: {error}: {line}")))?;
        if let Some(document) = case.get("document").and_then(Value::as_str) {
            by_document.entry(root.join(document)).or_default().push(case);
        }
    }
    let mut states: Vec<State> = Vec::new();
    for (path, cases) in by_document.into_iter().filter(|(path, _)| is_state(path)) {
        let before = states.last().map(|state| state.path.clone());
        states.push(State::read(&root, path, cases, before.as_deref(), evaluator)?);
    }
    Ok(states)
}

/// Whether a document is one that a server sends as a whole, and no list of events.
fn is_state(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap_or_default();
    let document: Value = serde_json::from_str(&text).unwrap_or_default();
    document.get("features").is_some()
}

impl State {
    fn read(
        root: &Path,
        path: PathBuf,
        cases: Vec<Value>,
        before: Option<&Path>,
        evaluator: &Evaluator<'_>,
    ) -> Result<Self, Failure> {
        let vendors = evaluator.cases(root, &cases)?;
        let core = evaluator.answers(&path, "unleash", &cases)?;
        let core_before = match before {
            Some(before) => evaluator.answers(before, "unleash", &cases)?,
            None => Vec::new(),
        };
        Ok(Self { path, cases, vendors, core, core_before, left_out: BTreeSet::new() })
    }

    /// Puts the document into an environment, which keeps it as it is.
    pub(super) fn put(&mut self, environment: &Environment) -> Outcome {
        let text = fs::read_to_string(&self.path).map_err(|error| {
            Failure::new(format!("cannot read `{}`: {error}", self.path.display()))
        })?;
        let import = "/import?dialect=unleash&keep=true";
        let done = environment.rest.ask("POST", import, Some(&text))?;
        let left_out = done.get("left_out").and_then(Value::as_array);
        let keys = left_out.into_iter().flatten().filter_map(|item| item.get("flag")?.as_str());
        self.left_out = keys.map(str::to_owned).collect();
        Ok(())
    }

    /// What an SDK is asked when the environment holds this document.
    pub(super) fn sheet(&self, protocol: Protocol) -> Sheet {
        let mut places = 0..self.cases.len();
        let asked: Vec<Asked> =
            places.clone().filter_map(|place| self.asked(protocol, place)).collect();
        let news = places.find_map(|place| self.news(protocol, place));
        Sheet { news, asked }
    }

    fn asked(&self, protocol: Protocol, place: usize) -> Option<Asked> {
        let (case, core) = (self.cases.get(place)?, self.core.get(place)?);
        match protocol {
            Protocol::Ofrep(language) => {
                let question = in_openfeatures_words(case, core);
                let expected = judge::expected(language, &question, core);
                Some(Asked { question, expected })
            }
            Protocol::FlagKit => {
                let question = in_vendors_words(case, core);
                let expected =
                    judge::expected(Language::Rust, &question, &self.for_ours(case, core));
                Some(Asked { question, expected })
            }
            Protocol::UnleashServer | Protocol::UnleashFrontend => {
                let result = self.vendors.get(place)?.get("result")?;
                let kind = case.get("kind")?;
                let expected = if kind == "enabled" {
                    json!({ "value": result.get("enabled") })
                } else {
                    json!({ "value": variant(result.get("variant")?) })
                };
                Some(Asked { question: in_unleashs_words(case, kind), expected })
            }
        }
    }

    /// A question whose answer this document changes.
    fn news(&self, protocol: Protocol, place: usize) -> Option<News> {
        let (case, core) = (self.cases.get(place)?, self.core.get(place)?);
        let core_before = self.core_before.get(place)?;
        let (question, before, after) = match protocol {
            Protocol::Ofrep(language) => {
                let question = in_openfeatures_words(case, core);
                let value = |core| judge::expected(language, &question, core).get("value").cloned();
                let (before, after) = (value(core_before)?, value(core)?);
                (question, before, after)
            }
            Protocol::FlagKit => {
                let question = in_vendors_words(case, core);
                let value =
                    |core| judge::expected(Language::Rust, &question, core).get("value").cloned();
                let (before, after) = (value(core_before)?, value(&self.for_ours(case, core))?);
                (question, before, after)
            }
            Protocol::UnleashServer | Protocol::UnleashFrontend => {
                let enabled = |core: &Value| core.get("enabled").cloned();
                let question = in_unleashs_words(case, &"enabled".into());
                (question, enabled(core_before)?, enabled(core)?)
            }
        };
        (before != after).then_some(News { question, before })
    }

    /// What our own client answers.
    fn for_ours(&self, case: &Value, core: &Value) -> Value {
        let flag = case.get("flag").and_then(Value::as_str).unwrap_or_default();
        if self.left_out.contains(flag) {
            return json!({ "value": absent(), "error": { "code": "FLAG_NOT_FOUND" } });
        }
        core.clone()
    }

    /// The name of the document.
    pub(super) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Whether the server sends Unleash's SDKs what this document says, all of it and nothing else.
    pub(super) fn check_served(&self, environment: &Environment) -> Outcome {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        let document: Value = serde_json::from_str(&text).unwrap_or_default();
        let served = environment.backend.ask("GET", "/api/client/features", None)?;
        let name = self.name();
        let fields = ["version", "features", "segments"];
        match fields.iter().find(|field| document.get(**field) != served.get(**field)) {
            None => Ok(()),
            Some(field) => Err(Failure::new(format!("{name}: `{field}` is not served as it came"))),
        }
    }
}

fn in_unleashs_words(case: &Value, kind: &Value) -> Value {
    json!({ "flag": case.get("flag"), "type": kind, "context": case.get("context") })
}

/// The question for our own client, which takes contexts in the words of whoever the flags are.
fn in_vendors_words(case: &Value, core: &Value) -> Value {
    let mut question = in_openfeatures_words(case, core);
    if let Some(fields) = question.as_object_mut() {
        let context = case.get("context").cloned().unwrap_or_default();
        fields.insert("context".to_owned(), context);
    }
    question
}

/// The question for an SDK that has no word of Unleash: the user is the targeting key, and
/// properties are attributes.
fn in_openfeatures_words(case: &Value, core: &Value) -> Value {
    let mut context: Map<String, Value> = Map::new();
    for (name, value) in case.get("context").and_then(Value::as_object).into_iter().flatten() {
        match (name.as_str(), value) {
            ("userId", user) => drop(context.insert("targetingKey".to_owned(), user.clone())),
            ("properties", Value::Object(properties)) => context.extend(properties.clone()),
            _ => drop(context.insert(name.clone(), value.clone())),
        }
    }
    let (kind, default) = match core.get("value") {
        Some(Value::String(_)) => ("string", json!("mine")),
        Some(Value::Number(number)) if number.is_f64() => ("float", json!(0.5)),
        Some(Value::Number(_)) => ("integer", json!(7)),
        Some(Value::Object(_) | Value::Array(_)) => ("object", json!({ "mine": true })),
        _ => ("boolean", json!(false)),
    };
    json!({ "flag": case.get("flag"), "type": kind, "default": default, "context": context })
}

/// A variant with the fields that all of Unleash's SDKs have.
pub(super) fn variant(found: &Value) -> Value {
    let field = |name| found.get(name).cloned().unwrap_or_default();
    json!({
        "name": field("name"),
        "enabled": field("enabled"),
        "feature_enabled": field("feature_enabled"),
        "payload": field("payload"),
    })
}
