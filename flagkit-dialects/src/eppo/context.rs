//! Contexts in the vendor's words.

use std::fmt;

use flagkit_core::Context;

use crate::json::value_from_json;

/// The context that a subject and its attributes are.
///
/// `attributes` is an object of values, or holds the two objects `numericAttributes` and
/// `categoricalAttributes` that bandits tell apart. Of these, whatever is no number or is no text,
/// number or boolean does not count, and of one name the categorical value does.
///
/// ```
/// use flagkit_core::Context;
/// use flagkit_dialects::eppo::context;
/// use serde_json::json;
///
/// let subject = json!({ "subjectKey": "alice", "attributes": { "country": "DE", "age": 37 } });
/// assert_eq!(context(&subject)?, Context::new("alice").with("age", 37).with("country", "DE"));
/// # Ok::<(), flagkit_dialects::eppo::InvalidContext>(())
/// ```
///
/// # Errors
///
/// No text `subjectKey`, or attributes that are no object.
pub fn context(json: &serde_json::Value) -> Result<Context, InvalidContext> {
    let subject = json.get("subjectKey").and_then(serde_json::Value::as_str);
    let mut context = Context::new(subject.ok_or(InvalidContext("`subjectKey` is no text"))?);
    let attributes = match json.get("attributes") {
        None | Some(serde_json::Value::Null) => return Ok(context),
        Some(attributes) => attributes,
    };
    let attributes = attributes.as_object().ok_or(InvalidContext("`attributes` is no object"))?;
    if NAMES.iter().any(|name| attributes.get(*name).is_some_and(serde_json::Value::is_object)) {
        let sorted = SortedAttributes::of(json.get("attributes"));
        for (name, number) in sorted.numeric {
            context.insert(name, number);
        }
        for (name, text) in sorted.categorical {
            context.insert(name, text);
        }
    } else {
        for (name, value) in attributes {
            context.insert(name.as_str(), value_from_json(value));
        }
    }
    Ok(context)
}

/// Attributes as bandits read them.
#[derive(Debug, Default)]
pub(super) struct SortedAttributes {
    pub(super) numeric: Vec<(String, f64)>,
    pub(super) categorical: Vec<(String, String)>,
}

impl SortedAttributes {
    /// Sorts what an object holds under `numericAttributes` and `categoricalAttributes`.
    pub(super) fn of(json: Option<&serde_json::Value>) -> Self {
        let inside = |name: &str| json.and_then(|json| json.get(name)?.as_object());
        let [numeric, categorical] = NAMES.map(inside);
        let number = |(name, value): (&String, &serde_json::Value)| {
            let number = value.as_f64().filter(|number| number.is_finite())?;
            Some((name.clone(), number))
        };
        let text =
            |(name, value): (&String, &serde_json::Value)| Some((name.clone(), text(value)?));
        Self {
            numeric: numeric.into_iter().flatten().filter_map(number).collect(),
            categorical: categorical.into_iter().flatten().filter_map(text).collect(),
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.numeric.iter().find(|(other, _)| other == name).map(|(_, number)| *number)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.categorical.iter().find(|(other, _)| other == name).map(|(_, text)| text.as_str())
    }
}

/// A category: languages without types give numbers and booleans, too.
fn text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Bool(value) => Some(value.to_string()),
        serde_json::Value::Number(number) => number.as_f64().map(|number| number.to_string()),
        _ => None,
    }
}

/// Why something is no context.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidContext(&'static str);

impl fmt::Display for InvalidContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidContext {}

const NAMES: [&str; 2] = ["numericAttributes", "categoricalAttributes"];
