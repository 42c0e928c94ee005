//! What conditions may ask for: facts by name, and layers of them.

use std::collections::BTreeMap;
use std::fmt;

use flagkit_core::{Attributes, Value, ValueRef};
use flagkit_dialects::value_from_json;

/// Facts by name. Names may have dots: `calendar.change_window`; values that are objects are
/// walked into at the dots, so `body` with `{"status": "ok"}` answers `body.status`, too.
///
/// ```
/// use flagkit_deploy::policy::Facts;
///
/// let mut facts = Facts::default();
/// facts.tell("tests.passed", &true.into());
/// assert_eq!(facts.get("tests.passed").and_then(|passed| passed.as_bool()), Some(true));
/// facts.tell("tests.passed", &serde_json::Value::Null);
/// assert!(facts.get("tests.passed").is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    named: BTreeMap<String, Value>,
}

impl Facts {
    /// Takes note of a fact. What was known under this name is forgotten; null leaves nothing.
    pub fn tell(&mut self, name: impl Into<String>, value: &serde_json::Value) {
        self.put(name, value_from_json(value));
    }

    /// The same with a value of the flag core.
    pub fn put(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        match (name.into(), value.into()) {
            (name, Value::Null) => drop(self.named.remove(&name)),
            (name, value) => drop(self.named.insert(name, value)),
        }
    }

    /// Takes note of several facts.
    pub fn tell_all<'a>(
        &mut self,
        facts: impl IntoIterator<Item = (&'a String, &'a serde_json::Value)>,
    ) {
        for (name, value) in facts {
            self.tell(name.as_str(), value);
        }
    }

    /// The fact of exactly this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.named.get(name)
    }

    /// The facts in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.named.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl From<&BTreeMap<String, serde_json::Value>> for Facts {
    fn from(facts: &BTreeMap<String, serde_json::Value>) -> Self {
        let mut these = Self::default();
        these.tell_all(facts);
        these
    }
}

impl<const N: usize> From<[(&str, Value); N]> for Facts {
    fn from(facts: [(&str, Value); N]) -> Self {
        let mut these = Self::default();
        for (name, value) in facts {
            these.put(name, value);
        }
        these
    }
}

impl Attributes for Facts {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        self.named.get(name).map(Value::borrow)
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for (name, value) in &self.named {
            visit(name, value.borrow());
        }
    }
}

/// Several sources of attributes as one: the first that knows a name answers. Nothing is copied.
///
/// ```
/// use flagkit_core::Attributes;
/// use flagkit_deploy::policy::{Facts, Layers};
///
/// let finding: Facts = [("status", 503.into())].into();
/// let facts: Facts = [("status", 200.into()), ("lag_s", 2.into())].into();
/// let both = Layers(&[&finding, &facts]);
/// assert_eq!(both.attribute("status").map(|status| status.to_string()), Some("503".to_owned()));
/// assert_eq!(both.attribute("lag_s").map(|lag| lag.to_string()), Some("2".to_owned()));
/// ```
#[derive(Clone, Copy)]
pub struct Layers<'a>(pub &'a [&'a dyn Attributes]);

impl Attributes for Layers<'_> {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        let mut found = self.0.iter().map(|layer| layer.attribute(name));
        found.find(|value| value.is_some_and(|value| !value.is_null())).flatten()
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for (place, layer) in self.0.iter().enumerate() {
            let before = self.0.get(..place).unwrap_or_default();
            layer.each_attribute(&mut |name, value| {
                if before.iter().all(|layer| layer.attribute(name).is_none()) {
                    visit(name, value);
                }
            });
        }
    }
}

impl fmt::Debug for Layers<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = formatter.debug_map();
        self.each_attribute(&mut |name, value| {
            fields.entry(&name, &format_args!("{value}"));
        });
        fields.finish()
    }
}
