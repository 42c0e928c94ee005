//! Answers in the shape of go-feature-flag's evaluators, and as OFREP's bulk evaluation.

use flagkit_core::{Ambient, Attributes, ErrorCode, Resolution, Snapshot, Structure, Value};
use serde_json::{Map, json};

use super::flag::{CACHEABLE, TRACK_EVENTS, VERSION};
use crate::json::value_to_json;

/// What an evaluator answers.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// The value; the caller's default where there is none.
    pub value: serde_json::Value,
    /// The variation's name; `SdkDefault` where the caller's default is the value.
    pub variation: String,
    /// `STATIC`, `TARGETING_MATCH_SPLIT`, …
    pub reason: String,
    /// The error, such as `TARGETING_KEY_MISSING`.
    pub error: Option<&'static str>,
    /// The flag's metadata and the name of the rule that decided.
    pub metadata: Map<String, serde_json::Value>,
    /// Whether clients may keep the answer.
    pub cacheable: bool,
    /// Whether the flag's evaluations are to be counted.
    pub track_events: bool,
    /// The flag's version.
    pub version: String,
}

impl Answer {
    /// With the names of go-feature-flag's own answers.
    pub fn to_json(&self) -> serde_json::Value {
        let mut json = json!({
            "value": self.value,
            "variationType": self.variation,
            "reason": self.reason,
            "errorCode": self.error.unwrap_or_default(),
            "failed": self.error.is_some(),
            "cacheable": self.cacheable,
            "trackEvents": self.track_events,
            "version": self.version,
        });
        if let Some(entries) = json.as_object_mut() {
            if !self.metadata.is_empty() {
                entries.insert("metadata".to_owned(), self.metadata.clone().into());
            }
            if self.error == Some(TARGETING_KEY_MISSING) {
                entries.insert("errorDetails".to_owned(), "Error: Empty targeting key".into());
            }
        }
        json
    }

    /// As OFREP's evaluation of one flag; `Err` is the body of an error.
    ///
    /// # Errors
    ///
    /// The body for a flag that does not exist or fails.
    pub fn to_ofrep(&self, flag: &str) -> Result<serde_json::Value, serde_json::Value> {
        match self.error {
            Some("FLAG_NOT_FOUND") => Err(json!({ "message": "Not Found" })),
            Some(code) => {
                let details = format!("Error while evaluating the flag: {flag}");
                Err(json!({ "key": flag, "errorCode": code, "errorDetails": details }))
            }
            None => {
                let mut metadata = self.metadata.clone();
                metadata.insert(CACHEABLE.to_owned(), self.cacheable.into());
                let is_default = self.variation == SDK_DEFAULT;
                Ok(json!({
                    "key": flag,
                    "value": self.value,
                    "reason": self.reason,
                    "variant": if is_default { "" } else { self.variation.as_str() },
                    "metadata": metadata,
                }))
            }
        }
    }

    fn of(found: &Resolution<'_>, facts: Option<&Structure>, default: &serde_json::Value) -> Self {
        let fact = |name: &str| facts.and_then(|facts| facts.get(name));
        let of_variant = found.variant_metadata().and_then(|metadata| metadata.get(CACHEABLE));
        let mut answer = Self {
            value: found.value().map_or_else(|| default.clone(), value_to_json),
            variation: found.variant().unwrap_or(SDK_DEFAULT).to_owned(),
            reason: found.label().unwrap_or("UNKNOWN").to_owned(),
            error: None,
            metadata: own(facts),
            cacheable: of_variant.or_else(|| fact(CACHEABLE)) == Some(&Value::Boolean(true)),
            track_events: fact(TRACK_EVENTS) != Some(&Value::Boolean(false)),
            version: fact(VERSION).and_then(Value::as_str).unwrap_or_default().to_owned(),
        };
        if let Some(name) = found.rule() {
            answer.metadata.insert("evaluatedRuleName".to_owned(), name.into());
        }
        answer
    }

    fn failed(code: ErrorCode, facts: Option<&Structure>, default: &serde_json::Value) -> Self {
        let fact = |name: &str| facts.and_then(|facts| facts.get(name));
        Self {
            value: default.clone(),
            variation: SDK_DEFAULT.to_owned(),
            reason: "ERROR".to_owned(),
            error: Some(match code {
                ErrorCode::FlagNotFound => "FLAG_NOT_FOUND",
                ErrorCode::TargetingKeyMissing => TARGETING_KEY_MISSING,
                _ => "FLAG_CONFIG",
            }),
            metadata: own(facts),
            cacheable: false,
            track_events: fact(TRACK_EVENTS) != Some(&Value::Boolean(false)),
            version: fact(VERSION).and_then(Value::as_str).unwrap_or_default().to_owned(),
        }
    }
}

/// What a flag of a document of go-feature-flag answers.
///
/// ```
/// use flagkit_core::{Context, Fixed, Timestamp, compile};
/// use flagkit_dialects::go_feature_flag::answer;
/// use flagkit_dialects::{Dialect, Settings, decode};
/// use serde_json::json;
///
/// let text = "hello: { variations: { en: Hi, de: Hallo }, defaultRule: { variation: de } }";
/// let document = decode(Dialect::GoFeatureFlag, text, &Settings::default())?.document;
/// let world = Fixed::at(Timestamp::EPOCH);
/// let answer =
///     answer(&compile(document).snapshot, "hello", &Context::new("u"), &world, &json!("-"));
/// assert_eq!((answer.value, answer.reason.as_str()), (json!("Hallo"), "STATIC"));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
pub fn answer(
    snapshot: &Snapshot,
    flag: &str,
    context: &impl Attributes,
    ambient: &dyn Ambient,
    default: &serde_json::Value,
) -> Answer {
    let facts = snapshot.flag(flag).and_then(|flag| flag.metadata().map(|facts| &**facts));
    match snapshot.resolve(flag, context, ambient, &mut ()) {
        Ok(found) => Answer::of(&found, facts, default),
        Err(code) => Answer::failed(code, facts, default),
    }
}

/// All flags as OFREP's bulk evaluation, in the order of their names; the list under
/// `gofeatureflag.flagList` of the context says which, if it is not empty. A flag that fails is
/// in the list with its error.
pub fn bulk(
    snapshot: &Snapshot,
    context: &impl Attributes,
    ambient: &dyn Ambient,
) -> serde_json::Value {
    let wanted = wanted(context);
    let mut keys: Vec<&str> = if wanted.is_empty() {
        snapshot.flags().map(flagkit_core::Flag::key).collect()
    } else {
        wanted.iter().map(String::as_str).collect()
    };
    keys.sort_unstable();
    let null = serde_json::Value::Null;
    let of = |flag: &&str| {
        let answer = answer(snapshot, flag, context, ambient, &null);
        answer.to_ofrep(flag).unwrap_or_else(|error| error)
    };
    json!({ "flags": keys.iter().map(of).collect::<Vec<_>>() })
}

fn wanted(context: &impl Attributes) -> Vec<String> {
    let protected = context.attribute(super::PROTECTED).map(|value| value.to_value());
    let Some(Value::Structure(fields)) = protected else { return Vec::new() };
    let Some(Value::List(names)) = fields.get("flagList").cloned() else { return Vec::new() };
    names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// Without what only answers need to know.
fn own(facts: Option<&Structure>) -> Map<String, serde_json::Value> {
    let entries = facts.into_iter().flat_map(Structure::iter);
    let own = entries.filter(|(name, _)| ![CACHEABLE, TRACK_EVENTS, VERSION].contains(name));
    own.map(|(name, value)| (name.to_owned(), value_to_json(value))).collect()
}

const SDK_DEFAULT: &str = "SdkDefault";
const TARGETING_KEY_MISSING: &str = "TARGETING_KEY_MISSING";
