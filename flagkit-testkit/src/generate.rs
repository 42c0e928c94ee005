//! Generators: documents that use every word of the format, and who asks about them.
//!
//! All of them draw on one small vocabulary, so that rules really match, ids really
//! are listed, and versions really are the next one. Equal [`Choices`] give equal
//! results; nothing else goes in.
//!
//! Generated documents avoid what the format leaves open: [`hostile_document`] breaks
//! rules that are written, never ones that are not.

mod condition;
mod context;
mod document;
mod feature_flags;
mod flag;
mod hostile;
mod rollout_rules;
mod vocabulary;

use serde_json::{Value, json};

use crate::{Choices, World, reference};

pub use self::context::context;
pub use self::document::document;
pub use self::feature_flags::{feature_flags_document, feature_flags_requests};
pub use self::hostile::hostile_document;
pub use self::rollout_rules::{rollout_rules_document, rollout_rules_requests};

/// The time around which schedules are laid: 2026-12-01T00:00:00Z, a Tuesday.
pub const NOW: i64 = 1_796_083_200;

/// One question to a document.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "tests make their own questions")]
pub struct Request {
    /// The flag that is asked for; sometimes there is none of that name.
    pub flag: String,
    /// Who asks.
    pub context: Value,
    /// What the caller wants where the flag cannot answer.
    pub default: Value,
    /// The environment the application was started with.
    pub environment: Option<String>,
    /// The time of the evaluation in unix seconds.
    pub now: f64,
}

impl Request {
    /// What the evaluation knows besides document and context.
    pub fn world(&self) -> World<'_> {
        World { environment: self.environment.as_deref(), now: self.now }
    }
}

/// That many questions to a native document, about its own flags but for a few.
pub fn requests(choices: &mut Choices, document: &Value, count: usize) -> Vec<Request> {
    let names = reference::flag_names(document);
    (0..count).map(|_| request(choices, &names, context)).collect()
}

fn request(choices: &mut Choices, names: &[String], context: fn(&mut Choices) -> Value) -> Request {
    let flag = if names.is_empty() || choices.chance(2) {
        "no-such-flag".to_owned()
    } else {
        choices.pick(names).clone()
    };
    let default = choices.pick(&[json!(false), json!("fallback"), json!(null), json!(7)]).clone();
    let environment = choices.pick(&[None, None, Some("production"), Some("staging")]);
    Request {
        flag,
        context: context(choices),
        default,
        environment: environment.map(str::to_owned),
        now: time_of_request(choices),
    }
}

/// Within forty days of [`NOW`], sometimes to the second where schedules begin.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn time_of_request(choices: &mut Choices) -> f64 {
    let days = choices.between(-40, 40);
    let seconds = if choices.chance(70) { choices.between(0, 86_399) } else { 0 };
    let half = if choices.chance(10) { 0.5 } else { 0.0 };
    (NOW + days * 86_400 + seconds) as f64 + half
}

/// Writes one entry of a map; anything else stays as it is.
fn set(owner: &mut Value, key: &str, value: Value) {
    if let Some(entries) = owner.as_object_mut() {
        entries.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests;
