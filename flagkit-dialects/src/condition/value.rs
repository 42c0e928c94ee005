//! Values in a line: JSON, text in single quotes, and numbers with units.

use flagkit_core::Value;

use super::quantity::Quantity;
use super::scanner::{Scanner, is_word_character, is_word_start};
use super::{ConditionError, DEPTH_MAX};
use crate::node::shortened;

/// The values of a comparison and where each of them stands.
pub(super) struct Values {
    pub(super) values: Vec<Value>,
    pub(super) places: Vec<usize>,
}

/// A list is many values, anything else is one. `after` is the operator before them.
pub(super) fn values(scanner: &mut Scanner<'_>, after: &str) -> Result<Values, ConditionError> {
    if scanner.is_at_end() || scanner.rest().starts_with(')') {
        return scanner.fail(format!("expected a value after `{after}`"));
    }
    let place = scanner.place();
    if scanner.takes("[") {
        return list(scanner, place, 1);
    }
    Ok(Values { values: vec![value(scanner, 0)?], places: vec![place] })
}

fn value(scanner: &mut Scanner<'_>, depth: usize) -> Result<Value, ConditionError> {
    let place = scanner.place();
    let quote = scanner.rest().chars().next().filter(|first| QUOTES.contains(first));
    if let Some(quote) = quote {
        scanner.character();
        return text(scanner, place, quote).map(Value::from);
    }
    if scanner.takes("[") {
        return list(scanner, place, depth + 1).map(|list| Value::from(list.values));
    }
    match scanner.word() {
        "" => number(scanner),
        word => match WORDS.iter().find(|(name, _)| *name == word) {
            Some((_, value)) => {
                scanner.skip(word);
                Ok(value.clone())
            }
            None => unquoted(scanner, word),
        },
    }
}

fn list(scanner: &mut Scanner<'_>, opened: usize, depth: usize) -> Result<Values, ConditionError> {
    if depth > DEPTH_MAX {
        return scanner.fail(format!("lists are nested deeper than {DEPTH_MAX} levels"));
    }
    let mut list = Values { values: Vec::new(), places: Vec::new() };
    if scanner.takes("]") {
        return Ok(list);
    }
    loop {
        if scanner.is_at_end() {
            return scanner.fail_at(opened, "the `[` that begins here is not closed");
        }
        list.places.push(scanner.place());
        list.values.push(value(scanner, depth)?);
        if scanner.takes("]") {
            return Ok(list);
        }
        if !scanner.takes(",") {
            if scanner.is_at_end() {
                return scanner.fail_at(opened, "the `[` that begins here is not closed");
            }
            return scanner.fail("expected `,` or `]` after a value of the list");
        }
    }
}

/// A number as JSON writes it, with a unit behind it or none.
fn number(scanner: &mut Scanner<'_>) -> Result<Value, ConditionError> {
    let rest = scanner.rest();
    let is_inside = |character| is_word_character(character) || "+%".contains(character);
    let end = rest.find(|character| !is_inside(character)).unwrap_or(rest.len());
    let digits = rest.get(..end).unwrap_or_default();
    if !digits.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
        return scanner.fail(no_value(rest));
    }
    match Quantity::parse(digits) {
        Ok(quantity) => {
            scanner.skip(digits);
            Ok(quantity.value)
        }
        Err(problem) => scanner.fail(problem),
    }
}

/// The rest of a text behind its opening quote.
fn text(scanner: &mut Scanner<'_>, opened: usize, quote: char) -> Result<String, ConditionError> {
    let mut text = String::new();
    loop {
        let place = scanner.offset();
        match scanner.character() {
            None => return scanner.fail_at(opened, "the quote that begins here is not closed"),
            Some(character) if character == quote => return Ok(text),
            Some('\\') => text.push(escaped(scanner, place)?),
            Some(character) => text.push(character),
        }
    }
}

/// The character that an escape stands for, its backslash already read.
fn escaped(scanner: &mut Scanner<'_>, place: usize) -> Result<char, ConditionError> {
    let plain = scanner.character();
    match plain {
        Some('b') => Ok('\u{8}'),
        Some('f') => Ok('\u{c}'),
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('t') => Ok('\t'),
        Some(character @ ('"' | '\'' | '\\' | '/')) => Ok(character),
        Some('u') => match unicode(scanner) {
            Some(character) => Ok(character),
            None => scanner.fail_at(place, "`\\u` needs four hexadecimal digits of a character"),
        },
        Some(character) => scanner.fail_at(
            place,
            format!("`\\{character}` is no escape; write `\\\\{character}` for a backslash"),
        ),
        None => scanner.fail_at(place, "the text ends inside of an escape"),
    }
}

/// Four digits, or twice four if the first are half of a pair.
fn unicode(scanner: &mut Scanner<'_>) -> Option<char> {
    let mut units = vec![unit(scanner)?];
    if units.iter().any(|unit| (0xd800..0xdc00).contains(unit)) {
        let is_pair = scanner.character()? == '\\' && scanner.character()? == 'u';
        units.push(is_pair.then(|| unit(scanner)).flatten()?);
    }
    String::from_utf16(&units).ok()?.chars().next()
}

fn unit(scanner: &mut Scanner<'_>) -> Option<u16> {
    let digits = scanner.unread().get(..4)?;
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    scanner.skip(digits);
    u16::from_str_radix(digits, 16).ok().filter(|_| is_plain)
}

fn unquoted(scanner: &mut Scanner<'_>, word: &str) -> Result<Value, ConditionError> {
    let lower = word.to_ascii_lowercase();
    if WORDS.iter().any(|(name, _)| *name == lower) {
        return scanner.fail(format!("keywords are lower case: write `{lower}`"));
    }
    scanner.fail(format!("text needs quotes: write `\"{}\"`", shortened(word)))
}

fn no_value(rest: &str) -> String {
    match rest.chars().next() {
        Some('{') => "an object cannot stand here; compare its fields by name".to_owned(),
        Some('“' | '”' | '„' | '‘' | '’' | '`') => {
            "text needs straight quotes: write `\"…\"`".to_owned()
        }
        Some(other) if is_word_start(other) || other.is_alphabetic() => {
            "text needs quotes: write `\"…\"`".to_owned()
        }
        Some(other) => format!("expected a value, found `{other}`"),
        None => "expected a value".to_owned(),
    }
}

const QUOTES: [char; 2] = ['"', '\''];

const WORDS: [(&str, Value); 3] =
    [("true", Value::Boolean(true)), ("false", Value::Boolean(false)), ("null", Value::Null)];
