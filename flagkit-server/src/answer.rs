//! What a flag answers, as JSON.

use flagkit_core::{ErrorCode, Flag, Resolution, Snapshot};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value as Json;

/// One evaluation, with the keys of `flagkit eval`: `flag`, `enabled`, `value`, `variant`,
/// `reason`, `rule`, `error`.
#[derive(Debug)]
pub(crate) struct FlagAnswer<'a> {
    /// The key that was asked for.
    pub(crate) flag: &'a str,
    /// What was found, or why nothing was.
    pub(crate) result: Result<Resolution<'a>, ErrorCode>,
    /// What the caller wants where the flag has no answer.
    pub(crate) default: &'a Json,
}

impl Serialize for FlagAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("flag", self.flag)?;
        match &self.result {
            Ok(found) => {
                map.serialize_entry("enabled", &found.is_enabled())?;
                match found.value() {
                    Some(value) => map.serialize_entry("value", value)?,
                    None => map.serialize_entry("value", self.default)?,
                }
                map.serialize_entry("variant", &found.variant())?;
                map.serialize_entry("reason", found.reason().name())?;
                map.serialize_entry("rule", &found.rule())?;
                map.serialize_entry("error", &Json::Null)?;
            }
            Err(code) => {
                map.serialize_entry("enabled", &false)?;
                map.serialize_entry("value", self.default)?;
                map.serialize_entry("variant", &Json::Null)?;
                map.serialize_entry("reason", "ERROR")?;
                map.serialize_entry("rule", &Json::Null)?;
                let problem = Problem { code: code.name(), message: in_words(*code, self.flag) };
                map.serialize_entry("error", &problem)?;
            }
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Problem {
    code: &'static str,
    message: String,
}

/// Why a flag has no answer.
pub(crate) fn in_words(code: ErrorCode, flag: &str) -> String {
    match code {
        ErrorCode::FlagNotFound => format!("there is no flag `{flag}`"),
        ErrorCode::ParseError => format!("the flag `{flag}` is broken"),
        ErrorCode::TargetingKeyMissing => format!("the flag `{flag}` needs a targeting key"),
        other => format!("the flag `{flag}` cannot be evaluated: {other}"),
    }
}

/// The keys of all flags, sorted.
pub(crate) fn sorted_keys(snapshot: &Snapshot) -> Vec<&str> {
    let mut keys: Vec<&str> = snapshot.flags().map(Flag::key).collect();
    keys.sort_unstable();
    keys
}
