//! Answers in Split's own shape: treatment, configuration, label.

use flagkit_core::{Ambient, Attributes, ErrorCode, Resolution, Snapshot, Value};

use super::CONTROL;
use super::fallback::{Fallback, Fallbacks};
use super::treatments::{CONFIG, FALLBACK};
use crate::json::value_to_json;

/// What Split's SDKs answer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// The treatment; `control` where there is none.
    pub treatment: String,
    /// Its configuration, mostly JSON as text.
    pub config: Option<Value>,
    /// Why, as impressions say it.
    pub label: Option<String>,
}

impl Answer {
    /// `{ "treatment": …, "config": …, "label": … }`
    pub fn to_json(&self) -> serde_json::Value {
        let config = self.config.as_ref().map(value_to_json);
        serde_json::json!({ "treatment": self.treatment, "config": config, "label": self.label })
    }

    fn of(found: &Resolution<'_>) -> Self {
        let metadata = |name: &str| found.variant_metadata()?.get(name);
        let label = found.label();
        let is_fallback = metadata(FALLBACK).is_some();
        Self {
            treatment: found.variant().unwrap_or(CONTROL).to_owned(),
            config: metadata(CONFIG).cloned(),
            label: label.map(|label| if is_fallback { standing_in(label) } else { label.into() }),
        }
    }

    /// `control`, or what stands in for it.
    fn without_treatment(label: &str, fallback: Option<&Fallback>) -> Self {
        match fallback {
            None => Self { treatment: CONTROL.to_owned(), config: None, label: Some(label.into()) },
            Some(fallback) => Self {
                treatment: fallback.treatment().to_owned(),
                config: fallback.config().cloned(),
                label: Some(standing_in(label)),
            },
        }
    }
}

/// What a flag of a document of Split answers.
///
/// The fallback treatments should be those of the document; here they answer for flags that do
/// not exist and for evaluations that fail.
///
/// ```
/// use flagkit_core::{Context, Fixed, Timestamp, compile};
/// use flagkit_dialects::split::{self, Fallbacks};
/// use flagkit_dialects::{Dialect, Settings, decode};
///
/// let text = r#"{ "ff": { "s": -1, "t": 1, "d": [] } }"#;
/// let snapshot = compile(decode(Dialect::Split, text, &Settings::default())?.document).snapshot;
/// let world = Fixed::at(Timestamp::EPOCH);
/// let context = Context::new("user-1");
/// let answer = split::answer(&snapshot, "f", &context, &world, &Fallbacks::default());
/// assert_eq!((answer.treatment.as_str(), answer.label.as_deref()), ("control", Some("definition not found")));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
pub fn answer(
    snapshot: &Snapshot,
    flag: &str,
    context: &impl Attributes,
    ambient: &dyn Ambient,
    fallbacks: &Fallbacks,
) -> Answer {
    match snapshot.resolve(flag, context, ambient, &mut ()) {
        Ok(found) => Answer::of(&found),
        Err(ErrorCode::FlagNotFound) => Answer::without_treatment(NOT_FOUND, fallbacks.of(flag)),
        Err(_) => Answer::without_treatment(EXCEPTION, fallbacks.of(flag)),
    }
}

fn standing_in(label: &str) -> String {
    format!("fallback - {label}")
}

/// The label of a flag that does not exist.
pub(super) const NOT_FOUND: &str = "definition not found";
const EXCEPTION: &str = "exception";
