//! An environment of native flags: questions before and after a change of many of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::answers::{Evaluator, absent};
use super::judge::{self, Language};
use super::modes::Protocol;
use super::server::Environment;
use super::sheet::{Asked, News, Sheet};
use super::unleash_words;
use crate::failure::{Failure, Outcome};

/// One state of the flags.
pub(super) struct State {
    document: Value,
    questions: Questions,
    /// What the core answers to each question, in their order.
    core: Vec<Value>,
    /// The same where attributes are text, as Unleash's SDKs send them.
    core_of_texts: Vec<Value>,
}

/// What is asked in each state.
struct Questions {
    /// The last one is that whose answer is changed last.
    all: Vec<Value>,
    /// Flags that Unleash cannot say.
    left_out: BTreeSet<String>,
}

impl State {
    /// Reads a document and has the questions answered by the core.
    pub(super) fn read(name: &str, evaluator: &Evaluator<'_>) -> Result<Self, Failure> {
        let document = json_file(&Path::new(FOLDER).join(name))?;
        // The order of variants counts, so the core gets the text that the server gets.
        let path = evaluator.write(name, &document.to_string())?;
        let questions = Questions::read()?;
        let core = evaluator.answers(&path, "native", &questions.all)?;
        let of_texts: Vec<Value> = questions.all.iter().map(unleash_words::with_texts).collect();
        let core_of_texts = evaluator.answers(&path, "native", &of_texts)?;
        Ok(Self { document, questions, core, core_of_texts })
    }

    /// Makes an environment hold this state, part by part, the flag that is seen last at the end.
    pub(super) fn put(&self, environment: &Environment, before: Option<&Self>) -> Outcome {
        let last = self.questions.all.last().and_then(|last| last.get("flag")?.as_str());
        for plural in ["segments", "flags"] {
            let (new, old) = (self.parts(plural), before.and_then(|before| before.parts(plural)));
            let all = new.into_iter().chain(old).flat_map(Map::keys);
            let keys: BTreeSet<&String> = all.collect();
            // A flag is there before others need it.
            let place = |key: &&String| {
                let needs = new.and_then(|new| new.get(*key)?.get("dependencies"));
                (Some(key.as_str()) == last, needs.is_some())
            };
            let mut keys: Vec<&String> = keys.into_iter().collect();
            keys.sort_by_key(place);
            for key in keys {
                let part = new.and_then(|new| new.get(key));
                let path = format!("/{plural}/{key}");
                match part {
                    _ if part == old.and_then(|old| old.get(key)) => Value::Null,
                    Some(part) => environment.rest.ask("PUT", &path, Some(&part.to_string()))?,
                    None => environment.rest.ask("DELETE", &path, None)?,
                };
            }
        }
        Ok(())
    }

    fn parts(&self, plural: &str) -> Option<&Map<String, Value>> {
        self.document.get(plural)?.as_object()
    }

    /// What an SDK is asked when the environment has come from another state to this one.
    pub(super) fn sheet(&self, protocol: Protocol, before: Option<&Self>) -> Sheet {
        let asked: Vec<Asked> =
            (0..self.core.len()).flat_map(|place| self.asked(protocol, place)).collect();
        let last = self.core.len().saturating_sub(1);
        let news = before.and_then(|before| {
            let Asked { question, expected } = before.asked(protocol, last).into_iter().next()?;
            Some(News { question, before: expected.get("value")?.clone() })
        });
        Sheet { news, asked }
    }

    /// One question as an SDK is asked it, and what it must answer.
    fn asked(&self, protocol: Protocol, place: usize) -> Vec<Asked> {
        let Some(question) = self.questions.all.get(place) else { return Vec::new() };
        let core = |answers: &[Value]| answers.get(place).cloned().unwrap_or_default();
        let language = match protocol {
            Protocol::Ofrep(language) => language,
            Protocol::FlagKit => Language::Rust,
            Protocol::UnleashFrontend => {
                return unleash_words::asked(question, &core(&self.core_of_texts));
            }
            Protocol::UnleashServer => {
                let flag = question.get("flag").and_then(Value::as_str).unwrap_or_default();
                let is_left_out = self.questions.left_out.contains(flag);
                let of_texts = core(&self.core_of_texts);
                // What the SDK does not get is off there.
                return unleash_words::asked(
                    question,
                    if is_left_out { &Value::Null } else { &of_texts },
                );
            }
        };
        let expected = judge::expected(language, question, &core(&self.core));
        vec![Asked { question: question.clone(), expected }]
    }

    /// Whether exactly those flags are left out for Unleash that it cannot say.
    pub(super) fn check_left_out(&self, environment: &Environment) -> Outcome {
        let found = environment.rest.ask("GET", "/unleash/left-out", None)?;
        let items = found.get("items").and_then(Value::as_array);
        let keys = items.into_iter().flatten().filter_map(|item| item.get("flag")?.as_str());
        let keys: BTreeSet<&str> = keys.collect();
        let here = |flag: &&String| self.parts("flags").is_some_and(|all| all.contains_key(*flag));
        let wanted = self.questions.left_out.iter().filter(here).map(String::as_str);
        if keys == wanted.collect() {
            return Ok(());
        }
        Err(Failure::new(format!("these flags are left out for Unleash: {found:#}")))
    }

    /// Compares what the server evaluates with what the core does; how many answers there were.
    pub(super) fn check_evaluate(&self, environment: &Environment) -> Result<usize, Failure> {
        for (question, core) in self.questions.all.iter().zip(&self.core) {
            let part = |name: &str| question.get(name).cloned().unwrap_or_default();
            let (flag, context) = (part("flag"), part("context"));
            let asked = json!({ "flags": [flag], "context": context, "default": absent() });
            let found = environment.rest.ask("POST", "/evaluate", Some(&asked.to_string()))?;
            let answer = found.pointer("/flags/0").unwrap_or(&Value::Null);
            let fields = ["enabled", "value", "variant", "reason", "rule"];
            let is_same = fields.iter().all(|name| core.get(*name) == answer.get(*name));
            if !is_same || core.pointer("/error/code") != answer.pointer("/error/code") {
                return Err(Failure::new(format!(
                    "the server evaluates {asked} differently:\n  core   {core}\n  server {answer}"
                )));
            }
        }
        Ok(self.core.len())
    }
}

impl Questions {
    /// Every question in every context, and then the one whose answer is changed last.
    fn read() -> Result<Self, Failure> {
        let file = json_file(&Path::new(FOLDER).join("questions.json"))?;
        let list = |name: &str| file.get(name).and_then(Value::as_array).cloned();
        let contexts = list("contexts").unwrap_or_default();
        let in_context = |question: &Value, context: &Value| {
            let mut question = question.clone();
            if let Some(fields) = question.as_object_mut() {
                fields.insert("context".to_owned(), context.clone());
            }
            question
        };
        let mut all = Vec::new();
        for question in list("questions").unwrap_or_default() {
            all.extend(contexts.iter().map(|context| in_context(&question, context)));
        }
        let nobody = json!({ "targetingKey": "nobody" });
        all.extend(file.get("seen_last").map(|last| in_context(last, &nobody)));
        let left_out = list("unleash_cannot_say").unwrap_or_default();
        let left_out = left_out.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(Self { all, left_out })
    }
}

fn json_file(path: &Path) -> Result<Value, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::new(format!("cannot read `{}`: {error}", path.display()))
    };
    let text = fs::read_to_string(path).map_err(|error| failed(&error))?;
    serde_json::from_str(&text).map_err(|error| failed(&error))
}

const FOLDER: &str = "xtask/sdks/native";
