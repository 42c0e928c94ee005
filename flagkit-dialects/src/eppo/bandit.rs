//! Contextual bandits: a flag serves a bandit, and its model picks one of the caller's actions.
//!
//! The model scores each action by coefficients for what is known about the action and the
//! subject. Scores become weights, and the subject's shard picks by weight, so that one subject
//! gets one action as long as nothing changes.

use std::collections::HashMap;

use flagkit_core::{Ambient, Attributes};
use serde_json::{Value, json};

use crate::error::WrongShape;
use crate::node::Node;

use super::answer::{Flags, Question, Words};
use super::context::SortedAttributes;
use super::variation::Kind;

mod choice;
mod model;

use choice::choose;
pub use model::Models;

/// What is asked of a flag that may serve a bandit.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers write it as a literal")]
pub struct BanditQuestion<'a> {
    /// The flag's key.
    pub flag: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// What is known about the subject: `numericAttributes` and `categoricalAttributes`.
    pub attributes: &'a Value,
    /// What can be chosen.
    pub actions: &'a Actions,
}

/// Actions of which a bandit chooses one.
#[derive(Debug, Default)]
pub struct Actions {
    actions: Vec<(String, SortedAttributes)>,
}

impl Actions {
    /// Reads a list of objects with `actionKey`, `numericAttributes` and
    /// `categoricalAttributes`; what has no key is no action.
    pub fn from_json(json: &Value) -> Self {
        let action = |json: &Value| {
            let key = json.get("actionKey")?.as_str()?.to_owned();
            Some((key, SortedAttributes::of(Some(json))))
        };
        let actions = json.as_array().map(Vec::as_slice).unwrap_or_default();
        Self { actions: actions.iter().filter_map(action).collect() }
    }
}

impl Flags {
    /// `action`, `evaluationDetails`, and `variation`, which is absent where the caller's default
    /// is to be used.
    ///
    /// The context is the subject's, for the rules of the flag.
    pub fn choose(
        &self,
        question: BanditQuestion<'_>,
        models: &Models,
        context: &impl Attributes,
        ambient: &dyn Ambient,
    ) -> Value {
        let asked = Question { flag: question.flag, kind: Kind::String, subject: question.subject };
        let outcome = self.outcome(asked, context, ambient, Words::Server);
        let variation = outcome.value.as_ref().and_then(Value::as_str);
        let bandit = variation.and_then(|value| self.bandits.of(question.flag, value));
        let (code, action) =
            bandit.map_or(("NON_BANDIT_VARIATION", None), |bandit| match models.get(bandit) {
                None => ("UNEXPECTED_CONFIGURATION_ERROR", None),
                Some(_) if question.actions.actions.is_empty() => {
                    ("NO_ACTIONS_SUPPLIED_FOR_BANDIT", None)
                }
                Some(model) => ("MATCH", choose(model, &question)),
            });
        let mut details = outcome.details;
        if let Some(details) = details.as_object_mut() {
            details.insert("banditEvaluationCode".to_owned(), code.into());
            details.insert("banditKey".to_owned(), bandit.into());
            details.insert("banditAction".to_owned(), action.into());
        }
        let mut answer = json!({ "action": action, "evaluationDetails": details });
        if let (Some(value), Some(answer)) = (outcome.value, answer.as_object_mut()) {
            answer.insert("variation".to_owned(), value);
        }
        answer
    }
}

/// Which variations of which flags are bandits.
#[derive(Debug, Default)]
pub(super) struct Bandits {
    /// By flag, then by value.
    keys: HashMap<String, HashMap<String, String>>,
}

impl Bandits {
    /// Reads the variations that the bandits of a document list.
    pub(super) fn read(root: &Node<'_>) -> Result<Self, WrongShape> {
        let mut keys: HashMap<String, HashMap<String, String>> = HashMap::new();
        let Some(bandits) = root.entry("bandits") else { return Ok(Self::default()) };
        let wrong = || WrongShape::new("bandits", "the bandits cannot be read");
        for (_, variations) in bandits.as_map().ok_or_else(wrong)? {
            for variation in variations.as_list().ok_or_else(wrong)? {
                let text = |name: &str| variation.entry(name).and_then(Node::as_text);
                let (Some(flag), Some(value), Some(key)) =
                    (text("flagKey"), text("variationValue"), text("key"))
                else {
                    return Err(wrong());
                };
                let values = keys.entry(flag.to_owned()).or_default();
                values.insert(value.to_owned(), key.to_owned());
            }
        }
        Ok(Self { keys })
    }

    fn of(&self, flag: &str, value: &str) -> Option<&str> {
        self.keys.get(flag)?.get(value).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
