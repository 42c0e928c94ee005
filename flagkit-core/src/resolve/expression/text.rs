//! Functions of text: joining, cutting, comparing ends, versions.

use std::cmp::Ordering;
use std::fmt::Write;

use crate::reason::ErrorCode;
use crate::semantic_version::SemanticVersion;
use crate::snapshot::expression::Term;
use crate::value::Number;

use super::convert;
use super::float::Short;
use super::item::{Item, Span, Text};
use super::{Evaluation, Outcome};

impl<'v> Evaluation<'v> {
    pub(super) fn join(&mut self, terms: &'v [Term], data: Item<'v>) -> Outcome<'v> {
        let arguments = self.collected(terms, data)?;
        let mut joined = self.texts.start();
        for place in 0..arguments.len {
            let item = self.items.get(arguments, place).unwrap_or(Item::Null);
            convert::append(&mut self.texts, &mut joined, &self.items, item, convert::DEPTH_MAX);
        }
        self.spend(joined.len / 16)?;
        Ok(Item::Built(joined))
    }

    /// The characters from an index on, as many as a length says. A negative index counts from
    /// the end, and from the beginning if that is beyond it; a negative length leaves out the end.
    pub(super) fn substring(
        &mut self,
        item: Item<'v>,
        index: Item<'v>,
        length: Item<'v>,
    ) -> Outcome<'v> {
        let text = self.text(item);
        let bytes = self.read(&text).len();
        self.spend(bytes / 16)?;
        let len = self.read(&text).chars().count();
        let start = start_of(self.number(index), len)?;
        let end = if length.is_null() { len } else { end_of(self.number(length), start, len)? };
        let place = |text: &str, count| text.char_indices().nth(count).map_or(text.len(), |c| c.0);
        let read = self.read(&text);
        let (from, to) = (place(read, start), place(read, end));
        Ok(match text {
            Text::Borrowed(text) => Item::Text(text.get(from..to).unwrap_or_default()),
            Text::Built(span) => Item::Built(span.part(from, to)),
        })
    }

    pub(super) fn starts_with(&self, a: Item<'v>, b: Item<'v>, count: usize) -> Item<'v> {
        self.of_two_texts(a, b, count, |text, start| text.starts_with(start))
    }

    pub(super) fn ends_with(&self, a: Item<'v>, b: Item<'v>, count: usize) -> Item<'v> {
        self.of_two_texts(a, b, count, |text, end| text.ends_with(end))
    }

    fn of_two_texts(
        &self,
        a: Item<'v>,
        b: Item<'v>,
        count: usize,
        holds: fn(&str, &str) -> bool,
    ) -> Item<'v> {
        match (self.as_text(a), self.as_text(b)) {
            (Some(a), Some(b)) if count == 2 => Item::Boolean(holds(a, b)),
            _ => Item::Null,
        }
    }

    /// The text that an item is already.
    pub(super) fn as_text(&self, item: Item<'v>) -> Option<&str> {
        match item {
            Item::Text(text) => Some(text),
            Item::Built(span) => Some(self.texts.read(span)),
            _ => None,
        }
    }

    /// How one version stands to another. Numbers are versions, too: `1.2`.
    pub(super) fn version(&mut self, [a, operator, b]: [Item<'v>; 3], count: usize) -> Item<'v> {
        let (a, b) = (self.padded_version(a), self.padded_version(b));
        let versions = (a.and_then(|a| self.read_version(a)), b.and_then(|b| self.read_version(b)));
        let ((Some(a), Some(b)), Some(operator), 3) = (versions, self.as_text(operator), count)
        else {
            return Item::Null;
        };
        let order = a.cmp(&b);
        let ([major, minor, _], [other_major, other_minor, _]) = (a.numbers(), b.numbers());
        let holds = match operator {
            "=" => order == Ordering::Equal,
            "!=" => order != Ordering::Equal,
            "<" => order == Ordering::Less,
            "<=" => order != Ordering::Greater,
            ">" => order == Ordering::Greater,
            ">=" => order != Ordering::Less,
            "^" => major == other_major,
            "~" => major == other_major && minor == other_minor,
            _ => return Item::Null,
        };
        Item::Boolean(holds)
    }

    /// The text of a version without `v` in front, and with the numbers that lack as zeros.
    fn padded_version(&mut self, item: Item<'v>) -> Option<Span> {
        let text = self.name_in(item)?;
        let mut padded = self.texts.start();
        // The text may lie in the buffer that is written; a version is short, so it is copied.
        let mut copy = Short::new();
        copy.write_str(self.read(&text)).ok()?;
        let text = copy.as_str();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (numbers, rest) = text.split_at(text.find(['-', '+']).unwrap_or(text.len()));
        self.texts.push(&mut padded, numbers);
        for _ in numbers.matches('.').count()..2 {
            self.texts.push(&mut padded, ".0");
        }
        self.texts.push(&mut padded, rest);
        Some(padded)
    }

    fn read_version(&self, padded: Span) -> Option<SemanticVersion<'_>> {
        SemanticVersion::parse(self.texts.read(padded))
    }
}

/// Where a part begins, in characters.
fn start_of(index: Number, len: usize) -> Result<usize, ErrorCode> {
    if matches!(index, Number::Float(index) if index.is_nan()) {
        return Ok(0);
    }
    if index >= Number::Integer(0) {
        return Ok(whole(index)?.min(len));
    }
    let from_end = match index {
        Number::Integer(index) => Number::Integer(index.saturating_neg()),
        Number::Float(index) => Number::Float(-index),
    };
    if from_end >= Number::Integer(len as i128) {
        return Ok(0);
    }
    Ok(len - whole(from_end)?)
}

/// Where a part ends, in characters.
fn end_of(length: Number, start: usize, len: usize) -> Result<usize, ErrorCode> {
    if matches!(length, Number::Float(length) if length.is_nan()) {
        return Ok(start);
    }
    // A length above −1 is cut to 0.
    if length > Number::Integer(-1) {
        return Ok(start.saturating_add(whole(length)?));
    }
    let left_out = match length {
        Number::Integer(length) => Number::Integer(length.saturating_neg()),
        Number::Float(length) => Number::Float(-length),
    };
    Ok(len.saturating_sub(whole(left_out)?).max(start))
}

/// The whole part of a number, at least 0; infinity has none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast saturates, and no text is that long"
)]
fn whole(number: Number) -> Result<usize, ErrorCode> {
    match number {
        Number::Integer(value) => Ok(usize::try_from(value.max(0)).unwrap_or(usize::MAX)),
        Number::Float(value) if value.is_infinite() => Err(ErrorCode::General),
        Number::Float(value) => Ok(value as usize),
    }
}
