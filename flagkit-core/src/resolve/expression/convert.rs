//! Reading values as truth, number or text.

use std::fmt::Write;

use crate::value::Number;

use super::Evaluation;
use super::float::{self, Short};
use super::item::{Item, Items, Span, Text, Texts};

impl<'v> Evaluation<'v> {
    /// The number that an item is or spells; not-a-number for what is none.
    pub(super) fn number(&self, item: Item<'v>) -> Number {
        match item {
            Item::Null => Number::Integer(0),
            Item::Boolean(value) => Number::Integer(value.into()),
            Item::Number(number) => number,
            Item::Text(text) => Number::Float(spelled(text)),
            Item::Built(span) => Number::Float(spelled(self.texts.read(span))),
            Item::List(_) | Item::Collected(_) => self.number_in_list(item),
            _ => Number::Float(f64::NAN),
        }
    }

    /// An empty list is 0, and a list of one is that one, which may be such a list again.
    fn number_in_list(&self, list: Item<'v>) -> Number {
        match self.only_element(list) {
            Some(only) => self.number(only),
            None if list.list_len() == Some(0) => Number::Integer(0),
            None => Number::Float(f64::NAN),
        }
    }

    /// The only element of a list of one, of lists of one inside as well.
    pub(super) fn only_element(&self, mut list: Item<'v>) -> Option<Item<'v>> {
        while list.list_len() == Some(1) {
            let element = self.items.element(list, 0)?;
            if element.list_len() != Some(1) {
                return Some(element);
            }
            list = element;
        }
        None
    }

    /// The text of an item.
    pub(super) fn text(&mut self, item: Item<'v>) -> Text<'v> {
        match item {
            Item::Text(text) => Text::Borrowed(text),
            Item::Built(span) => Text::Built(span),
            other => {
                let mut span = self.texts.start();
                append(&mut self.texts, &mut span, &self.items, other, DEPTH_MAX);
                Text::Built(span)
            }
        }
    }

    /// The name that an item is: as text, but numbers keep all their digits.
    pub(super) fn name_in(&mut self, item: Item<'v>) -> Option<Text<'v>> {
        match item {
            Item::Boolean(true) => Some(Text::Borrowed("true")),
            Item::Boolean(false) => Some(Text::Borrowed("false")),
            Item::Text(text) => Some(Text::Borrowed(text)),
            Item::Built(span) => Some(Text::Built(span)),
            Item::Number(number) => {
                let mut text = Short::new();
                match number {
                    Number::Integer(value) => write!(text, "{value}"),
                    Number::Float(value) => float::write_shortest(value, &mut text),
                }
                .ok()?;
                let mut span = self.texts.start();
                self.texts.push(&mut span, text.as_str());
                Some(Text::Built(span))
            }
            _ => None,
        }
    }
}

/// Writes the text of an item behind a text that was started.
pub(super) fn append<'v>(
    texts: &mut Texts,
    span: &mut Span,
    items: &Items<'v>,
    item: Item<'v>,
    depth: usize,
) {
    match item {
        Item::Null => texts.push(span, "null"),
        Item::Boolean(true) => texts.push(span, "True"),
        Item::Boolean(false) => texts.push(span, "False"),
        Item::Text(text) => texts.push(span, text),
        Item::Built(built) => texts.push_built(span, built),
        Item::Number(number) => {
            let mut text = Short::new();
            let written = match number {
                Number::Integer(value) => write!(text, "{value}"),
                Number::Float(value) => float::write_15_digits(value, &mut text),
            };
            // INVARIANT: there is room for every number.
            if written.is_ok() {
                texts.push(span, text.as_str());
            }
        }
        Item::List(_) | Item::Collected(_) => {
            let elements = (0..).map_while(|place| items.element(item, place));
            for (place, element) in elements.enumerate() {
                if place > 0 {
                    texts.push(span, ",");
                }
                // Documents and contexts are flatter; lists that are made cannot hold themselves.
                if let Some(depth) = depth.checked_sub(1) {
                    append(texts, span, items, element, depth);
                }
            }
        }
        Item::Object(_) | Item::Frame(_) | Item::Supplied(_) | Item::Context => {
            texts.push(span, "[object Object]");
        }
    }
}

/// The float that a text spells, not-a-number if it spells none. Blanks around it and single
/// underscores between digits do not count, `infinity` does, `inf` does not.
fn spelled(text: &str) -> f64 {
    let text = text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c));
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.eq_ignore_ascii_case("inf") {
        return f64::NAN;
    }
    if !text.contains('_') {
        return text.parse().unwrap_or(f64::NAN);
    }
    let bytes = text.as_bytes();
    let is_digit = |place: Option<usize>| {
        place.and_then(|place| bytes.get(place)).is_some_and(u8::is_ascii_digit)
    };
    let mut underscores = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_');
    let are_between = underscores
        .all(|(place, _)| is_digit(place.checked_sub(1)) && is_digit(place.checked_add(1)));
    if !are_between {
        return f64::NAN;
    }
    let mut digits = Short::new();
    match text.split('_').try_for_each(|part| digits.write_str(part)) {
        Ok(()) => digits.as_str().parse().unwrap_or(f64::NAN),
        Err(_) => text.replace('_', "").parse().unwrap_or(f64::NAN),
    }
}

/// Lists in lists whose texts are written.
pub(super) const DEPTH_MAX: usize = 128;
