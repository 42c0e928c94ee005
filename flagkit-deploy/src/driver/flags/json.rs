//! JSON whose parts know where in the text they stand, so that one of them can be replaced and
//! nothing else changes.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The entries of an object, in the order of the text.
pub(super) struct Entries<'t>(pub(super) Vec<(String, &'t RawValue)>);

/// The items of a list.
pub(super) struct Items<'t>(pub(super) Vec<&'t RawValue>);

impl<'t> Entries<'t> {
    /// The entries, if this is an object.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn get(&self, name: &str) -> Option<&'t str> {
        // Of two with one name none is right: the flag is broken.
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        let first = found.next();
        first.filter(|_| found.next().is_none()).map(|(_, value)| value.get())
    }
}

impl<'t> Items<'t> {
    /// The items, if this is a list.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// The text of a string.
pub(super) fn string(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

/// Where a part of a text begins and ends.
pub(super) fn place(whole: &str, part: &str) -> Option<(usize, usize)> {
    let from = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    let to = from + part.len();
    (whole.get(from..to) == Some(part)).then_some((from, to))
}

impl<'de: 't, 't> Deserialize<'de> for Entries<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((name, value)) = map.next_entry::<Cow<'de, str>, &'de RawValue>()? {
                    entries.push((name.into_owned(), value));
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Object).map(Entries)
    }
}

impl<'de: 't, 't> Deserialize<'de> for Items<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = items.next_element::<&'de RawValue>()? {
                    all.push(item);
                }
                Ok(all)
            }
        }
        deserializer.deserialize_seq(List).map(Items)
    }
}
