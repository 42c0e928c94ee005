//! The reference evaluator: the flag format (`docs/flag-files.md`) read a second time, as plainly as possible.
//!
//! It works on [`serde_json::Value`] from the first line to the last: nothing is
//! compiled, shared or remembered, and every evaluation checks its flag again.
//! That makes it slow and easy to believe, which is its only use: the engine's
//! answers are compared with these.
//!
//! Maps are read in the order in which [`serde_json::Map`] lists them, so a
//! comparison must hand the engine the serialised text of the same value.
//!
//! # Where the format is silent
//!
//! * `null` counts as an absent key, except for `default`, a variant's `value`, and
//!   the `values` of a condition.
//! * A document that cannot be used answers `ERROR` / `PROVIDER_NOT_READY` for every flag;
//!   a missing `schema` is fine, missing `flags` are not, and 64 levels are the limit.
//! * An entry of a list of flags that has no `name` cannot be asked for.
//! * Circles are looked for in the document as written, broken flags included.
//! * A condition without `values` is broken, one with an empty list meets nothing.
//! * A `percentage` condition over a missing attribute does not hold.
//! * Segments hash as the document says, whatever the flag that asks.
//! * The variants of a rule's rollout are summed in the order in which the rollout lists them.

mod attribute;
mod bucket;
mod check;
mod condition;
mod document;
mod feature_flags;
mod flag;
mod operator;
mod read;
mod rollout_rules;
mod rule;
mod segment;
mod text;

use serde_json::Value;

#[cfg(test)]
pub(crate) use self::operator::OPERATORS;

pub use self::feature_flags::evaluate_feature_flags;
pub use self::rollout_rules::evaluate_rollout_rules;

/// What an evaluation knows besides the document and the context.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "tests write it down as a literal")]
pub struct World<'a> {
    /// The environment of the application; it wins over the document's own.
    pub environment: Option<&'a str>,
    /// The time of the evaluation in unix seconds.
    pub now: f64,
}

/// One answer, with everything the format says about it.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "tests compare it with a literal")]
pub struct Answer {
    /// Whether the flag is on.
    pub enabled: bool,
    /// The value that is served.
    pub value: Value,
    /// The variant that is served, if one is.
    pub variant: Option<String>,
    /// Why: `DISABLED`, `TARGETING_MATCH`, `PREREQUISITE_FAILED`, `SPLIT`, `STATIC`, `DEFAULT` or `ERROR`.
    pub reason: &'static str,
    /// The id of the rule that decided, or `override`.
    pub rule: Option<String>,
    /// The code that goes with the reason `ERROR`.
    pub error: Option<&'static str>,
}

impl Answer {
    fn error(default: &Value, code: &'static str) -> Self {
        Self { error: Some(code), ..Self::off(default.clone(), "ERROR") }
    }

    fn off(value: Value, reason: &'static str) -> Self {
        Self { enabled: false, value, variant: None, reason, rule: None, error: None }
    }

    fn on(reason: &'static str) -> Self {
        Self { enabled: true, ..Self::off(Value::Bool(true), reason) }
    }

    fn by(self, rule: &str) -> Self {
        Self { rule: Some(rule.to_owned()), ..self }
    }
}

/// One evaluation: the document, who asks, and when.
#[derive(Clone, Copy, Debug)]
struct Scene<'a> {
    document: &'a Value,
    context: &'a Value,
    world: &'a World<'a>,
}

/// Evaluates one flag of a native document.
///
/// A context that is no object has no attributes.
#[must_use = "the answer is all there is"]
pub fn evaluate(
    document: &Value,
    flag: &str,
    context: &Value,
    default: &Value,
    world: &World<'_>,
) -> Answer {
    if document_problem(document).is_some() {
        return Answer::error(default, "PROVIDER_NOT_READY");
    }
    if document::entries(document, flag).is_empty() {
        return Answer::error(default, "FLAG_NOT_FOUND");
    }
    if flag_problem(document, flag).is_some() {
        return Answer::error(default, "PARSE_ERROR");
    }
    flag::answer(&Scene { document, context, world }, flag)
}

/// Why the whole native document cannot be used, or nothing if it can.
pub fn document_problem(document: &Value) -> Option<String> {
    document::check(document).err()
}

/// Why this flag of a usable native document is broken, or nothing if it is sound or unknown.
pub fn flag_problem(document: &Value, flag: &str) -> Option<String> {
    if document::entries(document, flag).is_empty() {
        return None;
    }
    check::flag(document, flag).err()
}

/// The names of all flags of a native document, each once.
pub fn flag_names(document: &Value) -> Vec<String> {
    document::flag_names(document)
}

#[cfg(test)]
mod tests;
