//! Fallback treatments: what applications get in place of `control`.

use std::collections::BTreeMap;

use flagkit_core::Value;

use crate::json::{value_from_json, value_to_json};
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// What stands in for `control`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fallback {
    treatment: String,
    config: Option<Value>,
}

impl Fallback {
    /// The treatment.
    pub fn treatment(&self) -> &str {
        &self.treatment
    }

    /// Its configuration.
    pub fn config(&self) -> Option<&Value> {
        self.config.as_ref()
    }

    fn read(value: &Value) -> Option<Self> {
        let structure = match value {
            Value::String(treatment) => {
                return Some(Self { treatment: treatment.to_string(), config: None });
            }
            Value::Structure(structure) => structure,
            _ => return None,
        };
        let treatment = structure.get("treatment")?.as_str()?.to_owned();
        let config = structure.get("config").filter(|config| **config != Value::Null).cloned();
        Some(Self { treatment, config })
    }
}

/// Fallback treatments as an application configures them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fallbacks {
    global: Option<Fallback>,
    by_flag: BTreeMap<String, Fallback>,
}

impl Fallbacks {
    /// Reads `{ "global": T, "byFlag": { name: T } }`, where T is a treatment as text or
    /// `{ "treatment": …, "config": … }`; `null` says nothing.
    ///
    /// ```
    /// use flagkit_dialects::split::Fallbacks;
    /// use serde_json::json;
    ///
    /// let json = json!({ "global": "off", "byFlag": { "f": { "treatment": "safe" } } });
    /// let fallbacks = Fallbacks::from_json(&json).unwrap();
    /// assert_eq!(fallbacks.of("f").unwrap().treatment(), "safe");
    /// assert_eq!(fallbacks.of("other").unwrap().treatment(), "off");
    /// ```
    ///
    /// # Errors
    ///
    /// In words, what is wrong: anything of another shape.
    pub fn from_json(json: &serde_json::Value) -> Result<Self, String> {
        Self::from_value(&value_from_json(json))
    }

    /// What stands in for `control` where this flag serves it.
    pub fn of(&self, flag: &str) -> Option<&Fallback> {
        self.by_flag.get(flag).or(self.global.as_ref())
    }

    /// The flags that have a fallback treatment of their own.
    pub(super) fn flags(&self) -> impl Iterator<Item = &str> {
        self.by_flag.keys().map(String::as_str)
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        let structure = match value {
            Value::Null => return Ok(Self::default()),
            Value::Structure(structure) => structure,
            other => return Err(format!("expected an object, found {}", other.kind())),
        };
        let global = structure.get("global").unwrap_or(&Value::Null);
        let mut fallbacks = Self { global: one(global)?, by_flag: BTreeMap::new() };
        match structure.get("byFlag").unwrap_or(&Value::Null) {
            Value::Null => {}
            Value::Structure(by_flag) => {
                for (name, value) in by_flag.iter() {
                    fallbacks.by_flag.extend(one(value)?.map(|found| (name.to_owned(), found)));
                }
            }
            other => return Err(format!("`byFlag` must be an object, not {}", other.kind())),
        }
        Ok(fallbacks)
    }
}

fn one(value: &Value) -> Result<Option<Fallback>, String> {
    if *value == Value::Null {
        return Ok(None);
    }
    let wrong = || format!("`{}` is no fallback treatment", value_to_json(value));
    Fallback::read(value).map(Some).ok_or_else(wrong)
}

/// The fallback treatments that the document names.
pub(super) fn read(root: &Node<'_>, report: &mut Report) -> Fallbacks {
    let Some(node) = root.entry(FALLBACK_TREATMENTS) else {
        return Fallbacks::default();
    };
    Fallbacks::from_value(&node.to_value()).unwrap_or_else(|problem| {
        let path = Path::ROOT.key(FALLBACK_TREATMENTS);
        let consequence = "nothing stands in for `control`";
        report.warning(&path, problem, consequence, "write `global` and `byFlag`");
        Fallbacks::default()
    })
}

const FALLBACK_TREATMENTS: &str = "fallbackTreatments";
