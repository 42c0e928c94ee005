//! Answers as LaunchDarkly's SDKs give them: a value, the place of its variation, and a reason.

use flagkit_core::{Ambient, ErrorCode, Resolution, Snapshot, Value};
use serde_json::{Map, Value as Json, json};

use super::big_segments::{Asked, BigSegments};
use super::client_side::REASON;
use super::context::Kinds;
use super::flag::{PREREQUISITE_FAILED, RULE_MATCH};
use super::variations::IN_EXPERIMENT;
use crate::json::value_to_json;

/// What is asked.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers write it as a literal")]
pub struct Question<'a> {
    /// The key of the flag.
    pub flag: &'a str,
    /// Who asks, in LaunchDarkly's JSON; see [`context`](super::context()).
    pub context: &'a Json,
    /// The type that the caller wants.
    pub value_type: ValueType,
    /// What the caller uses where the flag does not say.
    pub default: &'a Json,
    /// What a store of big segments knows; `None` if there is no store.
    pub big_segments: Option<&'a BigSegments>,
}

/// The type of a typed call.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "SDKs have these calls")]
pub enum ValueType {
    /// A boolean.
    Boolean,
    /// Any number, cut to a whole one.
    Integer,
    /// Any number.
    Double,
    /// Text.
    String,
    /// Whatever it is.
    #[default]
    Any,
}

/// An evaluation's detail.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// The value of the variation, or the caller's default.
    pub value: Json,
    /// The place of the variation among the flag's; none for the caller's default.
    pub variation_index: Option<i64>,
    /// Why: an object with `kind` and what belongs to it.
    pub reason: Json,
    /// The hashes of the keys whose memberships in big segments were asked for.
    pub membership_queries: Vec<String>,
}

/// The answer that an SDK with these flags gives.
///
/// ```
/// use flagkit_core::{Fixed, Timestamp, compile};
/// use flagkit_dialects::launchdarkly::{Question, ValueType, answer};
/// use flagkit_dialects::{Dialect, Settings, decode};
/// use serde_json::json;
///
/// let text = r#"{ "flags": { "beta": {
///     "on": true, "variations": [true, false], "fallthrough": { "variation": 1 },
///     "rules": [{ "id": "pros", "variation": 0, "clauses": [
///         { "attribute": "plan", "op": "in", "values": ["pro"] }] }] } } }"#;
/// let decoded = decode(Dialect::LaunchDarkly, text, &Settings::default())?;
/// let snapshot = compile(decoded.document).snapshot;
/// let question = Question {
///     flag: "beta",
///     context: &json!({ "kind": "user", "key": "u-42", "plan": "pro" }),
///     value_type: ValueType::Boolean,
///     default: &json!(false),
///     big_segments: None,
/// };
/// let answer = answer(&snapshot, &question, &Fixed::at(Timestamp::EPOCH));
/// assert_eq!(answer.value, json!(true));
/// assert_eq!(answer.reason, json!({ "kind": "RULE_MATCH", "ruleIndex": 0, "ruleId": "pros" }));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
pub fn answer(snapshot: &Snapshot, question: &Question<'_>, ambient: &dyn Ambient) -> Answer {
    let Ok(kinds) = Kinds::read(question.context) else {
        return failed(question, "USER_NOT_SPECIFIED");
    };
    let no_store = BigSegments::default();
    let store = question.big_segments.unwrap_or(&no_store);
    let Ok(context) = super::context(question.context) else {
        return failed(question, "USER_NOT_SPECIFIED");
    };
    let asked = Asked::new(&context, &kinds, store);
    let found = snapshot.resolve(question.flag, &asked, ambient, &mut ());
    let mut answer = match found {
        Ok(found) => served(question, &found),
        Err(ErrorCode::FlagNotFound) => failed(question, "FLAG_NOT_FOUND"),
        Err(_) => failed(question, "MALFORMED_FLAG"),
    };
    // What could not be decided tells nothing about how far it got.
    if found.is_ok() || found == Err(ErrorCode::General) {
        let status = asked.status().map(|status| Json::from(status.name()));
        if let (Some(status), Json::Object(reason)) = (status, &mut answer.reason) {
            reason.insert("bigSegmentsStatus".to_owned(), status);
        }
    }
    Answer { membership_queries: asked.into_queries(), ..answer }
}

/// The answer of a flag that served something.
fn served(question: &Question<'_>, found: &Resolution<'_>) -> Answer {
    let variation_index = found.variant().and_then(|key| key.parse().ok());
    let value = found.value().filter(|value| is_something(found, value));
    let value = match value {
        None => question.default.clone(),
        Some(value) => match question.value_type.read(value) {
            Some(value) => value,
            None => return failed(question, "WRONG_TYPE"),
        },
    };
    let reason = Json::Object(reason(found));
    Answer { value, variation_index, reason, membership_queries: Vec::new() }
}

/// Clients take `null` for a flag without value; servers serve it.
fn is_something(found: &Resolution<'_>, value: &Value) -> bool {
    *value != Value::Null || told_reason(found).is_none()
}

fn failed(question: &Question<'_>, error: &str) -> Answer {
    Answer {
        value: question.default.clone(),
        variation_index: None,
        reason: json!({ "kind": "ERROR", "errorKind": error }),
        membership_queries: Vec::new(),
    }
}

/// The reason that the server told its client.
fn told_reason<'s>(found: &Resolution<'s>) -> Option<&'s Value> {
    found.variant_metadata()?.get(REASON)
}

fn reason(found: &Resolution<'_>) -> Map<String, Json> {
    if let Some(Json::Object(told)) = told_reason(found).map(value_to_json) {
        return told;
    }
    let mut reason = Map::new();
    let label = found.label().unwrap_or_default();
    match label.split_once(' ') {
        Some((RULE_MATCH, place)) => {
            reason.insert("kind".to_owned(), RULE_MATCH.into());
            reason.insert("ruleIndex".to_owned(), place.parse::<u64>().unwrap_or_default().into());
            reason.insert("ruleId".to_owned(), found.rule().into());
        }
        Some((PREREQUISITE_FAILED, key)) => {
            reason.insert("kind".to_owned(), PREREQUISITE_FAILED.into());
            reason.insert("prerequisiteKey".to_owned(), key.into());
        }
        _ => {
            reason.insert("kind".to_owned(), label.into());
        }
    }
    if found.variant_metadata().is_some_and(|told| told.get(IN_EXPERIMENT).is_some()) {
        reason.insert(IN_EXPERIMENT.to_owned(), true.into());
    }
    reason
}

impl ValueType {
    /// The value for a typed call; `None` if it is of another type.
    fn read(self, value: &Value) -> Option<Json> {
        let fits = match self {
            Self::Boolean => value.as_bool().is_some(),
            Self::String => value.as_str().is_some(),
            Self::Integer | Self::Double => value.as_float().is_some(),
            Self::Any => true,
        };
        let json = value_to_json(value);
        match value {
            _ if !fits => None,
            Value::Float(number) if self == Self::Integer => Some(whole(*number)),
            _ => Some(json),
        }
    }
}

/// A number without its fraction.
#[expect(clippy::cast_possible_truncation, reason = "SDKs cut numbers here")]
fn whole(number: f64) -> Json {
    (number.trunc() as i64).into()
}
