//! Finding data under a path, and what of it is missing.

use crate::document::Supplied;
use crate::reason::ErrorCode;
use crate::snapshot::expression::Term;
use crate::value::{Number, ValueRef};

use super::item::Item;
use super::{Evaluation, Outcome};

impl<'v> Evaluation<'v> {
    pub(super) fn attribute(&mut self, terms: &'v [Term], data: Item<'v>) -> Outcome<'v> {
        let [path, default] = self.arguments(terms, data)?;
        Ok(match self.found(data, path)? {
            Item::Null => default,
            found => found,
        })
    }

    /// The list of those paths that lead to nothing, or to empty text.
    pub(super) fn missing(&mut self, terms: &'v [Term], data: Item<'v>) -> Outcome<'v> {
        let arguments = Item::Collected(self.collected(terms, data)?);
        let paths = match self.items.element(arguments, 0) {
            Some(first) if first.is_list() => first,
            _ => arguments,
        };
        self.missing_among(paths, data)
    }

    pub(super) fn missing_some(&mut self, terms: &'v [Term], data: Item<'v>) -> Outcome<'v> {
        let [needed, paths] = self.arguments(terms, data)?;
        let Some(len) = paths.list_len() else {
            return Ok(Item::Collected(self.items.reserve(0)));
        };
        let missing = self.missing_among(paths, data)?;
        let there = len.saturating_sub(missing.list_len().unwrap_or_default());
        let is_enough = Number::Integer(there as i128) >= self.number(needed);
        Ok(if is_enough { Item::Collected(self.items.reserve(0)) } else { missing })
    }

    fn missing_among(&mut self, paths: Item<'v>, data: Item<'v>) -> Outcome<'v> {
        let len = paths.list_len().unwrap_or_default();
        self.spend(len)?;
        let mut missing = self.items.reserve(len);
        let mut count = 0;
        for place in 0..len {
            let path = self.items.element(paths, place).unwrap_or(Item::Null);
            let found = self.found(data, path)?;
            if found.is_null() || (found.is_text() && !found.is_true()) {
                self.items.set(missing, count, path);
                count += 1;
            }
        }
        missing.len = count;
        Ok(Item::Collected(missing))
    }

    /// What the data has under a path that was computed. A number is the place in a list or text.
    fn found(&mut self, data: Item<'v>, path: Item<'v>) -> Outcome<'v> {
        if let Some(place) = path.as_number() {
            return match place {
                Number::Float(value) if value.is_infinite() && !data.is_object() => {
                    Err(ErrorCode::General)
                }
                place => Ok(self.at(data, place)),
            };
        }
        // An empty list has empty text, too, but is a name like any other.
        if path.is_null() || self.as_text(path) == Some("") {
            return Ok(data);
        }
        let text = self.text(path);
        Ok(self.under(data, self.read(&text).split('.')))
    }

    /// What the data has under a path.
    pub(super) fn under<'n>(
        &self,
        data: Item<'v>,
        path: impl Iterator<Item = &'n str>,
    ) -> Item<'v> {
        let mut found = data;
        for name in path {
            let (item, is_end) = self.step_by(found, name);
            found = item;
            if is_end {
                break;
            }
        }
        found
    }

    /// What an item has under a name, and whether the path ends with that, whatever follows.
    fn step_by(&self, item: Item<'v>, name: &str) -> (Item<'v>, bool) {
        if item.is_object() {
            return (self.member(item, name), false);
        }
        let len = self.len(item);
        match (len, name) {
            (Some(len), "length") => (Item::count(len), true),
            (Some(_), name) => match place_in(name) {
                Some(place) => (self.at(item, Number::Integer(place)), false),
                None => (Item::Null, true),
            },
            (None, _) => (Item::Null, true),
        }
    }

    /// The length of a list, or of a text in characters.
    fn len(&self, item: Item<'v>) -> Option<usize> {
        match item {
            Item::Text(text) => Some(text.chars().count()),
            Item::Built(span) => Some(self.texts.read(span).chars().count()),
            other => other.list_len(),
        }
    }

    /// The element of a list or the character of a text at a place.
    fn at(&self, item: Item<'v>, place: Number) -> Item<'v> {
        let Some(place) = place.to_integer().and_then(|place| usize::try_from(place).ok()) else {
            return Item::Null;
        };
        let found = match item {
            Item::Text(text) => {
                character(text, place).and_then(|(start, end)| text.get(start..end)).map(Item::Text)
            }
            Item::Built(span) => character(self.texts.read(span), place)
                .map(|(start, end)| Item::Built(span.part(start, end))),
            other => self.items.element(other, place),
        };
        found.unwrap_or(Item::Null)
    }

    /// What an object has under a name.
    pub(super) fn member(&self, object: Item<'v>, name: &str) -> Item<'v> {
        let found = match (object, name) {
            (Item::Object(object), name) => object.attribute(name).map(Item::from),
            (Item::Frame(frame), "current") => self.items.get(frame, 0),
            (Item::Frame(frame), "accumulator") => self.items.get(frame, 1),
            (Item::Context, name) => {
                let mut supplied = self.supplied.iter();
                match supplied.find(|(other, _)| other == name) {
                    Some((_, supplied)) => Some(self.supplied(supplied)),
                    None => self.context.attribute(name).map(Item::from),
                }
            }
            (Item::Supplied(names), name) => names
                .iter()
                .find(|(other, _)| other == name)
                .map(|(_, supplied)| self.supplied(supplied)),
            _ => None,
        };
        found.unwrap_or(Item::Null)
    }

    fn supplied(&self, supplied: &'v Supplied) -> Item<'v> {
        match supplied {
            Supplied::Value(value) => Item::from(value.borrow()),
            Supplied::TargetingKey => {
                Item::from(self.context.targeting_key().unwrap_or(ValueRef::Null))
            }
            Supplied::Seconds => {
                let now = self.now.get_or_init(|| self.ambient.now());
                let seconds = Number::Float(now.unix_seconds().floor());
                Item::Number(seconds.to_integer().map_or(seconds, Number::Integer))
            }
            Supplied::Object(names) => Item::Supplied(names),
        }
    }
}

/// The place that a name spells as a program would write it: `0`, `12`, not `012`.
fn place_in(name: &str) -> Option<i128> {
    let is_plain = name == "0" || !name.starts_with('0');
    let are_digits = name.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain && are_digits { name.parse().ok() } else { None }
}

/// Where a character begins and ends.
fn character(text: &str, place: usize) -> Option<(usize, usize)> {
    let (start, character) = text.char_indices().nth(place)?;
    Some((start, start + character.len_utf8()))
}
