//! JSON, one level at a time: the raw text of a value tells where it is.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Place;
use super::spot::{Entry, Inside, Spot};

/// The whole text; nothing if it is no JSON.
pub(super) fn root(text: &str) -> Option<Spot<'_>> {
    let raw: &RawValue = serde_json::from_str(text).ok()?;
    Some(Spot::Json { raw: raw.get(), at: offset(text, raw.get()) })
}

/// What is inside the value whose text begins at this byte of the document.
pub(super) fn inside(raw: &str, at: usize) -> Inside<'_> {
    let level = Level { raw, at };
    if raw.starts_with(['{', '[']) {
        let mut deserializer = serde_json::Deserializer::from_str(raw);
        let inside = deserializer.deserialize_any(level);
        return inside.unwrap_or(Inside::List(Vec::new()));
    }
    Inside::Scalar(scalar(raw))
}

/// The text of a scalar, without quotes and escapes.
fn scalar(raw: &str) -> Cow<'_, str> {
    if !raw.starts_with('"') {
        return Cow::Borrowed(raw);
    }
    match serde_json::from_str::<String>(raw) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(raw),
    }
}

/// Both are parts of one text, so the difference of their addresses is a distance in it.
fn offset(whole: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

#[derive(Clone, Copy)]
struct Level<'a> {
    raw: &'a str,
    at: usize,
}

impl<'a> Level<'a> {
    fn place(self, part: &str) -> usize {
        self.at + offset(self.raw, part)
    }

    fn spot(self, part: &'a RawValue) -> Spot<'a> {
        Spot::Json { raw: part.get(), at: self.place(part.get()) }
    }
}

impl<'de> Visitor<'de> for Level<'de> {
    type Value = Inside<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or a map")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Inside<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<&RawValue>()? {
            list.push(self.spot(item));
        }
        Ok(Inside::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Inside<'de>, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<&RawValue>()? {
            let place = Place::Byte(self.place(key.get()));
            let spot = self.spot(entries.next_value::<&RawValue>()?);
            map.push(Entry { key: scalar(key.get()), place, spot });
        }
        Ok(Inside::Map(map))
    }
}
