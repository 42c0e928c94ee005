//! Documents whose flags are in a list, with their keys inside.

use flagkit_dialects::Dialect;
use serde_json::value::RawValue;

use crate::json_text::{Entries, compact, quoted};
use crate::refusal::{Answer, Refusal};

/// Whether a document of this dialect can be kept as it is: our own shapes are always converted.
pub(super) fn is_vendors(dialect: Dialect) -> bool {
    !matches!(dialect, Dialect::Native | Dialect::RolloutRules | Dialect::FeatureFlags)
}

/// The same native document with its flags in an object, each under its `name`.
///
/// # Errors
///
/// 422 for a flag without a name, and for two of one name.
pub(super) fn with_flags_by_key(json: &str) -> Answer<String> {
    let document: &RawValue = serde_json::from_str(json)
        .map_err(|error| Refusal::bad_request(format!("the document is no JSON: {error}")))?;
    let entries = Entries::of(document).unwrap_or(Entries(Vec::new()));
    let mut all = Vec::new();
    for (key, value) in entries.0 {
        let value = if key == "flags" && value.get().starts_with('[') {
            by_name(value)?
        } else {
            compact(value)
        };
        all.push(format!("{}:{value}", quoted(&key)));
    }
    Ok(format!("{{{}}}", all.join(",")))
}

fn by_name(list: &RawValue) -> Answer<String> {
    let flags: Vec<&RawValue> = serde_json::from_str(list.get()).unwrap_or_default();
    let mut named: Vec<(String, String)> = Vec::new();
    for (place, flag) in flags.into_iter().enumerate() {
        let entries = Entries::of(flag).map(|Entries(entries)| entries).unwrap_or_default();
        let name = entries.iter().find(|(key, _)| key == "name").map(|(_, name)| name.get());
        let name: Option<String> = name.and_then(|name| serde_json::from_str(name).ok());
        let refused = |problem: String| {
            let refusal =
                Refusal::from(flagkit_protocol::Problem::new("invalid_document", problem));
            refusal.path(format!("flags[{place}].name"))
        };
        let name = name.ok_or_else(|| {
            refused("a flag in a list needs a `name` that is text".to_owned()).hint("add it")
        })?;
        if named.iter().any(|(known, _)| *known == name) {
            let problem = format!("there are two flags called `{name}`");
            return Err(refused(problem).hint("rename or remove one of them"));
        }
        named.push((name, compact(flag)));
    }
    let entries: Vec<String> =
        named.iter().map(|(name, flag)| format!("{}:{flag}", quoted(name))).collect();
    Ok(format!("{{{}}}", entries.join(",")))
}

#[cfg(test)]
mod tests;
