//! Evaluation contexts as they stand in a request.

use std::borrow::Cow;
use std::fmt;

use flagkit_core::{Attributes, Value, ValueRef};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::json::{Json, Text};

/// The attributes of a JSON object, or none for `null`.
///
/// Attributes are found by a scan from the last to the first: contexts have a handful
/// of them, and of two with one name the last counts.
#[derive(Debug, Default)]
pub(crate) struct BorrowedContext<'a> {
    attributes: Vec<(Cow<'a, str>, Json<'a>)>,
}

impl BorrowedContext<'_> {
    /// Adds an attribute, in front of all others of its name.
    pub(crate) fn insert(&mut self, name: &str, value: Value) {
        self.attributes.push((Cow::Owned(name.to_owned()), Json::Other(value)));
    }

    /// Adds all attributes of another context, in front of all others of their names.
    pub(crate) fn extend(&mut self, other: BorrowedContext<'_>) {
        for (name, value) in other.attributes {
            self.insert(&name, value.into());
        }
    }
}

impl Attributes for BorrowedContext<'_> {
    #[inline]
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        let found = self.attributes.iter().rev().find(|(other, _)| other == name);
        found.map(|(_, value)| value.borrow())
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for (name, value) in &self.attributes {
            visit(name, value.borrow());
        }
    }
}

impl Json<'_> {
    #[inline]
    fn borrow(&self) -> ValueRef<'_> {
        match self {
            Self::Text(text) => ValueRef::String(text),
            Self::Other(value) => value.borrow(),
        }
    }
}

impl<'de> Deserialize<'de> for BorrowedContext<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContextVisitor)
    }
}

struct ContextVisitor;

impl<'de> Visitor<'de> for ContextVisitor {
    type Value = BorrowedContext<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of attributes")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(BorrowedContext::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut attributes = Vec::with_capacity(EXPECTED);
        while let Some((Text(name), value)) = map.next_entry::<Text<'de>, Json<'de>>()? {
            attributes.push((name, value));
        }
        Ok(BorrowedContext { attributes })
    }
}

/// Most contexts have no more attributes.
const EXPECTED: usize = 8;
